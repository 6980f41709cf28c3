/* Prepared calls of the C library's functions, with its own results as the measure: structs
 * by value, variadic arguments, floating point of each size. */
#include "callbacks.h"

static void structs(void)
{
	struct {
		int quot, rem;
	} i;
	struct {
		long quot, rem;
	} l;
	struct bdl_plan *div = plan_of("{ii}(i,i)", 0), *ldiv = plan_of("{ll}(l,l)", 0);
	for (int n = -50; n < 50; n++) {
		must(INVOKE(div, libc("div"), &i, A(int, n), A(int, 7)) == 0);
		must(i.quot == n / 7 && i.rem == n % 7);
		must(INVOKE(ldiv, libc("ldiv"), &l, A(long, n * 1000000007l),
			     A(long, 12345)) == 0);
		must(l.quot == n * 1000000007l / 12345);
		must(l.rem == n * 1000000007l % 12345);
	}
	unsigned char address[4] = { 192, 0, 2, 33 };
	const char *text = NULL;
	CALL("s({I})", libc("inet_ntoa"), &text, address);
	must(same(text, "192.0.2.33"));
}

static void integers(void)
{
	must(CALL_INT("i(i)", libc("abs"), A(int, -5)) == 5);
	must(CALL_LONG("l(l)", libc("labs"), A(long, -5000000000)) == 5000000000);
	must(CALL_INT("i(i)", libc("toupper"), A(int, 'q')) == 'Q');
	must(CALL_LONG("L(s)", libc("strlen"), S("twelve bytes")) == 12);
	uint16_t port = 0;
	CALL("H(H)", libc("htons"), &port, A(uint16_t, 0x1234));
	must(port == 0x3412);
	char *end;
	must(CALL_LONG("l(s,p,i)", libc("strtol"), S("-0x7fz"), P(&end), A(int, 16)) ==
		-0x7f);
	must(*end == 'z');
}

static int formatted(char *to, const char *want, int length_is)
{
	if (!same(to, want)) note("formatted:", to);
	return same(to, want) && length_is == (int)length(want);
}

static void variadic(void)
{
	char out[200];
	void *snprintf = libc("snprintf");
	int n = CALL_INT(
		"i(p,L,s,...)", snprintf, P(out), A(size_t, sizeof out), S("nothing"));
	must(formatted(out, "nothing", n));
	n = CALL_INT("i(p,L,s,...,i,d,s,q,L)", snprintf, P(out), A(size_t, sizeof out),
		S("%d %.3f %s %lld %lx"), A(int, -3), A(double, 2.5), S("text"),
		A(long long, -5000000000), A(unsigned long, 0xfedcba9876543210));
	must(formatted(out, "-3 2.500 text -5000000000 fedcba9876543210", n));
	/* more than the registers hold, of both sorts */
	n = CALL_INT("i(p,L,s,...,i,d,i,d,i,d,i,d,i,d,i,d)", snprintf, P(out),
		A(size_t, sizeof out), S("%d %g %d %g %d %g %d %g %d %g %d %g"),
		A(int, 1), A(double, .5), A(int, 2), A(double, 1.5), A(int, 3),
		A(double, 2.5), A(int, 4), A(double, 3.5), A(int, 5), A(double, 4.5),
		A(int, 6), A(double, 5.5));
	must(formatted(out, "1 0.5 2 1.5 3 2.5 4 3.5 5 4.5 6 5.5", n));
	n = CALL_INT("i(p,L,s,...,d,d,d,d,d,d,d,d,d,d)", snprintf, P(out),
		A(size_t, sizeof out), S("%g %g %g %g %g %g %g %g %g %g"), A(double, 1),
		A(double, 2), A(double, 3), A(double, 4), A(double, 5), A(double, 6),
		A(double, 7), A(double, 8), A(double, 9), A(double, 10.25));
	must(formatted(out, "1 2 3 4 5 6 7 8 9 10.25", n));
	n = CALL_INT("i(p,L,s,...,i,g,i,g)", snprintf, P(out), A(size_t, sizeof out),
		S("%d %.2Lf %d %.2Lf"), A(int, 1), A(long double, 2.25L), A(int, 3),
		A(long double, -4.75L));
	must(formatted(out, "1 2.25 3 -4.75", n));
	int a = 0, b = 0;
	double d = 0;
	n = CALL_INT("i(s,s,...,p,p,p)", libc("sscanf"), S("12 3.5 -7"), S("%d %lf %d"),
		P(&a), P(&d), P(&b));
	must(n == 3 && a == 12 && b == -7 && d == 3.5);
}

static void *libm(const char *name)
{
	static void *handle;
	if (!handle) handle = opened("libm.so.6", BDL_NOW);
	return function(handle, name);
}

static void floating(void)
{
	float f = 0;
	double d = 0;
	long double g = 0;
	CALL("f(f)", libm("floorf"), &f, A(float, -2.5f));
	must(f == -3);
	CALL("d(d,d)", libm("pow"), &d, A(double, 2), A(double, 40));
	must(d == 1099511627776.0);
	CALL("g(g,g)", libm("fmodl"), &g, A(long double, 1e18L + 3),
		A(long double, 10));
	must(g == 3);
	CALL("d(d,i)", libm("ldexp"), &d, A(double, .75), A(int, 6));
	must(d == 48);
	int exponent = 0;
	CALL("d(d,p)", libm("frexp"), &d, A(double, 48), P(&exponent));
	must(d == .75 && exponent == 6);
	CALL("d(s,p)", libc("strtod"), &d, S("0.1"), P(NULL));
	must(d == 0.1);
	CALL("g(s,p)", libc("strtold"), &g, S("0.5"), P(NULL));
	must(g == 0.5L);
	must(CALL_LONG("l(d)", libm("lround"), A(double, -2.5)) == -3);
}

