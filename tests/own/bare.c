/* Threads that the host makes with clone(2), and no resident. */
#include "maps.h"
#include "counted.h"

#include CLONE_H

/* CLONE_VM FS FILES SIGHAND THREAD SYSVSEM CHILD_CLEARTID, and SETTLS, to 0 */
enum {
	SHARED = 0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x40000 | 0x200000,
	SETTLS = 0x80000
};

enum { THREADS_ = 8, STACK = 1 << 16 };
static char stacks[THREADS_][STACK] __attribute__((aligned(16)));
static int alive[THREADS_];
static void (*body)(int);
static int ticket;

static void thread_main(void) { body(add_(&ticket, 1)); }

static void start_thread(int i, long flags)
{
	void (**top)(void) = (void (**)(void))(stacks[i] + STACK - 16);
	alive[i] = 1;
	top[0] = top[1] = thread_main;
	clone_at(flags, top, alive + i);
}

static void wait_thread(int i)
{
	while (load_(alive + i)) /* the kernel clears it */
		sys(futex, alive + i, 0 /* WAIT */, 1, 0);
}

static void in_bare_threads(int count, void (*f)(int), long flags)
{
	body = f;
	ticket = 0;
	for (int i = 0; i < count; i++) start_thread(i, SHARED | flags);
	for (int i = 0; i < count; i++) wait_thread(i);
}

static void *gd, *desc, *ie;
static int (*touch[3])(void);

static void open_all(void)
{
	gd = opened(G("tls-gd.so"), BDL_OWN);
	desc = opened(G("tls-desc.so"), BDL_OWN);
	ie = opened(G("tls-ie.so"), BDL_OWN);
	touch[0] = (int (*)(void))function(gd, "tls_touch");
	touch[1] = (int (*)(void))function(desc, "tls_touch");
	touch[2] = (int (*)(void))function(ie, "tls_touch");
}

static void close_all(void)
{
	must(!bdl_close(gd) && !bdl_close(desc) && !bdl_close(ie));
}

static int together, count;
static void touches(int n)
{
	(void)n;
	must(bdl_thread_attach() == 0);
	must(bdl_thread_attach() == 0); /* harmless */
	for (int k = 0; k < 3; k++)
		for (int i = 0; i < 3; i++) must(touch[k]() == 42 + i);
	add_(&together, 1);
	while (load_(&together) < count) yield();
	for (int k = 0; k < 3; k++) must(touch[k]() == 45);
	bdl_thread_detach();
	bdl_thread_detach();
}

static void fresh_images(void)
{
	open_all();
	for (int k = 0; k < 3; k++) must(touch[k]() == 42);
	count = THREADS_;
	for (int round = 0; round < 3; round++) {
		together = 0;
		in_bare_threads(count, touches, round == 1 ? 0 : SETTLS);
	}
	for (int k = 0; k < 3; k++) must(touch[k]() == 43);
	close_all();
	expect(maps_now().guests == 0);
}

static void thousand(void)
{
	struct maps before = { 0 };
	open_all();
	count = 4;
	for (int i = 0; i < 1000 / 4; i++) {
		together = 0;
		in_bare_threads(4, touches, SETTLS);
		if (i == 2) before = maps_now();
	}
	struct maps now = maps_now();
	expect(now.lines == before.lines && now.kib == before.kib);
	close_all();
}

static void guarded(int n)
{
	must(bdl_thread_attach() == 0);
	int (*f)(int) = (int (*)(int))bdl_sym(gd, "guarded_sum");
	must(f && f(n) == n * 32);
	bdl_thread_detach();
}

static void canaries(void)
{
	gd = opened(G("guarded.so"), BDL_OWN);
	must(((int (*)(int))function(gd, "guarded_sum"))(3) == 96);
	for (int i = 0; i < 20; i++) in_bare_threads(4, guarded, i % 2 ? SETTLS : 0);
	must(bdl_close(gd) == 0);
}

/* Opening attaches. */
static void opens_unattached(int n)
{
	counted_rounds((uint64_t)n, 300, BDL_OWN);
	bdl_thread_detach();
}

static void random_order(void)
{
	counted_provide();
	struct maps before = { 0 };
	for (int i = 0; i < 3; i++) {
		in_bare_threads(6, opens_unattached, i == 1 ? 0 : SETTLS);
		expect(live == 0 && ups == downs);
		if (i == 0) before = maps_now();
	}
	maps_flat(before, 4, 256);
	expect(!resident_is_up());
}

/* Before anything else: eight first calls at once. */
static void first_calls(int n)
{
	must(bdl_thread_attach() == 0);
	void *h = bdl_open(counted[(unsigned)n % COUNTED].file, BDL_OWN);
	must(h != NULL);
	must(bdl_close(h) == 0);
	bdl_thread_detach();
}
static void first_together(void)
{
	counted_provide();
	in_bare_threads(THREADS_, first_calls, SETTLS);
	expect(live == 0 && maps_now().guests == 0);
}
static void attach_first(int n)
{
	(void)n;
	must(bdl_thread_attach() == 0);
	bdl_thread_detach();
}
static void attach_together(void)
{
	for (int i = 0; i < 50; i++) in_bare_threads(THREADS_, attach_first, SETTLS);
	expect(!resident_is_up());
}

/* A detached thread opens again, and has a fresh image. */
static void again(int n)
{
	(void)n;
	for (int i = 0; i < 5; i++) {
		must(bdl_thread_attach() == 0);
		for (int k = 0; k < 3; k++) must(touch[k]() == 42);
		bdl_thread_detach();
	}
}
static void attached_again(void)
{
	open_all();
	in_bare_threads(4, again, SETTLS);
	close_all();
}

/* The initial thread, too. */
static void initial_detached(void)
{
	open_all();
	for (int i = 0; i < 3; i++) {
		for (int k = 0; k < 3; k++) must(touch[k]() == 42);
		for (int k = 0; k < 3; k++) must(touch[k]() == 43);
		bdl_thread_detach();
		must(bdl_thread_attach() == 0);
	}
	bdl_thread_detach();
	close_all();
	open_all();
	for (int k = 0; k < 3; k++) must(touch[k]() == 42);
	close_all();
	expect(maps_now().guests == 0);
}

TESTS({ "bare threads: a fresh image in each", fresh_images, ALONE },
	{ "bare threads: attached again, a fresh image", attached_again, ALONE },
	{ "bare threads: the initial one is detached", initial_detached, ALONE },
	{ "bare threads: 1,000 come and go", thousand, ALONE },
	{ "bare threads: the canary works", canaries, ALONE },
	{ "bare threads: random order", random_order, ALONE },
	{ "bare threads: the first opens together", first_together, ALONE },
	{ "bare threads: the first attaches together", attach_together, ALONE })
