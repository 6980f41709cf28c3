/* Callbacks as signal handlers of the C library, and interrupted by them. */
#include "callbacks.h"
#include "../own/pthread.h"

enum { SIGUSR1_ = 10, SIGUSR2_ = 12, SIGALRM_ = 14, SIGPROF_ = 27 };
enum { SIGINFO = 4, ONSTACK = 0x08000000, RESTART = 0x10000000, NODEFER = 0x40000000 };

/* struct sigaction of both C libraries, on both machines */
struct action {
	void *handler;
	uint64_t mask[16];
	int flags;
	void *restorer;
};

static void on_signal(int number, void *handler, int flags)
{
	struct action a = { .handler = handler, .flags = flags };
	must(CALL_INT("i(i,p,p)", libc("sigaction"), &number, P(&a), P(NULL)) == 0);
}

static int seen;
static const void *place;
static volatile double spoiled;

/* void (int): spoils what a handler may */
static void counts(void *user, void *result, void *const *argv)
{
	char here;
	(void)result;
	must(ARG(int, 0) == *(int *)user);
	for (int i = 0; i < 10; i++) spoiled = i * 1.01;
	volatile char room[512];
	memset((void *)room, 0x77, sizeof room);
	store_(&place, (const void *)&here);
	add_(&seen, 1);
}

static void raised(void)
{
	static int number = SIGUSR1_;
	void *handler = callback_of("v(i)", counts, &number), *raise = libc("raise");
	on_signal(number, handler, 0);
	struct bdl_plan *plan = plan_of("i(i)", 0);
	for (int i = 0; i < 10000; i++) {
		int result = -1;
		must(INVOKE(plan, raise, &result, &number) == 0 && result == 0);
		must(seen == i + 1);
	}
	/* by signal(), which returns the one before */
	must(CALL_POINTER("p(i,p)", libc("signal"), &number, P(NULL)) == handler);
}

/* void (int, siginfo_t *, void *) */
static void *pushed;
static void informed(void *user, void *result, void *const *argv)
{
	(void)user, (void)result;
	const int *info = ARG(const int *, 1);
	const void *context = ARG(const void *, 2);
	must(ARG(int, 0) == SIGUSR2_ && info[0] == SIGUSR2_);
	must(info[2] == -1 /* SI_QUEUE */ && info[4] == (int)sys(getpid));
	memcpy(&pushed, (const char *)info + 24, sizeof pushed);
	must(context != NULL);
	add_(&seen, 1);
}

static void with_info(void)
{
	int number = SIGUSR2_, pid = (int)sys(getpid);
	on_signal(number, callback_of("v(i,p,p)", informed, NULL), SIGINFO);
	/* union sigval by value */
	for (uintptr_t i = 1; i < 500; i++) {
		void *value = (void *)(i * 0x100000001);
		must(CALL_INT("i(i,i,u{ip})", libc("sigqueue"), &pid, &number,
			     &value) == 0);
		must(seen == (int)i && pushed == value);
	}
}

static void on_its_stack(void)
{
	enum { SIZE = 64 << 10 };
	static int number = SIGUSR1_;
	struct {
		char *at;
		int flags;
		size_t size;
	} stack = { much_memory(SIZE), 0, SIZE };
	must(CALL_INT("i(p,p)", libc("sigaltstack"), P(&stack), P(NULL)) == 0);
	on_signal(number, callback_of("v(i)", counts, &number), ONSTACK);
	for (int i = 0; i < 100; i++) {
		must(CALL_INT("i(i)", libc("raise"), &number) == 0);
		must((char *)place >= stack.at && (char *)place < stack.at + SIZE);
	}
	/* also while the callee has another stack */
	char *other = much_memory(SIZE);
	int result = -1;
	must(bdl_invoke_on(plan_of("i(i)", 0), libc("raise"), &result, ARGV(&number),
		     other, SIZE) == 0);
	must((char *)place >= stack.at && (char *)place < stack.at + SIZE);
	on_signal(number, callback_of("v(i)", counts, &number), 0);
	must(bdl_invoke_on(plan_of("i(i)", 0), libc("raise"), &result, ARGV(&number),
		     other, SIZE) == 0);
	must((char *)place >= other && (char *)place < other + SIZE);
}

