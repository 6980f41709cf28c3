/* lib.so: called by caller.c, through an import and through a PLT. */
#include <stdarg.h>
#include "lib.h"

int add(int a, int b) { return a + b; }

double mul(double a, double b) { return a * b; }

long ten(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j)
{
	return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i +
	       10 * j;
}

double sum(const char *kinds, ...)
{
	double total = 0;
	va_list args;

	va_start(args, kinds);
	for (; *kinds; kinds++)
		total += *kinds == 'i' ? va_arg(args, int) : va_arg(args, double);
	va_end(args);
	return total;
}
