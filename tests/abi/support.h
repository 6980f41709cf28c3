/* support.h - what driver.c stands on: memory, pages, random numbers, signals, text. */
#ifndef SUPPORT_H
#define SUPPORT_H

#include <stdbool.h>

#include "baredl.h"
#include "tap.h"
#include "abi.h"
#include "guard.h"

/* ---- what compilers call unasked ------------------------------------------------ */

void *memcpy(void *to, const void *from, size_t size)
{
	unsigned char *t = to;
	const unsigned char *f = from;
	for (; size >= 8; size -= 8, t += 8, f += 8) {
		uint64_t word;
		__builtin_memcpy(&word, f, 8);
		__builtin_memcpy(t, &word, 8);
	}
	while (size--) *t++ = *f++;
	return to;
}

void *memmove(void *to, const void *from, size_t size)
{
	unsigned char *t = to;
	const unsigned char *f = from;
	if (t < f) return memcpy(to, from, size);
	while (size--) t[size] = f[size];
	return to;
}

void *memset(void *to, int byte, size_t size)
{
	unsigned char *t = to;
	while (size--) *t++ = (unsigned char)byte;
	return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const unsigned char *x = a, *y = b;
	for (; size; size--, x++, y++)
		if (*x != *y) return *x - *y;
	return 0;
}

/* ---- pages ---------------------------------------------------------------------- */

static void fatal(const char *what)
{
	tap_puts("Bail out! ");
	tap_puts(what);
	tap_puts("\n");
	arch_syscall(SYS_exit_group, 1, 0, 0, 0, 0, 0);
}

/* 64 KiB, the largest page there is, or more; the 64 KiB on both sides are no memory. */
enum { PAGES = 1 << 16 };
static unsigned char *pages(size_t size)
{
	size = (size + PAGES - 1) & -(size_t)PAGES;
	long at = arch_syscall(SYS_mmap, 0, (long)size + 3l * PAGES, 0, 0x22, -1, 0);
	if (at < 0 && at > -4096) fatal("no memory");
	at = (at + 2l * PAGES - 1) & -(long)PAGES;
	if (arch_syscall(SYS_mprotect, at, (long)size, 3, 0, 0, 0)) fatal("mprotect");
	return (unsigned char *)at;
}

/* Memory that stays. */
static void *take(size_t size, size_t align)
{
	static unsigned char *at, *end;
	at = (unsigned char *)(((uintptr_t)at + align - 1) & -(uintptr_t)align);
	if (!at || at + size > end) {
		size_t chunk = (size_t)16 * PAGES;
		at = pages(chunk);
		end = at + chunk;
	}
	at += size;
	return at - size;
}

/* ---- random numbers: xorshift64* ------------------------------------------------ */

static uint64_t dice;

static uint64_t dice_roll(void)
{
	dice ^= dice >> 12;
	dice ^= dice << 25;
	dice ^= dice >> 27;
	return dice * 0x2545f4914f6cdd1d;
}
static unsigned dice_below(unsigned n) { return (unsigned)((dice_roll() >> 33) % n); }

/* So that each signature of a seed can be run alone. */
static void dice_start(const char *seed, const char *text, unsigned number)
{
	dice = 0xcbf29ce484222325 + number;
	for (; *seed; seed++) dice = (dice ^ (unsigned char)*seed) * 0x100000001b3;
	for (; *text; text++) dice = (dice ^ (unsigned char)*text) * 0x100000001b3;
	if (!dice) dice = 1;
}

static void dice_bytes(unsigned char *to, size_t size)
{
	for (; size >= 8; size -= 8, to += 8) {
		uint64_t word = dice_roll();
		__builtin_memcpy(to, &word, 8);
	}
	if (!size) return;
	for (uint64_t word = dice_roll(); size--; word >>= 8)
		*to++ = (unsigned char)word;
}

/* ---- signals: a call that crashes is a failure of that signature ---------------- */

struct guard guards[GUARDS + 1], *guard_top = guards;
uint64_t guard_random[24];
static int crashed;

static void crash(int signal)
{
	if (guard_top == guards) fatal("the driver crashed");
	crashed = signal;
	abi_guard_abandon();
}

static void catch_crashes(void)
{
	enum { SIGALTSTACK = ARCH_ELF_MACHINE == 183 ? 132 : 131 };
	struct {
		void *at;
		long flags;
		size_t size;
	} stack = { pages(2l * PAGES), 0, (size_t)2 * PAGES };
	/* SA_ONSTACK | SA_NODEFER; a restorer, which x86-64 insists upon */
	unsigned long restorer = ARCH_ELF_MACHINE == 183 ? 0 : 0x4000000;
	unsigned long action[4] = { (unsigned long)crash, 0x48000000 | restorer,
		(unsigned long)crash, 0 };
	static const int signals[] = { 4, 5, 6, 7, 8, 11 };
	arch_syscall(SIGALTSTACK, (long)&stack, 0, 0, 0, 0, 0);
	for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++)
		if (arch_syscall(
			    SYS_rt_sigaction, signals[i], (long)action, 0, 8, 0, 0))
			fatal("sigaction");
}

/* ---- text ----------------------------------------------------------------------- */

static void put_hex(const unsigned char *bytes, size_t size)
{
	char two[4] = { 0 };
	for (size_t i = 0; i < size; i++) {
		two[0] = "0123456789abcdef"[bytes[i] >> 4];
		two[1] = "0123456789abcdef"[bytes[i] & 15];
		two[2] = i % 8 == 7 ? ' ' : 0;
		tap_puts(two);
	}
	tap_puts("\n");
}

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

static bool same_text(const char *a, const char *b)
{
	while (*a && *a == *b) a++, b++;
	return *a == *b;
}

static unsigned number_of(const char *s)
{
	unsigned n = 0;
	while (*s >= '0' && *s <= '9') n = n * 10 + (unsigned)(*s++ - '0');
	return n;
}

#endif
