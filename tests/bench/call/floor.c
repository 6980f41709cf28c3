/* The least that a call costs whose function and arguments are data. */
#include "floor.h"
#include "call.h"
#include "target.h"

#define AT(member, offset) \
	_Static_assert(offsetof(struct block, member) == (offset), #member)
AT(gpr, BLOCK_GPR);
AT(vec, BLOCK_VEC);
AT(nstack, BLOCK_NSTACK);
AT(stack, BLOCK_STACK);
AT(rax, BLOCK_RAX);
AT(xmm1, BLOCK_XMM1);
_Static_assert(offsetof(struct spill, stack) == SPILL_STACK, "stack");

/* All arguments are set for each call, as by who does not know what the function left
 * of them. block.c does the same. */
static struct block block;

static long ii(long n)
{
	block.function = (const void *)t_ii;
	block.rax = 0;
	for (long i = 0; i < n; i++) {
		block.gpr[0] = block.rax;
		block.gpr[1] = (uint64_t)i;
		floor_call(&block);
	}
	return (int)block.rax;
}

static long dd(long n)
{
	block.function = (const void *)t_dd;
	block.xmm0 = 0;
	for (long i = 0; i < n; i++) {
		block.vec[0] = block.xmm0;
		block.vec[1] = 1.5;
		floor_call(&block);
	}
	return (long)block.xmm0;
}

static long i6(long n)
{
	block.function = (const void *)t_i6;
	block.rax = 0;
	for (long i = 0; i < n; i++) {
		block.gpr[0] = block.rax;
		block.gpr[1] = (uint64_t)i;
		block.gpr[2] = 3;
		block.gpr[3] = 4;
		block.gpr[4] = 5;
		block.gpr[5] = 6;
		floor_call(&block);
	}
	return (int)block.rax;
}

static long mix10(long n)
{
	uint64_t stack[2];

	block.function = (const void *)t_mix10;
	block.stack = stack;
	block.nstack = 2;
	block.rax = 0;
	for (long i = 0; i < n; i++) {
		block.gpr[0] = 1;
		block.gpr[1] = block.rax;
		block.vec[0] = 3;
		block.gpr[2] = 4;
		block.gpr[3] = 5;
		block.vec[1] = 6;
		block.gpr[4] = 7;
		block.gpr[5] = 8;
		stack[0] = (uint64_t)i;
		stack[1] = 10;
		floor_call_stack(&block);
	}
	return (long)block.rax;
}

static long s16(long n)
{
	block.function = (const void *)t_s16;
	block.xmm0 = 0;
	block.rax = 0;
	for (long i = 0; i < n; i++) {
		block.vec[0] = block.xmm0;
		block.gpr[0] = block.rax;
		block.gpr[1] = (uint64_t)i;
		floor_call(&block);
	}
	return (long)block.rax + (long)block.xmm0;
}

int floor_user;

void floor_handler(int *user, struct spill *arguments)
{
	arguments->rax =
		(uint32_t)((int)arguments->gpr[0] + (int)arguments->gpr[1] + *user);
}

static long callback(long n) { return t_callback(floor_entry, n); }

CASE("floor", "ii", ii)
CASE("floor", "dd", dd)
CASE("floor", "i6", i6)
CASE("floor", "mix10", mix10)
CASE("floor", "s16", s16)
CASE("floor", "callback", callback)
