/* classify.h - what classify.c tells plan.c. */
#ifndef CLASSIFY_H
#define CLASSIFY_H

#include "../../src/call/call.h"

#pragma GCC visibility push(hidden)

enum class { NO_CLASS, INTEGER, SSE, SSEUP, X87, X87UP, COMPLEX_X87, MEMORY };
enum { EIGHTBYTES = 8 };

/* The classes of [t]'s eightbytes, and how many there are; 0: it is of class MEMORY.
 * [offset], in bits: where it is in what contains it. */
unsigned classify(const struct type *t, unsigned offset, uint8_t classes[EIGHTBYTES]);

/* Whether no compiler passes it as another does: a struct without a named member. */
bool is_nameless(const struct type *t);

/* Where arguments have gone so far. */
struct state {
	unsigned gprs, vecs; /* registers */
	uint64_t stack;      /* bytes */
	uint32_t align;      /* of these */
};

/* Where one goes. */
struct place {
	uint8_t classes[EIGHTBYTES];
	unsigned words;    /* in registers */
	unsigned gpr, vec; /* the first of each kind */
	bool memory;       /* on the stack, */
	uint64_t stack;    /* here */
};
void locate(struct state *s, const struct type *t, bool variadic, struct place *p);
/* How many of its words in registers are of a class. */
unsigned count(const struct place *p, enum class c);

#pragma GCC visibility pop
#endif
