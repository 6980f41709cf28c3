/* child.h - tests that need several processes, because one boots only once.
 *
 * The program itself starts nothing (BDL_LATE); each of its children is forked
 * by a system call, so nothing of a libc is in it yet, and boots as it is told:
 *
 *	at_start(f)	f is main, as baredl's _start would call it
 *	on_need(f)	f is called; its first need boots
 *
 * Both on the kernel's own stack. A child says with must() what is wrong, once,
 * and its wait status is what the parent checks. */
#ifndef CHILD_H
#define CHILD_H

#define OWN_CONFIG
#include "bare.h"
#include "memory.h"

typedef int main_function(int argc, char **argv, char **envp);

enum { ENDED_WELL = 0, FAILED = 63 << 8 };
#define STATUS(n) ((n) << 8) /* a wait status: exited with n */

static const uintptr_t *kernel_stack; /* where argc is */
static char **kernel_envp;

static inline const char *from_environment(const char *name)
{
	const char *value = environment(kernel_envp, name);
	return value && *value ? value : NULL;
}

static inline const struct bdl_config *keep_config(char **argv, char **envp)
{
	if (!kernel_stack) {
		kernel_stack = (const uintptr_t *)argv - 1;
		kernel_envp = envp;
		test_config.interpreter = from_environment("TEST_INTERP");
		test_config.flags |= BDL_LATE;
	}
	return &test_config;
}

#ifndef OWNER_OF_CONFIG /* a test that defines it calls keep_config itself */
const struct bdl_config *bdl_start_config(int argc, char **argv, char **envp)
{
	(void)argc;
	return keep_config(argv, envp);
}
#endif

#define must(e) \
	((e) ? (void)0 \
	     : must_fail("# not so: " #e "  (" __FILE__ ":" STR(__LINE__) ")\n"))
static inline void must_fail(const char *what)
{
	tap_puts(what);
	if (*bdl_error()) note("error", bdl_error());
	arch_syscall(SYS_exit_group, FAILED >> 8, 0, 0, 0, 0, 0);
}

static inline long fork_child(void)
{
	return arch_syscall(SYS_clone, 17 /* SIGCHLD */, 0, 0, 0, 0, 0);
}

static inline int wait_child(long pid)
{
	int status = -1;
	arch_syscall(SYS_wait4, pid, (long)&status, 0, 0, 0, 0);
	return status;
}

/* With another initial stack than the kernel's. */
static inline int at_start_on(const uintptr_t *stack, main_function *f)
{
	long pid = fork_child();
	if (pid) return wait_child(pid);
	test_config.flags &= ~(unsigned)BDL_LATE;
	bdl_start(stack, f, NULL);
}

static inline int on_need_on(const uintptr_t *stack, main_function *f)
{
	long pid = fork_child();
	if (pid) return wait_child(pid);
	int argc = (int)*stack;
	char **argv = (char **)(stack + 1);
	if (stack != kernel_stack) test_config.stack = stack;
	must(bdl_init(&test_config) == 0);
	bdl_exit(f(argc, argv, argv + argc + 1));
}

static inline int at_start(main_function *f) { return at_start_on(kernel_stack, f); }
static inline int on_need(main_function *f) { return on_need_on(kernel_stack, f); }

#endif
