/* Calls whose callee runs on another stack. */
#include "callbacks.h"
#include "../own/pthread.h"

/* ---- a stack between pages that nobody may touch --------------------------------------- */

struct stack {
	char *at;
	size_t size;
};
static struct stack new_stack(size_t size)
{
	size_t pages = (size + 4095) & -4096ul;
	char *all = much_memory(pages + 8192);
	must(sys(mprotect, all, 4096, 0) == 0);
	must(sys(mprotect, all + 4096 + pages, 4096, 0) == 0);
	/* its end is where the forbidden page is */
	return (struct stack){ all + 4096 + pages - size, size };
}
static int within(const struct stack *s, const void *address)
{
	return (const char *)address >= s->at &&
	       (const char *)address < s->at + s->size;
}

/* ---- callees ------------------------------------------------------------------------------ */

static const void *local;
static int aligned;
#define NOTE_STACK() \
	(local = __builtin_frame_address(0), aligned = (uintptr_t)local % 16 == 0)

__attribute__((noinline)) static int plain(int n)
{
	NOTE_STACK();
	return n + 1;
}
__attribute__((noinline)) static double many(int a, int b, int c, int d, int e, int f,
	int g, int h, int i, int j, double k, double l, double m, double n, double o,
	double p, double q, double r, double s, double t)
{
	NOTE_STACK();
	return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i +
	       10 * j + 11 * k + 12 * l + 13 * m + 14 * n + 15 * o + 16 * p + 17 * q +
	       18 * r + 19 * s + 20 * t;
}
struct large {
	long n[12];
};
__attribute__((noinline)) static struct large in_memory(struct large a, long b)
{
	NOTE_STACK();
	for (int i = 0; i < 12; i++) a.n[i] += b;
	return a;
}

/* Each is right, wherever it runs. */
static void call_all(int (*invoke)(const struct bdl_plan *, const void *, void *,
			     void *const *, struct stack *),
	unsigned flags, struct stack *s)
{
	int i = 0, ints[10];
	double d = 0, doubles[10];
	void *all[20];
	struct large l = { { 0 } }, got;
	struct bdl_plan *p = plan_of("i(i)", flags);
	must(invoke(p, (void *)plain, &i, ARGV(A(int, 41)), s) == 0 && i == 42);
	must(within(s, local) && aligned);
	bdl_plan_free(p);
	p = plan_of("d(i,i,i,i,i,i,i,i,i,i,d,d,d,d,d,d,d,d,d,d)", flags);
	for (int n = 0; n < 10; n++)
		ints[n] = n + 1, doubles[n] = n + 11, all[n] = ints + n,
		all[10 + n] = doubles + n;
	must(invoke(p, (void *)many, &d, all, s) == 0);
	must(d == 20 * 21 * 41 / 6);
	must(within(s, local) && aligned);
	bdl_plan_free(p);
	p = plan_of("{[12l]}({[12l]},l)", flags);
	for (int n = 0; n < 12; n++) l.n[n] = n;
	must(invoke(p, (void *)in_memory, &got, ARGV(&l, A(long, 100)), s) == 0);
	for (int n = 0; n < 12; n++) must(got.n[n] == n + 100 && l.n[n] == n);
	must(within(s, local) && aligned);
	bdl_plan_free(p);
}

static int on(const struct bdl_plan *plan, const void *f, void *result,
	void *const *argv, struct stack *s)
{
	return bdl_invoke_on(plan, f, result, argv, s->at, s->size);
}
static int by_plan(const struct bdl_plan *plan, const void *f, void *result,
	void *const *argv, struct stack *s)
{
	must(bdl_plan_stack((struct bdl_plan *)plan, s->at, s->size) == 0);
	return bdl_invoke(plan, f, result, argv);
}

static void invoke_on(void)
{
	struct stack s = new_stack(64 << 10);
	for (int i = 0; i < 100; i++) call_all(on, 0, &s);
	/* none of its bounds need be even */
	for (size_t odd = 1; odd < 40; odd++) {
		struct stack t = { s.at + odd % 7, s.size - odd - odd % 7 };
		call_all(on, 0, &t);
	}
	/* a small one is enough for a small callee */
	struct stack small = new_stack(4096);
	call_all(on, 0, &small);
}

