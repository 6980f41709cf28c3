#include "lazy.h"

#define CHECK(v, x, want) \
	for (unsigned k = 0; k < sizeof(v) / 8; k++) good &= x[k] == n * (want) + k
#define DEFINE(i, t, v) \
	t int v##_##i(ARGUMENTS(v)) \
	{ \
		int good = a1 == n + 1 && a2 == n + 2 && a3 == n + 3 && a4 == n + 4 && \
			   a5 == n + 5 && s0 == n + 6 && s1 == n + i; \
		CHECK(v, x0, 10); \
		CHECK(v, x1, 11); \
		CHECK(v, x2, 12); \
		CHECK(v, x3, 13); \
		CHECK(v, x4, 14); \
		CHECK(v, x5, 15); \
		CHECK(v, x6, 16); \
		CHECK(v, x7, 17); \
		return good; \
	}
TIMES(DEFINE, , v16)
TIMES(DEFINE, WIDE, v32)
TIMES(DEFINE, WIDEST, v64)
