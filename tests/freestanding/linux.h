/* linux.h - system calls of the machine, beyond those that baredl itself makes. */
#ifndef LINUX_H
#define LINUX_H

#include <asm/unistd.h>
#include "../../src/sys.h"

/* A system call with up to six arguments, as numbers; its answer. */
#define CALL(name, ...) CALL_(__NR_##name, __VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define CALL_(number, a, b, c, d, e, f, ...) \
	arch_syscall(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), \
		(long)(f))

#endif
