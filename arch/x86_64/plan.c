/* plan.c - the moves that bring arguments and results where classify.c says. */
#include "classify.h"
#include "moves.h"

/* ---- a call's moves ----------------------------------------------------------------- */

/* Whether no move loads just the bytes that are there: they are copied first. */
static bool needs_room(const struct type *t, const struct place *p)
{
	for (unsigned i = 0; i < p->words && i < 2; i++) {
		unsigned n = type_bytes(t, i);
		bool loads = i ? n == 4 || n == 8 : !(n & (n - 1));
		if (!loads && (p->classes[i] == INTEGER || p->classes[i] == SSE))
			return true;
	}
	return false;
}

static void move(struct plan_writer *w, unsigned number)
{
	plan_word(w, number * MOVE_SIZE);
}

static unsigned how_vec(const struct type *t, unsigned words, unsigned bytes)
{
	if (words > 1 && t->size > 16) return words == 4 ? HOW_X256 : HOW_X512;
	switch (bytes) {
	case 2:
		return HOW_X16;
	case 4:
		return HOW_X32;
	default:
		return HOW_X64;
	}
}

/* What has been written of the registers' moves. */
struct loading {
	bool pairs, vec; /* the last move can be one half of a pair: */
	unsigned k, how;
	uint32_t skip; /* bytes of argv that are not for registers */
};

static void skip(struct plan_writer *w, struct loading *l)
{
	if (!l->skip) return;
	move(w, MOVE_SKIP);
	plan_word(w, l->skip);
	l->skip = 0;
	l->pairs = false;
}

static void pair_or_move(
	struct plan_writer *w, struct loading *last, bool vec, unsigned k, unsigned how)
{
	bool fits = vec ? how == HOW_X64 : how == HOW_32 || how == HOW_64;
	if (fits && last->pairs && last->vec == vec && last->k + 1 == k) {
		w->used--;
		last->pairs = false;
		if (vec)
			move(w, MOVE_VEC(last->k, HOW_X_PAIR));
		else
			move(w, MOVE_GPR_PAIR(last->k,
					(last->how == HOW_64) * 2 + (how == HOW_64)));
		return;
	}
	*last = (struct loading){ .pairs = fits, .vec = vec, .k = k, .how = how };
	move(w, vec ? MOVE_VEC(k, how) : MOVE_GPR(k, how));
}

/* Loads one argument's registers, all but those that are copied first. */
static void load_registers(struct plan_writer *w, const struct type *t,
	const struct place *p, struct loading *l)
{
	unsigned gpr = p->gpr, vec = p->vec;
	bool first = true; /* its pointer is still to be taken from argv */
	for (unsigned i = 0; i < p->words; i++) {
		unsigned bytes = type_bytes(t, i);
		bool quad = p->classes[i] == SSE && i + 1 < p->words &&
			    p->classes[i + 1] == SSEUP && p->words == 2;
		if (p->classes[i] != INTEGER && p->classes[i] != SSE) continue;
		if (i && first) l->skip += 8;
		skip(w, l);
		if (i) l->pairs = false;
		if (p->classes[i] == INTEGER && i)
			move(w, MOVE_GPR(gpr++, bytes == 4 ? HOW_FAR_32 : HOW_FAR_64));
		else if (p->classes[i] == INTEGER)
			pair_or_move(w, l, false, gpr++, type_how(t, bytes));
		else if (i)
			move(w, MOVE_VEC(
					vec++, bytes == 4 ? HOW_FAR_X32 : HOW_FAR_X64));
		else
			pair_or_move(w, l, true, vec++,
				quad ? HOW_X128 : how_vec(t, p->words, bytes));
		first = false;
	}
	if (first) l->skip += 8; /* nothing of it is in a register */
}

/* The same for one that was copied to rsp + [room]. */
static void load_room(
	struct plan_writer *w, const struct place *p, uint32_t room, struct loading *l)
{
	unsigned gpr = p->gpr, vec = p->vec;
	for (unsigned i = 0; i < p->words; i++) {
		if (p->classes[i] == INTEGER)
			move(w, MOVE_GPR_ROOM(gpr++));
		else if (p->classes[i] == SSE)
			move(w, MOVE_VEC(vec++, HOW_X_ROOM));
		else
			continue;
		plan_word(w, room + i * 8);
	}
	l->pairs = false;
	l->skip += 8;
}

