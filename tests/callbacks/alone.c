/* Without any C library: a library that needs none, opened by baredl's own linker, calls back;
 * threads made by clone(2) have no thread pointer. */
#include "callbacks.h"
#include CLONE_H

static void *caller;
static void open_caller(void) { caller = opened(G("caller.so"), BDL_OWN); }

/* int (int, void *) */
static void weighs(void *user, void *result, void *const *argv)
{
	must(ARG(void *, 1) == &caller);
	RESULT(int) = ARG(int, 0) * *(int *)user;
}

static void called_back(void)
{
	static int weights[] = { 2, 3, 5 };
	open_caller();
	struct bdl_plan *two = plan_of("i(i,p)", 0);
	void *f[3];
	for (int i = 0; i < 3; i++) f[i] = callback(two, weighs, weights + i);
	for (int n = 0; n < 1000; n++)
		must(CALL_INT("i(p,i,p)", function(caller, "call_times"), f + n % 3,
			     A(int, n),
			     P(&caller)) == weights[n % 3] * (n * (n - 1) / 2));
	must(!resident_is_up());
}

struct sample {
	double d;
	long n;
	float f[3];
};
static void changes(void *user, void *result, void *const *argv)
{
	(void)user;
	struct sample s = ARG(struct sample, 0);
	must(ARG(long double, 1) == 0.5L);
	s.d *= 2, s.n *= 2, s.f[2] += s.f[0] + s.f[1];
	RESULT(struct sample) = s;
}
static void structs(void)
{
	open_caller();
	struct sample s = { 1.25, 1l << 40, { 1, 2, 3 } }, got;
	CALL("{dl[3f]}(p,{dl[3f]})", function(caller, "pass_sample"), &got,
		P(callback_of("{dl[3f]}({dl[3f]},g)", changes, NULL)), &s);
	must(got.d == 2.5 && got.n == (2l << 40) + 1 && got.f[2] == 6);
	must(s.d == 1.25 && !resident_is_up());
}

/* ---- threads without a thread pointer -------------------------------------------------- */

/* CLONE_VM FS FILES SIGHAND THREAD SYSVSEM CHILD_CLEARTID, SETTLS to 0 */
enum {
	FLAGS = 0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x40000 | 0x200000 | 0x80000,
	THREADS_ = 6,
	STACK = 1 << 16
};
static char stacks[THREADS_][STACK] __attribute__((aligned(16)));
static int alive[THREADS_], ticket;
static struct bdl_plan *two, *call_plan;

static void adds(void *user, void *result, void *const *argv)
{
	RESULT(int) = ARG(int, 0) + (int)(intptr_t)user;
}
static void thread_main(void)
{
	intptr_t own = add_(&ticket, 1) * 1000;
	void *call_times_ = bdl_sym(caller, "call_times"), *none = NULL;
	for (int i = 0; i < ROUNDS(3000); i++) {
		int got = 0;
		void *f = callback(two, adds, (void *)(own + i));
		bdl_invoke(call_plan, call_times_, &got, ARGV(&f, A(int, 3), &none));
		must(got == 3 * (own + i) + 3);
		must(bdl_callback_free(f) == 0);
	}
}
static void threads(void)
{
	open_caller();
	two = plan_of("i(i,p)", 0), call_plan = plan_of("i(p,i,p)", 0);
	for (int i = 0; i < THREADS_; i++) {
		void (**top)(void) = (void (**)(void))(stacks[i] + STACK - 16);
		alive[i] = 1;
		top[0] = top[1] = thread_main;
		clone_at(FLAGS, top, alive + i);
	}
	for (int i = 0; i < THREADS_; i++)
		while (load_(alive + i)) sys(futex, alive + i, 0 /* WAIT */, 1, 0);
	must(ticket == THREADS_ && !resident_is_up());
}

/* A resident comes in the middle: callbacks that were made before go on. */
static void then_resident(void)
{
	static int seven = 7;
	open_caller();
	two = plan_of("i(i,p)", 0);
	int (*f)(int, void *) = (int (*)(int, void *))callback(two, weighs, &seven);
	must(f(3, &caller) == 21 && !resident_is_up());
	libc("qsort");
	must(resident_is_up() && f(4, &caller) == 28);
	must(CALL_INT("i(p,i,p)", function(caller, "call_times"), P(f), A(int, 4),
		     P(&caller)) == 42);
	must(bdl_callback_free((void *)f) == 0);
}

TESTS({ "alone: a library without libc calls back", called_back, ALONE },
	{ "alone: structs there and back", structs, ALONE },
	{ "alone: threads without a thread pointer", threads, ALONE },
	{ "alone: then a resident comes", then_resident, LATE })
