/* bdl_call() calls as the compiler does: arguments in all registers and on the
 * stack, results in all registers, errno. */
#include "bare.h"
#include "memory.h"

int snprintf(char *to, size_t size, const char *format, ...);
BDL_IMPORT(snprintf, "snprintf", "libc.so.6");

/* How many of gpr[] carry arguments here. */
static size_t registers;

static double as_double(uint64_t bits)
{
	double d;
	__builtin_memcpy(&d, &bits, sizeof d);
	return d;
}

static uint64_t as_bits(double d)
{
	uint64_t bits;
	__builtin_memcpy(&bits, &d, sizeof bits);
	return bits;
}

static void clear(void *p, size_t size)
{
	for (volatile char *c = p; size--;) *c++ = 0;
}

/* ---- what the callee gets -------------------------------------------------------- */

static uint64_t got[20];
static int aligned;

/* The stack where a function begins; both machines want a multiple of 16. */
#define NOTE_ALIGNMENT() (aligned = (uintptr_t)__builtin_frame_address(0) % 16 == 0)

static long integers(long a, long b, long c, long d, long e, long f, long g, long h,
	long i, long j, long k, long l, long m)
{
	NOTE_ALIGNMENT();
	long all[] = { a, b, c, d, e, f, g, h, i, j, k, l, m };
	for (int n = 0; n < 13; n++) got[n] = (uint64_t)all[n];
	return a + 1;
}

static double doubles(double a, double b, double c, double d, double e, double f,
	double g, double h, double i, double j, double k, double l, double m)
{
	NOTE_ALIGNMENT();
	double all[] = { a, b, c, d, e, f, g, h, i, j, k, l, m };
	for (int n = 0; n < 13; n++) got[n] = as_bits(all[n]);
	return a + 1;
}

static void mixed(long a, double b, long c, double d, long e, double f, long g,
	double h, long i, double j, long k, double l, long m, double n, long o,
	double p, long q, double r, long s, double t)
{
	NOTE_ALIGNMENT();
	long all[] = { a, c, e, g, i, k, m, o, q, s };
	double all_doubles[] = { b, d, f, h, j, l, n, p, r, t };
	for (int x = 0; x < 10; x++)
		got[2 * x] = (uint64_t)all[x], got[2 * x + 1] = as_bits(all_doubles[x]);
}

static long seventh(long a, long b, long c, long d, long e, long f, long g)
{
	(void)a, (void)b, (void)c, (void)d, (void)e, (void)f;
	return g;
}

/* Adds arguments in order, as the two calling conventions hand them out. */
struct builder {
	struct bdl_args args;
	uint64_t stack[16];
	size_t integers, doubles;
};

static void begin(struct builder *b)
{
	clear(b, sizeof *b);
	b->args.stack = b->stack;
}

static void add_integer(struct builder *b, uint64_t v)
{
	if (b->integers < registers)
		b->args.gpr[b->integers++] = v;
	else
		b->stack[b->args.nstack++] = v;
}

static void add_double(struct builder *b, double v)
{
	if (b->doubles < 8)
		b->args.vec[b->doubles++].lo = as_bits(v);
	else
		b->stack[b->args.nstack++] = as_bits(v);
}

static int integers_arrive(size_t count)
{
	struct builder b;
	begin(&b);
	for (size_t i = 0; i < count; i++)
		add_integer(&b, 0x1111111111111111 * (i + 1));
	bdl_call((void *)integers, &b.args);
	for (size_t i = 0; i < count; i++)
		if (got[i] != 0x1111111111111111 * (i + 1)) return 0;
	return aligned && (!count || b.args.gpr[0] == 0x1111111111111112);
}

static int doubles_arrive(size_t count)
{
	struct builder b;
	begin(&b);
	for (size_t i = 0; i < count; i++) add_double(&b, 1.25 * (double)(i + 1));
	bdl_call((void *)doubles, &b.args);
	for (size_t i = 0; i < count; i++)
		if (as_double(got[i]) != 1.25 * (double)(i + 1)) return 0;
	return aligned && (!count || as_double(b.args.vec[0].lo) == 2.25);
}

