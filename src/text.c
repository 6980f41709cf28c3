/* text.c - strings, and lines of text that grow in a buffer. */
#include "internal.h"

size_t text_length(const char *s)
{
	size_t n = 0;
	while (s[n]) n++;
	return n;
}

bool text_equal(const char *a, const char *b)
{
	while (*a && *a == *b) a++, b++;
	return *a == *b;
}

bool text_starts(const char *s, const char *prefix)
{
	while (*prefix && *s == *prefix) s++, prefix++;
	return !*prefix;
}

bool text_contains(const char *s, const char *part)
{
	for (;; s++) {
		if (text_starts(s, part)) return true;
		if (!*s) return false;
	}
}

const char *text_after_last(const char *s, char c)
{
	const char *found = s;
	for (; *s; s++)
		if (*s == c) found = s + 1;
	return found;
}

struct text text_in(char *buffer, size_t size)
{
	buffer[0] = 0;
	return (struct text){ buffer, buffer, buffer + size - 1 };
}

static void add_char(struct text *t, char c)
{
	if (t->at < t->end) *t->at++ = c;
}

static void add_number(struct text *t, unsigned n)
{
	if (n > 9) add_number(t, n / 10);
	add_char(t, (char)('0' + n % 10));
}

void text_add_list(struct text *t, const char *format, va_list arg)
{
	for (; *format; format++) {
		if (*format != '%') {
			add_char(t, *format);
			continue;
		}
		switch (*++format) {
		case 's': /* whatever the resident says, ours is one line */
			for (const char *s = va_arg(arg, const char *); *s; s++)
				add_char(t, (uint8_t)*s < ' ' ? ' ' : *s);
			break;
		case 'u':
			add_number(t, va_arg(arg, unsigned));
			break;
		}
	}
	*t->at = 0;
}

void text_add(struct text *t, const char *format, ...)
{
	va_list arg;
	va_start(arg, format);
	text_add_list(t, format, arg);
	va_end(arg);
}
