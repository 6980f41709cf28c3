/* inject COMMAND [ARG...] - make each system call of a program fail in turn.
 *
 * The program marks a part of its run by two getpid(MARK), before and after. It is
 * run once as it is, to see which system calls it makes between the two, and then
 * anew for each of them and for each way that call can fail: the call is not made,
 * and gives the error. "ENOMEM..." means that all calls of that name fail from this
 * one on; "half" and "0" are reads that are cut short.
 *
 * Prints a line for each run, which the program is to continue and to end; with
 * status 1 if it says that something is wrong:
 *
 *	NUMBER CALL FAILURE: what the program writes
 *
 * A program that is killed or ends with another status has its line ended by that.
 * The last line is "RUNS runs, CALLS calls".
 *
 * Exit status: 0; 77 if this machine does not let processes be traced; else 1.
 *
 * x86-64 Linux.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SKIP = 77, MARK = 0x6d61726b, MAX_CALLS = 1000, SECONDS = 10, ANY = -1 };

enum how {
	FAIL,   /* the call is not made */
	ALL,    /* nor those of that name that follow */
	AFTER,  /* the call is made, then fails (close gives the descriptor up) */
	HALF,   /* half of the bytes are asked for */
	NOTHING /* the call is not made, and gives 0 */
};

struct failure {
	const char *name;
	enum how how;
	int error;
};

#define E(name) \
	{ \
#name, FAIL, name \
	}
#define E_ALL(name) \
	{ \
#name "...", ALL, name \
	}
#define E_AFTER(name) \
	{ \
#name, AFTER, name \
	}

/* What the man pages say of each, and what a full or a hardened machine adds. No
 * failures: cannot fail. */
static const struct call {
	const char *name;
	long number;
	long first; /* argument; ANY */
	struct failure failures[12];
} calls[] = {
	{ "openat", SYS_openat, ANY,
		{ E(ENOENT), E(EACCES), E(EMFILE), E(ENFILE), E(EINTR), E(ENOMEM),
			E(ELOOP), E_ALL(ENOENT), E_ALL(EMFILE) } },
	{ "mmap", SYS_mmap, ANY,
		{ E(ENOMEM), E(EAGAIN), E(EACCES), E(EPERM), E(ENODEV),
			E_ALL(ENOMEM) } },
	{ "mprotect", SYS_mprotect, ANY, { E(ENOMEM), E(EACCES), E_ALL(ENOMEM) } },
	{ "pread64", SYS_pread64, ANY,
		{ E(EIO), E(EINTR), E_ALL(EIO), { "half", HALF, 0 },
			{ "0", NOTHING, 0 } } },
	{ "read", SYS_read, ANY,
		{ E(EIO), E(EINTR), E_ALL(EIO), { "half", HALF, 0 },
			{ "0", NOTHING, 0 } } },
	{ "lseek", SYS_lseek, ANY, { E(EOVERFLOW), E(ESPIPE) } },
	{ "fstat", SYS_fstat, ANY, { E(EOVERFLOW), E(EIO), E_ALL(EIO) } },
	{ "newfstatat", SYS_newfstatat, ANY, { E(EOVERFLOW), E(EIO), E_ALL(EIO) } },
	{ "statx", SYS_statx, ANY, { E(ENOSYS), E(EIO), E_ALL(EIO) } },
	{ "faccessat", SYS_faccessat, ANY, { E(ENOENT), E(EACCES), E_ALL(ENOENT) } },
	{ "readlinkat", SYS_readlinkat, ANY, { E(ENOENT), E(EACCES), E_ALL(ENOENT) } },
	{ "ARCH_SET_FS", SYS_arch_prctl, 0x1002, { E(EPERM) } },
	{ "ARCH_GET_FS", SYS_arch_prctl, 0x1003, { { NULL, FAIL, 0 } } },
	{ "arch_prctl", SYS_arch_prctl, ANY, { E(EINVAL) } },
	{ "munmap", SYS_munmap, ANY, { E(ENOMEM) } },
	{ "close", SYS_close, ANY, { E_AFTER(EINTR), E_AFTER(EIO) } },
	{ "mremap", SYS_mremap, ANY, { E(ENOMEM), E_ALL(ENOMEM) } },
	{ "madvise", SYS_madvise, ANY, { E(EINVAL), E(ENOMEM) } },
	{ "prctl", SYS_prctl, ANY, { E(EINVAL) } },
	{ "futex", SYS_futex, ANY, { { NULL, FAIL, 0 } } },
	{ "gettid", SYS_gettid, ANY, { { NULL, FAIL, 0 } } },
	{ "getpid", SYS_getpid, ANY, { { NULL, FAIL, 0 } } },
};

static char **command;
static const struct call *seen[MAX_CALLS]; /* in the run without failures */
static size_t seen_count;

static _Noreturn void die(int status, const char *what)
{
	fprintf(stderr, "inject: %s: %s: %s\n", command[0], what, strerror(errno));
	exit(status);
}

