/* ctype.c - the tables behind glibc's isalpha() ... tolower(), for the C locale. They
 * are made by the first call, and start 128 entries before that of character 0. */
#include "libc.h"

enum { BEFORE = 128, ENTRIES = 384 };
static uint16_t kinds[ENTRIES];
static int32_t lower[ENTRIES], upper[ENTRIES];
static const uint16_t *kinds_of_0;
static const int32_t *lower_of_0, *upper_of_0;

/* The bits of <ctype.h>, as they lie in memory on a little-endian machine. */
enum {
	UPPER = 1 << 8,
	LOWER = 1 << 9,
	ALPHA = 1 << 10,
	DIGIT = 1 << 11,
	HEX = 1 << 12,
	SPACE = 1 << 13,
	PRINT = 1 << 14,
	GRAPH = 1 << 15,
	BLANK = 1 << 0,
	CONTROL = 1 << 1,
	PUNCTUATION = 1 << 2,
	ALNUM = 1 << 3
};

static uint16_t kind_of(int c)
{
	int letter = c | 0x20;
	if (c < 0 || c > 127) return 0;
	if (c == '\t') return SPACE | BLANK | CONTROL;
	if (c >= '\n' && c <= '\r') return SPACE | CONTROL;
	if (c < 32 || c == 127) return CONTROL;
	if (c == ' ') return SPACE | BLANK | PRINT;
	if (c >= '0' && c <= '9') return DIGIT | HEX | ALNUM | PRINT | GRAPH;
	if (letter < 'a' || letter > 'z') return PUNCTUATION | PRINT | GRAPH;
	return (uint16_t)((c == letter ? LOWER : UPPER) | (letter <= 'f' ? HEX : 0) |
			  ALPHA | ALNUM | PRINT | GRAPH);
}

static void make(void)
{
	if (kinds_of_0) return;
	for (int i = 0; i < ENTRIES; i++) {
		int c = i - BEFORE;
		kinds[i] = kind_of(c);
		int same = c < -1 ? c + 256 : c; /* a char may be signed; -1 is EOF */
		lower[i] = kinds[i] & UPPER ? c + 32 : same;
		upper[i] = kinds[i] & LOWER ? c - 32 : same;
	}
	kinds_of_0 = kinds + BEFORE;
	lower_of_0 = lower + BEFORE;
	upper_of_0 = upper + BEFORE;
}

const uint16_t **__ctype_b_loc(void)
{
	make();
	return &kinds_of_0;
}

const int32_t **__ctype_tolower_loc(void)
{
	make();
	return &lower_of_0;
}

const int32_t **__ctype_toupper_loc(void)
{
	make();
	return &upper_of_0;
}
