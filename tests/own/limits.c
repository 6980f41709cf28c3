/* No descriptors, no address space; many libraries, often, deep. */
#include "maps.h"
#include "counted.h"
#include CLONE_H

enum { NOFILE = 7, AS = 9 };
static void limit(int which, uint64_t soft)
{
	uint64_t now[2];
	must(sys(prlimit64, 0, which, 0, now) == 0);
	now[0] = soft < now[1] ? soft : now[1];
	must(sys(prlimit64, 0, which, now, 0) == 0);
}

static void warm(void)
{
	counted_provide();
	for (int i = 0; i < COUNTED; i++) {
		void *h = opened(counted[i].file, BDL_OWN);
		counted_check((struct kept){ h, i });
		must(bdl_close(h) == 0);
	}
}

static void no_descriptors(void)
{
	warm();
	struct maps before = maps_now();
	limit(NOFILE, 0);
	for (int i = 0; i < 100; i++) {
		expect(bdl_open(counted[5].file, BDL_OWN) == NULL);
		expect(contains(bdl_error(), "top1.so"));
		expect(bdl_open("libnone.so.1", BDL_OWN) == NULL && *bdl_error());
	}
	limit(NOFILE, 1000);
	maps_flat(before, 0, 0);
	counted_check((struct kept){ opened(counted[5].file, BDL_OWN), 5 });
}

/* One, for the library but not ... : every number of free descriptors. */
static void few_descriptors(void)
{
	warm();
	struct maps before = maps_now();
	int failures = 0;
	long first = sys(openat, -100, "/", 0, 0);
	must(first >= 0);
	sys(close, first);
	for (uint64_t n = (uint64_t)first; n < (uint64_t)first + 4; n++) {
		limit(NOFILE, n);
		void *h = bdl_open(counted[5].file, BDL_OWN);
		if (h)
			counted_check((struct kept){ h, 5 }), must(bdl_close(h) == 0);
		else
			failures++, expect(*bdl_error() != 0);
	}
	limit(NOFILE, 1000);
	expect(failures >= 1 && failures < 4);
	expect(live == 0);
	maps_flat(before, 0, 0);
}

/* From too little to enough, in steps of a page. */
static void little_memory(void)
{
	static const char *const files[] = { G("top1.so"), G("tls-big.so"),
		G("lazy.so") };
	warm();
	for (unsigned f = 0; f < 3; f++) {
		must(bdl_close(opened(files[f], BDL_OWN)) == 0);
		struct maps before = maps_now();
		int failures = 0;
		void *h = NULL;
		for (long kib = 0; kib < 4096 && !h; kib += 4) {
			limit(AS, (uint64_t)(before.kib + kib) << 10);
			h = bdl_open(
				files[f], BDL_OWN | (kib & 4 ? BDL_LAZY : BDL_NOW));
			if (!h) failures++, must(*bdl_error() != 0);
		}
		limit(AS, ~(uint64_t)0);
		must(h != NULL);
		must(bdl_close(h) == 0);
		if (!failures) not_here("RLIMIT_AS is not obeyed");
		note_number("failures:", failures);
		expect(live == 0);
		maps_flat(before, 1, 64);
	}
}

static void ten_thousand(void)
{
	static const char *const files[] = { G("top1.so"), G("tls-big.so"),
		G("lazy.so"), G("tls-ie.so") };
	struct maps before = { 0 };
	int kinds = threads_are_told() ? 4 : 3;
	warm();
	for (int i = 0; i < 10000; i++) {
		must(bdl_close(opened(
			     files[i % kinds], BDL_OWN | (i & 8 ? BDL_LAZY : 0))) == 0);
		if (i == 20) before = maps_now();
	}
	struct maps now = maps_now();
	expect(now.lines == before.lines && now.kib == before.kib);
	expect(live == 0);
	long fd = sys(openat, -100, "/", 0, 0);
	expect(fd >= 0 && fd < 8);
}

/* Failures, too. */
static void ten_thousand_failures(void)
{
	struct maps before = { 0 };
	warm();
	for (int i = 0; i < 10000; i++) {
		must(bdl_open(i & 1 ? G("wants-libc.so") : G("lacks.so"), BDL_OWN) ==
			NULL);
		if (i == 20) before = maps_now();
	}
	struct maps now = maps_now();
	expect(now.lines == before.lines && now.kib == before.kib);
}

/* ---- many at once -------------------------------------------------------------------------- */

enum { MANY = 2000 };
static void *handles[MANY];

