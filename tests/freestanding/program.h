/* program.h - what the programs share: TAP, opening a library by baredl's own linker,
 * calling what is in it, bytes to compress.
 *
 * With -DPEER a program is an ordinary dynamic one: glibc's dlopen and glibc itself
 * take the places of baredl and of the small C library. That proves the test. */
#ifndef PROGRAM_H
#define PROGRAM_H

#define OWN_CONFIG
#include "../bare.h"

#ifndef PEER
/* The resident is left to the first need, and there is none. */
const struct bdl_config *bdl_start_config(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	test_config.flags = BDL_LATE;
	return &test_config;
}
#endif

void provide_libc(char **envp);
void *memcpy(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *malloc(size_t size);
void free(void *at);
typedef struct pthread *pthread;
int pthread_create(
	pthread *out, const void *attributes, void *(*start)(void *), void *argument);
int pthread_join(pthread t, void **result);

/* FUNCTION(result, name, parameters) declares a pointer of the library's name;
 * FIND(handle, name) makes it point there. */
#define FUNCTION(result, name, ...) static result (*name)(__VA_ARGS__)
#define FIND(handle, name)          find(handle, #name, (void **)&name)

static inline void find(void *handle, const char *symbol, void **out)
{
	*out = bdl_sym(handle, symbol);
	if (*out) return;
	note(symbol, bdl_error());
	tap_result(0, symbol);
	arch_syscall3(SYS_exit_group, 1, 0, 0);
}

/* BIND is BDL_NOW or BDL_LAZY: functions are bound now, or when they are called. */
#ifndef BIND
#define BIND BDL_NOW
#endif
static inline void *open_library(const char *name)
{
	void *handle = bdl_open(name, BIND | BDL_OWN);
	tap_result(handle != NULL, name);
	if (handle) return handle;
	note("bdl_open:", bdl_error());
	done();
	arch_syscall3(SYS_exit_group, 1, 0, 0);
	return NULL;
}

/* [size] bytes that compress to about a third: words in random order. */
static inline uint8_t *make_text(size_t size)
{
	static const char words[] = "the quick brown fox jumps over a lazy dog while "
				    "static programs open dynamic libraries without "
				    "any C library at all, 0123456789 times";
	uint8_t *text = malloc(size);
	uint64_t random = 88172645463325252;
	for (size_t i = 0; text && i < size;) {
		random ^= random << 13, random ^= random >> 7, random ^= random << 17;
		size_t at = random % (sizeof words - 16), n = 3 + (random >> 20) % 12;
		for (; n-- && i < size; at++) text[i++] = (uint8_t)words[at];
		if (i < size) text[i++] = (uint8_t)(random >> 40);
	}
	return text;
}

static inline int mapped(const char *name)
{
	static char text[65536];
	long fd = arch_syscall(SYS_openat, -100, (long)"/proc/self/maps", 0, 0, 0, 0);
	size_t n = 0;
	long got;
	while ((got = arch_syscall3(SYS_read, fd, (long)(text + n),
			(long)(sizeof text - 1 - n))) > 0)
		n += (size_t)got;
	text[n] = 0;
	arch_syscall3(SYS_close, fd, 0, 0);
	return contains(text, name);
}

/* Last of all: no C library has entered the process, and what was opened, and is
 * closed now, has left it. */
static inline int finished(const char *library)
{
	(void)library;
#ifndef PEER
	struct bdl_resident resident;
	check(bdl_resident(&resident) != 0);
	check(mapped("[stack]"));
	check(!mapped("/libc.so") && !mapped("/libc.musl") && !mapped("/ld-"));
	check(!mapped(library) && !mapped("libm.so"));
#endif
	return done();
}

#endif
