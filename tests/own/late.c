/* Libraries are open, and in use, when the resident comes: it gives the thread another
 * thread pointer, and everything has to be at the same distance from it. */
#include "maps.h"
#include "counted.h"
#include "pthread.h"
#include CLONE_H

static const char *const files[] = { G("tls-gd.so"), G("tls-desc.so"), G("tls-ie.so"),
	G("tls-ie-zero.so"), G("tls-big.so") };
enum { FILES = sizeof files / sizeof *files };
static void *handles[FILES];
static int (*touch[FILES])(void);
static int start_of(int i) { return i == 3 ? 0 : 42; }

static void open_all(void)
{
	for (int i = 0; i < FILES; i++) {
		handles[i] = opened(files[i], BDL_OWN);
		touch[i] = (int (*)(void))function(handles[i], "tls_touch");
	}
}

static void all_are(int n)
{
	for (int i = 0; i < FILES; i++) {
		int got = touch[i]();
		if (got == start_of(i) + n) continue;
		note_number(files[i], got);
		must(got == start_of(i) + n);
	}
}

static void *fresh(void *none)
{
	for (int n = 0; n < 3; n++) all_are(n);
	return none;
}

/* ---- ways for it to come ------------------------------------------------------------------ */

int abs(int);
BDL_IMPORT(abs, "abs", "libc.so.6");
static int by_import(void) { return abs(-7) - 7; }
static int by_init(void) { return bdl_init(NULL); }
static int by_open(void) { return !bdl_open("libc.so.6", BDL_RESIDENT); }
static int by_default(void)
{
	void *h = bdl_open(G("wants-libc.so"), 0);
	return !h || call(h, "length_of_four") != 4;
}
static int by_mixed(void)
{
	void *h = bdl_open(G("wants-libc.so"), BDL_USE_RESIDENT);
	return !h || call(h, "length_of_four") != 4;
}

static void values_kept(int (*boots)(void))
{
	open_all();
	for (int n = 0; n < 4; n++) all_are(n);
	must(!resident_is_up());
	must(boots() == 0);
	must(resident_is_up());
	all_are(4);
	in_threads(8, fresh);
	all_are(5);
	/* and all goes on: another one, closing, opening again */
	void *more = opened(G("tls-ie-zero-2.so"), BDL_OWN);
	must(call(more, "tls_touch") == 0);
	must(bdl_close(more) == 0);
	for (int i = 0; i < FILES; i++) must(bdl_close(handles[i]) == 0);
	if (!threads_are_told()) return;
	open_all();
	all_are(0);
	in_threads(8, fresh);
	all_are(1);
}
static void kept_import(void) { values_kept(by_import); }
static void kept_init(void) { values_kept(by_init); }
static void kept_open(void) { values_kept(by_open); }
static void kept_default(void) { values_kept(by_default); }
static void kept_mixed(void) { values_kept(by_mixed); }

/* ---- frames in progress ------------------------------------------------------------------------ */

static int (*boot_inside)(void);
static int inside(void) { return boot_inside() ? 1000 : 0; }

static void frames_return(int (*boots)(void))
{
	void *h = opened(G("guarded.so"), BDL_OWN);
	int (*through)(int (*)(void)) =
		(int (*)(int (*)(void)))function(h, "guarded_calls");
	int (*sum)(int) = (int (*)(int))function(h, "guarded_sum");
	boot_inside = boots;
	must(through(inside) == 0);
	must(resident_is_up());
	must(sum(2) == 64);
	must(through(by_import) == 0);
	/* a library of the resident with the protector, too */
	void *theirs = bdl_open(G("guarded.so"), BDL_RESIDENT);
	must(theirs != NULL);
	must(((int (*)(int))function(theirs, "guarded_sum"))(2) == 64);
	must(((int (*)(int (*)(void)))function(theirs, "guarded_calls"))(by_import) ==
		0);
	must(bdl_close(h) == 0);
}
static void frames_import(void) { frames_return(by_import); }
static void frames_init(void) { frames_return(by_init); }
static void frames_mixed(void) { frames_return(by_mixed); }

static void *guarded_thread(void *f)
{
	must(((int (*)(int))f)(3) == 96);
	return NULL;
}
static void frames_threads(void)
{
	void *h = opened(G("guarded.so"), BDL_OWN);
	must(by_import() == 0);
	for (int i = 0; i < 4; i++)
		join(spawn(guarded_thread, function(h, "guarded_sum")));
	must(bdl_close(h) == 0);
}

