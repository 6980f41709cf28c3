/* The functions of lib.so: what calls through imports and PLTs carry. */
int add(int a, int b);
double mul(double a, double b);
long ten(
	long a, long b, long c, long d, long e, long f, long g, long h, long i, long j);
double sum(const char *kinds, ...); /* kinds: 'i' for int, 'd' for double */

/* 0 when the functions are ready to be called: no look-up is left to do. */
int bind_all(void);
