/* sys.h - typed system calls over arch_syscall(). Each returns what the kernel
 * answers: -4095..-1 is -errno. Inline: most have one or two callers. */
#ifndef SYS_H
#define SYS_H

#include "contract.h"

enum {
	ENOENT = 2,
	EINTR = 4,
	EAGAIN = 11,
	ENOMEM = 12,
	ENFILE = 23,
	EMFILE = 24,
	EACCES = 13,
	EINVAL = 22,
	ENAMETOOLONG = 36
};

enum { AT_FDCWD = -100, SEEK_END = 2 };
enum { O_RDONLY = 0, O_WRONLY = 1, O_NONBLOCK = 04000, O_CLOEXEC = 02000000 };
enum { PROT_NONE = 0, PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4 };
enum {
	MAP_PRIVATE = 2,
	MAP_FIXED = 0x10,
	MAP_ANONYMOUS = 0x20,
	MAP_NORESERVE = 0x4000,
	MAP_POPULATE = 0x8000,
	MAP_FIXED_NOREPLACE = 0x100000
};
enum { SIGABRT = 6, SIGALRM = 14, SIGCHLD = 17 };

static inline int sys_failed(long r) { return (unsigned long)r > -4096UL; }

static inline int sys_open(const char *path, int flags)
{
	return (int)arch_syscall3(SYS_openat, AT_FDCWD, (long)path, flags);
}

static inline void sys_close(int fd) { arch_syscall3(SYS_close, fd, 0, 0); }

/* What tells files apart, and their size. */
struct file_id {
	uint64_t device, inode, size;
	int regular;
};
/* fstat(2): on both machines these fields are where they are here. */
static inline long sys_identify(int fd, struct file_id *out)
{
	uint64_t stat[18];
	long r = arch_syscall3(SYS_fstat, fd, (long)stat, 0);
	out->device = stat[0], out->inode = stat[1], out->size = stat[6];
	out->regular = ((uint32_t)stat[ARCH_STAT_MODE / 8] & 0170000) == 0100000;
	return r;
}

static inline int sys_exists(const char *path)
{
	return !arch_syscall3(SYS_faccessat, AT_FDCWD, (long)path, 0);
}

static inline uint32_t sys_process(void)
{
	return (uint32_t)arch_syscall3(SYS_getpid, 0, 0, 0);
}

/* The calling thread's number. */
static inline uint32_t sys_thread(void)
{
	return (uint32_t)arch_syscall3(SYS_gettid, 0, 0, 0);
}

static inline long sys_read(int fd, void *to, size_t size)
{
	return arch_syscall3(SYS_read, fd, (long)to, (long)size);
}

static inline long sys_pread(int fd, void *to, size_t size, uint64_t offset)
{
	return arch_syscall(SYS_pread64, fd, (long)to, (long)size, (long)offset, 0, 0);
}

static inline long sys_write(int fd, const void *from, size_t size)
{
	return arch_syscall3(SYS_write, fd, (long)from, (long)size);
}

/* Of the open file. */
static inline long sys_size(int fd)
{
	return arch_syscall3(SYS_lseek, fd, 0, SEEK_END);
}

/* Does not end [to] with a NUL byte. */
static inline long sys_readlink(const char *path, char *to, size_t size)
{
	return arch_syscall(
		SYS_readlinkat, AT_FDCWD, (long)path, (long)to, (long)size, 0, 0);
}

/* As dup2. */
static inline void sys_redirect(int from, int to)
{
	arch_syscall3(SYS_dup3, from, to, 0);
}

static inline long sys_mmap(
	void *at, size_t size, int prot, int flags, int fd, uint64_t offset)
{
	return arch_syscall(
		SYS_mmap, (long)at, (long)size, prot, flags, fd, (long)offset);
}

/* Private memory, anywhere. */
static inline long sys_allocate(size_t size, int prot)
{
	return sys_mmap(
		NULL, size, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

static inline long sys_munmap(void *at, size_t size)
{
	return arch_syscall3(SYS_munmap, (long)at, (long)size, 0);
}

static inline long sys_mprotect(void *at, size_t size, int prot)
{
	return arch_syscall3(SYS_mprotect, (long)at, (long)size, prot);
}

/* Where the program break is. */
static inline uintptr_t sys_brk(void)
{
	return (uintptr_t)arch_syscall3(SYS_brk, 0, 0, 0);
}

static inline void sys_futex_wait(uint32_t *word, uint32_t value)
{
	arch_syscall(SYS_futex, (long)word, 128 /* WAIT, PRIVATE */, value, 0, 0, 0);
}

static inline void sys_futex_wake(uint32_t *word)
{
	arch_syscall3(SYS_futex, (long)word, 129 /* WAKE, PRIVATE */, 0x7fffffff);
}

/* A child like fork(2)'s that sends [signal] when it ends, 0: none. */
static inline long sys_fork(int signal)
{
	return arch_syscall(SYS_clone, signal, 0, 0, 0, 0, 0);
}

static inline long sys_wait(long pid, uint32_t *status)
{
	long r;
	do
		r = arch_syscall(
			SYS_wait4, pid, (long)status, 0x40000000 /* __WALL */, 0, 0, 0);
	while (r == -EINTR);
	return r;
}

/* Also unblocks it. */
static inline void sys_default_action(int signal)
{
	const uint64_t set = 1ull << (signal - 1),
		       none[4] = { 0 }; /* struct sigaction */
	arch_syscall(SYS_rt_sigaction, signal, (long)none, 0, sizeof set, 0, 0);
	arch_syscall(SYS_rt_sigprocmask, 1 /* SIG_UNBLOCK */, (long)&set, 0, sizeof set,
		0, 0);
}

/* In the calling thread. */
static inline void sys_raise(int signal)
{
	arch_syscall3(SYS_tgkill, arch_syscall3(SYS_getpid, 0, 0, 0),
		arch_syscall3(SYS_gettid, 0, 0, 0), signal);
}

static inline void sys_alarm(int seconds)
{
	const int64_t timer[4] = { 0, 0, seconds, 0 }; /* struct itimerval */
	arch_syscall3(SYS_setitimer, 0 /* ITIMER_REAL */, (long)timer, 0);
}

static inline void sys_no_core(void)
{
	const uint64_t limit[2] = { 0 };
	arch_syscall3(SYS_prlimit64, 0, 4 /* RLIMIT_CORE */, (long)limit);
}

__attribute__((noreturn)) static inline void sys_exit_group(int status)
{
	for (;;) arch_syscall3(SYS_exit_group, status, 0, 0);
}

#endif
