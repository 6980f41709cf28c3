/* string.c - memory and strings. Compiled without the compiler's habit of making
 * calls of memcpy out of loops, as these are what it would call. */
#include "libc.h"

/* 16 and 8 bytes at any address. */
typedef uint64_t pair __attribute__((vector_size(16), aligned(1), may_alias));
typedef uint64_t word __attribute__((aligned(1), may_alias));

void *memcpy(void *to, const void *from, size_t n)
{
	char *t = to;
	const char *f = from;
	for (; n >= 64; n -= 64, t += 64, f += 64) {
		pair a = ((const pair *)f)[0], b = ((const pair *)f)[1],
		     c = ((const pair *)f)[2], d = ((const pair *)f)[3];
		((pair *)t)[0] = a, ((pair *)t)[1] = b;
		((pair *)t)[2] = c, ((pair *)t)[3] = d;
	}
	for (; n >= 8; n -= 8, t += 8, f += 8) *(word *)t = *(const word *)f;
	while (n--) *t++ = *f++;
	return to;
}

void *memmove(void *to, const void *from, size_t n)
{
	if ((uintptr_t)to - (uintptr_t)from >= n) return memcpy(to, from, n);
	char *t = (char *)to + n;
	const char *f = (const char *)from + n;
	for (; n >= 16; n -= 16) *(pair *)(t -= 16) = *(const pair *)(f -= 16);
	while (n--) *--t = *--f;
	return to;
}

void *memset(void *to, int byte, size_t n)
{
	uint64_t eight = (uint8_t)byte * UINT64_C(0x0101010101010101);
	char *t = to;
	for (; n >= 16; n -= 16, t += 16) *(pair *)t = (pair){ eight, eight };
	while (n--) *t++ = (char)byte;
	return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *x = a, *y = b;
	for (; n >= 8 && *(const word *)x == *(const word *)y; n -= 8) x += 8, y += 8;
	for (; n && *x == *y; n--) x++, y++;
	return n ? *x - *y : 0;
}

void *memchr(const void *s, int byte, size_t n)
{
	const uint8_t *p = s;
	for (; n; n--, p++)
		if (*p == (uint8_t)byte) return (void *)p;
	return NULL;
}

size_t strlen(const char *s)
{
	const char *end = s;
	while (*end) end++;
	return (size_t)(end - s);
}

int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b) a++, b++;
	return (uint8_t)*a - (uint8_t)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n && *a && *a == *b; n--) a++, b++;
	return n ? (uint8_t)*a - (uint8_t)*b : 0;
}

char *strchrnul(const char *s, int c)
{
	while (*s && *s != (char)c) s++;
	return (char *)s;
}

char *strchr(const char *s, int c)
{
	s = strchrnul(s, c);
	return *s == (char)c ? (char *)s : NULL;
}

char *strrchr(const char *s, int c)
{
	const char *last = NULL;
	do
		if (*s == (char)c) last = s;
	while (*s++);
	return (char *)last;
}

size_t strspn(const char *s, const char *set)
{
	const char *end = s;
	while (*end && strchr(set, *end)) end++;
	return (size_t)(end - s);
}

size_t strcspn(const char *s, const char *set)
{
	const char *end = s;
	while (*end && !strchr(set, *end)) end++;
	return (size_t)(end - s);
}

char *strpbrk(const char *s, const char *set)
{
	s += strcspn(s, set);
	return *s ? (char *)s : NULL;
}

char *strstr(const char *s, const char *part)
{
	size_t n = strlen(part);
	for (;; s++) {
		if (!strncmp(s, part, n)) return (char *)s;
		if (!*s) return NULL;
	}
}

static void swap(char *a, char *b, size_t size)
{
	while (size--) {
		char c = *a;
		*a++ = *b;
		*b++ = c;
	}
}

/* Heap sort: no memory, no bad case. */
void qsort(
	void *base, size_t count, size_t size, int (*order)(const void *, const void *))
{
	char *a = base;
	if (count < 2) return;
	for (size_t begin = count / 2, end = count; end > 1;) {
		if (begin)
			begin--;
		else
			swap(a, a + --end * size, size);
		for (size_t root = begin, child; (child = 2 * root + 1) < end;
			root = child) {
			if (child + 1 < end &&
				order(a + child * size, a + (child + 1) * size) < 0)
				child++;
			if (order(a + root * size, a + child * size) >= 0) break;
			swap(a + root * size, a + child * size, size);
		}
	}
}
