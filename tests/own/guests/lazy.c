#include "lazy.h"

#define MAKE(v, n) \
	({ \
		v x; \
		for (unsigned k = 0; k < sizeof x / 8; k++) x[k] = (n) + k; \
		x; \
	})
#define CASE(i, t, v) \
	case i: \
		return v##_##i(n, n + 1, n + 2, n + 3, n + 4, n + 5, MAKE(v, n * 10), \
			MAKE(v, n * 11), MAKE(v, n * 12), MAKE(v, n * 13), \
			MAKE(v, n * 14), MAKE(v, n * 15), MAKE(v, n * 16), \
			MAKE(v, n * 17), n + 6, n + i);
#define CALLER(t, v) \
	t static int call_##v(int i, long n) \
	{ \
		switch (i) { \
			TIMES(CASE, t, v) \
		} \
		return 0; \
	}
CALLER(, v16)
CALLER(WIDE, v32)
CALLER(WIDEST, v64)

/* Function [i], in this thread perhaps for the first time, with what [n] makes. */
int lazy_call(int i, long n, int width);
int lazy_call(int i, long n, int width)
{
	return width == 64   ? call_v64(i, n)
	       : width == 32 ? call_v32(i, n)
			     : call_v16(i, n);
}

int lazy_has(int width);
int lazy_has(int width)
{
#ifdef __x86_64__
	unsigned a = 7, b, c = 0, d;
	__asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	return width == 16 || b >> (width == 32 ? 5 : 16) & 1;
#else
	return width == 16;
#endif
}
