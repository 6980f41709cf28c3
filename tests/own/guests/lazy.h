/* Functions with as many argument registers as there are, in vectors of 16, 32 and 64
 * bytes. */
typedef long v16 __attribute__((vector_size(16)));
typedef long v32 __attribute__((vector_size(32)));
typedef long v64 __attribute__((vector_size(64)));
#ifdef __x86_64__
#define WITH(isa) __attribute__((target(isa)))
#define WIDE      WITH("avx2")
#define WIDEST    WITH("avx512f")
#else /* wide ones go through memory there */
#define WIDE
#define WIDEST
#endif

#define ARGUMENTS(v) \
	long n, long a1, long a2, long a3, long a4, long a5, v x0, v x1, v x2, v x3, \
		v x4, v x5, v x6, v x7, long s0, long s1
#define TIMES(F, t, v) \
	F(0, t, v) \
	F(1, t, v) \
	F(2, t, v) F(3, t, v) F(4, t, v) F(5, t, v) F(6, t, v) F(7, t, v) F(8, t, v) \
		F(9, t, v) F(10, t, v) F(11, t, v) F(12, t, v) F(13, t, v) F(14, t, v) \
			F(15, t, v)
#define DECLARE(i, t, v) t int v##_##i(ARGUMENTS(v));
TIMES(DECLARE, , v16)
TIMES(DECLARE, WIDE, v32)
TIMES(DECLARE, WIDEST, v64)
