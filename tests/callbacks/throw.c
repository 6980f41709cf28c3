/* C++ exceptions pass bdl_invoke's frame, the handler's, the callback's. The host is C,
 * compiled with -fexceptions. */
#include "callbacks.h"
#include "../own/pthread.h"

/* what the compiler asks for: the handlers have something to do when they end */
BDL_IMPORT(__gcc_personality_v0, "__gcc_personality_v0", "libgcc_s.so.1");
BDL_IMPORT(_Unwind_Resume, "_Unwind_Resume", "libgcc_s.so.1");

static struct bdl_plan *one, *call_and_catch, *sort_plan, *less_plan, *qsort_plan,
	*compare_plan;
static void *throw_error, *catch_error, *pass_on, *sort_ints, *guards_left, *qsort_;
static char *stack;
enum { SIZE = 64 << 10 };

static __attribute__((noinline)) void prepare(unsigned flags)
{
	must(BDL_HAVE(__gcc_personality_v0) && BDL_HAVE(_Unwind_Resume));
	void *library = opened(G("libthrow.so"), flags);
	one = plan_of("i(i)", 0), call_and_catch = plan_of("i(p,i)", 0);
	sort_plan = plan_of("i(p,i,p)", 0), less_plan = plan_of("i(i,i)", 0);
	qsort_plan = plan_of("v(p,L,L,p)", 0), compare_plan = plan_of("i(p,p)", 0);
	throw_error = function(library, "throw_error");
	catch_error = function(library, "catch_error");
	pass_on = function(library, "pass_on");
	sort_ints = function(library, "sort_ints");
	guards_left = function(library, "guards_left");
	qsort_ = libc("qsort");
}
static int all_is_destroyed(void) { return CALL_INT("i()", guards_left) == 0; }

/* The scopes that were left, by an exception or not. */
static int left;
static void leave(int *scope) { add_(scope ? &left : NULL, 1); }
#define SCOPE __attribute__((cleanup(leave), unused)) int scope = 0

/* ---- one exception -------------------------------------------------------------------- */

/* int (int): what throws is called by bdl_invoke */
static void throws(void *user, void *result, void *const *argv)
{
	SCOPE;
	must(user == &left);
	INVOKE(one, throw_error, result, argv[0]);
	RESULT(int) += 500; /* only if nothing was thrown */
}

/* The same with nothing to do at its end: _Unwind_Resume is the resident's, and its unwinder
 * does not know the libraries of baredl's own linker. */
static void just_throws(void *user, void *result, void *const *argv)
{
	must(user == &left);
	INVOKE(one, throw_error, result, argv[0]);
	RESULT(int) += 500;
}

static void through(bdl_handler *handler, int times)
{
	void *thrower = callback(one, handler, &left);
	for (int i = 0; i < times; i++) {
		int got = -1, n = i % 100;
		must(INVOKE(call_and_catch, catch_error, &got, &thrower, &n) == 0);
		must(got == 1000 + n);
		/* and without one it returns */
		must(INVOKE(call_and_catch, catch_error, &got, &thrower, A(int, -5)) ==
			0);
		must(got == 495);
	}
	must(bdl_callback_free(thrower) == 0);
}

static void through_handler(void)
{
	prepare(BDL_NOW);
	through(throws, 5000);
	must(left == 10000 && all_is_destroyed());
}
static void through_own(void)
{
	prepare(BDL_USE_RESIDENT);
	through(just_throws, 1000);
	must(all_is_destroyed());
}
static void *in_thread(void *none)
{
	through(throws, ROUNDS(2000));
	return none;
}
static void in_four(void)
{
	prepare(BDL_NOW);
	in_threads(4, in_thread);
	must(left == 4 * 2 * ROUNDS(2000) && all_is_destroyed());
}

/* ---- many frames ------------------------------------------------------------------------- */

/* Down by turns through the library, which throws again what it catches, this, and the C
 * library's qsort; and on other stacks. */
static int level;
static void *again, *order;
static void goes_down(void *user, void *result, void *const *argv)
{
	SCOPE;
	(void)user;
	int n = ++level;
	if (level == 30)
		INVOKE(one, throw_error, result, argv[0]);
	else if (n % 3 == 0)
		bdl_invoke_on(call_and_catch, pass_on, result, ARGV(&again, argv[0]),
			stack + n * SIZE, SIZE);
	else if (n % 3 == 1)
		INVOKE(call_and_catch, pass_on, result, &again, argv[0]);
	else {
		int numbers[] = { 2, 1 };
		INVOKE(qsort_plan, qsort_, NULL, P(numbers), A(size_t, 2),
			A(size_t, sizeof *numbers), &order);
	}
	must(!"not reached");
}
static void compares(void *user, void *result, void *const *argv)
{
	SCOPE;
	(void)user, (void)argv;
	INVOKE(one, again, result, A(int, 33));
}

