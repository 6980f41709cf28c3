/* classify.h - what classify.c tells plan.c. */
#ifndef CLASSIFY_H
#define CLASSIFY_H

#include "../../src/call/call.h"

#pragma GCC visibility push(hidden)

/* How a type is passed (AAPCS64 6.8.2), whatever registers are left. */
enum way {
	NOTHING, /* it has no bytes */
	X,       /* in integer registers: [n] words */
	V,       /* in vector registers: [n] of [size] bytes */
	ADDRESS /* a copy's address is passed as a pointer is; a result is stored where x8
		  * says */
};
struct passing {
	enum way way;
	unsigned n;
	uint32_t size;
	uint32_t align; /* in registers and on the stack: 8 or 16 */
};
struct passing classify(const struct type *t);

/* Where arguments have gone so far: NGRN, NSRN, NSAA. */
struct state {
	unsigned ngrn, nsrn;
	uint64_t nsaa;
};

/* Where one goes. */
struct place {
	struct passing passing;
	bool memory;    /* on the stack, */
	uint64_t stack; /* here; */
	unsigned k;     /* else in registers from this on */
};
void locate(struct state *s, const struct type *t, struct place *p);

#pragma GCC visibility pop
#endif
