/* system.c - errno, the environment, the process, and the files that SQLite uses. */
#include "libc.h"
#include "linux.h"
#include "system.h"

int errno_value;
char **environ;

int *__errno_location(void) { return &errno_value; }

long answer(long result)
{
	if (!sys_failed(result)) return result;
	errno_value = (int)-result;
	return -1;
}

const char *strerror(int number)
{
	static char text[32];
	snprintf(text, sizeof text, "error %d", number);
	return text;
}

char *getenv(const char *name)
{
	size_t n = strlen(name);
	for (char **e = environ; e && *e; e++)
		if (!strncmp(*e, name, n) && (*e)[n] == '=') return *e + n + 1;
	return NULL;
}

static void say(const char *s) { sys_write(2, s, strlen(s)); }

void abort(void)
{
	say("abort()\n");
	sys_raise(SIGABRT);
	sys_exit_group(127);
}

void __assert_fail(
	const char *what, const char *file, unsigned line, const char *function)
{
	(void)line, (void)function;
	say(file);
	say(": assertion failed: ");
	say(what);
	say("\n");
	abort();
}

void exit(int status) { sys_exit_group(status); }

long sysconf(int name) /* _SC_PAGESIZE, _SC_NPROCESSORS_ONLN, _SC_PHYS_PAGES */
{
	return name == 30 ? 4096 : name == 84 ? 1 : -1;
}

int open(const char *path, int flags, ...)
{
	va_list list;
	va_start(list, flags);
	int mode = va_arg(list, int);
	va_end(list);
	return (int)answer(CALL(openat, AT_FDCWD, path, flags, mode));
}

int close(int fd) { return (int)answer(CALL(close, fd)); }
long read(int fd, void *to, size_t n) { return answer(CALL(read, fd, to, n)); }
long write(int fd, const void *from, size_t n)
{
	return answer(CALL(write, fd, from, n));
}
long lseek(int fd, long at, int whence) { return answer(CALL(lseek, fd, at, whence)); }

long pread(int fd, void *to, size_t n, long at)
{
	return answer(CALL(pread64, fd, to, n, at));
}

long pwrite(int fd, const void *from, size_t n, long at)
{
	return answer(CALL(pwrite64, fd, from, n, at));
}

int fcntl(int fd, int what, ...)
{
	va_list list;
	va_start(list, what);
	long value = va_arg(list, long);
	va_end(list);
	return (int)answer(CALL(fcntl, fd, what, value));
}

/* The kernel's struct stat is glibc's on both machines. */
int stat(const char *path, void *out)
{
	return (int)answer(CALL(newfstatat, AT_FDCWD, path, out, 0));
}

int lstat(const char *path, void *out)
{
	enum { AT_SYMLINK_NOFOLLOW = 0x100 };
	return (int)answer(CALL(newfstatat, AT_FDCWD, path, out, AT_SYMLINK_NOFOLLOW));
}

int fstat(int fd, void *out) { return (int)answer(CALL(fstat, fd, out)); }
int ftruncate(int fd, long size) { return (int)answer(CALL(ftruncate, fd, size)); }
int fdatasync(int fd) { return (int)answer(CALL(fdatasync, fd)); }

int access(const char *path, int mode)
{
	return (int)answer(CALL(faccessat, AT_FDCWD, path, mode));
}

int unlink(const char *path) { return (int)answer(CALL(unlinkat, AT_FDCWD, path, 0)); }

long readlink(const char *path, char *to, size_t n)
{
	return answer(CALL(readlinkat, AT_FDCWD, path, to, n));
}

char *getcwd(char *to, size_t size)
{
	return answer(CALL(getcwd, to, size)) < 0 ? NULL : to;
}

int getpid(void) { return (int)CALL(getpid, 0); }
int geteuid(void) { return (int)CALL(geteuid, 0); }

int fchown(int fd, unsigned user, unsigned group)
{
	return (int)answer(CALL(fchown, fd, user, group));
}

void *mmap(void *at, size_t size, int prot, int flags, int fd, long offset)
{
	return (void *)answer(CALL(mmap, at, size, prot, flags, fd, offset));
}

int munmap(void *at, size_t size) { return (int)answer(CALL(munmap, at, size)); }
