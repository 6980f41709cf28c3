/* A signal a thousand times a second, in the middle of everything. Its handler spoils
 * what a handler may, and asks the linker for nothing. */
#include "maps.h"
#include "counted.h"
#include "pthread.h"

static int signals;
#include MACHINE_H /* signals-MACHINE.h */

static volatile long spoiled[512];

static void handler(int n)
{
	add_(&signals, n == 27);
	for (int i = 0; i < 512; i++) spoiled[i] = i;
	SPOIL_VECTORS;
}

/* Without SA_RESTART: system calls are interrupted. SIGPROF, by the processor time; and
 * from a thread of its own as fast as it can, for what waits. */
static void start_signals(void)
{
	long action[4] = { (long)handler, RESTORER, 0 };
	long time[4] = { 0, 1000, 0, 1000 };
	must(sys(rt_sigaction, 27, action, 0, 8) == 0);
	must(sys(setitimer, 2, time, 0) == 0);
}

static void more_signals(void)
{
	long pid = sys(getpid), parent = pid;
	pid = sys(clone, 17, 0, 0, 0);
	if (pid) return;
	sys(prctl, 1 /* PR_SET_PDEATHSIG */, 9);
	for (;;) {
		pause_ms(1);
		if (sys(kill, parent, 27) || sys(getppid) != parent) sys(exit_group, 0);
	}
}

static void loops(unsigned flags)
{
	struct bdl_symbol s;
	for (int i = 0; signals < 300 && i < 200; i++) {
		counted_rounds((uint64_t)i, 100, flags);
		void *h = opened(G("tls-gd.so"), flags);
		must(call(h, "tls_touch") >= 42); /* others may have it open */
		must(bdl_addr(function(h, "tls_place"), &s) == 0);
		must(bdl_close(h) == 0);
		must(bdl_open("libnone.so", BDL_OWN) == NULL);
	}
}

static void no_resident(void)
{
	counted_provide();
	start_signals();
	more_signals();
	loops(BDL_OWN);
	expect(signals > 20 && live == 0 && ups == downs);
	expect(maps_now().guests == 0);
}

static void *in_thread(void *none)
{
	loops(BDL_OWN);
	return none;
}
static void resident_threads(void)
{
	counted_provide();
	start_signals();
	more_signals();
	in_threads(3, in_thread);
	expect(signals > 20 && live == 0 && ups == downs);
	expect(maps_now().guests == 0);
}

static void lazily(void)
{
	start_signals();
	more_signals();
	void *target = opened(G("target.so"), BDL_OWN);
	for (int round = 0; signals < 300 && round < 4000; round++) {
		void *h = opened(G("lazy.so"), BDL_OWN | BDL_LAZY);
		int (*f)(int, long, int) =
			(int (*)(int, long, int))function(h, "lazy_call");
		for (int i = 0; i < 16; i++) must(f(i, round, 16));
		must(bdl_close(h) == 0);
	}
	must(bdl_close(target) == 0);
	expect(signals > 20);
}

static void *in_nothing(void *none) { return none; }

/* While a resident comes up, on first need. */
static void boots(void)
{
	start_signals();
	more_signals();
	void *h = opened(G("tls-ie.so"), BDL_OWN);
	must(call(h, "tls_touch") == 42);
	must(bdl_init(NULL) == 0);
	must(call(h, "tls_touch") == 43);
	in_threads(2, in_nothing);
	must(bdl_close(h) == 0);
}

TESTS({ "signals: open, close, look up; no resident", no_resident, ALONE },
	{ "signals: in three threads", resident_threads, START },
	{ "signals: lazy PLT", lazily, ALONE }, { "signals: a boot", boots, LATE })
