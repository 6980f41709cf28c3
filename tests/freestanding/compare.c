/* compare.c - the small libc against the big one: an ordinary program with the small
 * one beside it, all of whose names begin with our_. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ctype.h>
#include <time.h>
#include <stdint.h>

#include "../tap.h"

int our_snprintf(char *to, size_t size, const char *format, ...);
double our_strtod(const char *s, char **end);
const uint16_t **our___ctype_b_loc(void);
const int32_t **our___ctype_tolower_loc(void);
const int32_t **our___ctype_toupper_loc(void);
struct tm *our_gmtime_r(const int64_t *when, struct tm *out);
int64_t our_mktime(struct tm *tm);
size_t our_strftime(char *to, size_t size, const char *format, const struct tm *tm);
void *our_memcpy(void *to, const void *from, size_t n);
void *our_memmove(void *to, const void *from, size_t n);
void *our_memset(void *to, int byte, size_t n);
int our_memcmp(const void *a, const void *b, size_t n);
void our_qsort(void *base, size_t count, size_t size,
	int (*order)(const void *, const void *));
void *our_malloc(size_t size);
void *our_calloc(size_t count, size_t size);
void *our_realloc(void *at, size_t size);
void our_free(void *at);

/* What the small libc takes from baredl and from provide.c; not called here. */
void our_bdl_thread_attach(void);
void our_bdl_thread_attach(void) { abort(); }
void our_bdl_thread_detach(void);
void our_bdl_thread_detach(void) { abort(); }
void our_missing_called(void);
void our_missing_called(void) { abort(); }

static uint64_t next(void)
{
	static uint64_t random = 88172645463325252;
	random ^= random << 13, random ^= random >> 7, random ^= random << 17;
	return random;
}

static double number(void)
{
	uint64_t bits = next();
	double value;
	switch (bits % 5) {
	case 0:
		return (double)(int64_t)(bits >> 20) / 1000;
	case 1:
		return (double)(bits >> 40) * 0.5;
	case 2:
		bits >>= 12;
		break; /* denormal */
	}
	memcpy(&value, &bits, sizeof value);
	return value;
}

static int say(const char *what, const char *ours, const char *theirs)
{
	printf("# %s: ours '%s', glibc's '%s'\n", what, ours, theirs);
	return 0;
}

static int rounds; /* how many random arguments to try */

/* Every conversion, with random flags, widths and precisions. */
static int formats(void)
{
	char ours[2000], theirs[2000], format[40];
	for (int i = 0; i < rounds; i++) {
		char *p = format;
		*p++ = '%';
		for (const char *flag = "-+ #0"; *flag; flag++)
			if (next() % 4 == 0) *p++ = *flag;
		if (next() % 3 == 0) p += sprintf(p, "%d", (int)(next() % 30));
		if (next() % 2) p += sprintf(p, ".%d", (int)(next() % 22));
		int a, b;
		char conversion = "diuxXocsgGeEfFaAp"[next() % 17];
		if (strchr("gGeEfFaA", conversion)) {
			*p++ = conversion, *p = 0;
			double value = number();
			a = our_snprintf(ours, sizeof ours, format, value);
			b = snprintf(theirs, sizeof theirs, format, value);
		} else if (conversion == 's') {
			*p++ = 's', *p = 0;
			a = our_snprintf(ours, sizeof ours, format, "some words");
			b = snprintf(theirs, sizeof theirs, format, "some words");
		} else if (conversion == 'p') {
			void *value = (void *)(next() >> next() % 64);
			strcpy(format, "%20p");
			a = our_snprintf(ours, sizeof ours, format, value);
			b = snprintf(theirs, sizeof theirs, format, value);
		} else {
			static const char *const sizes[] = { "hh", "h", "", "l", "ll",
				"z", "j" };
			unsigned size = (unsigned)next() % 7;
			if (conversion == 'c') size = 2;
			p += sprintf(p, "%s%c", sizes[size], conversion);
			long value = (long)(next() >> next() % 64);
			if (conversion == 'c') value = 'a' + (value & 15);
			if (size < 3) {
				a = our_snprintf(ours, sizeof ours, format, (int)value);
				b = snprintf(theirs, sizeof theirs, format, (int)value);
			} else {
				a = our_snprintf(ours, sizeof ours, format, value);
				b = snprintf(theirs, sizeof theirs, format, value);
			}
		}
		if (a != b || strcmp(ours, theirs)) return say(format, ours, theirs);
	}
	return 1;
}

static int same_number(const char *text)
{
	char *ours_end, *theirs_end, a[40], b[40];
	double ours = our_strtod(text, &ours_end), theirs = strtod(text, &theirs_end);
	if (ours_end == theirs_end &&
		(isnan(ours) ? isnan(theirs) : !memcmp(&ours, &theirs, 8)))
		return 1;
	sprintf(a, "%a", ours), sprintf(b, "%a", theirs);
	return say(text, a, b);
}