static void plan_stack(void)
{
	struct stack s = new_stack(64 << 10), t = new_stack(64 << 10);
	call_all(by_plan, BDL_CALL_STACK, &s);
	for (size_t odd = 1; odd < 40; odd++) {
		struct stack u = { s.at + odd % 5, s.size - odd - odd % 5 };
		call_all(by_plan, BDL_CALL_STACK, &u);
	}
	struct bdl_plan *plan = plan_of("i(i)", BDL_CALL_STACK);
	int i = 0;
	/* at first, and by NULL, the caller's own */
	must(INVOKE(plan, (void *)plain, &i, A(int, 1)) == 0 && i == 2);
	must(!within(&s, local) && !within(&t, local) && aligned);
	must(bdl_plan_stack(plan, t.at, t.size) == 0);
	must(INVOKE(plan, (void *)plain, &i, A(int, 2)) == 0 && i == 3);
	must(within(&t, local) && aligned);
	/* for this call another */
	must(bdl_invoke_on(plan, (void *)plain, &i, ARGV(A(int, 3)), s.at, s.size) ==
		0);
	must(within(&s, local) && aligned && i == 4);
	/* a copy has it, too */
	uint64_t copy[BDL_PLAN_SIZE(1) / 8];
	memcpy(copy, plan, bdl_plan_size(plan));
	must(INVOKE((struct bdl_plan *)copy, (void *)plain, &i, A(int, 4)) == 0);
	must(within(&t, local));
	must(bdl_plan_stack(plan, NULL, 0) == 0);
	must(INVOKE(plan, (void *)plain, &i, A(int, 5)) == 0 && i == 6);
	must(!within(&s, local) && !within(&t, local) && aligned);
	must(bdl_plan_stack(plan_of("i(i)", 0), t.at, t.size) == -1 && *bdl_error());
	note("error:", bdl_error());
	must(bdl_plan_stack(plan_of("i(i)", BDL_CALL_ERRNO), t.at, t.size) == -1);
}

/* ---- callbacks there ------------------------------------------------------------------------ */

static struct stack stacks[4];
static struct bdl_plan *sorting, *comparing;
static void *qsort_, *order;
static int comparisons, level;

/* On the stack that the foreign code runs on; from here qsort goes on, on the next. */
static void compare(void *user, void *result, void *const *argv)
{
	char here;
	must(user == &comparisons);
	must(within(&stacks[level], &here) && within(&stacks[level], argv));
	must(within(&stacks[level], argv[0]) && within(&stacks[level], result));
	if (level < 3) {
		int numbers[] = { 3, 1, 2 };
		level++;
		must(bdl_invoke_on(sorting, qsort_, NULL,
			     ARGV(P(numbers), A(size_t, 3), A(size_t, sizeof *numbers),
				     &order),
			     stacks[level].at, stacks[level].size) == 0);
		level--;
		must(sorted(numbers, 3, 1));
		must(within(&stacks[level], &here));
	}
	++*(int *)user;
	RESULT(int) = COMPARE_INTS(*ARG(const int *, 0), *ARG(const int *, 1));
}

static void callbacks_there(void)
{
	int numbers[10];
	for (int i = 0; i < 4; i++) stacks[i] = new_stack(128 << 10);
	sorting = plan_of("v(p,L,L,p)", 0), comparing = plan_of("i(p,p)", 0);
	qsort_ = libc("qsort");
	order = callback(comparing, compare, &comparisons);
	for (int i = 0; i < 50; i++) {
		for (int n = 0; n < 10; n++) numbers[n] = n * 7 % 10;
		must(bdl_invoke_on(sorting, qsort_, NULL,
			     ARGV(P(numbers), A(size_t, 10), A(size_t, sizeof *numbers),
				     &order),
			     stacks[0].at, stacks[0].size) == 0);
		must(sorted(numbers, 10, 1));
	}
	note_number("comparisons:", comparisons);
}

/* Four threads, each with stacks of its own. */
static void *in_thread(void *none)
{
	struct stack s = new_stack(64 << 10);
	struct bdl_plan *print = plan_of("i(p,L,s,...,i,d)", 0);
	char text[40];
	for (int i = 0; i < ROUNDS(20000); i++) {
		int n = 0;
		must(bdl_invoke_on(print, libc("snprintf"), &n,
			     ARGV(P(text), A(size_t, sizeof text), S("%d %.1f"),
				     A(int, i % 10), A(double, 2.5)),
			     s.at, s.size) == 0);
		must(n == 5 && text[0] == '0' + i % 10 && same(text + 1, " 2.5"));
	}
	return none;
}
static void threads(void)
{
	libc("snprintf");
	in_threads(4, in_thread);
}

TESTS({ "stack: bdl_invoke_on", invoke_on, ALONE },
	{ "stack: with a resident", invoke_on, START },
	{ "stack: bdl_plan_stack", plan_stack, ALONE },
	{ "stack: callbacks, four stacks deep", callbacks_there, START },
	{ "stack: four threads", threads, START })
