/* driver.h - what both drivers are made of: system calls, strings, /proc/self/maps. */
#ifndef DRIVER_H
#define DRIVER_H

#include "contract.h"

/* What the script's commands need; peer.h and own.h define them. */
static void x_init(int argc, char **argv, char **envp);
static void *x_open(const char *name, unsigned flags);
static int x_close(void *handle);
static void *x_sym(void *handle, const char *name);
static void *x_vsym(void *handle, const char *name, const char *version);
static int x_addr(const void *address, struct bdl_symbol *out);
static void x_list(int (*each)(const char *file));
static void x_thread(void *(*f)(void *), void *arg);
static void x_says(const char *part);
static void x_explain(void); /* the last error's text, to stderr */
static void x_exit(int status);

/* What guests may call. */
void note(const char *text);
void note_int(const char *text, long n);
void note_place(const char *text, const void *address);
void note_rights(const char *text, const void *address);
void *host_open(const char *name, unsigned flags);
void *host_sym(void *handle, const char *name);
int host_close(void *handle);

static void put(const char *s);

static inline int same(const char *a, const char *b)
{
	while (*a && *a == *b) a++, b++;
	return *a == *b;
}

static inline const char *base_name(const char *path)
{
	const char *base = path;
	for (; *path; path++)
		if (*path == '/') base = path + 1;
	return base;
}

static inline int begins(const char *s, const char *with)
{
	while (*with && *s == *with) s++, with++;
	return !*with;
}

/* Neither the program nor one of the system's libraries. */
static inline int is_guest(const char *file)
{
	return begins(base_name(file), "lib") && !begins(file, "/lib") &&
	       !begins(file, "/usr/");
}

static inline size_t file_read(const char *path, char *to, size_t size)
{
	long fd = arch_syscall(SYS_openat, -100, (long)path, 0, 0, 0, 0);
	size_t n = 0;
	while (fd >= 0 && n < size) {
		long got = arch_syscall(
			SYS_read, fd, (long)(to + n), (long)(size - n), 0, 0, 0);
		if (got <= 0) break;
		n += (size_t)got;
	}
	if (fd >= 0) arch_syscall(SYS_close, fd, 0, 0, 0, 0, 0);
	return n;
}

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

/* "r--p" or the like; "nothing" if nothing is mapped there. */
static inline const char *permissions(const void *address)
{
	static char text[65536], found[5];
	text[file_read("/proc/self/maps", text, sizeof text - 1)] = 0;
	for (const char *p = text; *p;) {
		uintptr_t start = hexadecimal(&p), end = (p++, hexadecimal(&p));
		if ((uintptr_t)address >= start && (uintptr_t)address < end) {
			for (int i = 0; i < 4; i++) found[i] = p[1 + i];
			return found;
		}
		while (*p && *p != '\n') p++;
		if (*p) p++;
	}
	return "nothing";
}

#endif
