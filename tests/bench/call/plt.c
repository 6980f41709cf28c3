/* What a C compiler makes of the calls: through the PLT (-fplt, -z now). */
#include "call.h"
#include "target.h"

static long ii(long n)
{
	int a = 0;
	for (long i = 0; i < n; i++) a = t_ii(a, (int)i);
	return a;
}

static long dd(long n)
{
	double a = 0;
	for (long i = 0; i < n; i++) a = t_dd(a, 1.5);
	return (long)a;
}

static long i6(long n)
{
	int a = 0;
	for (long i = 0; i < n; i++) a = t_i6(a, (int)i, 3, 4, 5, 6);
	return a;
}

static long mix10(long n)
{
	long a = 0;
	for (long i = 0; i < n; i++) a = t_mix10(1, a, 3, 4, 5, 6, 7, 8, i, 10);
	return a;
}

static long s16(long n)
{
	struct pair p = { 0, 0 };
	for (long i = 0; i < n; i++) p = t_s16(p, i);
	return p.y + (long)p.x;
}

static int add(int a, int b) { return a + b + bench_user; }

static long callback(long n) { return t_callback(add, n); }

CASE("plt", "ii", ii)
CASE("plt", "dd", dd)
CASE("plt", "i6", i6)
CASE("plt", "mix10", mix10)
CASE("plt", "s16", s16)
CASE("plt", "callback", callback)
