/* glibc's own libm in a program without a C library. On x86-64 its functions are
 * ifuncs; their resolvers find no CPU features, so that they take the baseline. */
#include "libm.h"

FUNCTION(double, pow, double x, double y);
FUNCTION(double, atan2, double y, double x);
FUNCTION(double, hypot, double x, double y);
FUNCTION(double, fmod, double x, double y);
FUNCTION(double, ldexp, double x, int exponent);
FUNCTION(double, frexp, double x, int *exponent);
FUNCTION(double, sin, double x);
FUNCTION(double, cos, double x);
FUNCTION(double, exp, double x);
FUNCTION(double, log, double x);
FUNCTION(double, floor, double x);
FUNCTION(double, rint, double x);
FUNCTION(float, sinf, float x);
FUNCTION(float, powf, float x, float y);
FUNCTION(long double, sqrtl, long double x);
FUNCTION(int *, errno_address, void);

enum { EDOM = 33, ERANGE = 34 };

static uint64_t bits(double value)
{
	uint64_t b;
	memcpy(&b, &value, sizeof b);
	return b;
}

/* The right answers, rounded to the nearest double, computed with 300 bits. */
static const struct {
	const char *name;
	double argument;
	uint64_t result;
} known[] = {
	{ "sin", 0.5, 0x3fdeaee8744b05f0 },
	{ "sin", 1.0, 0x3feaed548f090cee },
	{ "sin", 3.0, 0x3fc210386db6d55b },
	{ "sin", 1e+22, 0xbfeb453ab76bf397 },
	{ "cos", 0.5, 0x3fec1528065b7d50 },
	{ "cos", 1.0, 0x3fe14a280fb5068c },
	{ "cos", 3.0, 0xbfefae04be85e5d2 },
	{ "cos", 1e+22, 0x3fe0be2cef01c8f4 },
	{ "tan", 0.5, 0x3fe17b4f5bf3474a },
	{ "tan", 1.0, 0x3ff8eb245cbee3a6 },
	{ "exp", 1.0, 0x4005bf0a8b145769 },
	{ "exp", -2.5, 0x3fb50385c094f425 },
	{ "exp", 100.0, 0x48f3494a9b171bf5 },
	{ "log", 2.0, 0x3fe62e42fefa39ef },
	{ "log", 10.0, 0x40026bb1bbb55516 },
	{ "log", 0.1, 0xc0026bb1bbb55515 },
	{ "atan", 0.5, 0x3fddac670561bb4f },
	{ "atan", 3.0, 0x3ff3fc176b7a8560 },
	{ "asin", 0.5, 0x3fe0c152382d7366 },
	{ "acos", 0.5, 0x3ff0c152382d7366 },
	{ "sinh", 1.0, 0x3ff2cd9fc44eb982 },
	{ "cosh", 1.0, 0x3ff8b07551d9f550 },
	{ "tanh", 0.5, 0x3fdd9353d7568af3 },
	{ "log2", 3.0, 0x3ff95c01a39fbd68 },
	{ "log10", 2.0, 0x3fd34413509f79ff },
	{ "log10", 1000.0, 0x4008000000000000 },
	{ "exp2", 0.5, 0x3ff6a09e667f3bcd },
	{ "expm1", 1e-05, 0x3ee4f8bc681cdfb6 },
	{ "log1p", 1e-05, 0x3ee4f8aea9ae7317 },
	{ "erf", 0.5, 0x3fe0a7ef5c18edd2 },
	{ "tgamma", 5.0, 0x4038000000000000 },
	{ "tgamma", 0.5, 0x3ffc5bf891b4ef6b },
	{ "sqrt", 2.0, 0x3ff6a09e667f3bcd },
};

static void patterns(void *libm)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		double (*function)(double);
		find(libm, known[i].name, (void **)&function);
		tap_result(bits(function(known[i].argument)) == known[i].result,
			known[i].name);
	}
	check(bits(pow(2, 0.5)) == 0x3ff6a09e667f3bcd);
	check(bits(pow(10, -3)) == 0x3f50624dd2f1a9fc);
	check(bits(pow(1.5, 100.25)) == 0x4398f9f20247e3a3);
	check(bits(pow(0.1, 3)) == 0x3f50624dd2f1a9fd);
	check(bits(atan2(1, -1)) == 0x4002d97c7f3321d2);
	check(bits(atan2(0.5, 3)) == 0x3fc52397843c9add);
	check(bits(hypot(1, 2)) == 0x4001e3779b97f4a8);
	check(bits(fmod(1e10, 0.7)) == 0x3fe0000154991492);
	int exponent = 0;
	check(ldexp(0.75, 12) == 3072 && frexp(3072, &exponent) == 0.75 &&
		exponent == 12);
	check(floor(-0.5) == -1 && rint(2.5) == 2 && rint(-3.5) == -4);
	check(sinf(0.5f) == 0x1.eaee88p-2f && powf(2, 0.5f) == 0x1.6a09e6p+0f);
	/* 80 bits on x86-64, 128 on arm64 */
	long double root = sqrtl(2);
	uint64_t half[2] = { 0 };
	memcpy(half, &root, __LDBL_MANT_DIG__ == 64 ? 10 : 16);
	check(__LDBL_MANT_DIG__ == 64
			? half[0] == 0xb504f333f9de6484 && half[1] == 0x3fff
			: half[0] == 0xc908b2fb1366ea95 &&
				  half[1] == 0x3fff6a09e667f3bc);
}

static int near(double a, double b, double relative)
{
	double difference = a < b ? b - a : a - b, size = a < 0 ? -a : a;
	return difference <= size * relative;
}

/* Over many arguments, so that all branches and tables are seen. */
static void identities(void)
{
	int circle = 1, inverse = 1, powers = 1;
	for (double x = 1e-6; x < 1e6; x *= 1.001) {
		circle &= near(1, sin(x) * sin(x) + cos(x) * cos(x), 1e-15);
		inverse &= near(x, exp(log(x)), 1e-14);
		powers &= near(pow(x, 1.5) * pow(x, -1.5), 1, 1e-14);
		circle &= near(sin(2 * x), 2 * sin(x) * cos(x), 1e-11);
	}
	check(circle);
	check(inverse);
	check(powers);
}

/* Each thread has an errno, 0 at first. Not NULL if that is so. */
static void *own_errno(void *result)
{
	int *errno = errno_address();
	if (!errno || *errno || !(exp(1000) > 1e308) || *errno != ERANGE) return NULL;
	double root = log(-1);
	return root != root && *errno == EDOM ? errno : result;
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv;
	provide_libc(envp);
	void *libm = open_libm();
	FIND(libm, pow), FIND(libm, atan2), FIND(libm, hypot), FIND(libm, fmod);
	FIND(libm, ldexp), FIND(libm, frexp), FIND(libm, sin), FIND(libm, cos);
	FIND(libm, exp), FIND(libm, log), FIND(libm, floor), FIND(libm, rint);
	FIND(libm, sinf), FIND(libm, powf), FIND(libm, sqrtl);
	patterns(libm);
	identities();
	if (errno_handle) {
		pthread thread;
		void *result = NULL;
		FIND(errno_handle, errno_address);
		check(own_errno(NULL) != NULL);
		check(pthread_create(&thread, NULL, own_errno, NULL) == 0 &&
			pthread_join(thread, &result) == 0);
		check(result != NULL);
		check(*errno_address() == EDOM);
	}
	close_libm(libm);
	return finished("libm.so");
}