/* A handler that is interrupted by itself, and sorts with another callback. */
static int depth;
static void *order, *qsort_, *raise_;
static void compare(void *user, void *result, void *const *argv)
{
	(void)user;
	RESULT(int) = COMPARE_INTS(*ARG(const int *, 0), *ARG(const int *, 1));
}
static void raises(void *user, void *result, void *const *argv)
{
	(void)result;
	int numbers[] = { 4, 2, 3, 1 }, got = -1;
	struct bdl_plan *const *plans = user;
	if (++depth < 20) INVOKE(plans[0], raise_, &got, argv[0]);
	INVOKE(plans[1], qsort_, NULL, P(numbers), A(size_t, 4),
		A(size_t, sizeof *numbers), &order);
	must(sorted(numbers, 4, 1));
	seen++;
}
static void in_itself(void)
{
	struct bdl_plan *plans[] = { plan_of("i(i)", 0), plan_of("v(p,L,L,p)", 0) };
	order = callback_of("i(p,p)", compare, NULL);
	qsort_ = libc("qsort"), raise_ = libc("raise");
	on_signal(SIGUSR1_, callback_of("v(i)", raises, plans), NODEFER);
	for (int i = 1; i < 100; i++) {
		depth = 0;
		must(CALL_INT("i(i)", raise_, A(int, SIGUSR1_)) == 0);
		must(depth == 20 && seen == 20 * i);
	}
}

/* ---- a thousand times a second ------------------------------------------------------ */

static void adds(void *user, void *result, void *const *argv)
{
	RESULT(double) = ARG(double, 0) + ARG(double, 1) * *(int *)user;
}

/* All that can be interrupted: calls, callbacks, making them, freeing them. */
static void busy(int rounds, int until)
{
	struct bdl_plan *sum = plan_of("d(d,d)", 0), *sort = plan_of("v(p,L,L,p)", 0);
	struct bdl_plan *comparing = plan_of("i(p,p)", 0);
	uint64_t state = (uint64_t)rounds;
	int three = 3;
	for (int i = 0; i < rounds || load_(&seen) < until; i++) {
		int numbers[20];
		for (int n = 0; n < 20; n++) numbers[n] = (int)any(&state, 1000);
		void *made = callback(comparing, compare, NULL);
		INVOKE(sort, libc("qsort"), NULL, P(numbers), A(size_t, 20),
			A(size_t, sizeof *numbers), &made);
		must(sorted(numbers, 20, 1));
		must(bdl_callback_free(made) == 0);
		void *f = callback(sum, adds, &three);
		double d = 0, x = i * .5;
		must(((double (*)(double, double))f)(x, 2) == x + 6);
		must(INVOKE(sum, f, &d, &x, A(double, -1)) == 0 && d == x - 3);
		must(bdl_callback_free(f) == 0);
	}
}

static void interval(int timer, int number, int flags)
{
	static int numbers[2];
	int *user = numbers + (timer != 0);
	*user = number;
	on_signal(number, callback_of("v(i)", counts, user), flags);
	long time[4] = { 0, 1000, 0, 1000 };
	must(CALL_INT("i(i,p,p)", libc("setitimer"), &timer, P(time), P(NULL)) == 0);
}

static void profiled(void)
{
	interval(2 /* ITIMER_PROF */, SIGPROF_, RESTART);
	busy(1000, 500);
	note_number("signals:", seen);
}
/* This takes the place of SECONDS' alarm; run.sh has one of its own. */
static void alarmed(void)
{
	interval(0 /* ITIMER_REAL */, SIGALRM_, 0);
	busy(1000, 500);
	note_number("signals:", seen);
}
static void *is_busy(void *none)
{
	busy(500, 500);
	return none;
}
static void profiled_threads(void)
{
	libc("qsort");
	interval(2, SIGPROF_, 0);
	interval(0, SIGALRM_, RESTART);
	in_threads(4, is_busy);
	note_number("signals:", seen);
}

TESTS({ "signals: raise, 10,000 times", raised, START },
	{ "signals: the same, on first need", raised, LATE },
	{ "signals: SA_SIGINFO, sigqueue", with_info, START },
	{ "signals: sigaltstack, other stacks", on_its_stack, START },
	{ "signals: handlers in handlers that sort", in_itself, START },
	{ "signals: SIGPROF, a thousand times a second", profiled, START },
	{ "signals: ITIMER_REAL, system calls interrupted", alarmed, START },
	{ "signals: both, four threads", profiled_threads, START })
