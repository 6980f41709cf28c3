/* format.c - the printf family: everything but wide characters, long double and
 * numbered arguments, at which it stops the program rather than print nonsense. */
#include "libc.h"

struct sink {
	char *at;
	size_t room, length;
};

struct spec {
	bool left, plus, space, alternate, zero;
	int width, precision; /* precision -1: none given */
	char conversion;
};

static void put(struct sink *out, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n && out->length + i < out->room; i++)
		out->at[out->length + i] = bytes[i];
	out->length += n;
}

static void fill(struct sink *out, char c, long n)
{
	for (; n > 0; n--) put(out, &c, 1);
}

/* sign or prefix, zeros, text: padded to the width with spaces, or with zeros
 * behind the prefix. */
static void padded(struct sink *out, const struct spec *s, const char *prefix,
	long zeros, const char *text, size_t length)
{
	long pad = s->width - (long)(strlen(prefix) + length) - zeros;
	if (!s->left && !s->zero) fill(out, ' ', pad);
	put(out, prefix, strlen(prefix));
	if (!s->left && s->zero) fill(out, '0', pad);
	fill(out, '0', zeros);
	put(out, text, length);
	if (s->left) fill(out, ' ', pad);
}

static const char *sign_of(const struct spec *s, bool minus)
{
	return minus ? "-" : s->plus ? "+" : s->space ? " " : "";
}

static void integer(struct sink *out, struct spec *s, uint64_t value, bool minus)
{
	char text[24], *end = text + sizeof text, *p = end;
	char c = s->conversion;
	unsigned base = c == 'o' ? 8 : c == 'x' || c == 'X' ? 16 : 10;
	const char *digits = c == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
	const char *prefix = c == 'd' ? sign_of(s, minus) : "";
	if (s->alternate && value && base == 16) prefix = c == 'X' ? "0X" : "0x";
	for (uint64_t rest = value; rest; rest /= base) *--p = digits[rest % base];
	long zeros = (s->precision < 0 ? 1 : s->precision) - (end - p);
	if (s->alternate && base == 8 && zeros < 1) zeros = 1;
	if (s->precision >= 0) s->zero = false;
	padded(out, s, prefix, zeros > 0 ? zeros : 0, p, (size_t)(end - p));
}

/* The digits of [d] from [from] to [to] places behind the decimal point. */
static char *digits_of(char *p, const struct decimal *d, int from, int to)
{
	for (int i = d->point + from; i < d->point + to; i++)
		*p++ = (char)('0' + (i >= 0 && i < d->count ? d->digit[i] : 0));
	return p;
}

static char *exponent_of(char *p, char letter, int e, int least)
{
	*p++ = letter;
	*p++ = e < 0 ? '-' : '+';
	if (e < 0) e = -e;
	if (e >= 1000) *p++ = (char)('0' + e / 1000);
	if (e >= 100) *p++ = (char)('0' + e / 100 % 10);
	if (e >= 10 || least > 1) *p++ = (char)('0' + e / 10 % 10);
	*p++ = (char)('0' + e % 10);
	return p;
}

static char *hexadecimal(char *p, const struct spec *s, uint64_t bits, int precision)
{
	bool upper = s->conversion == 'A';
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	uint64_t fraction = bits << 12 >> 12;
	int exponent = (int)(bits << 1 >> 53);
	uint64_t value = exponent ? fraction | UINT64_C(1) << 52 : fraction;
	exponent = value ? (exponent ? exponent : 1) - 1023 : 0;
	if (precision >= 0 && precision < 13) {
		int drop = 52 - precision * 4;
		uint64_t half = UINT64_C(1) << (drop - 1),
			 rest = value & (2 * half - 1);
		value -= rest;
		if (rest > half || (rest == half && value >> drop & 1))
			value += 2 * half;
	}
	*p++ = digits[value >> 52];
	fraction = value << 12;
	if (fraction || precision > 0 || s->alternate) *p++ = '.';
	for (int i = 0; precision < 0 ? fraction != 0 : i < precision;
		i++, fraction <<= 4)
		*p++ = digits[fraction >> 60];
	return exponent_of(p, upper ? 'P' : 'p', exponent, 1);
}

static void real(struct sink *out, struct spec *s, double value)
{
	/* The longest text: all digits of the largest double, and what is asked. */
	char text[1600], *p = text;
	uint64_t bits;
	memcpy(&bits, &value, sizeof bits);
	bool upper = s->conversion < 'a';
	char kind = (char)(s->conversion | 0x20);
	const char *sign = sign_of(s, bits >> 63);
	int biased = (int)(bits << 1 >> 53), precision = s->precision;
	if (biased == 0x7ff) {
		s->zero = false;
		const char *name =
			bits << 12 ? (upper ? "NAN" : "nan") : (upper ? "INF" : "inf");
		padded(out, s, sign, 0, name, 3);
		return;
	}
	if (precision > 1200) abort();
	if (kind == 'a') {
		char prefix[4] = "";
		size_t n = strlen(sign);
		memcpy(prefix, sign, n);
		memcpy(prefix + n, upper ? "0X" : "0x", 3);
		p = hexadecimal(p, s, bits, precision);
		padded(out, s, prefix, 0, text, (size_t)(p - text));
		return;
	}
	struct decimal d;
	uint64_t mantissa = bits << 12 >> 12;
	decimal_set(&d, biased ? mantissa | UINT64_C(1) << 52 : mantissa);
	decimal_shift(&d, (biased ? biased : 1) - 1075);
	if (precision < 0) precision = 6;
	bool strip = false; /* no zeros at the end */
	if (kind == 'g') {
		if (!precision) precision = 1;
		decimal_round(&d, precision);
		int exponent = d.count ? d.point - 1 : 0;
		strip = !s->alternate;
		kind = exponent < -4 || exponent >= precision ? 'e' : 'f';
		precision -= kind == 'e' ? 1 : exponent + 1;
	} else {
		decimal_round(&d, kind == 'e' ? precision + 1 : d.point + precision);
	}
	if (kind == 'e') {
		int exponent = d.count ? d.point - 1 : 0;
		if (strip && precision > d.count - 1)
			precision = d.count ? d.count - 1 : 0;
		d.point = 1;
		p = digits_of(p, &d, -1, 0);
		if (precision || s->alternate) *p++ = '.';
		p = digits_of(p, &d, 0, precision);
		p = exponent_of(p, upper ? 'E' : 'e', exponent, 2);
	} else {
		if (strip && precision > d.count - d.point)
			precision = d.count > d.point ? d.count - d.point : 0;
		p = digits_of(p, &d, d.point > 0 ? -d.point : -1, 0);
		if (precision || s->alternate) *p++ = '.';
		p = digits_of(p, &d, 0, precision);
	}
	padded(out, s, sign, 0, text, (size_t)(p - text));
}

