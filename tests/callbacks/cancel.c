/* Threads that end inside of a handler: cancelled, or by pthread_exit. glibc unwinds the
 * stack, and what the frames have to do at their end is done; musl just ends. */
#include "callbacks.h"
#include "../own/pthread.h"

/* what the compiler asks for, with -fexceptions; only glibc gets so far */
BDL_IMPORT(__gcc_personality_v0, "__gcc_personality_v0", "libgcc_s.so.1");
BDL_IMPORT(_Unwind_Resume, "_Unwind_Resume", "libgcc_s.so.1");

static struct bdl_plan *sorting, *comparing, *waiting, *ending, *routine;
static void *qsort_, *pause_, *exit_, *cancel_;
static char *stack;
enum { SIZE = 64 << 10 };

/* Which frames ended, in order; one thread at a time. */
static char ends[8];
static void end_of(const char *name)
{
	int n = 0;
	while (ends[n]) n++;
	ends[n] = *name;
}
#define FRAME(variable, name) \
	__attribute__((cleanup(end_of), unused)) char variable = name

enum end { CANCELLED, CANCELLED_ON_STACK, EXITS };
static int is_waiting;

/* inside of qsort */
static void compare(void *user, void *result, void *const *argv)
{
	FRAME(frame, 'c');
	(void)argv;
	int got;
	store_(&is_waiting, 1);
	if (*(enum end *)user == EXITS) INVOKE(ending, exit_, NULL, P(&is_waiting));
	for (;;) INVOKE(waiting, pause_, &got);
	RESULT(int) = 0;
}

/* the thread's start routine */
static void *order;
static void starts(void *user, void *result, void *const *argv)
{
	FRAME(frame, 's');
	int numbers[] = { 2, 1 };
	must(user == ARG(void *, 0));
	void *sort_argv[] = { P(numbers), A(size_t, 2), A(size_t, sizeof *numbers),
		&order };
	if (*(enum end *)user == CANCELLED_ON_STACK) {
		FRAME(block, 'k');
		bdl_invoke_on(sorting, qsort_, NULL, sort_argv, stack, SIZE);
	} else {
		bdl_invoke(sorting, qsort_, NULL, sort_argv);
	}
	RESULT(void *) = NULL; /* not reached */
}

static void end_threads(enum end how)
{
	static enum end user;
	user = how;
	sorting = plan_of("v(p,L,L,p)", 0), comparing = plan_of("i(p,p)", 0);
	waiting = plan_of("i()", 0), ending = plan_of("v(p)", 0);
	routine = plan_of("p(p)", 0);
	qsort_ = libc("qsort"), pause_ = libc("pause");
	exit_ = libc("pthread_exit"), cancel_ = libc("pthread_cancel");
	stack = much_memory(SIZE);
	if (is_glibc())
		must(BDL_HAVE(__gcc_personality_v0) && BDL_HAVE(_Unwind_Resume));
	order = callback(comparing, compare, &user);
	void *start = callback(routine, starts, &user);
	for (int i = 0; i < ROUNDS(300); i++) {
		is_waiting = 0;
		memset(ends, 0, sizeof ends);
		unsigned long thread = spawn((void *(*)(void *))start, &user);
		must(becomes(&is_waiting, 1, 5000));
		if (how != EXITS) must(CALL_INT("i(L)", cancel_, &thread) == 0);
		must(join(thread) == (how == EXITS ? (void *)&is_waiting : (void *)-1));
		if (is_glibc())
			must(same(ends, how == CANCELLED_ON_STACK ? "cks" : "cs"));
	}
	must(bdl_callback_free(start) == 0 && bdl_callback_free(order) == 0);
}

static void cancelled(void) { end_threads(CANCELLED); }
static void cancelled_on_stack(void) { end_threads(CANCELLED_ON_STACK); }
static void exits(void) { end_threads(EXITS); }

/* ---- what pthread_cleanup_push is made of ---------------------------------------------- */

static int cleaned;
static void cleans(void *user, void *result, void *const *argv)
{
	(void)result;
	must(ARG(void *, 0) == user);
	add_(&cleaned, 1);
}
static void pushes(void *user, void *result, void *const *argv)
{
	(void)user, (void)argv;
	static int token;
	uint64_t buffer[16];
	void *clean = callback_of("v(p)", cleans, &token);
	CALL("v(p,p,p)", libc("_pthread_cleanup_push"), NULL, P(buffer), &clean,
		P(&token));
	for (;;) {
		store_(&is_waiting, 1);
		(void)CALL_INT("i()", libc("pause"));
	}
	RESULT(void *) = NULL;
}
static void cleanup_pushed(void)
{
	if (!libc_maybe("_pthread_cleanup_push")) not_here("glibc does it inline");
	void *start = callback_of("p(p)", pushes, NULL);
	unsigned long thread = spawn((void *(*)(void *))start, NULL);
	must(becomes(&is_waiting, 1, 5000));
	must(CALL_INT("i(L)", libc("pthread_cancel"), &thread) == 0);
	must(join(thread) == (void *)-1 && cleaned == 1);
}

TESTS({ "cancel: in a handler in qsort in a handler", cancelled, START },
	{ "cancel: the same, on first need", cancelled, LATE },
	{ "cancel: across bdl_invoke_on's stack", cancelled_on_stack, START },
	{ "cancel: pthread_exit in a handler", exits, START },
	{ "cancel: a callback pushed for the end", cleanup_pushed, START })
