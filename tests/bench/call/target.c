/* As little as a function can do with all its arguments. Compiled -fwrapv: sums of
 * many calls overflow. */
#include "target.h"

int t_ii(int a, int b) { return a + b; }

double t_dd(double a, double b) { return a + b; }

int t_i6(int a, int b, int c, int d, int e, int f) { return a + b - c + d - e + f; }

long t_mix10(
	int a, long b, double c, int d, long e, double f, int g, long h, long i, int j)
{
	return a + b + (long)c + d + e + (long)f + g + h + i + j;
}

struct pair t_s16(struct pair p, long k)
{
	p.x += 1;
	p.y += k;
	return p;
}

int t_callback(order *f, long n)
{
	int sum = 0;
	for (long i = 0; i < n; i++) sum = f(sum, (int)i);
	return sum;
}
