/* number.c - strtod, rounded correctly: decimal, hexadecimal, inf and nan. */
#include "libc.h"

double number_compose(uint64_t mantissa, bool sticky, int exponent)
{
	if (!mantissa) return 0;
	int zeros = __builtin_clzl(mantissa);
	mantissa <<= zeros;
	exponent += 63 - zeros; /* of the first bit */
	int drop = 11;          /* 64 bits to 53 */
	if (exponent > 1023) return __builtin_inf();
	if (exponent < -1022) drop += -1022 - exponent;
	if (drop > 64) return 0;
	uint64_t kept = drop == 64 ? 0 : mantissa >> drop;
	uint64_t half = UINT64_C(1) << (drop - 1);
	uint64_t rest = drop == 64 ? mantissa : mantissa & (2 * half - 1);
	if (rest > half || (rest == half && (sticky || kept % 2))) kept++;
	/* A carry out of the mantissa goes into the exponent, as it must. */
	uint64_t bits = drop > 11 ? kept : ((uint64_t)(exponent + 1022) << 52) + kept;
	double value;
	memcpy(&value, &bits, sizeof value);
	return value;
}

/* [letters] in either case; how many characters that are, or 0. */
static int word(const char *s, const char *letters)
{
	int n = 0;
	while (letters[n] && (s[n] | 0x20) == letters[n]) n++;
	return letters[n] ? 0 : n;
}

static int value_of(char c)
{
	if (c >= '0' && c <= '9') return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

/* An optional exponent, led in by [letter]. Moves *s behind it. */
static int exponent_at(const char **s, char letter)
{
	const char *p = *s;
	int sign = 1, e = 0;
	if ((*p | 0x20) != letter) return 0;
	p++;
	if (*p == '+' || *p == '-') sign = *p++ == '-' ? -1 : 1;
	if (value_of(*p) > 9) return 0;
	for (; value_of(*p) <= 9; p++)
		if (e < 100000) e = e * 10 + value_of(*p);
	*s = p;
	return sign * e;
}

static double hexadecimal(const char **s)
{
	uint64_t mantissa = 0;
	bool sticky = false, point = false;
	int exponent = 0;
	const char *p = *s;
	for (; value_of(*p) < 16 || (*p == '.' && !point); p++) {
		if (*p == '.') {
			point = true;
		} else if (mantissa >> 60) {
			sticky |= *p != '0';
			exponent += point ? 0 : 4;
		} else {
			mantissa = mantissa << 4 | (unsigned)value_of(*p);
			exponent -= point ? 4 : 0;
		}
	}
	*s = p;
	exponent += exponent_at(s, 'p');
	return number_compose(mantissa, sticky, exponent);
}

static double exact(struct decimal *d)
{
	int exponent = 0;
	if (!d->count || d->point < -400) return 0;
	if (d->point > 400) return __builtin_inf();
	while (d->point > 0) { /* below 1 */
		int n = d->point > 16 ? 50 : d->point * 3;
		decimal_shift(d, -n);
		exponent += n;
	}
	while (d->point < 0 || d->digit[0] < 5) { /* from 1/2 on */
		int n = d->point < -16 ? 50 : d->point < 0 ? -d->point * 3 : 1;
		decimal_shift(d, n);
		exponent -= n;
	}
	decimal_shift(d, 60);
	uint64_t mantissa = 0;
	int i = 0;
	for (; i < d->point; i++)
		mantissa = mantissa * 10 + (i < d->count ? d->digit[i] : 0);
	return number_compose(mantissa, d->count > i || d->more, exponent - 60);
}

static double decimal(const char **s)
{
	static const double ten[] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9,
		1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21,
		1e22 };
	struct decimal d = { .count = 0 };
	bool point = false;
	uint64_t few = 0; /* the digits, while they are less than 16 */
	const char *p = *s;
	for (; value_of(*p) <= 9 || (*p == '.' && !point); p++) {
		if (*p == '.') {
			point = true;
			continue;
		}
		if (d.count < 16) few = few * 10 + (unsigned)value_of(*p);
		if (!point && (d.count || *p != '0')) d.point++;
		if (point && !d.count && *p == '0') d.point--;
		if (!d.count && *p == '0') continue;
		if (d.count < DECIMAL_DIGITS)
			d.digit[d.count++] = (uint8_t)value_of(*p);
		else
			d.more |= *p != '0';
	}
	*s = p;
	d.point += exponent_at(s, 'e');
	/* One operation on two exact numbers is rounded correctly. */
	int scale = d.point - d.count;
	if (d.count <= 15 && scale >= -22 && scale <= 22)
		return scale < 0 ? (double)few / ten[-scale] : (double)few * ten[scale];
	while (d.count && !d.digit[d.count - 1]) d.count--;
	return exact(&d);
}

double strtod(const char *s, char **end)
{
	const char *p = s;
	while (*p == ' ' || (*p >= '\t' && *p <= '\r')) p++;
	bool minus = *p == '-';
	if (*p == '-' || *p == '+') p++;
	double value = 0;
	int n;
	if ((n = word(p, "infinity")) || (n = word(p, "inf"))) {
		value = __builtin_inf();
		p += n;
	} else if ((n = word(p, "nan"))) {
		value = __builtin_nan("");
		p += n;
	} else if (*p == '0' && (p[1] | 0x20) == 'x' &&
		   (value_of(p[2]) < 16 || (p[2] == '.' && value_of(p[3]) < 16))) {
		p += 2;
		value = hexadecimal(&p);
	} else if (value_of(*p) <= 9 || (*p == '.' && value_of(p[1]) <= 9)) {
		value = decimal(&p);
	} else {
		p = s;
		minus = false;
	}
	if (end) *end = (char *)p;
	return minus ? -value : value;
}
