/* call.h - what the files of src/call/ and arch/<machine>/classify.c share.
 *
 * signature.c and descriptor.c read a signature, layout.c gives its types their places,
 * arch_plan() turns them into a plan; invoke.S runs that. */
#ifndef CALL_H
#define CALL_H

#include "../internal.h"

#pragma GCC visibility push(hidden)

/* ---- types ----------------------------------------------------------------- */

/* A type, laid out. All types of a signature lie in one array, in the order of the
 * text: the members of a struct follow it. */
struct type {
	char kind;      /* as in struct bdl_type, but '@' is in [align] */
	uint8_t pack;   /* of a struct: its #pragma pack, or BDL_PACKED */
	uint16_t bits;  /* of a bit-field: its width */
	uint32_t where; /* the character that it begins with; the parameter's number */
	uint32_t count; /* elements of an array or vector; members of a struct */
	uint32_t span;  /* how many types of the array it takes, itself included */
	uint32_t align; /* bytes */
	uint32_t natural;  /* the same without what an attribute of its own added */
	uint32_t own;      /* a member's attribute, or 0 */
	uint64_t size;     /* bytes; of a bit-field, its declared type's */
	uint64_t position; /* bits from the start of what it is a member of */
};

static inline bool type_is_struct(const struct type *t)
{
	return t->kind == '{' || t->kind == 'u';
}
/* The first member, or the element's type; what follows type [t] and its parts. */
static inline const struct type *type_part(const struct type *t) { return t + 1; }
static inline const struct type *type_next(const struct type *t) { return t + t->span; }

/* Types of most signatures find room on the stack: FEW_TYPES. */
enum { FEW_TYPES = 64, TYPES_MOST = 1 << 16, DEPTH_MOST = 256 };
#define TYPE_SIZE_MOST ((uint64_t)1 << 30)

struct signature {
	struct type *types; /* the result, then the parameters, each with its parts */
	uint32_t used, room;
	uint32_t count, fixed; /* parameters; those that are not variadic */
	bool full;
	const char *fault; /* what is wrong, or NULL */
	uint32_t where;    /* at which character, or in which parameter */
};

/* ---- signature.c, descriptor.c: what the user gave -> types. Pure ------------- */

/* Each fills [s], whose types and room are set; false with s->fault; where
 * there was no room for more types, s->full. */
bool signature_read(struct signature *s, const char *text);
bool descriptor_read(struct signature *s, const struct bdl_signature *from);
/* Just one type, without parameters. */
bool signature_read_type(struct signature *s, const char *text);
bool descriptor_read_type(struct signature *s, const struct bdl_type *from);
/* A new type at the end; NULL if there is no room. */
struct type *signature_add(struct signature *s, char kind, uint32_t where);
/* Notes a fault; false. */
bool signature_fault(struct signature *s, uint32_t where, const char *fault);

/* query.c: the error text of a fault in [text]; -1. */
int refuse_text(struct bdl *b, const char *what, const char *text, uint32_t where,
	const char *fault);

/* ---- layout.c: sizes, alignments, positions. Pure --------------------------------- */

/* Each completes a type whose parts are complete: NULL, or what is wrong. */
const char *layout_scalar(struct type *t);
const char *layout_vector(struct type *t);
const char *layout_array(struct type *t);
/* Also gives the members their positions. [align]: an attribute's, or 0. */
const char *layout_struct(struct type *t, uint32_t align);
/* a scalar -> a bit-field */
const char *layout_bits(struct type *t, bool named, uint32_t width);
const char *layout_align(struct type *t, uint32_t align); /* a member's attribute */
/* May [t] be behind the "..."? */
const char *layout_variadic(const struct type *t);

/* What a scalar is to a calling convention. */
enum scalar {
	SCALAR_NONE,
	SCALAR_SIGNED,
	SCALAR_UNSIGNED,
	SCALAR_FLOAT,
	SCALAR_COMPLEX
};
enum scalar type_scalar(char kind);
/* The part of a complex: 'd' of 'D'. */
static inline char type_part_of_complex(char kind) { return (char)(kind | 0x20); }

/* How many bytes of its word [i] there are; how an integer of so many is loaded. */
static inline unsigned type_bytes(const struct type *t, unsigned i)
{
	uint64_t left = t->size - i * 8;
	return left < 8 ? (unsigned)left : 8;
}
unsigned type_how(const struct type *t, unsigned bytes);

/* ---- plans --------------------------------------------------------------------------- */

/* What follows the head: the moves of a call, as arch_plan() and invoke.S agree upon
 * them; then, for callbacks, where each argument is (int64_t, relative to the
 * callback's frame, an even number of them), then the moves that gather arguments that
 * arrive in pieces. */
struct bdl_plan {
	uint32_t size;     /* of it all, bytes */
	uint32_t flags;    /* PLAN_FLAG_* */
	uint32_t result;   /* bdl_invoke: the move that stores the result */
	uint32_t answer;   /* a callback: the move that loads it */
	uint32_t detail;   /* the result's size where only a part of a word counts */
	uint32_t places;   /* offset of the places */
	uint32_t pointers; /* bytes of argv, a multiple of 16 */
	uint32_t
		room; /* bytes that a callback takes below its frame, a multiple of 16 */
	uint64_t stack; /* BDL_CALL_STACK: where it begins (its end) */
	uint32_t arena; /* how far behind its arena's start it is, in baredl's memory */
	uint32_t frame; /* bytes that a call takes below its own frame */
	uint32_t moves[];
};
#define SAME(field, number) \
	_Static_assert(offsetof(struct bdl_plan, field) == (number), #number)
SAME(flags, PLAN_FLAGS);
SAME(result, PLAN_RESULT);
SAME(answer, PLAN_ANSWER);
SAME(detail, PLAN_DETAIL);
SAME(places, PLAN_PLACES);
SAME(pointers, PLAN_POINTERS);
SAME(room, PLAN_ROOM);
SAME(stack, PLAN_STACK);
SAME(moves, PLAN_MOVES);
#undef SAME

/* A plan being written; what does not fit is counted only. */
struct plan_writer {
	uint32_t *at;        /* the moves */
	uint32_t used, room; /* words */
	struct bdl_plan head;
};
static inline void plan_word(struct plan_writer *w, uint32_t word)
{
	if (w->used < w->room) w->at[w->used] = word;
	w->used++;
}
static inline void plan_place(struct plan_writer *w, int64_t place)
{
	plan_word(w, (uint32_t)place);
	plan_word(w, (uint32_t)((uint64_t)place >> 32));
}

/* arch/<machine>/plan.c: how a call of [s] is made, and how one is answered. NULL,
 * or what is wrong, at *where. Pure but for asking the CPU. */
const char *arch_plan(const struct signature *s, unsigned flags, struct plan_writer *w,
	uint32_t *where);

/* ---- callback.S ------------------------------------------------------------------------ */

/* What an entry finds, CALLBACK_DISTANCE behind the table: its record. */
struct callback {
	const void *go; /* where the entry leads: arch_callback, or callback_freed */
	const struct bdl_plan *plan;
	bdl_handler *handler;
	void *user; /* of a free one: the next */
};
_Static_assert(sizeof(struct callback) == CALLBACK_SIZE, "CALLBACK_SIZE");

extern const char arch_callbacks[]; /* CALLBACKS entries of CALLBACK_SIZE bytes */
void arch_callback(void);
/* invoke.S, after a call with BDL_CALL_ERRNO. */
int call_errno(void);

#pragma GCC visibility pop
#endif