static void copy_memory(
	struct plan_writer *w, const struct type *t, uint32_t i, uint64_t to)
{
	if (type_scalar(t->kind) != SCALAR_NONE && t->size <= 8) {
		move(w, MOVE_PUT + type_how(t, (unsigned)t->size));
		plan_word(w, i * 8);
		plan_word(w, (uint32_t)to);
		return;
	}
	move(w, MOVE_COPY);
	plan_word(w, i * 8);
	plan_word(w, (uint32_t)to);
	plan_word(w, (uint32_t)t->size);
}

/* ---- results ---------------------------------------------------------------------------- */

struct answer {
	unsigned store, load;
};

static struct answer integer_answer(const struct type *t)
{
	switch (type_how(t, (unsigned)t->size)) {
	case HOW_S8:
		return (struct answer){ MOVE_STORE_8, MOVE_LOAD_S8 };
	case HOW_U8:
		return (struct answer){ MOVE_STORE_8, MOVE_LOAD_U8 };
	case HOW_S16:
		return (struct answer){ MOVE_STORE_16, MOVE_LOAD_S16 };
	case HOW_U16:
		return (struct answer){ MOVE_STORE_16, MOVE_LOAD_U16 };
	case HOW_32:
		return (struct answer){ MOVE_STORE_32, MOVE_LOAD_32 };
	default:
		return (struct answer){ MOVE_STORE_64, MOVE_LOAD_G };
	}
}

static struct answer vector_answer(const struct type *t, unsigned words)
{
	switch (words > 1 || t->size > 8 ? words * 8 : (unsigned)t->size) {
	case 2:
		return (struct answer){ MOVE_STORE_X16, MOVE_LOAD_X };
	case 4:
		return (struct answer){ MOVE_STORE_X32, MOVE_LOAD_X32 };
	case 8:
		return (struct answer){ MOVE_STORE_X64, MOVE_LOAD_X64 };
	case 16:
		return (struct answer){ MOVE_STORE_X128, MOVE_LOAD_X };
	case 32:
		return (struct answer){ MOVE_STORE_X256, MOVE_LOAD_X256 };
	case 64:
		return (struct answer){ MOVE_STORE_X512, MOVE_LOAD_X512 };
	default:
		return (struct answer){ MOVE_STORE_XX_OF, MOVE_LOAD_X };
	}
}

/* Two eightbytes, each in a register of its own. */
static struct answer two_answers(bool vec0, bool vec1, bool whole)
{
	static const struct {
		uint8_t whole, part, load;
	} answers[] = { { MOVE_STORE_GG, MOVE_STORE_GG_OF, MOVE_LOAD_GG },
		{ MOVE_STORE_GX, MOVE_STORE_GX_OF, MOVE_LOAD_GX },
		{ MOVE_STORE_XG, MOVE_STORE_XG_OF, MOVE_LOAD_XG },
		{ MOVE_STORE_XX, MOVE_STORE_XX_OF, MOVE_LOAD_XX } };
	unsigned i = vec0 * 2 + vec1;
	return (struct answer){ whole ? answers[i].whole : answers[i].part,
		answers[i].load };
}

