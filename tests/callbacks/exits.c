/* What the C library calls at the end of a process, and around a fork. */
#include "callbacks.h"

static char *order; /* shared with the children: who was called */
static void called(char who)
{
	while (*order) order++;
	*order = who;
}

/* void (void *) */
static void at_exit(void *user, void *result, void *const *argv)
{
	(void)result;
	must(ARG(char *, 0) == user);
	called(*(char *)user);
}

/* void (int status, void *) */
static void on_exit_(void *user, void *result, void *const *argv)
{
	(void)result;
	must(ARG(char *, 1) == user);
	called(ARG(int, 0) == 5 ? *(char *)user : '?');
}

/* void (void): registers another one, which runs next */
static void registers(void *user, void *result, void *const *argv)
{
	(void)result, (void)argv;
	called('r');
	must(CALL_INT("i(p,p,p)", libc("__cxa_atexit"),
		     P(callback_of("v(p)", at_exit, user)), &user, P(NULL)) == 0);
}

static void ends_by(int by)
{
	char *text = order = shared_memory(4096);
	static char letters[] = "abcx";
	long pid = forked();
	if (!pid) {
		for (int i = 0; i < 3; i++)
			must(CALL_INT("i(p,p,p)", libc("__cxa_atexit"),
				     P(callback_of("v(p)", at_exit, letters + i)),
				     P(letters + i), P(NULL)) == 0);
		if (is_glibc())
			must(CALL_INT("i(p,p)", libc("on_exit"),
				     P(callback_of("v(i,p)", on_exit_, letters + 3)),
				     P(letters + 3)) == 0);
		/* musl's calls none with an argument of exit's: then so */
		must(CALL_INT("i(p,p,p)", libc("__cxa_atexit"),
			     P(callback_of("v()", registers, letters + 1)), P(NULL),
			     P(NULL)) == 0);
		if (by == 0) CALL("v(i)", libc("exit"), NULL, A(int, 5));
		bdl_exit(5);
	}
	must(waited(pid) == 5 << 8);
	note("called at exit:", text);
	libc_handle(); /* on first need, this process has none yet */
	must(same(text, is_glibc() ? "rbxcba" : "rbcba"));
}
static void exits(void) { ends_by(0); }
static void bdl_exits(void) { ends_by(1); }

/* ---- fork ------------------------------------------------------------------------------ */

static void at_fork(void *user, void *result, void *const *argv)
{
	(void)result, (void)argv;
	called(*(char *)user);
}

static void add_numbers(void *user, void *result, void *const *argv)
{
	RESULT(int) = *(int *)user + ARG(int, 0);
}

/* libc's fork calls three callbacks; those of the parent go on in the child. */
static void forks(void)
{
	static char letters[] = "bpc";
	char *text = order = shared_memory(4096);
	void *atfork =
		libc_maybe("__register_atfork"); /* pthread_atfork is not in the .so */
	void *pthread_atfork = atfork ? NULL : libc("pthread_atfork");
	void *before = callback_of("v()", at_fork, letters);
	void *parent = callback_of("v()", at_fork, letters + 1);
	void *child = callback_of("v()", at_fork, letters + 2);
	must((atfork ? CALL_INT("i(p,p,p,p)", atfork, &before, &parent, &child, P(NULL))
		     : CALL_INT("i(p,p,p)", pthread_atfork, &before, &parent,
			       &child)) == 0);
	int ten = 10, twenty = 20;
	struct bdl_plan *plan = plan_of("i(i)", 0);
	int (*add)(int) = (int (*)(int))callback(plan, add_numbers, &ten);
	long pid = CALL_INT("i()", libc("fork"));
	if (!pid) {
		must(contains(text, "b") && contains(text, "c"));
		must(add(5) == 15);
		int (*more)(int) = (int (*)(int))callback(plan, add_numbers, &twenty);
		must(more(1) == 21 && add(1) == 11);
		must(bdl_callback_free((void *)add) == 0);
		sys(exit_group, 9);
	}
	must(pid > 0 && waited(pid) == 9 << 8);
	must(contains(text, "p") && add(7) == 17); /* freed in the child only */
	must(bdl_callback_free((void *)add) == 0);
}

TESTS({ "exits: __cxa_atexit, on_exit, exit", exits, START },
	{ "exits: the same by bdl_exit", bdl_exits, START },
	{ "exits: the same, on first need", bdl_exits, LATE },
	{ "exits: pthread_atfork, callbacks in both processes", forks, START })
