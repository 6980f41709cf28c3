/* What a callback is after it was given back, and which comes next. */
#include "callbacks.h"
#include "../own/pthread.h"

enum { SIGABRT_ = 6 };

/* int (int) */
static void add_user(void *user, void *result, void *const *argv)
{
	RESULT(int) = ARG(int, 0) + *(int *)user;
}

static int ten = 10, twenty = 20;
typedef int function_(int);

/* What a child that does [f] says on stderr, and its wait status. */
static int silent_child(void (*f)(void *), void *argument, char *out, size_t size)
{
	int fds[2], status;
	size_t n = 0;
	must(sys(pipe2, fds, 0) == 0);
	long pid = forked();
	if (!pid) {
		uint64_t none[2] = { 0, 0 };
		sys(prlimit64, 0, 4 /* RLIMIT_CORE */, none, 0);
		sys(dup3, fds[1], 2, 0);
		sys(close, fds[0]), sys(close, fds[1]);
		f(argument);
		sys(exit_group, 42);
	}
	sys(close, fds[1]);
	for (long got; (got = sys(read, fds[0], out + n, size - 1 - n)) > 0;)
		n += (size_t)got;
	out[n] = 0;
	sys(close, fds[0]);
	status = waited(pid);
	return status & ~0x80; /* a core file or none */
}

static int lines(const char *text)
{
	int n = 0;
	for (; *text; text++) n += *text == '\n';
	return n;
}

/* An emulator adds what it has to say about the signal. */
static int said(const char *out, const char *part)
{
	return contains(out, part) && length(out) > 20 && (EMULATED || lines(out) == 1);
}

static void calls(void *f) { ((function_ *)f)(1); }
static void invokes(void *f)
{
	int result;
	INVOKE(plan_of("i(i)", 0), f, &result, A(int, 1));
}

static void called_when_freed(void)
{
	static char out[2000];
	struct bdl_plan *plan = plan_of("i(i)", 0);
	void *f = callback(plan, add_user, &ten),
	     *stays = callback(plan, add_user, &ten);
	must(bdl_callback_free(f) == 0);
	must(silent_child(calls, f, out, sizeof out) == SIGABRT_);
	note("said:", out);
	must(said(out, "callback"));
	must(silent_child(invokes, f, out, sizeof out) == SIGABRT_);
	must(said(out, "callback"));
	must(((function_ *)stays)(5) == 15);
	must(silent_child(calls, stays, out, sizeof out) == 42 << 8 && !*out);
	/* used again, it leads to the new one's */
	function_ *again = NULL;
	for (int i = 0; i < 100000 && (void *)again != f; i++)
		again = (function_ *)callback(plan, add_user, &twenty);
	must((void *)again == f && again(1) == 21);
	must(silent_child(calls, f, out, sizeof out) == 42 << 8 && !*out);
}

/* By foreign code, in another thread. */
static void *freed_callback;
static void sorts(void *none)
{
	(void)none;
	int numbers[] = { 3, 2, 1 };
	((void (*)(void *, size_t, size_t, void *))libc("qsort"))(
		numbers, 3, sizeof *numbers, freed_callback);
}
static void called_by_libc(void)
{
	static char out[2000];
	freed_callback = callback_of("i(p,p)", add_user, &ten);
	must(bdl_callback_free(freed_callback) == 0);
	libc("qsort");
	must(silent_child(sorts, NULL, out, sizeof out) == SIGABRT_);
	must(said(out, "callback"));
}

static void freed_twice(void)
{
	struct bdl_plan *plan = plan_of("i(i)", 0);
	void *f = callback(plan, add_user, &ten),
	     *other = callback(plan, add_user, &ten);
	must(bdl_callback_free(f) == 0);
	must(!*bdl_error());
	for (int i = 0; i < 3; i++) {
		must(bdl_callback_free(f) == -1);
		must(*bdl_error());
	}
	note("error:", bdl_error());
	must(lines(bdl_error()) == 0);
	must(((function_ *)other)(1) == 11 && bdl_callback_free(other) == 0);
	/* nothing was put into the list twice */
	function_ *made[1000];
	for (int i = 0; i < 1000; i++) {
		made[i] = (function_ *)callback(plan, add_user, &ten);
		for (int n = 0; n < i; n++) must(made[n] != made[i]);
	}
}

