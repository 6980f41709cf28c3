/* Threads of the resident open, use and close the same libraries at once. */
#include "maps.h"
#include "counted.h"
#include "pthread.h"

enum { N = 6, ROUNDS = 10000 / N + 1 };

/* ---- libraries that share others ---------------------------------------------------- */

static unsigned how = BDL_OWN;
static int repeat;

static void *rounds(void *n)
{
	counted_rounds((uint64_t)n * 977 + (unsigned)repeat, ROUNDS, how);
	return NULL;
}

static void random_order(void)
{
	struct maps before = { 0 };
	counted_provide();
	for (repeat = 0; repeat < 4; repeat++) {
		in_threads(N, rounds);
		expect(live == 0 && ups == downs);
		if (repeat == 1) before = maps_now();
	}
	expect(ups > 1000);
	/* chunks of the heap: how much is in use at once varies, but not with time */
	maps_flat(before, 24, 1536);
}

static void alone(void)
{
	counted_provide();
	for (repeat = 0; repeat < 3; repeat++) rounds(NULL);
	expect(live == 0 && ups == downs);
	expect(maps_now().guests == 0);
}

static void random_order_mixed(void)
{
	how = BDL_USE_RESIDENT;
	random_order();
}

static void random_order_default(void)
{
	how = 0;
	random_order();
}

static void random_order_global(void)
{
	how = BDL_OWN | BDL_GLOBAL;
	random_order();
}

/* ---- all of it at once: what fails, what the resident gets, what is global ----------- */

static int refuse(const struct bdl_object *o, void *count)
{
	++*(int *)count;
	return o->phnum == 0;
}

static void *anything(void *n)
{
	uint64_t seed = (uint64_t)n * 31 + (unsigned)repeat;
	struct kept kept[3] = { { 0 } };
	int count = 0;
	for (int i = 0; i < 1500; i++) {
		struct kept *k = kept + any(&seed, 3);
		void *h;
		switch (any(&seed, 9)) {
		case 0: /* goes to the resident, but shares self.so with what is ours */
			must((h = bdl_open(G("over-self.so"), 0)) != NULL);
			must(call(h, "over_self") == 81 && bdl_close(h) == 0);
			break;
		case 1:
			must((h = bdl_open(G("self.so"),
				      any(&seed, 2) ? BDL_OWN : 0)) != NULL);
			must(call(h, "self_value") == 77 && bdl_close(h) == 0);
			break;
		case 2: /* shares base0.so and mid0.so with what does not fail */
			must(bdl_open(G("fails.so"), BDL_OWN) == NULL);
			must(contains(bdl_error(), "nobody_has_this"));
			break;
		case 3:
			must(bdl_open(G("lacks.so"), BDL_OWN) == NULL);
			must(contains(bdl_error(), "libgone.so.1"));
			break;
		case 4:
			must((h = bdl_open(G("tls-gd.so"), BDL_OWN)) != NULL);
			must(call(h, "tls_touch") >= 42 && bdl_close(h) == 0);
			break;
		case 5:
			must(bdl_iterate(refuse, &count) == 0);
			bdl_sym(NULL, "value_mid0");
			break;
		default:
			if (k->handle) {
				counted_check(*k);
				must(bdl_close(k->handle) == 0);
				k->handle = NULL;
				break;
			}
			k->which = (int)any(&seed, COUNTED);
			k->handle = bdl_open(counted[k->which].file,
				BDL_OWN | (any(&seed, 3) ? BDL_LAZY : BDL_GLOBAL));
			must(k->handle != NULL);
			counted_check(*k);
		}
	}
	for (int i = 0; i < 3; i++)
		if (kept[i].handle) must(bdl_close(kept[i].handle) == 0);
	return NULL;
}

static void all_of_it(void)
{
	struct maps before = { 0 };
	counted_provide();
	for (repeat = 0; repeat < 3; repeat++) {
		in_threads(N, anything);
		expect(live == 0 && ups == downs);
		if (repeat == 0) before = maps_now();
	}
	maps_flat(before, 24, 1536);
}

/* ---- the same library, all at once ---------------------------------------------------- */

static int gate;
static void meet(int of)
{
	int n = add_(&gate, 1);
	int until = (n + of - 1) / of * of;
	while (load_(&gate) < until) yield();
}

