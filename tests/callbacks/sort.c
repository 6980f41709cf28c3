/* The C library's functions that compare: qsort a hundred thousand times, bsearch, trees. */
#include "callbacks.h"

struct order {
	int sign;
	long calls;
	const void *state; /* what qsort_r is to hand on */
};

/* int (const void *, const void *) */
static void compare(void *user, void *result, void *const *argv)
{
	struct order *o = user;
	o->calls++;
	RESULT(int) =
		o->sign * COMPARE_INTS(*ARG(const int *, 0), *ARG(const int *, 1));
}

static void many_qsorts(void)
{
	seconds(120);
	struct order up = { .sign = 1 }, down = { .sign = -1 };
	struct bdl_plan *comparing = plan_of("i(p,p)", 0);
	struct bdl_plan *sorting = plan_of("v(p,L,L,p)", 0);
	void *rising = callback(comparing, compare, &up);
	void *falling = callback(comparing, compare, &down);
	void *qsort = libc("qsort");
	uint64_t state = 1;
	int numbers[12];
	for (int i = 0; i < 100000; i++) {
		int count = 2 + i % 11, sum = 0;
		for (int n = 0; n < count; n++)
			sum += numbers[n] = (int)any(&state, 1000) - 500;
		void *order = i & 1 ? falling : rising, *base = numbers;
		must(INVOKE(sorting, qsort, NULL, &base, A(size_t, (size_t)count),
			     A(size_t, sizeof *numbers), &order) == 0);
		must(sorted(numbers, count, i & 1 ? -1 : 1));
		for (int n = 0; n < count; n++) sum -= numbers[n];
		must(sum == 0);
	}
	note_number("comparisons:", up.calls + down.calls);
	expect(up.calls > 100000 && down.calls > 100000);
	must(bdl_callback_free(rising) == 0 && bdl_callback_free(falling) == 0);
	bdl_plan_free(sorting);
	bdl_plan_free(comparing);
}

/* A new callback for each. */
static void new_callbacks(void)
{
	struct bdl_plan *comparing = plan_of("i(p,p)", 0);
	void (*qsort)(void *, size_t, size_t, void *) =
		(void (*)(void *, size_t, size_t, void *))libc("qsort");
	uint64_t state = 2;
	for (int i = 0; i < ROUNDS(20000); i++) {
		int numbers[5];
		struct order o = { .sign = i % 2 ? 1 : -1 };
		for (int n = 0; n < 5; n++) numbers[n] = (int)any(&state, 100);
		void *order = callback(comparing, compare, &o);
		qsort(numbers, 5, sizeof *numbers, order);
		must(sorted(numbers, 5, o.sign) && o.calls > 3);
		must(bdl_callback_free(order) == 0);
	}
}

/* 100,000 elements at once: qsort takes memory and another way. */
static void one_large(void)
{
	static struct {
		int key;
		char filler[20];
	} large[100000];
	enum { COUNT = sizeof large / sizeof *large };
	struct order o = { .sign = 1 };
	for (int i = 0; i < COUNT; i++)
		large[i].key = (int)(shuffled((uint64_t)i) >> 40),
		large[i].filler[19] = (char)large[i].key;
	void *order = callback_of("i(p,p)", compare, &o);
	CALL("v(p,L,L,p)", libc("qsort"), NULL, P(large), A(size_t, COUNT),
		A(size_t, sizeof *large), &order);
	for (int i = 0; i < COUNT; i++) {
		must(large[i].filler[19] == (char)large[i].key);
		must(!i || large[i - 1].key <= large[i].key);
	}
	note_number("comparisons:", o.calls);
}

/* int (const void *, const void *, void *) */
static void compare_state(void *user, void *result, void *const *argv)
{
	struct order *o = user;
	if (ARG(const void *, 2) != o->state) return; /* the result is then wrong */
	compare(user, result, argv);
}

static void with_state(void)
{
	void *qsort_r = libc_maybe("qsort_r");
	if (!qsort_r) {
		must(!is_glibc());
		not_here("no qsort_r: musl before 1.2.3");
	}
	int numbers[] = { 4, 1, 9, 3, 7, 5 }, state;
	struct order o = { .sign = -1, .state = &state };
	void *order = callback_of("i(p,p,p)", compare_state, &o);
	CALL("v(p,L,L,p,p)", qsort_r, NULL, P(numbers), A(size_t, 6),
		A(size_t, sizeof *numbers), &order, P(&state));
	must(sorted(numbers, 6, -1) && numbers[0] == 9 && o.calls >= 6);
}

static void searches(void)
{
	int numbers[100];
	for (int i = 0; i < 100; i++) numbers[i] = 3 * i;
	struct order o = { .sign = 1 };
	void *order = callback_of("i(p,p)", compare, &o);
	struct bdl_plan *plan = plan_of("p(p,p,L,L,p)", 0);
	for (int key = -1; key < 301; key++) {
		int *found = numbers;
		must(INVOKE(plan, libc("bsearch"), &found, P(&key), P(numbers),
			     A(size_t, 100), A(size_t, sizeof *numbers), &order) == 0);
		must(key % 3 || key > 297 ? found == NULL : found == numbers + key / 3);
	}
	/* lfind compares until it finds */
	o.calls = 0;
	size_t count = 100;
	must(CALL_POINTER("p(p,p,p,L,p)", libc("lfind"), P(&(int){ 30 }), P(numbers),
		     P(&count), A(size_t, sizeof *numbers), &order) == numbers + 10);
	must(o.calls == 11);
}

/* ---- search.h's trees ------------------------------------------------------------ */

static int walked[64], walks, deepest;

/* void (const void *node, enum, int depth): postorder and leaf are in order */
static void walk(void *user, void *result, void *const *argv)
{
	(void)result;
	must(user == walked);
	const int *const *node = ARG(const int *const *, 0);
	int which = ARG(int, 1), depth = ARG(int, 2);
	if (depth > deepest) deepest = depth;
	if (which == 1 || which == 3) walked[walks++] = **node;
}

static void freed(void *user, void *result, void *const *argv)
{
	(void)result;
	*(int *)user += *ARG(const int *, 0);
}

static void trees(void)
{
	static int keys[40];
	void *root = NULL;
	struct order o = { .sign = 1 };
	void *order = callback_of("i(p,p)", compare, &o);
	int sum = 0;
	for (int i = 0; i < 40; i++) {
		keys[i] = (i * 17) % 40;
		sum += keys[i];
		int **node = CALL_POINTER(
			"p(p,p,p)", libc("tsearch"), P(keys + i), P(&root), &order);
		must(node && *node == keys + i);
	}
	CALL("v(p,p)", libc("twalk"), NULL, &root,
		P(callback_of("v(p,i,i)", walk, walked)));
	must(walks == 40 && sorted(walked, 40, 1) && deepest >= 5);
	int got = 0;
	CALL("v(p,p)", libc("tdestroy"), NULL, &root,
		P(callback_of("v(p)", freed, &got)));
	must(got == sum);
}

TESTS({ "sort: 100,000 qsorts, two callbacks", many_qsorts, START },
	{ "sort: a callback for each qsort", new_callbacks, START },
	{ "sort: the same, on first need", new_callbacks, LATE },
	{ "sort: 100,000 elements", one_large, START },
	{ "sort: qsort_r", with_state, START },
	{ "sort: bsearch, lfind", searches, START },
	{ "sort: tsearch, twalk, tdestroy", trees, START })
