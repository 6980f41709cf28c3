/* libffi: ffi_call() and closures. With -DPLAN also the plans of libffi 3.8, which place
 * the arguments once and not at each call. */
#include <ffi.h>
#include <stdlib.h>
#include "call.h"
#include "target.h"

#define I &ffi_type_sint32
#define L &ffi_type_sint64
#define D &ffi_type_double

static ffi_type *ii_types[] = { I, I, I };
static ffi_type *dd_types[] = { D, D, D };
static ffi_type *i6_types[] = { I, I, I, I, I, I, I };
static ffi_type *mix10_types[] = { L, I, L, D, I, L, D, I, L, L, I };
static ffi_type *pair_members[] = { D, L, NULL };
static ffi_type pair = { 0, 0, FFI_TYPE_STRUCT, pair_members };
static ffi_type *s16_types[] = { &pair, &pair, L };

struct call {
	ffi_cif cif;
#ifdef PLAN
	ffi_call_plan *plan;
#endif
};

/* [types]: the result's, then the arguments'. */
static void prepare(struct call *call, ffi_type **types, unsigned arguments)
{
	if (ffi_prep_cif(&call->cif, FFI_DEFAULT_ABI, arguments, types[0], types + 1))
		abort();
#ifdef PLAN
	if (!(call->plan = ffi_call_plan_alloc(&call->cif))) abort();
#endif
}

/* The call of a case, prepared at its first use; and its arguments, the first of which
 * are also results: an int is the low half of a ffi_arg. */
#define CALL(types) \
	static struct call call; \
	if (!call.cif.nargs) prepare(&call, types, sizeof(types) / sizeof(types)[0] - 1)

#define II_ARGUMENTS \
	ffi_arg a = 0; \
	int i = 0; \
	void *argv[] = { &a, &i }
#define DD_ARGUMENTS \
	double a = 0, b = 1.5; \
	void *argv[] = { &a, &b }
#define I6_ARGUMENTS \
	ffi_arg a = 0; \
	int i = 0, c = 3, d = 4, e = 5, f = 6; \
	void *argv[] = { &a, &i, &c, &d, &e, &f }
#define MIX10_ARGUMENTS \
	int a = 1, d = 4, g = 7, j = 10; \
	long b = 0, e = 5, h = 8, i = 0; \
	double c = 3, f = 6; \
	void *argv[] = { &a, &b, &c, &d, &e, &f, &g, &h, &i, &j }
#define S16_ARGUMENTS \
	struct pair p = { 0, 0 }; \
	long i = 0; \
	void *argv[] = { &p, &i }

static long ii(long n)
{
	CALL(ii_types);
	II_ARGUMENTS;

	do {
		ffi_call(&call.cif, FFI_FN(t_ii), &a, argv);
		i++;
	} while (--n);
	return (int)a;
}

static long dd(long n)
{
	CALL(dd_types);
	DD_ARGUMENTS;

	do ffi_call(&call.cif, FFI_FN(t_dd), &a, argv);
	while (--n);
	return (long)a;
}

static long i6(long n)
{
	CALL(i6_types);
	I6_ARGUMENTS;

	do {
		ffi_call(&call.cif, FFI_FN(t_i6), &a, argv);
		i++;
	} while (--n);
	return (int)a;
}

static long mix10(long n)
{
	CALL(mix10_types);
	MIX10_ARGUMENTS;

	do {
		ffi_call(&call.cif, FFI_FN(t_mix10), &b, argv);
		i++;
	} while (--n);
	return b;
}

static long s16(long n)
{
	CALL(s16_types);
	S16_ARGUMENTS;

	do {
		ffi_call(&call.cif, FFI_FN(t_s16), &p, argv);
		i++;
	} while (--n);
	return p.y + (long)p.x;
}

static void add(ffi_cif *cif, void *result, void **argv, void *user)
{
	(void)cif;
	*(ffi_arg *)result =
		(ffi_arg)(*(int *)argv[0] + *(int *)argv[1] + *(int *)user);
}

static ffi_closure *closure_of(struct call *call, void **code)
{
	ffi_closure *closure = ffi_closure_alloc(sizeof *closure, code);

	if (!closure ||
		ffi_prep_closure_loc(closure, &call->cif, add, &bench_user, *code))
		abort();
	return closure;
}

static long callback(long n)
{
	CALL(ii_types);
	static void *f;

	if (!f) closure_of(&call, &f);
	return t_callback((order *)f, n);
}

static long make(long n)
{
	CALL(ii_types);
	long made = 0;
	void *f;

	do {
		ffi_closure_free(closure_of(&call, &f));
		made++;
	} while (--n);
	return made;
}

CASE("libffi", "ii", ii)
CASE("libffi", "dd", dd)
CASE("libffi", "i6", i6)
CASE("libffi", "mix10", mix10)
CASE("libffi", "s16", s16)
CASE("libffi", "callback", callback)
CASE("libffi", "make", make)

#ifdef PLAN
static long plan_ii(long n)
{
	CALL(ii_types);
	II_ARGUMENTS;

	do {
		ffi_call_plan_invoke(call.plan, FFI_FN(t_ii), &a, argv);
		i++;
	} while (--n);
	return (int)a;
}

static long plan_dd(long n)
{
	CALL(dd_types);
	DD_ARGUMENTS;

	do ffi_call_plan_invoke(call.plan, FFI_FN(t_dd), &a, argv);
	while (--n);
	return (long)a;
}

static long plan_i6(long n)
{
	CALL(i6_types);
	I6_ARGUMENTS;

	do {
		ffi_call_plan_invoke(call.plan, FFI_FN(t_i6), &a, argv);
		i++;
	} while (--n);
	return (int)a;
}

static long plan_mix10(long n)
{
	CALL(mix10_types);
	MIX10_ARGUMENTS;

	do {
		ffi_call_plan_invoke(call.plan, FFI_FN(t_mix10), &b, argv);
		i++;
	} while (--n);
	return b;
}

static long plan_s16(long n)
{
	CALL(s16_types);
	S16_ARGUMENTS;

	do {
		ffi_call_plan_invoke(call.plan, FFI_FN(t_s16), &p, argv);
		i++;
	} while (--n);
	return p.y + (long)p.x;
}

CASE("libffi-plan", "ii", plan_ii)
CASE("libffi-plan", "dd", plan_dd)
CASE("libffi-plan", "i6", plan_i6)
CASE("libffi-plan", "mix10", plan_mix10)
CASE("libffi-plan", "s16", plan_s16)
#endif