static void *same_library(void *n)
{
	(void)n;
	for (int i = 0; i < 400; i++) {
		meet(4);
		struct kept k = { bdl_open(counted[5].file, BDL_OWN), 5 };
		must(k.handle != NULL);
		counted_check(k);
		must(bdl_close(k.handle) == 0);
	}
	return NULL;
}

static void at_the_same_moment(void)
{
	counted_provide();
	in_threads(4, same_library);
	expect(live == 0 && ups == downs);
	expect(maps_now().guests == 0);
}

/* Libraries that need libc, and with default flags go to the resident: our linker
 * takes them back when it has seen that. */
static void *needs_libc(void *n)
{
	(void)n;
	for (int i = 0; i < 300; i++) {
		meet(4);
		void *h = bdl_open(G("wants-libc.so"), 0);
		must(h != NULL);
		must(call(h, "length_of_four") == 4);
		must(bdl_close(h) == 0);
	}
	return NULL;
}

static void given_to_the_resident(void)
{
	in_threads(4, needs_libc);
	expect(maps_now().guests == 0 || !resident_unloads());
}

/* ---- constructors ------------------------------------------------------------------------ */

static int in_constructor, may_leave, constructor_done;

static void slow_constructor(void)
{
	store_(&in_constructor, 1);
	while (!load_(&may_leave)) yield();
	store_(&constructor_done, 1);
}

static const struct bdl_provided slow[] = { { "guest_slow",
	(const void *)slow_constructor } };

static void *open_slow(void *file)
{
	void *h = bdl_open(file, BDL_OWN);
	must(h != NULL);
	int seen = load_(&constructor_done);
	must(call(h, "slow_ready") == 1);
	return (void *)(long)(seen + 1);
}

static void waits_for_a_constructor(void)
{
	must(bdl_provide(slow, 1) == 0);
	unsigned long first = spawn(open_slow, G("slow.so"));
	must(becomes(&in_constructor, 1, 5000));
	unsigned long second = spawn(open_slow, G("slow.so"));
	unsigned long third = spawn(open_slow, G("needs-slow.so"));
	pause_ms(100);
	store_(&may_leave, 1);
	expect(join(first) == (void *)2);
	expect(join(second) == (void *)2);
	expect(join(third) == (void *)2);
	void *h = opened(G("slow.so"), BDL_OWN | BDL_NOLOAD);
	for (int i = 0; i < 3; i++) expect(bdl_close(h) == 0);
	must((h = bdl_open(G("needs-slow.so"), BDL_OWN | BDL_NOLOAD)) != NULL);
	expect(bdl_close(h) == 0 && bdl_close(h) == 0);
	expect(maps_now().guests == 0);
}

/* Meanwhile what others close is unmapped as ever. */
static void unmapped_while_waiting(void)
{
	counted_provide();
	must(bdl_provide(slow, 1) == 0);
	unsigned long first = spawn(open_slow, G("slow.so"));
	must(becomes(&in_constructor, 1, 5000));
	unsigned long second = spawn(open_slow, G("slow.so"));
	pause_ms(50);
	struct maps before = maps_now();
	for (int i = 0; i < 1000; i++)
		must(bdl_close(opened(counted[8].file, BDL_OWN)) == 0);
	long more = maps_now().guests - before.guests;
	store_(&may_leave, 1);
	join(first), join(second);
	note_number("lines of closed libraries:", more);
	expect(more < 100);
}

/* Two constructors that open each other's library. */
static int met;
static void *crossed[2];
static void cross(int self)
{
	add_(&met, 1);
	for (int ms = 0; load_(&met) < 2 && ms < 200; ms++) pause_ms(1);
	crossed[self] = bdl_open(self ? G("cross0.so") : G("cross1.so"), BDL_OWN);
}
static const struct bdl_provided crossing[] = { { "guest_cross",
	(const void *)cross } };

static void *open_cross(void *n)
{
	void *h = bdl_open(n ? G("cross1.so") : G("cross0.so"), BDL_OWN);
	must(h != NULL);
	return h;
}

