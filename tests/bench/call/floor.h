/* The floor: an argument block and a callback without anything that is not needed
 * here. Shared by floor.c and floor.S. */
#ifndef FLOOR_H
#define FLOOR_H

#define BLOCK_GPR    8
#define BLOCK_VEC    56
#define BLOCK_NSTACK 120
#define BLOCK_STACK  128
#define BLOCK_RAX    136
#define BLOCK_RDX    144
#define BLOCK_XMM0   152
#define BLOCK_XMM1   160

#define SPILL_VEC   48
#define SPILL_RAX   112
#define SPILL_XMM0  120
#define SPILL_STACK 128
#define SPILL_SIZE  136

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

struct block {
	const void *function;
	uint64_t gpr[6];
	double vec[8];
	size_t nstack;
	const uint64_t *stack;
	uint64_t rax, rdx;
	double xmm0, xmm1;
};
void floor_call(struct block *block);       /* arguments in registers */
void floor_call_stack(struct block *block); /* on the stack, too */

struct spill {
	uint64_t gpr[6];
	double vec[8];
	uint64_t rax;
	double xmm0;
	const uint64_t *stack;
};
int floor_entry(int, int); /* runs floor_handler(&floor_user, ...) */
void floor_handler(int *user, struct spill *arguments);
extern int floor_user;
#endif
#endif
