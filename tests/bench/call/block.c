/* bdl_call(): the arguments as register images. */
#include <baredl.h>
#include <string.h>
#include "call.h"
#include "target.h"

/* As in floor.c, but that results lie where the first arguments do. */
static struct bdl_args args;

static uint64_t bits(double d)
{
	uint64_t u;
	memcpy(&u, &d, sizeof u);
	return u;
}

static double number(uint64_t u)
{
	double d;
	memcpy(&d, &u, sizeof d);
	return d;
}

static long ii(long n)
{
	args.gpr[0] = 0;
	for (long i = 0; i < n; i++) {
		args.gpr[1] = (uint64_t)i;
		bdl_call((void *)t_ii, &args);
	}
	return (int)args.gpr[0];
}

static long dd(long n)
{
	args.vec[0].lo = bits(0);
	for (long i = 0; i < n; i++) {
		args.vec[1].lo = bits(1.5);
		bdl_call((void *)t_dd, &args);
	}
	return (long)number(args.vec[0].lo);
}

static long i6(long n)
{
	args.gpr[0] = 0;
	for (long i = 0; i < n; i++) {
		args.gpr[1] = (uint64_t)i;
		args.gpr[2] = 3;
		args.gpr[3] = 4;
		args.gpr[4] = 5;
		args.gpr[5] = 6;
		bdl_call((void *)t_i6, &args);
	}
	return (int)args.gpr[0];
}

static long mix10(long n)
{
	uint64_t stack[2];

	args.stack = stack;
	args.nstack = 2;
	args.gpr[0] = 0;
	for (long i = 0; i < n; i++) {
		args.gpr[1] = args.gpr[0];
		args.gpr[0] = 1;
		args.vec[0].lo = bits(3);
		args.gpr[2] = 4;
		args.gpr[3] = 5;
		args.vec[1].lo = bits(6);
		args.gpr[4] = 7;
		args.gpr[5] = 8;
		stack[0] = (uint64_t)i;
		stack[1] = 10;
		bdl_call((void *)t_mix10, &args);
	}
	args.nstack = 0;
	return (long)args.gpr[0];
}

static long s16(long n)
{
	args.vec[0].lo = bits(0);
	args.gpr[0] = 0;
	for (long i = 0; i < n; i++) {
		args.gpr[1] = (uint64_t)i;
		bdl_call((void *)t_s16, &args);
	}
	return (long)args.gpr[0] + (long)number(args.vec[0].lo);
}

CASE("block", "ii", ii)
CASE("block", "dd", dd)
CASE("block", "i6", i6)
CASE("block", "mix10", mix10)
CASE("block", "s16", s16)