/* Those freed first come first; none comes back before its turn. */
static void reused_in_order(void)
{
	enum { COUNT = 3000 };
	static void *freed[COUNT], *seen[COUNT];
	struct bdl_plan *plan = plan_of("i(i)", 0);
	uint64_t state = 9;
	for (int i = 0; i < COUNT; i++) freed[i] = callback(plan, add_user, &ten);
	for (int i = COUNT - 1; i; i--) {
		int other = (int)any(&state, (unsigned)i + 1);
		void *f = freed[i];
		freed[i] = freed[other], freed[other] = f;
	}
	for (int i = 0; i < COUNT; i++) must(bdl_callback_free(freed[i]) == 0);
	/* what was never used may come in between */
	int at = 0, fresh = 0;
	while (at < COUNT && fresh < COUNT) {
		void *f = callback(plan, add_user, &twenty);
		if (f == freed[at])
			seen[at++] = f;
		else
			fresh++;
		for (int i = at; i < COUNT; i++) must(f != freed[i]);
	}
	note_number("fresh ones in between:", fresh);
	must(at == COUNT);
	for (int i = 0; i < COUNT; i++) must(((function_ *)seen[i])(i) == i + 20);
}

/* ---- freed while it runs ------------------------------------------------------------- */

static void *self;
static struct bdl_plan *shared_plan;

/* Gives itself back, and makes others, which may get its place. */
static void frees_itself(void *user, void *result, void *const *argv)
{
	must(bdl_callback_free(self) == 0);
	must(bdl_callback_free(self) == -1);
	for (int i = 0; i < 2000; i++) {
		function_ *f = (function_ *)callback(shared_plan, add_user, &twenty);
		must(f(1) == 21);
	}
	RESULT(int) = ARG(int, 0) + *(int *)user;
}

static void freed_while_running(void)
{
	shared_plan = plan_of("i(i)", 0);
	for (int i = 0; i < 20; i++) {
		self = callback(shared_plan, frees_itself, &ten);
		must(((function_ *)self)(i) == i + 10);
	}
}

/* It waits in its handler while another thread frees it, uses it again, calls that. */
static int waiting, go_on;
static void waits(void *user, void *result, void *const *argv)
{
	store_(&waiting, 1);
	must(becomes(&go_on, 1, 5000));
	RESULT(int) = ARG(int, 0) + *(int *)user;
}
static void *calls_self(void *none)
{
	must(((function_ *)self)(1) == 11);
	return none;
}
static void freed_by_another(void)
{
	shared_plan = plan_of("i(i)", 0);
	self = callback(shared_plan, waits, &ten);
	unsigned long thread = spawn(calls_self, NULL);
	must(becomes(&waiting, 1, 5000));
	must(bdl_callback_free(self) == 0);
	function_ *f = NULL;
	for (int i = 0; i < 100000 && (void *)f != self; i++)
		f = (function_ *)callback(shared_plan, add_user, &twenty);
	must((void *)f == self && f(1) == 21);
	store_(&go_on, 1);
	join(thread);
	must(f(2) == 22);
}

/* Another plan, handler and user in the same place. */
static void mixed(void *user, void *result, void *const *argv)
{
	RESULT(double) = ARG(double, 0) * ARG(int, 1) + *(int *)user;
}
static void other_plans(void)
{
	struct bdl_plan *first = plan_of("i(i)", 0), *second = plan_of("d(d,i)", 0);
	void *f = callback(first, add_user, &ten), *g = NULL;
	must(((function_ *)f)(1) == 11);
	must(bdl_callback_free(f) == 0);
	bdl_plan_free(first);
	for (int i = 0; i < 100000 && g != f; i++) g = callback(second, mixed, &twenty);
	must(g == f && ((double (*)(double, int))g)(1.5, 3) == 24.5);
}

TESTS({ "freed: called, it says so and aborts", called_when_freed, ALONE },
	{ "freed: the same with a resident", called_when_freed, START },
	{ "freed: called by the C library", called_by_libc, START },
	{ "freed: a second time", freed_twice, ALONE },
	{ "freed: first freed, first used again", reused_in_order, ALONE },
	{ "freed: by its own handler", freed_while_running, ALONE },
	{ "freed: by another thread while it runs", freed_by_another, START },
	{ "freed: used again with another plan", other_plans, ALONE })
