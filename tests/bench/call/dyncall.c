/* dyncall: a call's arguments are pushed one after another. */
#include <dyncall.h>
#include <dyncall_callback.h>
#include <dyncall_signature.h>
#include <stddef.h>
#include "call.h"
#include "target.h"

static DCCallVM *vm;

__attribute__((constructor)) static void make_vm(void) { vm = dcNewCallVM(4096); }

static long ii(long n)
{
	int a = 0;
	for (long i = 0; i < n; i++) {
		dcReset(vm);
		dcArgInt(vm, a);
		dcArgInt(vm, (int)i);
		a = dcCallInt(vm, (DCpointer)t_ii);
	}
	return a;
}

static long dd(long n)
{
	double a = 0;
	for (long i = 0; i < n; i++) {
		dcReset(vm);
		dcArgDouble(vm, a);
		dcArgDouble(vm, 1.5);
		a = dcCallDouble(vm, (DCpointer)t_dd);
	}
	return (long)a;
}

static long i6(long n)
{
	int a = 0;
	for (long i = 0; i < n; i++) {
		dcReset(vm);
		dcArgInt(vm, a);
		dcArgInt(vm, (int)i);
		dcArgInt(vm, 3);
		dcArgInt(vm, 4);
		dcArgInt(vm, 5);
		dcArgInt(vm, 6);
		a = dcCallInt(vm, (DCpointer)t_i6);
	}
	return a;
}

static long mix10(long n)
{
	long a = 0;
	for (long i = 0; i < n; i++) {
		dcReset(vm);
		dcArgInt(vm, 1);
		dcArgLong(vm, a);
		dcArgDouble(vm, 3);
		dcArgInt(vm, 4);
		dcArgLong(vm, 5);
		dcArgDouble(vm, 6);
		dcArgInt(vm, 7);
		dcArgLong(vm, 8);
		dcArgLong(vm, i);
		dcArgInt(vm, 10);
		a = dcCallLong(vm, (DCpointer)t_mix10);
	}
	return a;
}

#ifdef DC_SIGCHAR_AGGREGATE /* since 1.3 */
static long s16(long n)
{
	struct pair p = { 0, 0 };
	static DCaggr *type;

	if (!type) {
		type = dcNewAggr(2, sizeof p);
		dcAggrField(type, DC_SIGCHAR_DOUBLE, offsetof(struct pair, x), 1);
		dcAggrField(type, DC_SIGCHAR_LONG, offsetof(struct pair, y), 1);
		dcCloseAggr(type);
	}
	for (long i = 0; i < n; i++) {
		dcReset(vm);
		dcBeginCallAggr(vm, type);
		dcArgAggr(vm, type, &p);
		dcArgLong(vm, i);
		dcCallAggr(vm, (DCpointer)t_s16, type, &p);
	}
	return p.y + (long)p.x;
}
CASE("dyncall", "s16", s16)
#endif

static DCsigchar add(DCCallback *self, DCArgs *args, DCValue *result, void *user)
{
	int a = dcbArgInt(args);

	(void)self;
	result->i = a + dcbArgInt(args) + *(int *)user;
	return DC_SIGCHAR_INT;
}

static long callback(long n)
{
	static DCCallback *f;

	if (!f) f = dcbNewCallback("ii)i", add, &bench_user);
	return t_callback((order *)f, n);
}

static long make(long n)
{
	long made = 0;

	do {
		DCCallback *f = dcbNewCallback("ii)i", add, &bench_user);
		made += f != NULL;
		dcbFreeCallback(f);
	} while (--n);
	return made;
}

CASE("dyncall", "ii", ii)
CASE("dyncall", "dd", dd)
CASE("dyncall", "i6", i6)
CASE("dyncall", "mix10", mix10)
CASE("dyncall", "callback", callback)
CASE("dyncall", "make", make)
