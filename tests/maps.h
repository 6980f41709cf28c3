/* maps.h - what /proc/self/maps says of an address. */
#ifndef MAPS_H
#define MAPS_H

#include "bare.h"

static inline uintptr_t hexadecimal(const char **at)
{
	uintptr_t value = 0;
	for (;; ++*at) {
		char c = **at;
		if (c >= '0' && c <= '9')
			value = value * 16 + (uintptr_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value * 16 + (uintptr_t)(c - 'a' + 10);
		else
			return value;
	}
}

/* "r--p" or the like; "" if nothing is mapped there. */
static inline const char *permissions(const void *address)
{
	static char text[65536], found[5];
	long fd = arch_syscall(SYS_openat, -100, (long)"/proc/self/maps", 0, 0, 0, 0);
	size_t n = 0;
	for (;;) {
		long got = arch_syscall(SYS_read, fd, (long)(text + n),
			(long)(sizeof text - 1 - n), 0, 0, 0);
		if (got <= 0) break;
		n += (size_t)got;
	}
	text[n] = 0;
	arch_syscall(SYS_close, fd, 0, 0, 0, 0, 0);
	found[0] = 0;
	for (const char *p = text; *p;) {
		uintptr_t start = hexadecimal(&p), end = (p++, hexadecimal(&p));
		if ((uintptr_t)address >= start && (uintptr_t)address < end)
			for (int i = 0; i < 4; i++) found[i] = p[1 + i];
		while (*p && *p != '\n') p++;
		if (*p) p++;
	}
	return found;
}

#endif
