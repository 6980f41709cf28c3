/* Who called whom, asked in a handler: the frames of bdl_invoke and of the callback are
 * passed, and no other is missing. */
#include "callbacks.h"

struct context;
int _Unwind_Backtrace(int (*step)(struct context *, void *), void *arg);
uintptr_t _Unwind_GetRegionStart(struct context *context);
uintptr_t _Unwind_GetCFA(struct context *context);
BDL_IMPORT(_Unwind_Backtrace, "_Unwind_Backtrace", "libgcc_s.so.1");
BDL_IMPORT(_Unwind_GetRegionStart, "_Unwind_GetRegionStart", "libgcc_s.so.1");
BDL_IMPORT(_Unwind_GetCFA, "_Unwind_GetCFA", "libgcc_s.so.1");

/* The functions on the stack, innermost first. */
enum { MOST = 300 };
static uintptr_t functions[MOST];
static int depth;

static int step(struct context *context, void *arg)
{
	(void)arg;
	if (depth < MOST) functions[depth++] = _Unwind_GetRegionStart(context);
	return 0;
}

__attribute__((noinline)) static void trace(void)
{
	depth = 0;
	_Unwind_Backtrace(step, NULL);
	__asm__ volatile(""); /* not a jump: this frame is one of them */
}

static int place_after(const void *function, int from)
{
	for (int i = from; i < depth; i++)
		if (functions[i] == (uintptr_t)function) return i;
	return -1;
}
static int place(const void *function) { return place_after(function, 0); }

static struct bdl_plan *sorting, *comparing;
static void *qsort_, *order;
static char *stack;
enum { SIZE = 64 << 10 };
static int frames_of_test; /* from the test to the process entry */

__attribute__((noinline)) static void compare(
	void *user, void *result, void *const *argv)
{
	trace();
	++*(int *)user;
	RESULT(int) = COMPARE_INTS(*ARG(const int *, 0), *ARG(const int *, 1));
}

__attribute__((noinline)) static void test(void)
{
	int numbers[] = { 2, 1 };
	if (stack)
		bdl_invoke_on(sorting, qsort_, NULL,
			ARGV(P(numbers), A(size_t, 2), A(size_t, sizeof *numbers),
				&order),
			stack, SIZE);
	else
		INVOKE(sorting, qsort_, NULL, P(numbers), A(size_t, 2),
			A(size_t, sizeof *numbers), &order);
	__asm__ volatile("");
}

/* trace, compare, the callback, qsort's frames, bdl_invoke, test, ... */
static void check_trace(void)
{
	int invoke = place((void *)bdl_invoke), on = place((void *)bdl_invoke_on);
	must(place((void *)trace) == 0 && place((void *)compare) == 1);
	must(functions[2] && place((void *)test) > 4);
	/* one function may be a part of the other */
	must(invoke == place((void *)test) - 1 || on == place((void *)test) - 1);
	must(depth - place((void *)test) == frames_of_test);
}

__attribute__((noinline)) static void only_trace(void)
{
	trace();
	__asm__ volatile("");
}

static void prepared(void)
{
	static int calls;
	if (!BDL_HAVE(_Unwind_Backtrace)) skip("no libgcc_s.so.1");
	sorting = plan_of("v(p,L,L,p)", 0), comparing = plan_of("i(p,p)", 0);
	order = callback(comparing, compare, &calls);
	qsort_ = libc("qsort");
}

static void from_handler(void)
{
	prepared();
	only_trace();
	frames_of_test = depth - 1; /* only_trace's caller is test's */
	test();
	check_trace();
}
static void from_stack(void)
{
	prepared();
	only_trace();
	frames_of_test = depth - 1;
	stack = much_memory(SIZE);
	test();
	check_trace();
}

/* Each level is there as often as it should be. */
static int level;
__attribute__((noinline)) static void deeper(
	void *user, void *result, void *const *argv)
{
	int numbers[] = { 2, 1 };
	if (level++ == 20)
		trace();
	else
		INVOKE(sorting, qsort_, NULL, P(numbers), A(size_t, 2),
			A(size_t, sizeof *numbers), (void *)user);
	RESULT(int) = COMPARE_INTS(*ARG(const int *, 0), *ARG(const int *, 1));
}
static void many_levels(void)
{
	prepared();
	static void *deep;
	deep = callback(comparing, deeper, &deep);
	int numbers[] = { 2, 1 }, found = 0;
	INVOKE(sorting, qsort_, NULL, P(numbers), A(size_t, 2),
		A(size_t, sizeof *numbers), &deep);
	for (int at = -1; (at = place_after((void *)deeper, at + 1)) >= 0;) found++;
	note_number("frames:", depth);
	must(found == 21 && place((void *)many_levels) > 21 * 4 - 2);
	must(depth < MOST);
}

/* glibc's own, called as anything else: addresses, all of them in something known. */
static void *back[100];
static int backs;
static void asks_glibc(void *user, void *result, void *const *argv)
{
	backs = CALL_INT("i(p,i)", user, P(back), A(int, 100));
	RESULT(int) = COMPARE_INTS(*ARG(const int *, 0), *ARG(const int *, 1));
}
static void backtraces(void)
{
	void *backtrace = libc_maybe("backtrace");
	if (!backtrace) not_here("musl has no backtrace");
	prepared();
	only_trace();
	int numbers[] = { 2, 1 }, in_libc = 0, behind = depth - 1;
	void *f = callback(comparing, asks_glibc, backtrace);
	INVOKE(sorting, qsort_, NULL, P(numbers), A(size_t, 2),
		A(size_t, sizeof *numbers), &f);
	note_number("addresses:", backs);
	must(backs > 8 && backs < 100);
	struct bdl_symbol here, s;
	must(bdl_addr(qsort_, &here) == 0);
	for (int i = 0; i < backs; i++)
		in_libc += bdl_addr(back[i], &s) == 0 && s.base == here.base;
	must(in_libc >= 1);
	/* it ends where it does without callbacks */
	must((char *)back[backs - 1] - (char *)functions[depth - 1] < 4096);
	must((char *)back[backs - 1] >= (char *)functions[depth - 1] && behind > 0);
}

TESTS({ "trace: from a handler, through qsort, to main", from_handler, START },
	{ "trace: the same, on first need", from_handler, LATE },
	{ "trace: across bdl_invoke_on's stack", from_stack, START },
	{ "trace: twenty levels", many_levels, START },
	{ "trace: glibc's backtrace", backtraces, START })