static void arguments(void)
{
	struct bdl_args probe;
	static const uint64_t on_stack[] = { 100, 101 };
	clear(&probe, sizeof probe);
	for (size_t i = 0; i < 8; i++) probe.gpr[i] = i + 1;
	probe.stack = on_stack;
	probe.nstack = 2;
	bdl_call((void *)seventh, &probe);
	check(probe.gpr[0] == 7 || probe.gpr[0] == 100);
	registers = probe.gpr[0] == 7 ? 8 : 6;

	int good = 1;
	for (size_t n = 0; n <= registers + 5; n++) good &= integers_arrive(n);
	check(good);
	for (size_t n = 0; n <= 8 + 5; n++) good &= doubles_arrive(n);
	check(good);

	/* in turns; the compiler's own call says what is right */
	uint64_t right[20];
	mixed(1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7, 7.5, 8, 8.5, 9, 9.5,
		10, 10.5);
	for (int i = 0; i < 20; i++) right[i] = got[i], got[i] = 0;
	struct builder b;
	begin(&b);
	for (int i = 1; i <= 10; i++) {
		add_integer(&b, (uint64_t)i);
		add_double(&b, i + 0.5);
	}
	bdl_call((void *)mixed, &b.args);
	for (int i = 0; i < 20; i++) good &= got[i] == right[i];
	check(good && aligned);
}

/* ---- results ------------------------------------------------------------------------ */

struct longs {
	long a, b;
};
struct two_doubles {
	double a, b;
};
struct four_doubles {
	double v[4];
};
struct four_floats {
	float v[4];
};
struct large {
	long v[6];
};
typedef int vector __attribute__((vector_size(16)));

static struct longs give_longs(void) { return (struct longs){ -5, 1L << 60 }; }
static struct two_doubles give_two(double x) { return (struct two_doubles){ x, -x }; }
static struct four_doubles give_four(double x)
{
	return (struct four_doubles){ { x, x + 1, x + 2, x + 3 } };
}
static struct four_floats give_floats(float x)
{
	return (struct four_floats){ { x, x + 1, x + 2, x + 3 } };
}
static struct large give_large(long x)
{
	struct large r;
	for (int i = 0; i < 6; i++) r.v[i] = x + i;
	return r;
}
static vector give_vector(vector v) { return v * 2; }
static long double give_long_double(void) { return 0.1L; }
static _Complex long double give_complex(void)
{
	_Complex long double z;
	__real__ z = 0.1L;
	__imag__ z = -0.3L;
	return z;
}
static struct {
	char bytes[sizeof(struct large)];
} room;

static int same_bytes(const void *a, const void *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (((const char *)a)[i] != ((const char *)b)[i]) return 0;
	return 1;
}

static void results(void)
{
	struct bdl_args a;
	clear(&a, sizeof a);
	bdl_call((void *)give_longs, &a);
	check(a.gpr[0] == (uint64_t)-5 && a.gpr[1] == 1UL << 60);

	a.vec[0].lo = as_bits(2.5);
	bdl_call((void *)give_two, &a);
	check(as_double(a.vec[0].lo) == 2.5 && as_double(a.vec[1].lo) == -2.5);

	/* in four registers, or in memory as its size is more than 16 */
	double four[4];
	clear(&a, sizeof a);
	a.gpr[0] = (uintptr_t)&room;
	a.vec[0].lo = as_bits(2.5);
	bdl_call((void *)give_four, &a);
	for (int i = 0; i < 4; i++) four[i] = as_double(a.vec[i].lo);
	if (registers == 6) __builtin_memcpy(four, &room, sizeof four);
	check(four[0] == 2.5 && four[1] == 3.5 && four[2] == 4.5 && four[3] == 5.5);

	/* in four registers, or two in each of two */
	float floats[4], x = 2.5f;
	clear(&a, sizeof a);
	__builtin_memcpy(&a.vec[0], &x, sizeof x);
	bdl_call((void *)give_floats, &a);
	for (int i = 0; i < 4; i++)
		__builtin_memcpy(floats + i, &a.vec[i].lo, sizeof x);
	if (registers == 6) __builtin_memcpy(floats, &a.vec[0].lo, 8);
	if (registers == 6) __builtin_memcpy(floats + 2, &a.vec[1].lo, 8);
	check(floats[0] == 2.5f && floats[1] == 3.5f && floats[2] == 4.5f &&
		floats[3] == 5.5f);

	/* by address: the first argument, or the register for it */
	struct large large;
	clear(&a, sizeof a);
	a.gpr[0] = registers == 6 ? (uintptr_t)&large : 1000;
	a.gpr[1] = 1000;
	a.indirect = &large;
	bdl_call((void *)give_large, &a);
	int good = 1;
	for (int i = 0; i < 6; i++) good &= large.v[i] == 1000 + i;
	check(good);
	if (registers == 6) check(a.gpr[0] == (uintptr_t)&large);

	/* whole vector registers */
	vector v = { 1, -2, 300000, -400000 }, twice;
	__builtin_memcpy(&a.vec[0], &v, sizeof v);
	bdl_call((void *)give_vector, &a);
	__builtin_memcpy(&twice, &a.vec[0], sizeof v);
	check(twice[0] == 2 && twice[1] == -4 && twice[2] == 600000 &&
		twice[3] == -800000);
}

