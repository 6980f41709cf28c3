/* Callbacks in the resident's threads: as their start routines, called by many at once,
 * made and freed meanwhile. */
#include "callbacks.h"
#include "../own/pthread.h"

/* void *(void *): what thread [user] gives back */
static int started;
static void start_routine(void *user, void *result, void *const *argv)
{
	add_(&started, 1);
	RESULT(void *) = (void *)((uintptr_t)user * 1000 + ARG(uintptr_t, 0));
}

/* int (int) */
static void add_user(void *user, void *result, void *const *argv)
{
	RESULT(int) = ARG(int, 0) + (int)(intptr_t)user;
}

static struct bdl_plan *int_int; /* i(i) */
static int stop;

/* Makes and frees, each callback right while it lives; some live longer than others. */
static void *comes_and_goes(void *number)
{
	enum { LIVE = 64 };
	int (*live[LIVE])(int) = { 0 };
	int own[LIVE];
	uint64_t state = (uint64_t)number + 7;
	long rounds = 0;
	for (; !load_(&stop) || rounds < 2000; rounds++) {
		unsigned i = any(&state, LIVE);
		if (live[i]) {
			must(live[i]((int)rounds) == (int)rounds + own[i]);
			must(bdl_callback_free((void *)live[i]) == 0);
			live[i] = NULL;
		} else {
			own[i] = (int)any(&state, 1000000);
			live[i] = (int (*)(int))callback(
				int_int, add_user, (void *)(intptr_t)own[i]);
		}
		if (rounds % 64 == 0) yield();
	}
	for (int i = 0; i < LIVE; i++) {
		if (!live[i]) continue;
		must(live[i](1) == 1 + own[i]);
		must(bdl_callback_free((void *)live[i]) == 0);
	}
	return NULL;
}

static void start_routines(void)
{
	seconds(60);
	enum { THREADS_ = 32, TIMES = ROUNDS(40) };
	int_int = plan_of("i(i)", 0);
	struct bdl_plan *create = plan_of("i(p,p,p,p)", 0),
			*wait = plan_of("i(L,p)", 0);
	struct bdl_plan *routine = plan_of("p(p)", 0);
	void *pthread_create_ = BDL_HAVE(pthread_create);
	void *pthread_join_ = BDL_HAVE(pthread_join);
	unsigned long makers[2] = { spawn(comes_and_goes, (void *)1),
		spawn(comes_and_goes, (void *)2) };
	for (int round = 0; round < TIMES; round++) {
		unsigned long threads[THREADS_];
		void *routines[THREADS_];
		for (uintptr_t i = 0; i < THREADS_; i++) {
			int status = -1;
			routines[i] = callback(routine, start_routine, (void *)i);
			INVOKE(create, pthread_create_, &status, P(threads + i),
				P(NULL), routines + i, A(uintptr_t, (uintptr_t)round));
			must(status == 0);
		}
		for (uintptr_t i = 0; i < THREADS_; i++) {
			int status = -1;
			void *got = NULL;
			INVOKE(wait, pthread_join_, &status, threads + i, P(&got));
			must(status == 0);
			must((uintptr_t)got == i * 1000 + (uintptr_t)round);
			must(bdl_callback_free(routines[i]) == 0);
		}
	}
	store_(&stop, 1);
	join(makers[0]), join(makers[1]);
	must(started == TIMES * THREADS_);
}

/* ---- one callback, many threads ------------------------------------------------------ */

static void *order;

static void compare(void *user, void *result, void *const *argv)
{
	add_((int *)user, 1);
	int a = *ARG(const int *, 0), b = *ARG(const int *, 1);
	RESULT(int) = COMPARE_INTS(a, b);
}

static void *sorts(void *number)
{
	void (*qsort)(void *, size_t, size_t, void *) =
		(void (*)(void *, size_t, size_t, void *))libc("qsort");
	uint64_t state = (uint64_t)number;
	int numbers[30];
	for (int i = 0; i < ROUNDS(2000); i++) {
		for (int n = 0; n < 30; n++) numbers[n] = (int)any(&state, 10000);
		qsort(numbers, 30, sizeof *numbers, order);
		must(sorted(numbers, 30, 1));
	}
	return NULL;
}

static void shared_callback(void)
{
	static int calls;
	order = callback_of("i(p,p)", compare, &calls);
	libc("qsort");
	in_threads(8, sorts);
	must(calls > 8 * ROUNDS(2000) * 29);
}