static void two_thousand(void)
{
	static uint64_t bytes[1 << 14];
	long fd = sys(openat, -100, G("tls-gd.so"), 0, 0);
	long size = sys(read, fd, bytes, sizeof bytes);
	must(size > 4096 && size < (long)sizeof bytes);
	sys(close, fd);
	struct maps before = { 0 };
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < MANY; i++) {
			handles[i] = bdl_open_image(bytes, (size_t)size, "copy", 0);
			must(handles[i] != NULL);
		}
		for (int i = 0; i < MANY; i++)
			must(call(handles[i], "tls_touch") == 42);
		for (int i = 0; i < MANY; i++)
			must(call(handles[i], "tls_touch") == 43);
		/* not in the order in which they came */
		for (int i = 0; i < MANY; i++)
			must(bdl_close(handles[i * 7 % MANY]) == 0);
		if (round == 0) before = maps_now();
	}
	maps_flat(before, 2, 128);
}

static int order_wrong, ups_seen;
static void chain_up(int n)
{
	order_wrong += n != 300 - ++ups_seen; /* the last first */
}
static void chain_down(int n) { order_wrong += n != 300 - ups_seen--; }

static void chain(void)
{
	static const struct bdl_provided table[] = { { "guest_up",
							     (const void *)chain_up },
		{ "guest_down", (const void *)chain_down } };
	must(bdl_provide(table, 2) == 0);
	struct maps before = { 0 };
	for (int round = 0; round < 3; round++) {
		void *h = opened(
			G("chain/c000.so"), BDL_OWN | (round == 1 ? BDL_LAZY : 0));
		must(ups_seen == 300);
		must(order_wrong == 0);
		must(call(h, "last") == 299);
		must(bdl_close(h) == 0);
		must(ups_seen == 0 && order_wrong == 0);
		if (round == 0) before = maps_now();
	}
	maps_flat(before, 2, 128);
}

/* ---- a small stack ------------------------------------------------------------------------ */

enum {
	SHARED = 0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x40000 | 0x80000 | 0x200000
};
static char stack[1 << 17] __attribute__((aligned(16)));
static int tid;
static void (*body)(void);
static void thread_main(void) { body(); }

static long stack_used(void (*f)(void))
{
	for (size_t i = 0; i < sizeof stack; i++) stack[i] = 0x5a;
	void (**top)(void) = (void (**)(void))(stack + sizeof stack - 16);
	top[0] = top[1] = thread_main;
	body = f;
	tid = 1;
	clone_at(SHARED, top, &tid);
	while (load_(&tid)) sys(futex, &tid, 0, 1, 0);
	size_t i = 0;
	while (i < sizeof stack && stack[i] == 0x5a) i++;
	return (long)(sizeof stack - i);
}

static void opens_few(void)
{
	must(bdl_close(opened(counted[5].file, BDL_OWN)) == 0);
	must(bdl_open("libnone.so.1", BDL_OWN) == NULL && *bdl_error());
	bdl_thread_detach();
}
static void opens_chain(void)
{
	void *half = opened(G("chain/c150.so"), BDL_OWN);
	void *h = opened(G("chain/c000.so"), BDL_OWN);
	must(bdl_close(opened(counted[5].file, BDL_OWN)) == 0); /* the chain stays */
	must(bdl_close(half) == 0 && bdl_close(h) == 0);
	bdl_thread_detach();
}
static void nothing(int n) { (void)n; }

/* What a thread with a stack of 16 KiB (PTHREAD_STACK_MIN) may still do. */
static void small_stack(void)
{
	static const struct bdl_provided table[] = { { "guest_up",
							     (const void *)nothing },
		{ "guest_down", (const void *)nothing } };
	must(bdl_provide(table, 2) == 0);
	long few = stack_used(opens_few), many = stack_used(opens_chain);
	note_number("bytes:", few);
	note_number("bytes for a chain of 300:", many);
	expect(few < 12 << 10);
	expect(many < 64 << 10);
}

TESTS({ "limits: no descriptors", no_descriptors, ALONE },
	{ "limits: few descriptors", few_descriptors, ALONE },
	{ "limits: little address space", little_memory, ALONE },
	{ "limits: 10,000 opens and closes", ten_thousand, ALONE },
	{ "limits: the same beside a resident", ten_thousand, START },
	{ "limits: 10,000 failures", ten_thousand_failures, ALONE },
	{ "limits: 2,000 libraries at once", two_thousand, ALONE },
	{ "limits: a chain of 300", chain, ALONE },
	{ "limits: a small stack", small_stack, ALONE })
