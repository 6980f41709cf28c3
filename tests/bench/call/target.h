/* The functions that are called, in a shared library of their own. */
#ifndef TARGET_H
#define TARGET_H

struct pair {
	double x;
	long y;
};
typedef int order(int, int);

int t_ii(int a, int b);
double t_dd(double a, double b);
int t_i6(int a, int b, int c, int d, int e, int f);
long t_mix10(int a, long b, double c, int d, long e, double f, int g, long h, long i,
	int j); /* the last two are on the stack */
struct pair t_s16(struct pair p, long k);
int t_callback(order *f, long n); /* f n times */

#endif
