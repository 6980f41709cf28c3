/* system.h - what of system.c only provide.c has to know. */
#ifndef SYSTEM_H
#define SYSTEM_H

#include <stddef.h>

__attribute__((noreturn)) void exit(int status);
long sysconf(int name);
int open(const char *path, int flags, ...);
int close(int fd);
long read(int fd, void *to, size_t n);
long write(int fd, const void *from, size_t n);
long lseek(int fd, long at, int whence);
long pread(int fd, void *to, size_t n, long at);
long pwrite(int fd, const void *from, size_t n, long at);
int fcntl(int fd, int what, ...);
int stat(const char *path, void *out);
int lstat(const char *path, void *out);
int fstat(int fd, void *out);
int ftruncate(int fd, long size);
int fdatasync(int fd);
int access(const char *path, int mode);
int unlink(const char *path);
long readlink(const char *path, char *to, size_t n);
char *getcwd(char *to, size_t size);
int getpid(void);
int geteuid(void);
int fchown(int fd, unsigned user, unsigned group);
void *mmap(void *at, size_t size, int prot, int flags, int fd, long offset);
int munmap(void *at, size_t size);

#endif
