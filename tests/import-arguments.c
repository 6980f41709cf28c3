/* Arguments and results of every kind pass through the first, looked-up call of
 * an import untouched. */
#include "bare.h"
#include "memory.h"

int snprintf(char *to, size_t size, const char *format, ...);
BDL_IMPORT(snprintf, "snprintf", "libc.so.6");
int sscanf(const char *text, const char *format, ...);
BDL_IMPORT(sscanf, "sscanf", "libc.so.6");

/* Results in every kind of register, each from a first call. */
typedef struct {
	int quotient, rest;
} div_result;
typedef struct {
	long quotient, rest;
} ldiv_result;
div_result div(int a, int b);
ldiv_result ldiv(long a, long b);
double fmod(double a, double b);
float fmodf(float a, float b);
double _Complex conj(double _Complex z);
long double fmaxl(long double a, long double b);
BDL_IMPORT(div, "div", "libc.so.6");
BDL_IMPORT(ldiv, "ldiv", "libc.so.6");
BDL_IMPORT(fmod, "fmod", "libm.so.6");
BDL_IMPORT(fmodf, "fmodf", "libm.so.6");
BDL_IMPORT(conj, "conj", "libm.so.6");
BDL_IMPORT(fmaxl, "fmaxl", "libm.so.6");

/* Missing ones, whose every call is a first one; the handler leads them here. */
typedef int four_ints __attribute__((vector_size(16)));
struct pair {
	double a, b;
};
struct large {
	long words[9];
};
struct small {
	char c[3];
};

int many(long a, double b, long c, double d, float e, long f, double g, long h,
	double i, long j, double k, long l, double m, long n, double o, long p,
	double q, long r);
BDL_IMPORT(many, "bdl_many", "libc.so.6");
static int many_arrive(long a, double b, long c, double d, float e, long f, double g,
	long h, double i, long j, double k, long l, double m, long n, double o, long p,
	double q, long r)
{
	return a == 1 && b == 2 && c == 3 && d == 4 && e == 5 && f == 6 && g == 7 &&
	       h == 8 && i == 9 && j == 10 && k == 11 && l == 12 && m == 13 &&
	       n == 14 && o == 15 && p == 16 && q == 17 && r == -18;
}

int vectors(four_ints a, four_ints b, four_ints c, four_ints d, four_ints e,
	four_ints f, four_ints g, four_ints h, four_ints i);
BDL_IMPORT(vectors, "bdl_vectors", "libc.so.6");
static int is(four_ints v, int n)
{
	return v[0] == n && v[1] == -n && v[2] == n + 1000 && v[3] == ~n;
}
static int vectors_arrive(four_ints a, four_ints b, four_ints c, four_ints d,
	four_ints e, four_ints f, four_ints g, four_ints h, four_ints i)
{
	return is(a, 1) && is(b, 2) && is(c, 3) && is(d, 4) && is(e, 5) && is(f, 6) &&
	       is(g, 7) && is(h, 8) && is(i, 9);
}

int structs(struct small a, struct pair b, struct large c, long double d, struct pair e,
	_Bool f, signed char g, unsigned short h);
BDL_IMPORT(structs, "bdl_structs", "libc.so.6");
/* Without arithmetic, which arm64 has only in libgcc: all but the padding. */
static int same_long_double(const long double *x)
{
	static const long double expected = 0.0625L;
	size_t size = __LDBL_MANT_DIG__ == 64 ? 10 : sizeof expected;
	for (size_t i = 0; i < size; i++)
		if (((const char *)x)[i] != ((const char *)&expected)[i]) return 0;
	return 1;
}
static int structs_arrive(struct small a, struct pair b, struct large c, long double d,
	struct pair e, _Bool f, signed char g, unsigned short h)
{
	for (int i = 0; i < 9; i++)
		if (c.words[i] != i * i) return 0;
	return a.c[0] == 'a' && a.c[1] == 'b' && a.c[2] == 'c' && b.a == 1.5 &&
	       b.b == -2.5 && same_long_double(&d) && e.a == 3.25 && e.b == 1e300 &&
	       f && g == -7 && h == 65535;
}

