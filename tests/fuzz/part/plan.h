/* plan.h - whether a plan is one that invoke.S and callback.S can run: its moves exist,
 * and whatever they read and write lies in the arguments, the frame or the result. */
#ifndef PLAN_H
#define PLAN_H

#include <stdlib.h>

#include "call/call.h"
#include "moves.h"

/* Of a function that returns what is wrong. */
#define DEMAND(e) \
	do \
		if (!(e)) return #e; \
	while (0)
#define PASS(call) \
	do { \
		const char *wrong_ = (call); \
		if (wrong_) return wrong_; \
	} while (0)

struct walk {
	const struct signature *s;
	const struct plan_writer *w;
	const uint32_t *at, *end;
	const struct type **arguments;
	uint8_t *done; /* arguments that moves have read */
	/* a call's: */
	uint64_t frame;
	uint8_t *words; /* of the frame, if it is not too large: which are written */
	bool framed, loading;
	uint32_t gprs, vecs; /* registers that are loaded, as bits */
};

static inline bool power_of_2(uint64_t n) { return n && !(n & (n - 1)); }

/* ---- types --------------------------------------------------------------------------- */

/* Without anything but padding. */
static inline bool hollow(const struct type *t)
{
	const struct type *part = type_part(t);
	if (t->kind == '[') return hollow(part);
	if (!type_is_struct(t)) return !t->size || t->kind == '_' || t->kind == '.';
	for (uint32_t i = 0; i < t->count; i++, part = type_next(part))
		if (!hollow(part)) return false;
	return true;
}

static inline const char *type_wrong(const struct type *t, const struct type *end)
{
	const struct type *part = type_part(t);
	DEMAND(t->span >= 1 && t->span <= end - t);
	DEMAND(power_of_2(t->align) && t->align <= 4096 && power_of_2(t->natural));
	DEMAND(t->size <= TYPE_SIZE_MOST + 4096);
	if (t->kind == '[' || t->kind == '<') {
		DEMAND(t->span > 1 && t->span == 1 + part->span);
		DEMAND(t->size == t->count * part->size);
		return type_wrong(part, end);
	}
	if (!type_is_struct(t)) return t->span == 1 ? NULL : "a scalar with parts";
	DEMAND(t->size % t->align == 0);
	for (uint32_t i = 0; i < t->count; i++, part = type_next(part)) {
		bool bits = part->kind == ':' || part->kind == '.';
		DEMAND(part < type_next(t));
		PASS(type_wrong(part, type_next(t)));
		DEMAND(part->position + (bits ? part->bits : part->size * 8) <=
			t->size * 8);
		DEMAND(bits || part->position % 8 == 0);
		DEMAND(t->kind == '{' || part->position == 0);
	}
	return part == type_next(t) ? NULL : "a struct of another span";
}

static inline const char *types_wrong(const struct signature *s)
{
	const struct type *t = s->types, *end = s->types + s->used;
	DEMAND(s->used <= s->room && s->used && s->fixed <= s->count);
	PASS(type_wrong(t, end));
	t = type_next(t);
	for (uint32_t i = 0; i < s->count; i++, t = type_next(t)) {
		DEMAND(t < end && t->kind != 'v' && t->kind != '[' && t->kind != ':');
		PASS(type_wrong(t, end));
	}
	return t == end ? NULL : "other types than parameters";
}

/* ---- moves ---------------------------------------------------------------------------- */

/* The argument whose pointer is at a distance in argv is read. */
static inline const char *reads_argument(
	struct walk *w, uint64_t at, uint64_t from, uint64_t bytes)
{
	DEMAND(at % 8 == 0 && at / 8 < w->s->count);
	DEMAND(from + bytes <= w->arguments[at / 8]->size);
	w->done[at / 8] = 1;
	return NULL;
}

static inline const char *writes_frame(struct walk *w, uint64_t at, uint64_t bytes)
{
	DEMAND(!w->loading && at % 8 == 0 && at + bytes <= w->frame);
	for (uint64_t i = at / 8; w->words && i < (at + bytes + 7) / 8; i++)
		if (w->words[i]++) return "one argument is written over another";
	return NULL;
}

static inline const char *reads_frame(struct walk *w, uint64_t at)
{
	DEMAND(at % 8 == 0 && at + 8 <= w->frame);
	DEMAND(!w->words || w->words[at / 8]);
	return NULL;
}

static inline const char *loads(struct walk *w, uint32_t *registers, unsigned k)
{
	w->loading = true;
	DEMAND(k < 8 && !(*registers >> k & 1));
	*registers |= 1u << k;
	return NULL;
}

static inline const char *makes_frame(struct walk *w, uint64_t size, uint32_t mask)
{
	DEMAND(!w->framed && !w->loading && size % 16 == 0 && size);
	DEMAND(power_of_2(-mask) && -mask >= 16 && -mask <= 4096);
	w->framed = true;
	w->frame = size;
	if (size < 1 << 22) w->words = calloc(size / 8, 1);
	return NULL;
}

