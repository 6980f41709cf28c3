/* mem.c - the four functions a compiler may call without being asked to.
 * Hidden here and localised in libbaredl.a: they never replace the program's. */
#include <stddef.h>

void *memcpy(void *restrict d, const void *restrict s, size_t n);
void *memmove(void *d, const void *s, size_t n);
void *memset(void *d, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);

/* The empty asm keeps each loop from being recognised as a call to itself. */
#define KEEP __asm__ volatile("")

void *memcpy(void *restrict d, const void *restrict s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		((char *)d)[i] = ((const char *)s)[i];
		KEEP;
	}
	return d;
}

void *memmove(void *d, const void *s, size_t n)
{
	if ((size_t)d - (size_t)s >= n) return memcpy(d, s, n);
	while (n--) {
		((char *)d)[n] = ((const char *)s)[n];
		KEEP;
	}
	return d;
}

void *memset(void *d, int c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		((char *)d)[i] = (char)c;
		KEEP;
	}
	return d;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *p = a, *q = b;
	for (; n; n--, p++, q++) {
		if (*p != *q) return *p - *q;
		KEEP;
	}
	return 0;
}
