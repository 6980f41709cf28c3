/* longjmp from a handler, across the callback's frame, the C library's and bdl_invoke's. */
#include "callbacks.h"
#include "../own/pthread.h"

/* larger than any C library's */
struct place {
	uint64_t words[64];
} __attribute__((aligned(16)));
int jump_here(struct place *place) __attribute__((returns_twice));
void jump_to(struct place *place, int value) BDL_NORETURN;
BDL_IMPORT(jump_here, "_setjmp", "libc.so.6");
BDL_IMPORT(jump_to, "_longjmp", "libc.so.6");

static struct bdl_plan *sorting, *comparing, *jumping;
static void *qsort_, *longjmp_;

struct jump {
	struct place place;
	int calls, at; /* at which comparison */
	int how;
};
enum { BY_IMPORT, BY_INVOKE };

static void jumps(void *user, void *result, void *const *argv)
{
	struct jump *j = user;
	if (++j->calls == j->at) {
		/* the function itself is called as any other */
		if (j->how == BY_INVOKE)
			INVOKE(jumping, longjmp_, NULL, P(&j->place), A(int, 7));
		jump_to(&j->place, 7);
	}
	RESULT(int) = COMPARE_INTS(*ARG(const int *, 0), *ARG(const int *, 1));
}

static void prepared(void)
{
	sorting = plan_of("v(p,L,L,p)", 0), comparing = plan_of("i(p,p)", 0);
	jumping = plan_of("v(p,i)", 0);
	qsort_ = libc("qsort"), longjmp_ = libc("_longjmp");
}

/* What was in registers before is there after it: the compiler's business, and ours. */
static void many(int times, int how, void *stack, size_t size)
{
	struct jump j = { .how = how };
	void *volatile order = callback(comparing, jumps, &j);
	volatile int landed = 0, through = 0;
	for (volatile int i = 0; i < times; i++) {
		int numbers[] = { 5, 2, 9, 1, 7, 3, 8 };
		void *base = numbers, *f = order;
		void *argv[] = { &base, A(size_t, 7), A(size_t, sizeof *numbers), &f };
		j.calls = 0, j.at = 1 + i % 12;
		int value = jump_here(&j.place);
		if (value) {
			must(value == 7 && j.calls == j.at);
			landed++;
			continue;
		}
		if (stack)
			bdl_invoke_on(sorting, qsort_, NULL, argv, stack, size);
		else
			bdl_invoke(sorting, qsort_, NULL, argv);
		through += j.calls < j.at;
		must(sorted(numbers, 7, 1));
	}
	must(landed + through == times && landed > times * 3 / 4);
	/* and all works */
	j.at = 0;
	int numbers[] = { 3, 1, 2 };
	void *f = order;
	INVOKE(sorting, qsort_, NULL, P(numbers), A(size_t, 3),
		A(size_t, sizeof *numbers), &f);
	must(sorted(numbers, 3, 1) && bdl_callback_free(f) == 0);
}

static void from_handlers(void)
{
	prepared();
	many(10000, BY_IMPORT, NULL, 0);
}
static void by_invoke(void)
{
	prepared();
	many(10000, BY_INVOKE, NULL, 0);
}
static void from_stacks(void)
{
	enum { SIZE = 64 << 10 };
	prepared();
	void *stack = much_memory(SIZE);
	many(10000, BY_IMPORT, stack, SIZE);
	many(10000, BY_INVOKE, stack, SIZE);
}

/* Out of many levels at once, each with a stack of its own or none. */
static int level;
static struct place top;
static char *stacks[8];
static void goes_down(void *user, void *result, void *const *argv)
{
	(void)result, (void)argv;
	if (level == 8) jump_to(&top, 8);
	int numbers[] = { 2, 1, 3 }, n = level++;
	void *base = numbers;
	bdl_invoke_on(sorting, qsort_, NULL,
		ARGV(&base, A(size_t, 3), A(size_t, sizeof *numbers), user), stacks[n],
		64 << 10);
	must(!"not reached");
}
static void out_of_many(void)
{
	prepared();
	for (int i = 0; i < 8; i++) stacks[i] = much_memory(64 << 10);
	static void *order;
	order = callback(comparing, goes_down, &order);
	for (volatile int i = 0; i < 1000; i++) {
		level = 0;
		int value = jump_here(&top);
		if (!value) {
			int numbers[] = { 2, 1, 3 };
			INVOKE(sorting, qsort_, NULL, P(numbers), A(size_t, 3),
				A(size_t, sizeof *numbers), &order);
		}
		must(value == 8 && level == 8);
	}
}

static void *in_thread(void *none)
{
	many(ROUNDS(3000), BY_IMPORT, NULL, 0);
	return none;
}
static void in_threads_(void)
{
	prepared();
	in_threads(4, in_thread);
}

/* From a signal's handler, which is a callback: the program goes on elsewhere. */
static struct place after_signal;
static void leaves(void *user, void *result, void *const *argv)
{
	(void)user, (void)result;
	jump_to(&after_signal, ARG(int, 0));
}
static void out_of_a_signal(void)
{
	struct {
		void *handler;
		uint64_t mask[16];
		int flags;
		void *restorer;
	} action = { callback_of("v(i)", leaves, NULL), { 0 }, 0x40000000 /* NODEFER */,
		NULL };
	must(CALL_INT("i(i,p,p)", libc("sigaction"), A(int, 10), P(&action), P(NULL)) ==
		0);
	struct bdl_plan *raising = plan_of("i(i)", 0);
	void *raise_ = libc("raise");
	volatile int landed = 0;
	for (volatile int i = 0; i < 3000; i++) {
		int result, value = jump_here(&after_signal);
		if (!value) INVOKE(raising, raise_, &result, A(int, 10));
		must(value == 10);
		landed++;
	}
	must(landed == 3000);
}

TESTS({ "jump: out of qsort, 10,000 times", from_handlers, START },
	{ "jump: the same, on first need", from_handlers, LATE },
	{ "jump: longjmp called by bdl_invoke", by_invoke, START },
	{ "jump: from bdl_invoke_on's stack", from_stacks, START },
	{ "jump: out of eight levels and stacks", out_of_many, START },
	{ "jump: in four threads", in_threads_, START },
	{ "jump: out of a signal handler", out_of_a_signal, START })
