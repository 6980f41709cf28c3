/* again.h - runs the test program itself once more, by execve, and catches what
 * it writes. Where an emulator runs it ($EXEC), by that too. */
#ifndef AGAIN_H
#define AGAIN_H

#include "bare.h"
#include "memory.h"

int execve(const char *path, char *const *argv, char *const *envp);
int execvpe(const char *file, char *const *argv, char *const *envp);
int pipe(int *fds);
BDL_IMPORT(execve, "execve", "libc.so.6");
BDL_IMPORT(execvpe, "execvpe", "libc.so.6");
BDL_IMPORT(pipe, "pipe", "libc.so.6");

/* The program's own path; argv's first place in [words] is for the emulator's. */
static inline void exec_self(const char *emulator, char **argv, char **envp)
{
	static char text[1024], path[1024];
	char *words[32];
	size_t n = 0, at = 0;
	if (!emulator || !*emulator) {
		execve("/proc/self/exe", argv, envp);
		return;
	}
	while (emulator[at] && at + 1 < sizeof text) text[at] = emulator[at], at++;
	for (char *p = text; *p && n < 16;) {
		while (*p == ' ') *p++ = 0;
		if (*p) words[n++] = p;
		while (*p && *p != ' ') p++;
	}
	if (argv[0]) words[n++] = (char *)"-0", words[n++] = argv[0];
	long size = arch_syscall(SYS_readlinkat, -100, (long)"/proc/self/exe",
		(long)path, sizeof path - 1, 0, 0);
	if (size <= 0) return;
	words[n++] = path;
	if (argv[0])
		for (argv++; *argv && n < 31; argv++) words[n++] = *argv;
	words[n] = NULL;
	execvpe(words[0], words, envp);
}

/* Its wait status; what it wrote to the descriptor [fd], ended by NUL, in [out]. */
static inline int run_again(
	const char *emulator, char **argv, char **envp, int fd, char *out, size_t size)
{
	int fds[2], status = -1;
	size_t n = 0;
	*out = 0;
	if (pipe(fds)) return -1;
	long pid = arch_syscall(SYS_clone, 17 /* SIGCHLD */, 0, 0, 0, 0, 0);
	if (!pid) {
		arch_syscall(SYS_dup3, fds[1], fd, 0, 0, 0, 0);
		arch_syscall(SYS_close, fds[0], 0, 0, 0, 0, 0);
		arch_syscall(SYS_close, fds[1], 0, 0, 0, 0, 0);
		exec_self(emulator, argv, envp);
		note("exec", "failed");
		arch_syscall(SYS_exit_group, 127, 0, 0, 0, 0, 0);
	}
	arch_syscall(SYS_close, fds[1], 0, 0, 0, 0, 0);
	for (;;) {
		long got = arch_syscall(SYS_read, fds[0], (long)(out + n),
			(long)(size - 1 - n), 0, 0, 0);
		if (got <= 0) break;
		n += (size_t)got;
	}
	out[n] = 0;
	arch_syscall(SYS_close, fds[0], 0, 0, 0, 0, 0);
	arch_syscall(SYS_wait4, pid, (long)&status, 0, 0, 0, 0);
	return status;
}

#endif