static void long_doubles(void)
{
	static const long double re = 0.1L, im = -0.3L;
	int x87 = __LDBL_MANT_DIG__ == 64;
	size_t size = x87 ? 10 : 16;
	struct bdl_args a;
	int good = 1;
	/* often: what stays on the x87 stack would fill it */
	for (int i = 0; i < 20; i++) {
		clear(&a, sizeof a);
		a.flags = BDL_CALL_X87;
		bdl_call((void *)give_long_double, &a);
		good &= same_bytes(x87 ? &a.x87[0] : &a.vec[0], &re, size);
		good &= a.x87[1].lo == 0 && a.x87[1].hi == 0;
		bdl_call((void *)give_complex, &a);
		good &= same_bytes(x87 ? &a.x87[0] : &a.vec[0], &re, size);
		good &= same_bytes(x87 ? &a.x87[1] : &a.vec[1], &im, size);
		/* no result there */
		clear(&a, sizeof a);
		a.flags = BDL_CALL_X87;
		bdl_call((void *)give_longs, &a);
		good &= a.x87[0].lo == 0 && a.x87[0].hi == 0 && a.x87[1].lo == 0;
		good &= a.gpr[0] == (uint64_t)-5 && a.gpr[1] == 1UL << 60;
	}
	check(good);
}

/* ---- libc's functions --------------------------------------------------------------- */

enum { ENOENT = 2 };

static void errors(void)
{
	void *open = bdl_sym(NULL, "open"), *getpid = bdl_sym(NULL, "getpid");
	struct bdl_args a;
	clear(&a, sizeof a);
	a.gpr[0] = (uintptr_t) "/nonexistent";
	a.error = -1;
	bdl_call(open, &a);
	check((int)a.gpr[0] == -1 && a.error == -1);
	a.gpr[0] = (uintptr_t) "/nonexistent";
	a.gpr[1] = 0;
	a.flags = BDL_CALL_ERRNO;
	bdl_call(open, &a);
	check((int)a.gpr[0] == -1 && a.error == ENOENT);
	a.error = 0;
	bdl_call(getpid, &a);
	check((long)a.gpr[0] == arch_syscall(SYS_getpid, 0, 0, 0, 0, 0, 0));
	check(a.error == ENOENT); /* as it was: nobody has set it since */
}

static void variadic(void)
{
	char text[128], right[128];
	const char *format = "%d %.2f %s %g %ld %g %g %g %g %g %g %g %x %x";
	int n = snprintf(right, sizeof right, format, 1, 2.5, "three", 4.0, 5L, 6.0,
		7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13, 14);
	struct builder b;
	begin(&b);
	add_integer(&b, (uintptr_t)text);
	add_integer(&b, sizeof text);
	add_integer(&b, (uintptr_t)format);
	add_integer(&b, 1);
	add_double(&b, 2.5);
	add_integer(&b, (uintptr_t) "three");
	add_double(&b, 4);
	add_integer(&b, 5);
	for (int i = 6; i <= 12; i++) add_double(&b, i);
	add_integer(&b, 13);
	add_integer(&b, 14);
	bdl_call(bdl_sym(NULL, "snprintf"), &b.args);
	check((int)b.args.gpr[0] == n);
	check(same(text, right));
}

/* More values than there are registers that a call preserves live across one. */
static int survive(long seed)
{
	struct bdl_args args;
	clear(&args, sizeof args);
	long a = seed * 3, b = seed * 5, c = seed * 7, d = seed * 11, e = seed * 13,
	     f = seed * 17, g = seed * 19, h = seed * 23, i = seed * 29, j = seed * 31;
	double x = (double)seed / 4, y = (double)seed / 8;
	bdl_call((void *)give_longs, &args);
	return a == seed * 3 && b == seed * 5 && c == seed * 7 && d == seed * 11 &&
	       e == seed * 13 && f == seed * 17 && g == seed * 19 && h == seed * 23 &&
	       i == seed * 29 && j == seed * 31 && x == (double)seed / 4 &&
	       y == (double)seed / 8;
}

int main(int argc, char **argv, char **envp)
{
	(void)argv, (void)envp;
	arguments();
	results();
	long_doubles();
	errors();
	variadic();
	check(survive(argc) && survive(argc + 1));
	return done();
}