static struct answer answer(const struct type *t, bool *memory)
{
	struct place p = { .words = 0 };
	*memory = false;
	if (!t->size) return (struct answer){ MOVE_STORE_NONE, MOVE_LOAD_NONE };
	p.words = classify(t, 0, p.classes);
	*memory = !p.words;
	if (*memory) return (struct answer){ MOVE_STORE_NONE, MOVE_LOAD_RDI };
	if (p.classes[0] == X87) return (struct answer){ MOVE_STORE_T, MOVE_LOAD_T };
	if (p.classes[0] == COMPLEX_X87)
		return (struct answer){ MOVE_STORE_TT, MOVE_LOAD_TT };
	unsigned gprs = count(&p, INTEGER), vecs = count(&p, SSE);
	if (gprs + vecs == 0) return (struct answer){ MOVE_STORE_NONE, MOVE_LOAD_NONE };
	if (p.words == 1 || p.classes[1] == NO_CLASS) {
		if (vecs) return vector_answer(t, p.words == 1 ? 1 : 0);
		if (t->size > 8) return (struct answer){ MOVE_STORE_64, MOVE_LOAD_G };
		if (t->size & (t->size - 1))
			return (struct answer){ MOVE_STORE_GG_OF, MOVE_LOAD_G };
		return integer_answer(t);
	}
	if (p.classes[1] == SSEUP) return vector_answer(t, p.words);
	/* an eightbyte of padding before the other takes no register */
	return two_answers(p.classes[0] == SSE || (p.classes[0] == NO_CLASS &&
							  p.classes[1] == INTEGER),
		p.classes[1] == SSE, t->size == 16);
}

/* ---- callbacks ---------------------------------------------------------------------------- */

/* Where a callback finds an argument, from its frame; 0: in pieces. */
static int64_t found_at(const struct type *t, const struct place *p)
{
	int64_t gpr = FRAME_GPR + 8 * (int64_t)p->gpr;
	int64_t vec = FRAME_VEC + 16 * (int64_t)p->vec;
	bool aligned = t->align <= 8 || gpr % 16 == 0;
	unsigned gprs = count(p, INTEGER), vecs = count(p, SSE);
	if (p->memory) return FRAME_STACK + (int64_t)p->stack;
	if (p->words > 2) return WIDE_VEC + 64 * (int64_t)p->vec + WIDE_MARK;
	if (!p->words) return FRAME_RESULT;
	if (p->classes[0] == NO_CLASS) return 0;
	if (gprs == 0 && vecs == 1) return vec;
	if (vecs == 0 && aligned && gprs == p->words) return gpr;
	return 0;
}

static void gather(struct plan_writer *w, const struct place *p, int64_t to)
{
	unsigned gpr = p->gpr, vec = p->vec;
	for (unsigned i = 0; i < p->words; i++) {
		if (p->classes[i] != INTEGER && p->classes[i] != SSE) continue;
		plan_word(w, (uint32_t)(to + i * 8));
		plan_word(w, (uint32_t)(p->classes[i] == INTEGER
						? FRAME_GPR + 8 * (int)gpr++
						: FRAME_VEC + 16 * (int)vec++));
	}
}

static int64_t gathered_at(uint32_t n) { return -(FRAME_SIZE + 16 * ((int64_t)n + 1)); }

/* ---- the plan -------------------------------------------------------------------------------- */

/* The first state: an integer register may have the result's address. */
static struct state begin(bool memory)
{
	return (struct state){ .gprs = memory, .align = 16 };
}

/* NULL, or what is wrong. */
static const char *write_call(
	const struct signature *s, bool memory, unsigned flags, struct plan_writer *w)
{
	const struct type *t, *parameters = type_next(s->types);
	struct state state = begin(memory);
	struct place p;
	struct loading loading = { .pairs = false };
	uint32_t i, rooms = 0, room;
	if (flags & BDL_CALL_STACK) move(w, MOVE_STACK);
	for (i = 0, t = parameters; i < s->count; i++, t = type_next(t)) {
		locate(&state, t, i >= s->fixed, &p);
		if (needs_room(t, &p)) rooms++;
	}
	if (state.stack > TYPE_SIZE_MOST) return "arguments are too large";
	room = (uint32_t)((state.stack + 15) & ~(uint64_t)15);
	if (room || rooms) {
		bool large = room + rooms * 16 > 4096;
		w->head.frame = room + rooms * 16 + state.align + large * 4096;
		move(w, large ? MOVE_FRAME_LARGE : MOVE_FRAME);
		plan_word(w, room + rooms * 16);
		plan_word(w, -state.align);
	}
	rooms = 0;
	state = begin(memory);
	for (i = 0, t = parameters; i < s->count; i++, t = type_next(t)) {
		locate(&state, t, i >= s->fixed, &p);
		if (p.memory)
			copy_memory(w, t, i, p.stack);
		else if (needs_room(t, &p))
			copy_memory(w, t, i, room + rooms++ * 16);
	}
	rooms = 0;
	state = begin(memory);
	if (memory) move(w, MOVE_RESULT);
	for (i = 0, t = parameters; i < s->count; i++, t = type_next(t)) {
		locate(&state, t, i >= s->fixed, &p);
		if (needs_room(t, &p))
			load_room(w, &p, room + rooms++ * 16, &loading);
		else
			load_registers(w, t, &p, &loading);
	}
	move(w, MOVE_CALL);
	plan_word(w, state.vecs);
	return NULL;
}