/* Made, called and freed by eight threads: none is given to two of them. */
static void *makes(void *number)
{
	void *made[40];
	for (int round = 0; round < ROUNDS(1000); round++) {
		for (int i = 0; i < 40; i++)
			made[i] = callback(int_int, add_user,
				(void *)((intptr_t)number * 1000 + i));
		for (int i = 0; i < 40; i++) {
			int (*f)(int) = (int (*)(int))made[i];
			must(f(round) == round + (int)(intptr_t)number * 1000 + i);
		}
		for (int i = 0; i < 40; i++) must(bdl_callback_free(made[i]) == 0);
	}
	return NULL;
}

static void made_in_threads(void)
{
	int_int = plan_of("i(i)", 0);
	in_threads(8, makes);
}

/* One thread makes them, the next calls them, the next frees them. */
enum { RING = 256, PASSED = ROUNDS(50000) };
static void *ring[3][RING];
static void *handed(void **place, void *value) /* waits until it is so */
{
	for (;;) {
		void *now = load_(place);
		if (value ? !now : now != NULL) {
			store_(place, value);
			return now;
		}
		yield();
	}
}
static void *passes(void *number)
{
	long stage = (long)number;
	for (long i = 0; i < PASSED; i++) {
		void *f = stage ? handed(&ring[stage - 1][i % RING], NULL)
				: callback(int_int, add_user, (void *)i);
		if (stage == 1) must(((int (*)(int))f)(5) == 5 + (int)i);
		if (stage == 2)
			must(bdl_callback_free(f) == 0);
		else
			handed(&ring[stage][i % RING], f);
	}
	return NULL;
}
static void passed_on(void)
{
	int_int = plan_of("i(i)", 0);
	in_threads(3, passes);
}

/* Two give back the same ones: each time one of them succeeds. */
enum { CONTESTED = ROUNDS(200000) };
static void **contested;
static int successes, failures;
static void *gives_back(void *none)
{
	for (int i = 0; i < CONTESTED; i++)
		add_(bdl_callback_free(contested[i]) ? &failures : &successes, 1);
	return none;
}
static void given_back_twice(void)
{
	int_int = plan_of("i(i)", 0);
	contested = much_memory(CONTESTED * sizeof *contested);
	for (int i = 0; i < CONTESTED; i++)
		contested[i] = callback(int_int, add_user, NULL);
	in_threads(2, gives_back);
	must(successes == CONTESTED && failures == CONTESTED);
}

/* ---- what else threads call ------------------------------------------------------------- */

static int ended;
static void end(void *user, void *result, void *const *argv)
{
	(void)result;
	must(ARG(void *, 0) == user);
	add_(&ended, 1);
}
static int initialized;
static void initialize(void *user, void *result, void *const *argv)
{
	(void)user, (void)result, (void)argv;
	pause_ms(10);
	add_(&initialized, 1);
}

static unsigned key;
static int control, token;
static void *initialize_;
static void *uses_once_and_key(void *none)
{
	must(CALL_INT("i(p,p)", libc("pthread_once"), P(&control), &initialize_) == 0);
	must(load_(&initialized) == 1);
	must(CALL_INT("i(I,p)", libc("pthread_setspecific"), &key, P(&token)) == 0);
	return none;
}

static void keys(void)
{
	void *create = libc("pthread_key_create");
	must(CALL_INT("i(p,p)", create, P(&key), P(callback_of("v(p)", end, &token))) ==
		0);
	initialize_ = callback_of("v()", initialize, NULL);
	in_threads(16, uses_once_and_key);
	must(ended == 16 && initialized == 1);
}

/* A child of a process with busy threads may call what is there. */
static void forked_among_threads(void)
{
	int_int = plan_of("i(i)", 0);
	int (*five)(int) = (int (*)(int))callback(int_int, add_user, (void *)5);
	unsigned long makers[3];
	for (long i = 0; i < 3; i++) makers[i] = spawn(comes_and_goes, (void *)i);
	for (int i = 0; i < ROUNDS(300); i++) {
		long pid = forked();
		if (!pid) {
			int got = -1;
			if (five(i) != i + 5) sys(exit_group, 1);
			INVOKE(int_int, (void *)five, &got, A(int, 2 * i));
			sys(exit_group, got == 2 * i + 5 ? 0 : 2);
		}
		must(pid > 0 && waited(pid) == 0);
	}
	store_(&stop, 1);
	for (int i = 0; i < 3; i++) join(makers[i]);
}

TESTS({ "threads: start routines, two others make and free", start_routines, START },
	{ "threads: the same, on first need", start_routines, LATE },
	{ "threads: eight sort by one callback", shared_callback, START },
	{ "threads: eight make, call and free", made_in_threads, START },
	{ "threads: made here, called there, freed elsewhere", passed_on, START },
	{ "threads: two give back the same ones", given_back_twice, START },
	{ "threads: pthread_once, destructors of keys", keys, START },
	{ "threads: fork while others make and free", forked_among_threads, START })
