/* stepcount [-w] COMMAND [ARG...] - count the user instructions of a program.
 *
 * Prints how many instructions run between the first and the second int3 that
 * the program executes, both excluded; with -w, how many run from the first
 * instruction after execve to the end of the process.
 *
 * The count is exact, because every instruction is single-stepped. (Virtual
 * machines often have no hardware counter, and valgrind cannot run a static
 * program that starts a dynamic linker.) A system call is one instruction, and
 * so is a string instruction with a rep prefix, however often it repeats.
 * Only the initial thread is counted.
 *
 * Exit status: 0, and 77 if this machine does not let processes be traced.
 * Everything else is 1 and a message: also a program that fails after its
 * second int3, so that programs can check what they have computed.
 *
 * x86-64 Linux.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SKIP = 77 };

static const char *command;

static _Noreturn void die(int status, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "stepcount: %s: ", command);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	putc('\n', stderr);
	exit(status);
}

static void ask(int request, pid_t pid, unsigned long data)
{
	if (ptrace(request, pid, 0, data) < 0)
		die(errno == ESRCH ? 1 : SKIP, "cannot be traced: %s", strerror(errno));
}

static unsigned long pc_of(pid_t pid)
{
	errno = 0;
	long pc =
		ptrace(PTRACE_PEEKUSER, pid, offsetof(struct user_regs_struct, rip), 0);
	if (pc == -1 && errno) die(1, "cannot read its registers: %s", strerror(errno));
	return (unsigned long)pc;
}

/* The kernel's words for why a SIGTRAP came: int3 is SI_KERNEL, a finished step
 * is TRAP_TRACE (or, after some system calls, TRAP_BRKPT). */
static int trap_code(pid_t pid)
{
	siginfo_t info;

	if (ptrace(PTRACE_GETSIGINFO, pid, 0, &info) < 0)
		die(1, "cannot read its signal: %s", strerror(errno));
	return info.si_code;
}

static _Noreturn void run_command(char **argv)
{
	/* Equal addresses in every run. A container may refuse it; then counts
	 * that depend on addresses (a string's alignment, say) can vary. */
	int persona = personality(0xffffffff);
	if (persona != -1) personality((unsigned)persona | ADDR_NO_RANDOMIZE);
	if (ptrace(PTRACE_TRACEME, 0, 0, 0) < 0) {
		fprintf(stderr, "stepcount: ptrace: %s\n", strerror(errno));
		_exit(SKIP);
	}
	execvp(argv[0], argv);
	fprintf(stderr, "stepcount: %s: %s\n", argv[0], strerror(errno));
	_exit(1);
}

/* One processor for both: a step is then a switch between two processes, not a
 * wake-up of another processor, and takes a third of the time. */
static void stay_here(void)
{
	cpu_set_t set;
	int cpu = sched_getcpu();

	if (cpu < 0) return;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof set, &set);
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR) die(1, "waitpid: %s", strerror(errno));
	}
	return status;
}

/* Ends with a message if [status] is that of a process that died or failed. */
static void check_end(int status, const char *when)
{
	if (WIFSIGNALED(status))
		die(1, "killed by signal %d (%s) %s", WTERMSIG(status),
			strsignal(WTERMSIG(status)), when);
	if (WIFEXITED(status) && WEXITSTATUS(status))
		die(1, "exit status %d %s", WEXITSTATUS(status), when);
}

/* Runs [pid], which has stopped at its first instruction, to its second int3 or
 * to its end, and returns the count. */
static unsigned long count(pid_t pid, int whole)
{
	int marks = 0, request = whole ? PTRACE_SINGLESTEP : PTRACE_CONT, signal = 0;
	unsigned long n = 0, pc = pc_of(pid);

	for (;;) {
		ask(request, pid, (unsigned long)signal);
		int status = wait_for(pid);
		if (!WIFSTOPPED(status)) {
			check_end(status, whole ? "" : "before its second int3");
			if (!whole) die(1, "ended after %d of 2 int3", marks);
			return n + 1; /* the system call that ended it */
		}
		signal = 0;
		if (status >> 16) /* it executed another program: go on there */
			continue;
		if (WSTOPSIG(status) != SIGTRAP) {
			signal = WSTOPSIG(status);
			continue;
		}
		if (trap_code(pid) != SI_KERNEL) {
			/* A repeating string instruction stops at itself. */
			unsigned long next = pc_of(pid);
			n += next != pc;
			pc = next;
		} else if (whole) {
			signal = SIGTRAP;
		} else if (++marks == 2) {
			return n;
		} else {
			request = PTRACE_SINGLESTEP;
			pc = pc_of(pid);
		}
	}
}

int main(int argc, char **argv)
{
	int whole = argc > 1 && !strcmp(argv[1], "-w");

	argv += 1 + whole;
	if (!*argv || **argv == '-') {
		fputs("usage: stepcount [-w] COMMAND [ARG...]\n", stderr);
		return 1;
	}
	command = *argv;
	stay_here();

	pid_t pid = fork();
	if (pid < 0) die(1, "fork: %s", strerror(errno));
	if (!pid) run_command(argv);
	int status = wait_for(pid);
	if (WIFEXITED(status)) /* it has said why */
		return WEXITSTATUS(status);
	check_end(status, "at its start");
	ask(PTRACE_SETOPTIONS, pid, PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC);

	unsigned long n = count(pid, whole);
	if (!whole) {
		/* ... after which it is a program like any other. */
		ask(PTRACE_DETACH, pid, 0);
		check_end(wait_for(pid), "after its second int3");
	}
	printf("%lu\n", n);
	return 0;
}