static void write_callback(
	const struct signature *s, bool memory, struct plan_writer *w)
{
	const struct type *t, *parameters = type_next(s->types);
	struct state state = begin(memory);
	struct place p;
	uint32_t i, gathered = 0;
	for (i = 0, t = parameters; i < s->count; i++, t = type_next(t)) {
		locate(&state, t, i >= s->fixed, &p);
		int64_t at = found_at(t, &p);
		plan_place(w, at ? at : gathered_at(gathered++));
		if (p.words > 2) w->head.flags |= PLAN_FLAG_WIDE;
		if (p.words > 4) w->head.flags |= PLAN_FLAG_512;
	}
	for (; i < 2 || i % 2; i++) plan_place(w, FRAME_RESULT);
	w->head.pointers = i * 8;
	w->head.room = gathered * 16 + i * 8;
	if (w->head.room > FRAME_ROOM) w->head.flags |= PLAN_FLAG_ROOM;
	if (state.vecs) w->head.flags |= PLAN_FLAG_VECTORS;
	if (gathered) w->head.flags |= PLAN_FLAG_GATHER;
	state = begin(memory);
	gathered = 0;
	for (i = 0, t = parameters; i < s->count; i++, t = type_next(t)) {
		locate(&state, t, i >= s->fixed, &p);
		if (!found_at(t, &p)) gather(w, &p, gathered_at(gathered++));
	}
	plan_place(w, 0);
}

/* What no compiler agrees upon, or this CPU has not. */
static const char *unsupported(const struct signature *s, uint32_t *where)
{
	unsigned vectors = 0;
	const struct type *passed = s->types;
	for (uint32_t i = 0; i <= s->count; i++, passed = type_next(passed)) {
		*where = passed->where;
		if (is_nameless(passed)) return "a struct without a named member";
	}
	for (uint32_t i = 0; i < s->used; i++) {
		const struct type *t = &s->types[i];
		*where = t->where;
		if (t->kind == '<' && t->count == 1 && type_part(t)->kind == 'd')
			return "gcc and clang do not agree about a vector of one "
			       "double";
		if (t->kind != '<' || t->size < 32) continue;
		if (!vectors) vectors = import_vector_state();
		if (!(vectors & 4)) return "this CPU has no AVX";
		if (t->size == 64 && (vectors & 0xe0) != 0xe0)
			return "this CPU has no AVX-512";
	}
	return NULL;
}

const char *arch_plan(const struct signature *s, unsigned flags, struct plan_writer *w,
	uint32_t *where)
{
	bool memory;
	struct answer a = answer(s->types, &memory);
	const char *fault = unsupported(s, where);
	if (fault) return fault;
	w->head.flags = flags | (memory ? PLAN_FLAG_MEMORY : 0);
	w->head.result = a.store * MOVE_SIZE;
	w->head.answer = a.load * MOVE_SIZE;
	w->head.detail = (uint32_t)s->types->size;
	if (a.load == MOVE_LOAD_X256 || a.load == MOVE_LOAD_X512)
		w->head.flags |= PLAN_FLAG_WIDE;
	if (a.load == MOVE_LOAD_X512) w->head.flags |= PLAN_FLAG_512;
	*where = s->types->where;
	fault = write_call(s, memory, flags, w);
	if (fault) return fault;
	if (w->used % 2) plan_word(w, 0); /* places are aligned to 8 */
	w->head.places = (uint32_t)sizeof w->head + w->used * 4;
	write_callback(s, memory, w);
	return NULL;
}
