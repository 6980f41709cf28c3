/* guard.h - calls that are looked at: a function whose arguments nobody knows is called
 * through abi_guard, which finds it in *guard_top.
 *
 * abi_guard takes the return address off, so that the function finds its stack words
 * where they are; gives the registers that a function must keep random values and, when
 * it returns, tells which it has not kept. Those that it may change it changes, too. */
#ifndef GUARD_H
#define GUARD_H

#define GUARD_TARGET 0
#define GUARD_RETURN 8
#define GUARD_SP     16 /* of the caller */
#define GUARD_BAD    24 /* out: a bit for each register, in the order of guard_names */
#define GUARD_CONTROL \
	32 /* the caller's control register, and what it is made meanwhile */
#define GUARD_INSIDE 40
#define GUARD_KEPT   48 /* the caller's registers */
#define GUARD_SIZE   256

#ifndef __ASSEMBLER__
#include <stdint.h>

struct guard {
	void *target;
	uintptr_t back, sp;
	uint64_t bad;
	uint64_t control, inside;
	uint64_t kept[26];
};
_Static_assert(sizeof(struct guard) == GUARD_SIZE, "GUARD_SIZE");

enum { GUARDS = 4 };
extern struct guard guards[GUARDS + 1]; /* one for each level */
extern struct guard *guard_top;
extern uint64_t guard_random[24]; /* the registers' values meanwhile */

void abi_guard(void);
/* From a signal's handler: the outermost guarded call returns, with all bits bad. */
void abi_guard_abandon(void);
/* Whether the calls have left something that the next would stumble over (the x87
 * registers, say); it is gone then. */
int abi_guard_litter(void);
/* Some value for the control register: its rounding mode. */
uint64_t abi_guard_mode(uint64_t random);
extern const char *const guard_names[];
#endif
#endif
