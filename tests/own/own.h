/* own.h - the frame of these programs: every test is a child process, so that a crash
 * or a hang is one result and the next test starts afresh. No resident is up when a
 * test begins, but for those that ask for one at start.
 *
 *	ALONE	a bare host; nobody starts a resident
 *	LATE	a bare host; the first import starts it
 *	START	the child is as baredl's _start makes programs: resident first
 */
#ifndef OWN_H
#define OWN_H

#define OWN_CONFIG
#include "../bare.h"
#include <asm/unistd.h>

/* What compilers call unasked; an import would start the resident. */
void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	char *t = to;
	const char *f = from;
	while (n--) *t++ = *f++;
	return to;
}
void *memset(void *to, int byte, size_t n)
{
	char *t = to;
	while (n--) *t++ = (char)byte;
	return to;
}

/* sys(name, up to five arguments of any type) */
#define SYS_6(n, a, b, c, d, e, ...) \
	arch_syscall(__NR_##n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define sys(...) SYS_6(__VA_ARGS__, 0, 0, 0, 0, 0, 0)

/* ---- the configuration ------------------------------------------------------ */

static const uintptr_t *kernel_stack; /* where argc is */

const struct bdl_config *bdl_start_config(int argc, char **argv, char **envp)
{
	(void)argc;
	if (!kernel_stack) {
		kernel_stack = (const uintptr_t *)argv - 1;
		const char *interpreter = environment(envp, "TEST_INTERP");
		if (interpreter && *interpreter) test_config.interpreter = interpreter;
		test_config.flags = BDL_LATE;
	}
	return &test_config;
}

/* ---- the tests of a program --------------------------------------------------- */

enum how { ALONE, LATE, START };
struct test {
	const char *name;
	void (*run)(void);
	enum how how;
};

enum { NOT_SO = 63, SECONDS = 20, ALARM = 14, SKIPPED = 77, NOT_HERE = 78 };
static int not_so;

/* must(e): the test goes no further if not; expect(e): it goes on */
#define PLACE(e)  "# not so: " #e "  (" __FILE__ ":" STR(__LINE__) ")\n"
#define expect(e) ((e) ? (void)0 : must_fail(PLACE(e), 0))
#define must(e)   ((e) ? (void)0 : must_fail(PLACE(e), 1))
static inline void must_fail(const char *what, int end)
{
	tap_puts(what);
	if (*bdl_error()) note("  bdl_error:", bdl_error());
	not_so = 1;
	if (end) sys(exit_group, NOT_SO);
}

static inline void skip(const char *why)
{
	note("skipped:", why);
	sys(exit_group, SKIPPED);
}

/* What this CPU, or the emulator, has not: nothing that could be installed, so there is
 * no result at all. */
static inline void not_here(const char *why)
{
	note("not here:", why);
	sys(exit_group, NOT_HERE);
}

static inline void note_number(const char *label, long n)
{
	char b[24], *p = b + sizeof b;
	unsigned long u = n < 0 ? -(unsigned long)n : (unsigned long)n;
	*--p = 0;
	do *--p = (char)('0' + u % 10);
	while (u /= 10);
	if (n < 0) *--p = '-';
	note(label, p);
}

static const struct test *running;
static int at_start_main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	running->run();
	return not_so ? NOT_SO : 0;
}

static inline void child(const struct test *t)
{
	running = t;
	long seconds[4] = { 0, 0, SECONDS, 0 };
	sys(setitimer, 0, seconds, 0);
	if (t->how == START) {
		test_config.flags &= ~(unsigned)BDL_LATE;
		bdl_start(kernel_stack, at_start_main, NULL);
	}
	t->run();
	bdl_exit(not_so ? NOT_SO : 0);
}

/* [only]: the tests whose names begin so. */
static inline int run_tests(const struct test *tests, size_t count, const char *only)
{
	for (size_t i = 0; i < count; i++) {
		const char *a = tests[i].name, *b = only ? only : "";
		while (*b && *a == *b) a++, b++;
		if (*b) continue;
		int status = -1;
		long pid = sys(clone, 17 /* SIGCHLD */, 0, 0, 0);
		if (!pid) child(tests + i);
		sys(wait4, pid, &status, 0, 0);
		if (status == NOT_HERE << 8) continue;
		if (status == ALARM)
			tap_puts("# no end\n");
		else if (status & 127)
			note_number("signal", status & 127);
		else if (status >> 8 && status >> 8 != NOT_SO && status >> 8 != SKIPPED)
			note_number("exit", status >> 8);
		tap_puts(!status || status == SKIPPED << 8 ? "ok " : "not ok ");
		tap_num(++tap_count);
		tap_puts(" - ");
		tap_puts(tests[i].name);
		tap_puts(status == SKIPPED << 8 ? " # SKIP\n" : "\n");
		tap_failed |= status && status != SKIPPED << 8;
	}
	return done();
}

#define TESTS(...) \
	int main(int argc, char **argv) \
	{ \
		static const struct test tests[] = { __VA_ARGS__ }; \
		return run_tests(tests, sizeof tests / sizeof *tests, \
			argc > 1 ? argv[1] : NULL); \
	}

/* ---- small things ------------------------------------------------------------------ */

#define G(name) GUESTS name /* GUESTS is the folder of the guests, with a slash */

#define load_(at)     __atomic_load_n(at, __ATOMIC_ACQUIRE)
#define store_(at, n) __atomic_store_n(at, n, __ATOMIC_RELEASE)
#define add_(at, n)   __atomic_add_fetch(at, n, __ATOMIC_ACQ_REL)

static inline void yield(void) { sys(sched_yield, 0); }
static inline void pause_ms(long ms)
{
	long time[2] = { ms / 1000, ms % 1000 * 1000000 };
	sys(nanosleep, time, 0);
}
/* Whether [*at] became [n] within [ms]. */
static inline int becomes(const int *at, int n, long ms)
{
	for (; load_(at) != n && ms > 0; ms--) pause_ms(1);
	return load_(at) == n;
}

/* A number below [n]. */
static inline unsigned any(uint64_t *state, unsigned n)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(*state >> 33) % n;
}

static inline void *function(void *handle, const char *name)
{
	void *at = bdl_sym(handle, name);
	must(at != NULL);
	return at;
}
static inline int call(void *handle, const char *name)
{
	return ((int (*)(void))function(handle, name))();
}
static inline void *opened(const char *name, unsigned flags)
{
	void *handle = bdl_open(name, flags);
	if (!handle) note("open:", name);
	must(handle != NULL);
	return handle;
}

static inline int resident_is_up(void)
{
	struct bdl_resident r;
	return bdl_resident(&r) == 0;
}

#endif
