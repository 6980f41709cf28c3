/* Callbacks inside of callbacks: the same one again, others, through the C library's frames. */
#include "callbacks.h"

static struct bdl_plan *sorting, *comparing;
static void *qsort_;

/* ---- one callback, fifty deep ------------------------------------------------------- */

enum { DEEPEST = 50 };
static int depth, deepest, turns;
static void *itself;

/* The first comparison on each level sorts once more, with the same callback; the state of
 * each level, registers too, is there when it comes back. */
static void sorts_again(void *user, void *result, void *const *argv)
{
	const int *a = ARG(const int *, 0), *b = ARG(const int *, 1);
	must(user == &depth);
	turns++;
	if (depth < DEEPEST) {
		int level = ++depth;
		volatile double there = level * 1.25;
		int numbers[] = { level, -level, 3 * level, 0, level };
		if (depth > deepest) deepest = depth;
		must(INVOKE(sorting, qsort_, NULL, P(numbers), A(size_t, 5),
			     A(size_t, sizeof *numbers), &itself) == 0);
		must(sorted(numbers, 5, 1) && numbers[4] == 3 * level);
		must(there == level * 1.25);
	}
	must(a == ARG(const int *, 0) && b == ARG(const int *, 1));
	RESULT(int) = COMPARE_INTS(*a, *b);
}

static void fifty_deep(void)
{
	comparing = plan_of("i(p,p)", 0), sorting = plan_of("v(p,L,L,p)", 0);
	qsort_ = libc("qsort");
	itself = callback(comparing, sorts_again, &depth);
	for (int i = 0; i < 100; i++) {
		int numbers[] = { 5, 3, 1, 4 };
		depth = 0;
		INVOKE(sorting, qsort_, NULL, P(numbers), A(size_t, 4),
			A(size_t, sizeof *numbers), &itself);
		must(sorted(numbers, 4, 1) && deepest == DEEPEST);
	}
	note_number("comparisons:", turns);
}

/* ---- each level with a callback of its own, made there and freed there --------------- */

static void makes_one(void *user, void *result, void *const *argv)
{
	int level = *(int *)user, below = level + 1;
	if (level < DEEPEST) {
		int numbers[] = { 2, 1 };
		void *next = callback(comparing, makes_one, &below);
		INVOKE(sorting, qsort_, NULL, P(numbers), A(size_t, 2),
			A(size_t, sizeof *numbers), &next);
		must(numbers[0] == 1 && numbers[1] == 2);
		must(bdl_callback_free(next) == 0);
	} else {
		deepest++;
	}
	RESULT(int) = COMPARE_INTS(*ARG(const int *, 0), *ARG(const int *, 1));
}

static void each_its_own(void)
{
	comparing = plan_of("i(p,p)", 0), sorting = plan_of("v(p,L,L,p)", 0);
	qsort_ = libc("qsort");
	int level = 0, numbers[] = { 3, 2, 1 };
	void *first = callback(comparing, makes_one, &level);
	INVOKE(sorting, qsort_, NULL, P(numbers), A(size_t, 3),
		A(size_t, sizeof *numbers), &first);
	must(sorted(numbers, 3, 1) && deepest >= 2);
}

/* ---- a callback that calls a callback with other types ----------------------------------- */

struct large {
	double d[5];
	int i;
};
static struct bdl_plan *mixed;

/* struct large (struct large, int, double, long double, int x 8): one less each time */
static void goes_down(void *user, void *result, void *const *argv)
{
	struct large in = ARG(struct large, 0), out;
	int n = ARG(int, 1);
	must(ARG(double, 2) == n + .5 && ARG(long double, 3) == n + .25L);
	for (int i = 0; i < 8; i++) must(ARG(int, 4 + i) == n + i);
	if (!n) {
		RESULT(struct large) = in;
		return;
	}
	int all[8];
	void *values[12] = { &in, A(int, n - 1), A(double, n - .5),
		A(long double, n - .75L) };
	for (int i = 0; i < 8; i++) all[i] = n - 1 + i, values[4 + i] = all + i;
	for (int i = 0; i < 5; i++) in.d[i] += i;
	in.i++;
	must(bdl_invoke(mixed, *(void **)user, &out, values) == 0);
	RESULT(struct large) = out;
	/* arguments may be changed, they are the handler's */
	ARG(int, 1) = -1;
	memset(argv[0], 0x55, sizeof in);
}

typedef struct large down(
	struct large, int, double, long double, int, int, int, int, int, int, int, int);
static void other_types(void)
{
	void *f;
	mixed = plan_of("{[5d]i}({[5d]i},i,d,g,i,i,i,i,i,i,i,i)", 0);
	f = callback(mixed, goes_down, &f);
	struct large zero = { { 0 }, 0 };
	for (int n = 0; n < 300; n++) {
		/* as the compiler calls it */
		struct large got = ((down *)f)(zero, n, n + .5, n + .25L, n, n + 1,
			n + 2, n + 3, n + 4, n + 5, n + 6, n + 7);
		must(got.i == n);
		for (int i = 0; i < 5; i++) must(got.d[i] == n * i);
	}
}

TESTS({ "nested: one callback, fifty deep", fifty_deep, START },
	{ "nested: a callback for each level", each_its_own, START },
	{ "nested: the same, on first need", each_its_own, LATE },
	{ "nested: structs, floats and the stack, 300 deep", other_types, ALONE })
