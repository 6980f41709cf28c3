/* decimal.c - decimal numbers with all their digits, times powers of two. Slow and
 * exact: what printf and strtod need to round correctly. */
#include "libc.h"

static void trim(struct decimal *d)
{
	while (d->count && !d->digit[d->count - 1]) d->count--;
	if (!d->count) d->point = 0;
}

static void cut(struct decimal *d, int count)
{
	for (int i = count; i < d->count; i++) d->more |= d->digit[i] != 0;
	if (d->count > count) d->count = count;
	trim(d);
}

void decimal_set(struct decimal *d, uint64_t integer)
{
	int n = 0;
	for (uint64_t rest = integer; rest; rest /= 10) n++;
	d->count = d->point = n;
	d->more = false;
	for (; n; integer /= 10) d->digit[--n] = (uint8_t)(integer % 10);
	trim(d);
}

/* A shift of at most 59 bits, so that 10 times what is carried fits a word. */
static void shift_left(struct decimal *d, int bits)
{
	enum { ROOM = 18 }; /* 2^59 has 18 digits */
	uint64_t carry = 0;
	int i;
	for (i = d->count - 1; i >= 0; i--) {
		carry += (uint64_t)d->digit[i] << bits;
		d->digit[i + ROOM] = (uint8_t)(carry % 10);
		carry /= 10;
	}
	for (i = ROOM - 1; i >= 0; i--, carry /= 10)
		d->digit[i] = (uint8_t)(carry % 10);
	d->count += ROOM;
	d->point += ROOM;
	int zeros = 0;
	while (zeros < d->count && !d->digit[zeros]) zeros++;
	d->count -= zeros;
	d->point -= zeros;
	for (i = 0; i < d->count; i++) d->digit[i] = d->digit[i + zeros];
	cut(d, DECIMAL_DIGITS);
}

static void shift_right(struct decimal *d, int bits)
{
	uint64_t rest = 0, mask = (UINT64_C(1) << bits) - 1;
	int in = 0, out = 0;
	while (rest >> bits == 0) {
		if (in >= d->count && !rest) return; /* 0 */
		rest = rest * 10 + (in < d->count ? d->digit[in] : 0);
		in++;
	}
	d->point -= in - 1;
	for (;;) {
		uint8_t digit = (uint8_t)(rest >> bits);
		rest &= mask;
		if (out < DECIMAL_DIGITS)
			d->digit[out++] = digit;
		else
			d->more |= digit != 0;
		if (in >= d->count && !rest) break;
		rest = rest * 10 + (in < d->count ? d->digit[in] : 0);
		in++;
	}
	d->count = out;
	trim(d);
}

void decimal_shift(struct decimal *d, int bits)
{
	enum { MOST = 59 };
	for (; bits > MOST; bits -= MOST) shift_left(d, MOST);
	for (; bits < -MOST; bits += MOST) shift_right(d, MOST);
	if (bits > 0) shift_left(d, bits);
	if (bits < 0) shift_right(d, -bits);
}

void decimal_round(struct decimal *d, int count)
{
	if (count >= d->count) return;
	if (count < 0) {
		d->count = d->point = 0;
		return;
	}
	bool up = d->digit[count] > 5 ||
		  (d->digit[count] == 5 && (d->count > count + 1 || d->more ||
						   (count && d->digit[count - 1] % 2)));
	int point = d->point;
	cut(d, count);
	if (!up) return;
	d->point = point; /* cut has lost it if nothing was left */
	while (d->count < count) d->digit[d->count++] = 0;
	int i = count - 1;
	while (i >= 0 && d->digit[i] == 9) i--;
	d->count = i + 1;
	if (i >= 0) {
		d->digit[i]++;
	} else {
		d->digit[0] = 1;
		d->count = 1;
		d->point++;
	}
}