static void complexes(void)
{
	float _Complex F;
	double _Complex D;
	long double _Complex G;
	double d = 0;
	__real__ D = 3, __imag__ D = 4;
	CALL("d(D)", libm("cabs"), &d, &D);
	must(d == 5);
	CALL("D(D)", libm("conj"), &D, &D);
	must(__real__ D == 3 && __imag__ D == -4);
	__real__ F = -1, __imag__ F = 0;
	CALL("F(F)", libm("csqrtf"), &F, &F);
	must(__real__ F == 0 && __imag__ F == 1);
	__real__ G = 0.25L, __imag__ G = -8;
	CALL("G(G)", libm("conjl"), &G, &G);
	must(__real__ G == 0.25L && __imag__ G == 8);
	long double g = 0;
	CALL("g(G)", libm("cimagl"), &g, &G);
	must(g == 8);
}

/* ---- plans --------------------------------------------------------------------------- */

static long mapped_pages(void)
{
	char text[64] = "";
	long fd = sys(openat, -100, "/proc/self/statm", 0, 0), n = 0;
	sys(read, fd, text, sizeof text - 1);
	sys(close, fd);
	for (const char *s = text; *s >= '0' && *s <= '9'; s++) n = n * 10 + *s - '0';
	return n;
}

/* A plan is made once, copied, and given memory of the caller's. */
static void plans(void)
{
	uint64_t here[BDL_PLAN_SIZE(2) / 8], there[BDL_PLAN_SIZE(2) / 8];
	struct bdl_plan *plan = bdl_prepare("d(d,d)", 0, here, sizeof here);
	must((void *)plan == here && bdl_plan_size(plan) <= sizeof here);
	memcpy(there, here, bdl_plan_size(plan));
	memset(here, 0xee, sizeof here);
	double d = 0;
	INVOKE((struct bdl_plan *)there, libm("pow"), &d, A(double, 3), A(double, 4));
	must(d == 81);
	/* as data: double fma(double, double, double) */
	static const struct bdl_type number = { .kind = 'd' };
	const struct bdl_type *three[] = { &number, &number, &number };
	struct bdl_signature s = { &number, three, 3, 3 };
	plan = bdl_prepare_types(&s, 0, NULL, 0);
	must(plan != NULL);
	INVOKE(plan, libm("fma"), &d, A(double, 3), A(double, 4), A(double, 0.5));
	must(d == 12.5);
	bdl_plan_free(plan);
	bdl_plan_free(NULL);
	must(bdl_prepare("i(p,,p)", 0, NULL, 0) == NULL && *bdl_error());
	note("wrong text:", bdl_error());
	must(bdl_prepare("i(p,p)", 0, there, 16) == NULL && *bdl_error());
	note("too little memory:", bdl_error());
}

/* Many at once, given back in any order. */
static void many_plans(void)
{
	enum { MANY = 100000 };
	static struct bdl_plan *live[MANY];
	static const char *const signatures[] = { "i(i)", "d(d,d,d,d)", "v(p,p,p)",
		"{dd}({ll},{[9l]},i,c)" };
	uint64_t state = 4;
	long first = 0;
	for (int round = 0; round < 4; round++) {
		for (unsigned i = 0; i < MANY; i++)
			live[i] = plan_of(signatures[i % 4], 0);
		for (unsigned i = 0; i < MANY; i += 4) {
			int n = 0;
			INVOKE(live[i], libc("abs"), &n, A(int, -(int)i));
			must(n == (int)i);
		}
		for (unsigned i = MANY - 1; i; i--) {
			unsigned other = any(&state, i + 1);
			struct bdl_plan *plan = live[i];
			live[i] = live[other], live[other] = plan;
		}
		long full = mapped_pages();
		for (int i = 0; i < MANY; i++) bdl_plan_free(live[i]);
		if (!round) first = full;
		note_number("pages with all of them:", full);
		must(EMULATED || full <= first + 20);
	}
	/* one at a time, beside one that stays */
	struct bdl_plan *stays = plan_of("i(i)", 0);
	long before = mapped_pages();
	for (int i = 0; i < 300000; i++) bdl_plan_free(plan_of(signatures[i % 4], 0));
	note_number("pages more after 300,000:", mapped_pages() - before);
	must(EMULATED || mapped_pages() <= before + 300);
	bdl_plan_free(stays);
}

TESTS({ "direct: structs by value", structs, START },
	{ "direct: integers of each size", integers, START },
	{ "direct: variadic functions", variadic, START },
	{ "direct: floating point", floating, START },
	{ "direct: complex numbers", complexes, START },
	{ "direct: the same, on first need", complexes, LATE },
	{ "direct: plans are copied, in memory of the caller's", plans, START },
	{ "direct: 100,000 plans at once", many_plans, START })