static void constructors_open_each_other(void)
{
	must(bdl_provide(crossing, 1) == 0);
	for (int i = 0; i < 20; i++) {
		met = 0;
		unsigned long a = spawn(open_cross, NULL),
			      b = spawn(open_cross, (void *)1);
		void *ha = join(a), *hb = join(b);
		must(crossed[0] == hb && crossed[1] == ha);
		for (int k = 0; k < 2; k++)
			must(bdl_close(ha) == 0 && bdl_close(hb) == 0);
		must(maps_now().guests == 0);
	}
}

static void *open_other(void *none)
{
	(void)none;
	struct kept k = { bdl_open(counted[4].file, BDL_OWN), 4 };
	must(k.handle != NULL);
	counted_check(k);
	return k.handle;
}
static void *from_constructor;
static void in_a_thread(void) { from_constructor = join(spawn(open_other, NULL)); }
static const struct bdl_provided threading[] = { { "guest_slow",
	(const void *)in_a_thread } };

static void constructor_joins_a_thread(void)
{
	counted_provide();
	must(bdl_provide(threading, 1) == 0);
	for (int i = 0; i < 20; i++) {
		void *h = opened(G("slow.so"), BDL_OWN);
		must(from_constructor != NULL);
		must(bdl_close(from_constructor) == 0 && bdl_close(h) == 0);
	}
	expect(live == 0 && maps_now().guests == 0);
}

/* A destructor that waits for a thread that closes. */
static void *closing;
static void *close_other(void *none)
{
	(void)none;
	return (void *)(long)bdl_close(closing);
}
static void join_in_destructor(void) { must(join(spawn(close_other, NULL)) == 0); }
static const struct bdl_provided ending[] = { { "guest_slow", (const void *)yield },
	{ "guest_end", (const void *)join_in_destructor } };

static void destructor_joins_a_thread(void)
{
	counted_provide();
	must(bdl_provide(ending, 2) == 0);
	for (int i = 0; i < 20; i++) {
		void *h = opened(G("slow-end.so"), BDL_OWN);
		closing = opened(counted[4].file, BDL_OWN);
		must(bdl_close(h) == 0);
		must(live == 0); /* closed meanwhile: it goes in the same sweep */
	}
	expect(maps_now().guests == 0);
}

/* ---- the end ------------------------------------------------------------------------------ */

static void *opens_for_ever(void *n)
{
	uint64_t seed = (uint64_t)n;
	for (;;) {
		void *h = bdl_open(counted[any(&seed, COUNTED)].file, BDL_OWN);
		if (h) bdl_close(h);
	}
	return NULL;
}

static void exits_meanwhile(void)
{
	for (int i = 0; i < 60; i++) {
		int status = -1;
		long pid = sys(clone, 17 /* SIGCHLD */, 0, 0, 0);
		if (!pid) {
			long seconds[4] = { 0, 0, 5, 0 };
			sys(setitimer, 0, seconds, 0);
			counted_provide();
			for (long k = 0; k < 3; k++) spawn(opens_for_ever, (void *)k);
			opened(counted[5].file, BDL_OWN);
			pause_ms(10);
			bdl_exit(7);
		}
		sys(wait4, pid, &status, 0, 0);
		if (status != 7 << 8) note_number("status:", status);
		must(status == 7 << 8);
	}
}

TESTS({ "threads: in random order, one thread", alone, ALONE },
	{ "threads: 10,000 opens and closes in random order", random_order, START },
	{ "threads: the same, resident on first need", random_order, LATE },
	{ "threads: the same, BDL_USE_RESIDENT", random_order_mixed, START },
	{ "threads: the same, default flags", random_order_default, START },
	{ "threads: the same, BDL_GLOBAL", random_order_global, START },
	{ "threads: everything at once", all_of_it, START },
	{ "threads: the same, resident on first need", all_of_it, LATE },
	{ "threads: one library at the same moment", at_the_same_moment, START },
	{ "threads: libraries that are given to the resident", given_to_the_resident,
		START },
	{ "threads: an open waits for another thread's constructor",
		waits_for_a_constructor, START },
	{ "threads: what is closed while another waits is unmapped",
		unmapped_while_waiting, START },
	{ "threads: constructors that open each other's library",
		constructors_open_each_other, START },
	{ "threads: a constructor joins a thread that opens",
		constructor_joins_a_thread, START },
	{ "threads: a destructor joins a thread that closes", destructor_joins_a_thread,
		START },
	{ "threads: the process ends while others open", exits_meanwhile, LATE })