/* What h, l, z ... make of an integer argument. */
static uint64_t narrow(uint64_t value, int size, bool is_signed)
{
	int drop = 64 - 8 * size;
	return is_signed ? (uint64_t)((int64_t)(value << drop) >> drop)
			 : value << drop >> drop;
}

static const char *number_at(const char *p, int *out)
{
	for (*out = 0; *p >= '0' && *p <= '9'; p++) *out = *out * 10 + *p - '0';
	return p;
}

int vsnprintf(char *to, size_t size, const char *format, va_list list)
{
	struct sink out = { to, size ? size - 1 : 0, 0 };
	va_list args;
	va_copy(args, list);
	for (const char *p = format; *p;) {
		if (*p != '%') {
			const char *end = strchrnul(p, '%');
			put(&out, p, (size_t)(end - p));
			p = end;
			continue;
		}
		struct spec s = { .precision = -1 };
		for (p++;; p++) {
			if (*p == '-')
				s.left = true;
			else if (*p == '+')
				s.plus = true;
			else if (*p == ' ')
				s.space = true;
			else if (*p == '#')
				s.alternate = true;
			else if (*p == '0')
				s.zero = true;
			else
				break;
		}
		if (*p == '*') {
			s.width = va_arg(args, int);
			if (s.width < 0) s.left = true, s.width = -s.width;
			p++;
		} else {
			p = number_at(p, &s.width);
		}
		if (*p == '.') {
			if (*++p == '*') {
				s.precision = va_arg(args, int);
				p++;
			} else {
				p = number_at(p, &s.precision);
			}
		}
		int bytes = sizeof(int);
		for (; *p && strchr("hlqjzt", *p); p++)
			bytes = *p != 'h' ? 8 : bytes == 2 ? 1 : 2;
		char text[1];
		switch (s.conversion = *p++) {
		case 'i':
			s.conversion = 'd'; /* fall through */
		case 'd': {
			int64_t value =
				bytes == 8 ? va_arg(args, int64_t) : va_arg(args, int);
			value = (int64_t)narrow((uint64_t)value, bytes, true);
			integer(&out, &s,
				value < 0 ? -(uint64_t)value : (uint64_t)value,
				value < 0);
			break;
		}
		case 'u':
		case 'o':
		case 'x':
		case 'X': {
			uint64_t value = bytes == 8 ? va_arg(args, uint64_t)
						    : va_arg(args, unsigned);
			integer(&out, &s, narrow(value, bytes, false), false);
			break;
		}
		case 'p': {
			s.conversion = 'x';
			s.alternate = true;
			void *value = va_arg(args, void *);
			if (value)
				integer(&out, &s, (uintptr_t)value, false);
			else
				padded(&out, &s, "", 0, "(nil)", 5);
			break;
		}
		case 'c':
			text[0] = (char)va_arg(args, int);
			s.zero = false;
			padded(&out, &s, "", 0, text, 1);
			break;
		case 's': {
			const char *value = va_arg(args, const char *);
			size_t n = 0;
			if (!value) value = "(null)";
			while ((s.precision < 0 || n < (size_t)s.precision) && value[n])
				n++;
			s.zero = false;
			padded(&out, &s, "", 0, value, n);
			break;
		}
		case 'e':
		case 'E':
		case 'f':
		case 'F':
		case 'g':
		case 'G':
		case 'a':
		case 'A':
			real(&out, &s, va_arg(args, double));
			break;
		case '%':
			put(&out, "%", 1);
			break;
		default:
			abort();
		}
	}
	va_end(args);
	if (size) to[out.length < size ? out.length : size - 1] = 0;
	return (int)out.length;
}

int snprintf(char *to, size_t size, const char *format, ...)
{
	va_list list;
	va_start(list, format);
	int n = vsnprintf(to, size, format, list);
	va_end(list);
	return n;
}

/* What _FORTIFY_SOURCE makes of them: [room] is what the compiler knows of [to]. */
int __vsnprintf_chk(
	char *to, size_t size, int flag, size_t room, const char *format, va_list list)
{
	(void)flag;
	if (size > room) abort();
	return vsnprintf(to, size, format, list);
}

int __snprintf_chk(
	char *to, size_t size, int flag, size_t room, const char *format, ...)
{
	va_list list;
	va_start(list, format);
	int n = __vsnprintf_chk(to, size, flag, room, format, list);
	va_end(list);
	return n;
}
