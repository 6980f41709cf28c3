/* hello.c - a static program without a C library that calls one. */
#include <baredl.h>

int printf(const char *format, ...);
void qsort(void *base, size_t count, size_t size,
	int (*order)(const void *, const void *));

BDL_IMPORT(printf, "printf", "libc.so.6");
BDL_IMPORT(qsort, "qsort", "libc.so.6");

static int by_value(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

int main(void)
{
	int primes[] = { 7, 3, 11, 2, 5 };

	qsort(primes, 5, sizeof primes[0], by_value);
	printf("hello from a static program:");
	for (int i = 0; i < 5; i++) printf(" %d", primes[i]);
	return printf("\n") < 0;
}