/* The address for a large result is an argument too (arm64: x8). */
struct large large_result(long a);
BDL_IMPORT(large_result, "bdl_large_result", "libc.so.6");
static struct large large_arrives(long a)
{
	struct large r;
	for (int i = 0; i < 9; i++) r.words[i] = a + i;
	return r;
}

int variadic(int count, ...);
BDL_IMPORT(variadic, "bdl_variadic", "libc.so.6");
static int variadic_arrive(int count, ...)
{
	int good = 1;
	__builtin_va_list arg;
	__builtin_va_start(arg, count);
	for (int i = 0; i < count; i++)
		good &= __builtin_va_arg(arg, long) == i &&
			__builtin_va_arg(arg, double) == i / 4.0;
	__builtin_va_end(arg);
	return good;
}

static void *lead(const char *symbol, const char *library, const char *reason)
{
	(void)library, (void)reason;
	if (same(symbol, "bdl_many")) return (void *)many_arrive;
	if (same(symbol, "bdl_vectors")) return (void *)vectors_arrive;
	if (same(symbol, "bdl_structs")) return (void *)structs_arrive;
	if (same(symbol, "bdl_large_result")) return (void *)large_arrives;
	if (same(symbol, "bdl_variadic")) return (void *)variadic_arrive;
	return NULL;
}

static four_ints vector(int n)
{
	four_ints v = { n, -n, n + 1000, ~n };
	return v;
}

static int large_is(struct large l, long a)
{
	for (int i = 0; i < 9; i++)
		if (l.words[i] != a + i) return 0;
	return 1;
}

int main(void)
{
	char text[256];
	/* integers and doubles in registers and on the stack, in turns */
	int n = snprintf(text, sizeof text,
		"%d %g %s %g %ld %g %c %g %x %g %g %g %llu %g %g %i", -1, 0.5, "two",
		1.5, 1L << 40, 2.5, 'c', 3.5, 255u, 4.5, 5.5, 6.5, ~0ull, 7.5, 8.5, 16);
	check(same(text, "-1 0.5 two 1.5 1099511627776 2.5 c 3.5 ff 4.5 5.5 6.5 "
			 "18446744073709551615 7.5 8.5 16"));
	check(n == (int)length(text));
	int a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;
	n = sscanf(
		"1 2 3 4 5 6 7 8", "%d%d%d%d%d%d%d%d", &a, &b, &c, &d, &e, &f, &g, &h);
	check(n == 8);
	check(a == 1 && b == 2 && c == 3 && d == 4 && e == 5 && f == 6 && g == 7 &&
		h == 8);

	div_result q = div(-17, 5);
	check(q.quotient == -3 && q.rest == -2);
	ldiv_result l = ldiv(1L << 40, 3);
	check(l.quotient == 366503875925L && l.rest == 1);
	check(fmod(7.5, 2) == 1.5);
	check(fmodf(-7.5f, 2) == -1.5f);
	double _Complex z = 3;
	__imag__ z = 4;
	z = conj(z);
	check(__real__ z == 3 && __imag__ z == -4);
	long double x[2] = { 1.25L, 2.5L }, y = fmaxl(x[0], x[1]);
	snprintf(text, sizeof text, "%.3Lf", y);
	check(same(text, "2.500"));

	check(bdl_on_unbound(lead) == NULL);
	for (int again = 0; again < 2; again++) {
		check(many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,
			-18));
		check(vectors(vector(1), vector(2), vector(3), vector(4), vector(5),
			vector(6), vector(7), vector(8), vector(9)));
		struct large squares = { { 0, 1, 4, 9, 16, 25, 36, 49, 64 } };
		struct small abc = { { 'a', 'b', 'c' } };
		struct pair first = { 1.5, -2.5 }, second = { 3.25, 1e300 };
		check(structs(abc, first, squares, 0.0625L, second, 1, -7, 65535));
		check(large_is(large_result(1L << 50), 1L << 50));
		check(variadic(11, 0L, 0.0, 1L, 0.25, 2L, 0.5, 3L, 0.75, 4L, 1.0, 5L,
			1.25, 6L, 1.5, 7L, 1.75, 8L, 2.0, 9L, 2.25, 10L, 2.5));
	}
	return done();
}
