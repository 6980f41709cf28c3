/* bdl_prepare() once, then bdl_invoke(), bdl_callback_new(). */
#include <baredl.h>
#include <stdio.h>
#include <stdlib.h>
#include "call.h"
#include "target.h"

static const struct bdl_plan *plan_of(const char *signature)
{
	const struct bdl_plan *plan = bdl_prepare(signature, 0, NULL, 0);

	if (plan) return plan;
	fprintf(stderr, "%s: %s\n", signature, bdl_error());
	exit(1);
}

/* Makes the case's plan at its first use. */
#define PLAN(signature) \
	static const struct bdl_plan *plan; \
	if (!plan) plan = plan_of(signature)

static long ii(long n)
{
	PLAN("i(i,i)");
	int a = 0, i = 0;
	void *argv[] = { &a, &i };

	do {
		bdl_invoke(plan, (const void *)t_ii, &a, argv);
		i++;
	} while (--n);
	return a;
}

static long dd(long n)
{
	PLAN("d(d,d)");
	double a = 0, b = 1.5;
	void *argv[] = { &a, &b };

	do bdl_invoke(plan, (const void *)t_dd, &a, argv);
	while (--n);
	return (long)a;
}

static long i6(long n)
{
	PLAN("i(i,i,i,i,i,i)");
	int a = 0, i = 0, c = 3, d = 4, e = 5, f = 6;
	void *argv[] = { &a, &i, &c, &d, &e, &f };

	do {
		bdl_invoke(plan, (const void *)t_i6, &a, argv);
		i++;
	} while (--n);
	return a;
}

static long mix10(long n)
{
	PLAN("l(i,l,d,i,l,d,i,l,l,i)");
	int a = 1, d = 4, g = 7, j = 10;
	long b = 0, e = 5, h = 8, i = 0;
	double c = 3, f = 6;
	void *argv[] = { &a, &b, &c, &d, &e, &f, &g, &h, &i, &j };

	do {
		bdl_invoke(plan, (const void *)t_mix10, &b, argv);
		i++;
	} while (--n);
	return b;
}

static long s16(long n)
{
	PLAN("{dl}({dl},l)");
	struct pair p = { 0, 0 };
	long i = 0;
	void *argv[] = { &p, &i };

	do {
		bdl_invoke(plan, (const void *)t_s16, &p, argv);
		i++;
	} while (--n);
	return p.y + (long)p.x;
}

static void add(void *user, void *result, void *const *argv)
{
	*(int *)result = *(int *)argv[0] + *(int *)argv[1] + *(int *)user;
}

static long callback(long n)
{
	static void *f;

	if (!f) f = bdl_callback_new(plan_of("i(i,i)"), add, &bench_user);
	return t_callback((order *)f, n);
}

static long make(long n)
{
	PLAN("i(i,i)");
	long made = 0;

	do {
		void *f = bdl_callback_new(plan, add, &bench_user);
		if (!f) break;
		bdl_callback_free(f);
		made++;
	} while (--n);
	return made;
}

CASE("prepared", "ii", ii)
CASE("prepared", "dd", dd)
CASE("prepared", "i6", i6)
CASE("prepared", "mix10", mix10)
CASE("prepared", "s16", s16)
CASE("prepared", "callback", callback)
CASE("prepared", "make", make)