/* A constructor that brings the resident up, while its library is being opened. */
static int boots_in_constructor;
static void slow(void) { boots_in_constructor = by_import() + 1; }
static const struct bdl_provided table[] = { { "guest_slow", (const void *)slow } };
static void in_constructor(void)
{
	open_all();
	all_are(0);
	must(bdl_provide(table, 1) == 0);
	void *h = opened(G("slow.so"), BDL_OWN);
	must(boots_in_constructor == 1 && resident_is_up());
	must(call(h, "slow_ready") == 1);
	all_are(1);
	must(bdl_close(h) == 0);
	h = opened(G("needs-slow.so"), BDL_OWN);
	must(call(h, "needs_slow_ready") == 1);
	must(bdl_close(h) == 0);
	all_are(2);
}

/* Libraries that were opened before go on being shared and counted. */
static void counts_go_on(void)
{
	counted_provide();
	void *before = opened(counted[5].file, BDL_OWN);
	must(by_import() == 0);
	for (int i = 0; i < 20; i++) counted_rounds((uint64_t)i, 50, BDL_OWN);
	must(bdl_open(counted[5].file, BDL_OWN) == before);
	must(bdl_close(before) == 0 && bdl_close(before) == 0);
	expect(live == 0 && maps_now().guests == 0);
}

/* ---- another thread of the host meanwhile -------------------------------------------------------- */

static char stack[1 << 17] __attribute__((aligned(16)));
static int tid, stage;
static void other_thread(void)
{
	must(bdl_thread_attach() == 0);
	for (int n = 0; n < 3; n++) all_are(n);
	store_(&stage, 1);
	while (load_(&stage) < 2) yield();
	/* it has no pointer of the resident, but its own variables are where they were */
	all_are(3);
	bdl_thread_detach();
	store_(&stage, 3);
}

static void other_thread_waits(void)
{
	must(bdl_thread_attach() == 0);
	store_(&stage, 1);
	while (load_(&stage) < 2) yield();
	for (int n = 0; n < 3; n++) all_are(n); /* first use of all */
	bdl_thread_detach();
	store_(&stage, 3);
}

/* It opens and closes all the while. */
static void other_thread_opens(void)
{
	must(bdl_thread_attach() == 0);
	store_(&stage, 1);
	for (uint64_t i = 0; load_(&stage) < 2; i++) counted_rounds(i, 20, BDL_OWN);
	counted_rounds(1, 200, BDL_OWN);
	bdl_thread_detach();
	store_(&stage, 3);
}

static void bare_thread(void (*f)(void))
{
	counted_provide();
	open_all();
	all_are(0);
	void (**top)(void) = (void (**)(void))(stack + sizeof stack - 16);
	top[0] = top[1] = f;
	tid = 1;
	clone_at(0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x40000 | 0x80000 | 0x200000,
		top, &tid);
	must(becomes(&stage, 1, 5000));
	must(by_import() == 0);
	all_are(1);
	store_(&stage, 2);
	must(becomes(&stage, 3, 5000));
	all_are(2);
	in_threads(4, fresh);
}
static void bare_thread_lives_on(void) { bare_thread(other_thread); }
static void bare_thread_opens(void) { bare_thread(other_thread_opens); }
static void bare_thread_begins(void) { bare_thread(other_thread_waits); }

TESTS({ "late: values are kept, by an import", kept_import, LATE },
	{ "late: ... by bdl_init", kept_init, LATE },
	{ "late: ... by bdl_open", kept_open, LATE },
	{ "late: ... by a library that needs libc", kept_default, LATE },
	{ "late: ... by BDL_USE_RESIDENT", kept_mixed, LATE },
	{ "late: the canary of frames in progress, by an import", frames_import, LATE },
	{ "late: ... by bdl_init", frames_init, LATE },
	{ "late: ... by BDL_USE_RESIDENT", frames_mixed, LATE },
	{ "late: the canary in new threads", frames_threads, LATE },
	{ "late: in a constructor", in_constructor, LATE },
	{ "late: libraries stay counted", counts_go_on, LATE },
	{ "late: another thread of the host keeps its variables", bare_thread_lives_on,
		LATE },
	{ "late: another thread of the host uses them first then", bare_thread_begins,
		LATE },
	{ "late: another thread of the host opens and closes meanwhile",
		bare_thread_opens, LATE })