static int numbers(void)
{
	static const char *const fixed[] = { "", "-", ".", "0x", "1e", "1e+", "e5",
		"0x.8p1", "0x1p", "-0", "inf", "-InFiNiTyx", "nan", "infi", "1e400",
		"1e-400", " \t\n12x", "0x1.fffffffffffff8p0", "0x1.fffffffffffff7p0",
		"0x.0000000000001p-1022", "0x1.00000000000008p-1022",
		"0x123456789abcdef0123456789p-1080", "0x1p-1075", "0x1.8p-1075",
		"2.2250738585072011e-308", "1.7976931348623159e308",
		"4.9406564584124654e-324", "2.4703282292062327e-324",
		"2.4703282292062328e-324", "9007199254740993",
		"9007199254740993.0000000001",
		"0.000000000000000000000000000000000000001",
		"123456789012345678901234567890", "00000.00001e5",
		"1e0000000000000000001", "1e99999999999999999999" };
	char text[1200];
	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
		if (!same_number(fixed[i])) return 0;
	for (int i = 0; i < rounds; i++) {
		double value = number(), up = nextafter(value, INFINITY);
		switch (next() % 4) {
		case 0:
			sprintf(text, "%.*e", (int)(next() % 25), value);
			break;
		case 1:
			sprintf(text, "%.17g", value);
			break;
		case 2:
			sprintf(text, "%a", value);
			break;
		case 3: /* half way to the next, exactly; and a digit behind it */
			sprintf(text, "%.800Le", ((long double)value + up) / 2);
			if (isfinite(up) && next() % 2) *strchr(text, 'e') = '1';
			break;
		}
		if (!same_number(text)) return 0;
	}
	return 1;
}

static int characters(void)
{
	const uint16_t *theirs = *__ctype_b_loc(), *ours = *our___ctype_b_loc();
	for (int c = -128; c < 256; c++)
		if (ours[c] != theirs[c] ||
			(*our___ctype_tolower_loc())[c] !=
				(*__ctype_tolower_loc())[c] ||
			(*our___ctype_toupper_loc())[c] !=
				(*__ctype_toupper_loc())[c]) {
			char a[20];
			sprintf(a, "%d", c);
			return say("character", a, "");
		}
	return 1;
}

static int times(void)
{
	for (int i = 0; i < rounds; i++) {
		int64_t when = (int64_t)(next() % 400000000000) - 200000000000;
		struct tm ours, theirs;
		char a[60], b[60];
		our_gmtime_r(&when, &ours);
		gmtime_r(&when, &theirs);
		our_strftime(a, sizeof a, "%Y-%m-%d %H:%M:%S %j %%", &ours);
		strftime(b, sizeof b, "%Y-%m-%d %H:%M:%S %j %%", &theirs);
		if (strcmp(a, b) || ours.tm_wday != theirs.tm_wday)
			return say("time", a, b);
		ours.tm_mon += 14, ours.tm_mday -= 50, ours.tm_hour += 77;
		theirs.tm_mon += 14, theirs.tm_mday -= 50, theirs.tm_hour += 77;
		if (our_mktime(&ours) != timegm(&theirs)) return say("mktime", a, b);
	}
	return 1;
}

static int by_value(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

static int memory(void)
{
	static uint8_t a[700], b[700];
	for (int i = 0; i < rounds; i++) {
		size_t from = next() % 300, to = next() % 300, n = next() % 400;
		for (size_t j = 0; j < sizeof a; j += 8) {
			uint64_t r = next();
			memcpy(a + j, &r, sizeof a - j < 8 ? sizeof a - j : 8);
		}
		memcpy(b, a, sizeof a);
		switch (next() % 3) {
		case 0:
			our_memmove(a + to, a + from, n), memmove(b + to, b + from, n);
			break;
		case 1:
			our_memset(a + to, (int)n, n), memset(b + to, (int)n, n);
			break;
		case 2:
			if (from + n > to && to + n > from) break;
			our_memcpy(a + to, a + from, n), memcpy(b + to, b + from, n);
		}
		if (memcmp(a, b, sizeof a) || our_memcmp(a, b, sizeof a)) return 0;
		b[to] ^= 1;
		int r = our_memcmp(a + to / 2, b + to / 2, 600 - to);
		int s = memcmp(a + to / 2, b + to / 2, 600 - to);
		if ((r < 0) != (s < 0) || (r > 0) != (s > 0)) return 0;
		our_qsort(a, n / 2, 2, by_value);
		for (size_t j = 2; j + 1 < n; j += 2)
			if (by_value(a + j - 2, a + j) > 0) return 0;
	}
	return 1;
}

/* Blocks of all sizes come and go; each keeps what was written to it. */
static int allocation(void)
{
	static struct {
		uint8_t *at;
		size_t size;
	} block[500];
	for (int i = 0; i < rounds; i++) {
		unsigned n = (unsigned)next() % 500;
		uint8_t *p = block[n].at;
		size_t old = block[n].size, size = next() % (1u << next() % 20);
		for (size_t j = 0; j < old; j += 1 + old / 50)
			if (p[j] != (uint8_t)(n + j)) return 0;
		switch (next() % 4) {
		case 0:
			our_free(p), p = our_malloc(size);
			break;
		case 1:
			our_free(p), p = NULL, size = 0;
			break;
		case 2:
			p = our_realloc(p, size);
			break;
		case 3:
			our_free(p), p = our_calloc(size / 8 + 1, 8);
			for (size_t j = 0; j < size; j++)
				if (p[j]) return 0;
		}
		if ((uintptr_t)p % 16 || (size && !p)) return 0;
		for (size_t j = 0; j < size; j++) p[j] = (uint8_t)(n + j);
		block[n].at = p, block[n].size = size;
	}
	return !our_malloc(SIZE_MAX) && !our_malloc(PTRDIFF_MAX) &&
	       !our_calloc(SIZE_MAX, 2);
}

int main(int argc, char **argv)
{
	rounds = argc > 1 ? atoi(argv[1]) : 100000;
	setvbuf(stdout, NULL, _IONBF, 0);
	check(formats());
	check(numbers());
	check(characters());
	check(times());
	check(memory());
	check(allocation());
	return done();
}
