/* check.h - the signature that is being run: its values, and what is looked at around each
 * of its calls. */
#ifndef CHECK_H
#define CHECK_H

#include "support.h"

extern const struct abi_batch *const __start_abi_batches[], *const __stop_abi_batches[];

void *abi_seen[ABI_MOST], *abi_give;
int abi_misaligned;

enum {
	LARGEST = 1 << 14, /* bytes of a type */
	MANY = 8,          /* runs of a corner */
	SHOWN = 5,         /* failures of a batch */
	COMPLAINTS = 4     /* each */
};

/* ---- types ---------------------------------------------------------------------- */

/* Of each bit of an object: may it be 1? does it have a meaning? _Bool is why these are
 * not the same. */
struct shape {
	unsigned char *value, *check;
};

static struct shape *shapes[16]; /* of each batch */

static struct shape shape_of(const struct abi_type *t)
{
	struct shape s = { take(t->size, 16), take(t->size, 16) };
	for (unsigned i = 0; i < t->leaf_count; i++) {
		const struct abi_leaf *l = &t->leaves[i];
		for (size_t k = 0; k < (size_t)l->size * l->count; k++) {
			unsigned char *value = s.value + l->offset + k;
			if (l->what == LEAF_X87 && k % 16 >= 10) continue;
			*value |= l->what == LEAF_BOOL ? 1 : 0xff;
			s.check[l->offset + k] = 0xff;
		}
	}
	if (t->bits) {
		unsigned char *object = take(t->size, 4096);
		t->bits(object);
		for (size_t i = 0; i < t->size; i++) {
			s.value[i] |= object[i];
			s.check[i] |= object[i];
		}
	}
	return s;
}

/* ---- the signature that is being run -------------------------------------------- */

static const struct abi_batch *batch;
static const struct shape *shape;
static const struct abi_row *row;
static unsigned number;
static bool failed, quiet;
static unsigned own_faults; /* calls that the compiler itself gets wrong */
static unsigned shown, complaints;
static const char *step;

static void *args[ABI_MOST];
static unsigned char *given[ABI_MOST]; /* copies of them */
static unsigned char *answer;          /* what the callee is to return */
static unsigned char *result;          /* where bdl_invoke is to store it */
static unsigned char *kept;            /* where the compiler's caller does */
static void *user;
static int handled;
static bool has_stack; /* the plan does */
static bool careless;  /* it's no fault if what asks for more is aligned to 16 */
static void *volatile guarded = (void *)abi_guard; /* gcc must not know its type */

static unsigned char *slots[ABI_MOST + 1]; /* 64 KiB each, nothing behind */
static unsigned char *stack;
enum { STACK = 16 * PAGES };
static const unsigned char all_ones[8] = { 255, 255, 255, 255, 255, 255, 255, 255 };

static const struct abi_type *type_of(int index) { return &batch->types[index]; }

/* For an object: at the end of memory, or at no better an alignment than its type's. */
static unsigned char *place(unsigned slot, const struct abi_type *t)
{
	unsigned char *at = slots[slot] + PAGES - t->size;
	if (dice_below(2)) return at;
	at = slots[slot] + PAGES / 2;
	return at + t->align;
}

static void randomize(unsigned char *object, const struct abi_type *t, int index)
{
	const struct shape *s = &shape[index];
	dice_bytes(object, t->size);
	for (size_t i = 0; i < t->size; i++) object[i] &= s->value[i] | ~s->check[i];
}

/* What is kept of an object (abi.h): its bytes, which of their bits, how many. */
struct keeping {
	uint64_t word;
	const unsigned char *bytes, *check;
	size_t size;
};
static void keep(struct keeping *k, const unsigned char *object, int index)
{
	const struct abi_type *t = type_of(index);
	*k = (struct keeping){ 0, object, shape[index].check, t->size };
	if (t->keep == KEEP) return;
	unsigned unused = 64 - 8 * (unsigned)t->size;
	memcpy(&k->word, object, t->size);
	k->word <<= unused;
	k->word = t->keep == KEEP_SIGNED ? (uint64_t)((int64_t)k->word >> unused)
					 : k->word >> unused;
	k->bytes = (unsigned char *)&k->word;
	k->check = all_ones;
	k->size = 8;
}

/* ---- what is wrong -------------------------------------------------------------- */