static void ask(int request, pid_t pid, void *data)
{
	if (ptrace(request, pid, 0, data) < 0) die(1, "ptrace");
}

static pid_t start(void)
{
	pid_t pid = fork();
	int status;

	if (pid < 0) die(1, "fork");
	if (!pid) {
		/* Equal addresses in every run, where that is allowed. */
		int persona = personality(0xffffffff);
		if (persona != -1) personality((unsigned)persona | ADDR_NO_RANDOMIZE);
		alarm(SECONDS); /* execve keeps it */
		if (ptrace(PTRACE_TRACEME, 0, 0, 0) < 0) _exit(SKIP);
		execvp(command[0], command);
		_exit(1);
	}
	if (waitpid(pid, &status, 0) < 0) die(1, "waitpid");
	if (WIFEXITED(status)) {
		errno = WEXITSTATUS(status) == SKIP ? EPERM : ENOENT;
		die(WEXITSTATUS(status), "cannot be run and traced");
	}
	ask(PTRACE_SETOPTIONS, pid,
		(void *)(PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD));
	return pid;
}

/* At the entry of a call: makes it fail. */
static void spoil(struct user_regs_struct *regs, const struct failure *failure)
{
	if (failure->how == HALF) regs->rdx /= 2;
	if (failure->how == HALF || failure->how == AFTER) return;
	regs->orig_rax = (unsigned long long)-1; /* which is no system call */
}

/* At its exit. The kernel keeps all registers but rax, and so must we. */
static void give(struct user_regs_struct *regs, const struct failure *failure,
	unsigned long long rdx)
{
	regs->rdx = rdx;
	if (failure->how != HALF)
		regs->rax = (unsigned long long)-(long long)failure->error;
}

static const struct call *find(const struct user_regs_struct *regs)
{
	long number = (long)regs->orig_rax, first = (long)regs->rdi;
	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
		if (calls[i].number == number &&
			(calls[i].first == ANY || calls[i].first == first))
			return &calls[i];
	fprintf(stderr, "inject: system call %ld: not known how it fails\n", number);
	exit(1);
}

/* Runs the command; the call [n] between the marks, from 0 on, fails as [failure]
 * says. NULL: none does, and they are noted in [seen]. Returns the wait status. */
static int run(size_t n, const struct failure *failure)
{
	struct user_regs_struct regs;
	unsigned long long rdx = 0; /* at the entry of the call that fails */
	pid_t pid = start();
	int status, marked = 0, inside = 0, spoilt = 0, signal = 0;
	size_t at = 0;

	for (;;) {
		/* behind the second mark nothing is of interest but the end */
		ask(marked < 2 ? PTRACE_SYSCALL : PTRACE_CONT, pid,
			(void *)(long)signal);
		signal = 0;
		if (waitpid(pid, &status, 0) < 0) die(1, "waitpid");
		if (!WIFSTOPPED(status)) return status;
		if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
			signal = WSTOPSIG(status);
			continue;
		}
		ask(PTRACE_GETREGS, pid, &regs);
		inside = !inside;
		if (!inside) {
			if (!spoilt) continue;
			give(&regs, failure, rdx);
			ask(PTRACE_SETREGS, pid, &regs);
			spoilt = 0;
			continue;
		}
		long number = (long)regs.orig_rax;
		if (number == SYS_getpid && regs.rdi == MARK) {
			marked++;
			continue;
		}
		if (marked != 1) continue;
		if (!failure) {
			if (at == MAX_CALLS) die(1, "too many calls");
			seen[at++] = find(&regs);
			seen_count = at;
			continue;
		}
		if (at == n ||
			(failure->how == ALL && at > n && find(&regs) == seen[n])) {
			rdx = regs.rdx;
			spoil(&regs, failure);
			ask(PTRACE_SETREGS, pid, &regs);
			spoilt = 1;
		}
		at++;
	}
}

static int report(int status)
{
	if (WIFSIGNALED(status))
		printf("WRONG: killed by signal %d (%s)\n", WTERMSIG(status),
			strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) > 1)
		printf("WRONG: exit status %d\n", WEXITSTATUS(status));
	return status;
}

int main(int argc, char **argv)
{
	size_t runs = 0;

	if (argc < 2) {
		fputs("usage: inject COMMAND [ARG...]\n", stderr);
		return 1;
	}
	command = argv + 1;
	setvbuf(stdout, NULL, _IONBF, 0); /* the program writes in between */
	printf("- - none: ");
	if (report(run(0, NULL))) return 1;
	for (size_t n = 0; n < seen_count; n++) {
		const struct call *call = seen[n];
		for (const struct failure *f = call->failures; f->name; f++) {
			printf("%zu %s %s: ", n + 1, call->name, f->name);
			report(run(n, f));
			runs++;
		}
	}
	printf("%zu runs, %zu calls\n", runs, seen_count);
	return 0;
}