static void many_frames(void)
{
	prepare(BDL_NOW);
	stack = much_memory(31 * SIZE);
	again = callback(one, goes_down, NULL),
	order = callback(compare_plan, compares, NULL);
	for (int i = 0; i < ROUNDS(500); i++) {
		int got = 0;
		level = left = 0;
		must(INVOKE(call_and_catch, catch_error, &got, &again, A(int, 33)) ==
			0);
		must(got == 1033 && level == 30);
		must(left == 30 + 10); /* each handler, and qsort's */
		must(all_is_destroyed());
	}
}

/* ---- a stack of its own -------------------------------------------------------------------- */

static void throws_on_stack(void *user, void *result, void *const *argv)
{
	SCOPE;
	(void)user;
	bdl_invoke_on(one, throw_error, result, argv, stack, SIZE);
	must(!"not reached");
}
static void across_stacks(void)
{
	prepare(BDL_NOW);
	stack = much_memory(SIZE);
	char *other = much_memory(SIZE);
	void *thrower = callback(one, throws_on_stack, NULL);
	struct bdl_plan *on_plan = plan_of("i(p,i)", BDL_CALL_STACK);
	must(bdl_plan_stack(on_plan, other, SIZE) == 0);
	for (int i = 0; i < ROUNDS(3000); i++) {
		int got = 0;
		must(bdl_invoke_on(call_and_catch, catch_error, &got,
			     ARGV(&thrower, &i), other, SIZE) == 0);
		must(got == 1000 + i);
		must(INVOKE(on_plan, catch_error, &got, &thrower, &i) == 0);
		must(got == 1000 + i);
	}
	must(left == 2 * ROUNDS(3000) && all_is_destroyed());
}

/* ---- out of std::sort ------------------------------------------------------------------------ */

static void less(void *user, void *result, void *const *argv)
{
	SCOPE;
	int *calls = user, got;
	if (--*calls == 0) INVOKE(one, throw_error, &got, calls);
	RESULT(int) = ARG(int, 0) < ARG(int, 1);
}
static void out_of_sort(void)
{
	prepare(BDL_NOW);
	int calls, thrown = 0;
	void *f = callback(less_plan, less, &calls);
	for (int i = 1; i < 400; i++) {
		int numbers[40], result = -1;
		for (int n = 0; n < 40; n++) numbers[n] = n * 17 % 40;
		calls = i;
		must(INVOKE(sort_plan, sort_ints, &result, P(numbers), A(int, 40),
			     &f) == 0);
		must(result == (calls == 0) && result != -1);
		thrown += result;
		if (!result) must(sorted(numbers, 40, 1));
	}
	must(thrown > 100 && thrown < 399 && all_is_destroyed());
	note_number("sorts left by an exception:", thrown);
}

/* A callback that is freed and used again while an exception leaves its handler. */
static void *volatile self;
static void frees_itself(void *user, void *result, void *const *argv)
{
	SCOPE;
	(void)user;
	must(bdl_callback_free(self) == 0);
	for (int i = 0; i < 600; i++)
		must(bdl_callback_free(callback(less_plan, less, NULL)) == 0);
	INVOKE(one, throw_error, result, argv[0]);
}
static void freed_meanwhile(void)
{
	prepare(BDL_NOW);
	for (int i = 0; i < 300; i++) {
		int got = 0;
		self = callback(one, frees_itself, NULL);
		must(INVOKE(call_and_catch, catch_error, &got, P(self), &i) == 0);
		must(got == 1000 + i);
	}
	must(left == 300 && all_is_destroyed());
}

TESTS({ "throw: bdl_invoke, handler, callback, caught in the library", through_handler,
	      START },
	{ "throw: the same, on first need", through_handler, LATE },
	{ "throw: libraries opened by our own linker", through_own, START },
	{ "throw: four threads", in_four, START },
	{ "throw: thirty levels, qsort and other stacks among them", many_frames,
		START },
	{ "throw: across bdl_invoke_on's stack", across_stacks, START },
	{ "throw: out of std::sort", out_of_sort, START },
	{ "throw: freed and used again meanwhile", freed_meanwhile, START })