/* [which] and [n] (from 1) say more, or are NULL and 0. True if more may be said. */
static bool complain(const char *what, const char *which, int n)
{
	failed = true;
	if (quiet || shown > SHOWN || complaints++ >= COMPLAINTS) return false;
	if (complaints == 1) {
		tap_puts("# ");
		tap_puts(batch->seed);
		tap_puts(" number ");
		tap_num((int)number);
		tap_puts(": ");
		tap_puts(row->text);
		tap_puts("\n");
	}
	tap_puts("#   ");
	tap_puts(batch->compiler);
	tap_puts(": ");
	tap_puts(step);
	tap_puts(": ");
	tap_puts(what);
	if (which) {
		tap_puts(" ");
		tap_puts(which);
	}
	if (n) {
		tap_puts(" ");
		tap_num(n);
	}
	tap_puts("\n");
	return true;
}

static void wrong(const char *what) { complain(what, NULL, 0); }

static void compare(const char *what, int n, const unsigned char *got,
	const unsigned char *want, const unsigned char *check, size_t size)
{
	size_t first, more;
	for (first = 0; first < size; first++)
		if ((got[first] ^ want[first]) & (check ? check[first] : 0xff)) break;
	if (first == size || !complain(what, NULL, n)) return;
	first &= ~(size_t)15;
	more = least(size - first, 48);
	tap_puts("#     at byte ");
	tap_num((int)first);
	tap_puts(" of ");
	tap_num((int)size);
	tap_puts("\n#     got  ");
	put_hex(got + first, more);
	tap_puts("#     want ");
	put_hex(want + first, more);
	if (!check) return;
	tap_puts("#     bits ");
	put_hex(check + first, more);
}

static void check_register(const char *who, unsigned level)
{
	if (guards[level].bad == (uint64_t)-1) {
		complain("crashes by signal", NULL, crashed);
		return;
	}
	for (unsigned i = 0; guard_names[i]; i++)
		if (guards[level].bad >> i & 1) complain(who, guard_names[i], 0);
}

/* ---- a call and what is checked around it --------------------------------------- */

enum { AROUND = 64 }; /* bytes of canaries on each side */

static size_t result_size(void)
{
	return row->result < 0 ? 0 : type_of(row->result)->size;
}
static size_t behind_result(void)
{
	return least(
		(size_t)(slots[ABI_MOST] + PAGES - result) - result_size(), AROUND);
}
static unsigned char canary(size_t i) { return (unsigned char)(0xc5 + 7 * i); }

static void prepare_call(void *outer, void *inner)
{
	struct keeping k;
	for (int i = 0; i < row->count; i++) {
		keep(&k, given[i], row->types[i]);
		for (size_t n = 0; n < k.size; n++)
			((unsigned char *)abi_seen[i])[n] = (unsigned char)~k.bytes[n];
	}
	for (size_t n = 0; n < AROUND; n++) result[(long)n - AROUND] = canary(n);
	for (size_t n = 0; n < result_size(); n++)
		result[n] = kept[n] = (unsigned char)~answer[n];
	for (size_t n = 0; n < behind_result(); n++)
		result[result_size() + n] = canary(n);
	abi_misaligned = 0;
	handled = 0;
	dice_bytes((unsigned char *)guard_random, sizeof guard_random);
	for (unsigned i = 0; i < 2; i++) {
		guards[i].bad = guards[i].sp = 0;
		guards[i].inside = abi_guard_mode(dice_roll());
	}
	guards[0].target = outer;
	guards[1].target = inner;
}

static void check_seen(void)
{
	struct keeping k;
	for (int i = 0; i < row->count; i++) {
		keep(&k, given[i], row->types[i]);
		compare("argument", i + 1, abi_seen[i], k.bytes, k.check, k.size);
	}
	if (abi_misaligned && !batch->careless) wrong("an argument is not aligned");
}

static void check_kept(void)
{
	struct keeping k;
	if (row->result < 0) return;
	keep(&k, answer, row->result);
	compare("result", 0, kept, k.bytes, k.check, k.size);
}

static void check_result(void)
{
	if (row->result >= 0)
		compare("result", 0, result, answer, shape[row->result].check,
			result_size());
	for (size_t n = 0; n < AROUND; n++)
		if (result[(long)n - AROUND] != canary(n))
			wrong("writes before the result");
	for (size_t n = 0; n < behind_result(); n++)
		if (result[result_size() + n] != canary(n))
			wrong("writes behind the result");
}

/* Whether the call came back. */
static bool check_call(void)
{
	check_register("changes", 0);
	if (guards[0].bad == (uint64_t)-1) return false;
	check_register("changes inside", 1);
	if (abi_guard_litter()) wrong("leaves x87 registers in use");
	if (guards[1].sp % 16) wrong("stack is not aligned");
	for (int i = 0; i < row->count; i++)
		compare("changes the object of argument", i + 1, args[i], given[i],
			NULL, type_of(row->types[i])->size);
	return true;
}
#endif
