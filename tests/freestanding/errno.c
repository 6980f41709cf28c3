/* errno.c - what glibc's libm wants of libc beside functions: a thread-local errno. A
 * shared library of its own, which the programs carry as bytes (see libm.h). */
_Thread_local int errno;
int *errno_address(void);
int *errno_address(void) { return &errno; }