static inline const char *puts_argument(struct walk *w, uint64_t size, bool whole)
{
	uint64_t from = w->at[0], to = w->at[1];
	DEMAND(w->end - w->at >= 2);
	w->at += 2;
	PASS(reads_argument(w, from, 0, size));
	DEMAND(w->arguments[from / 8]->size == size);
	DEMAND(whole || size <= 8);
	return writes_frame(w, to, whole ? size : 8);
}

static const char *call_wrong(struct walk *w);
static const char *result_wrong(const struct walk *w);

/* ---- callbacks ------------------------------------------------------------------------- */

struct cells {
	uint8_t *words; /* of the frame, downwards: which belong to an argument */
	uint64_t end;   /* of those of the caller's stack words */
	int64_t lowest; /* place of a gathered argument */
};

/* Where gathered arguments begin: behind argv. */
static inline int64_t gathered_from(const struct bdl_plan *head)
{
	return (int64_t)head->pointers - head->room - FRAME_SIZE;
}

static const char *place_wrong(
	const struct walk *w, const struct type *t, int64_t place, struct cells *cells);
static const char *gather_wrong(const struct walk *w, int64_t to, int64_t from);

static inline const char *takes(struct cells *c, int64_t place, uint64_t size)
{
	DEMAND(place % 8 == 0 && place < 0 && size <= (uint64_t)-place);
	for (int64_t at = place; at < place + (int64_t)size; at += 8)
		if (c->words[-at / 8]++) return "two arguments in one place";
	return NULL;
}

static inline const char *callback_wrong(const struct walk *w, struct cells *cells)
{
	const struct bdl_plan *head = &w->w->head;
	const uint32_t *at = w->at, *end = w->end;
	uint32_t count = head->pointers / 8;
	DEMAND(head->pointers % 16 == 0 && count >= 2);
	DEMAND(count >= w->s->count && count <= w->s->count + 2);
	DEMAND(head->room % 16 == 0 && head->room >= head->pointers);
	DEMAND(!(head->flags & PLAN_FLAG_ROOM) == (head->room <= FRAME_ROOM));
	DEMAND(end - at >= 2 * (int64_t)count + 2);
	for (uint32_t i = 0; i < count; i++, at += 2) {
		int64_t place = (int64_t)(at[0] | (uint64_t)at[1] << 32);
		if (i < w->s->count)
			PASS(place_wrong(w, w->arguments[i], place, cells));
		else
			DEMAND(place == FRAME_RESULT);
	}
	DEMAND(cells->lowest >= gathered_from(head));
	for (; at[0]; at += 2) {
		DEMAND(end - at >= 4);
		DEMAND(head->flags & PLAN_FLAG_GATHER);
		PASS(gather_wrong(w, (int32_t)at[0], (int32_t)at[1]));
	}
	return !at[1] && end - at == 2 ? NULL : "something behind the gathering";
}

/* ---- all of it -------------------------------------------------------------------------- */

static inline const char *walk_plan(struct walk *w, unsigned flags, uint8_t *words)
{
	const struct bdl_plan *head = &w->w->head;
	struct cells cells = { .words = words };
	const struct type *t = type_next(w->s->types);
	for (uint32_t i = 0; i < w->s->count; i++, t = type_next(t))
		w->arguments[i] = t;
	DEMAND((head->flags & (BDL_CALL_ERRNO | BDL_CALL_STACK)) == flags);
	DEMAND(head->detail == w->s->types->size);
	DEMAND(head->result % MOVE_SIZE == 0 && head->result / MOVE_SIZE < MOVES &&
		head->result / MOVE_SIZE >= MOVE_STORE_NONE);
	DEMAND(head->answer % MOVE_SIZE == 0 && head->answer / MOVE_SIZE < ANSWERS);
	PASS(result_wrong(w));
	if (flags & BDL_CALL_STACK)
		DEMAND(w->at < w->end && *w->at++ == MOVE_STACK * MOVE_SIZE);
	PASS(call_wrong(w));
	for (uint32_t i = 0; i < w->s->count; i++)
		if (!w->done[i] && !hollow(w->arguments[i]))
			return "an argument is not passed";
	if ((w->at - w->w->at) % 2) DEMAND(w->at < w->end && *w->at++ == 0);
	DEMAND(head->places == sizeof *head + (size_t)(w->at - w->w->at) * 4);
	return callback_wrong(w, &cells);
}

/* NULL, or what is wrong with the plan of [s] that was written to [w]. */
static inline const char *plan_wrong(
	const struct signature *s, unsigned flags, const struct plan_writer *w)
{
	struct walk walk = { .s = s, .w = w, .at = w->at, .end = w->at + w->used };
	walk.arguments = malloc(sizeof *walk.arguments * (s->count + 1));
	walk.done = calloc(s->count + 1, 1);
	uint8_t *words = calloc((FRAME_SIZE + w->head.room) / 8 + 2, 1);
	if (!walk.arguments || !walk.done || !words) abort();
	const char *wrong = walk_plan(&walk, flags, words);
	free(words);
	free(walk.words);
	free(walk.done);
	free(walk.arguments);
	return wrong;
}

#include MACHINE_PLAN_H /* plan-MACHINE.h */
#endif
