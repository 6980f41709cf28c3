/* abi.h - what generate.py writes and driver.c reads. */
#ifndef ABI_H
#define ABI_H

#include <stdarg.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#define _Alignof alignof
#endif

/* A part of a type that holds a value: which bytes of it count. What is in no leaf is
 * padding. Bit-fields have no address; their type's [bits] sets them. */
enum { LEAF_ALL, LEAF_BOOL, LEAF_X87 /* 10 of 16 bytes */ };
struct abi_leaf {
	unsigned offset, size, count; /* of each of so many elements */
	int what;
};

/* Integers of less than 4 bytes are kept as a long long: whether the one who passes
 * them extends them shows. */
enum { KEEP, KEEP_SIGNED, KEEP_UNSIGNED };
struct abi_type {
	size_t size, align;
	int keep;
	const struct abi_leaf *leaves;
	unsigned leaf_count;
	void (*bits)(void *object); /* sets each bit of each bit-field, or NULL */
};

struct abi_row {
	const char *name, *text; /* of the corner, or NULL; the signature */
	const char
		*why; /* f and g are NULL because the compiler is wrong here, or NULL */
	/* The compiler's own function of that signature: notes each argument in abi_seen[],
	 * returns what is at abi_give. */
	void *f;
	/* The compiler's own call of such a function. */
	void (*g)(void *function, void *const *argv, void *result);
	int result; /* index of a type; -1: void */
	int count, fixed;
	const unsigned short *types; /* of the parameters */
};

/* The same signatures and types in each batch of a program. */
struct abi_batch {
	const char *compiler, *seed;
	int careless; /* what has to be in memory it may align to 16 at most: gcc */
	const struct abi_type *types;
	const struct abi_row *rows;
	unsigned type_count, row_count;
};

enum { ABI_MOST = 64 }; /* parameters */
extern void *abi_seen[ABI_MOST];
extern void *abi_give;
extern int abi_misaligned;

/* Hides from the compiler that it knows this alignment. */
#define ABI_ALIGNED(object) \
	do { \
		size_t at_ = (size_t) & (object); \
		__asm__("" : "+r"(at_)); \
		if (sizeof(object) && at_ & (_Alignof(__typeof__(object)) - 1)) \
			abi_misaligned = 1; \
	} while (0)

/* Where driver.c finds the batches. */
#define ABI_BATCH(batch) \
	__attribute__((section("abi_batches"), \
		used)) static const struct abi_batch *const batch##_entry = &batch

#ifdef __cplusplus
}
#endif
#endif
