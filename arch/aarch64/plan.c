/* plan.c - the moves that bring arguments and results where classify.c says. */
#include "classify.h"
#include "moves.h"

static void move(struct plan_writer *w, unsigned number)
{
	plan_word(w, number * MOVE_SIZE);
}
static void move1(struct plan_writer *w, unsigned number, uint32_t a)
{
	move(w, number);
	plan_word(w, a);
}
static void move2(struct plan_writer *w, unsigned number, uint32_t a, uint32_t b)
{
	move1(w, number, a);
	plan_word(w, b);
}

static unsigned how_v(uint32_t size)
{
	return size == 2 ? HOW_H : size == 4 ? HOW_S : size == 8 ? HOW_D : HOW_Q;
}

/* ---- a call's moves ----------------------------------------------------------------- */

/* What is copied below the frame first: what goes by its address, and words of which
 * just some bytes are there. Where to; *end is where the copies end. */
static bool takes_room(
	const struct type *t, const struct place *p, uint64_t *end, uint64_t *at)
{
	bool takes = p->passing.way == ADDRESS;
	for (unsigned i = 0; p->passing.way == X && !p->memory && i < p->passing.n; i++)
		takes |= (type_bytes(t, i) & (type_bytes(t, i) - 1)) != 0;
	if (!takes) return false;
	uint32_t align = t->align < 16 ? 16 : t->align;
	*at = (*end + align - 1) & -(uint64_t)align;
	*end = *at + ((t->size + 15) & ~(uint64_t)15);
	return true;
}

static void copy(struct plan_writer *w, const struct type *t, uint32_t i, uint64_t to)
{
	if (type_scalar(t->kind) != SCALAR_NONE && t->size <= 8) {
		move2(w, MOVE_PUT + type_how(t, (unsigned)t->size), i * 8,
			(uint32_t)to);
		return;
	}
	move2(w, MOVE_COPY, i * 8, (uint32_t)to);
	plan_word(w, (uint32_t)t->size);
}

static void load_registers(
	struct plan_writer *w, const struct type *t, const struct place *p, uint32_t i)
{
	for (unsigned j = 0; j < p->passing.n; j++)
		if (p->passing.way == V)
			move2(w, MOVE_V(p->k + j, how_v(p->passing.size)), i * 8,
				j * p->passing.size);
		else if (p->passing.way == X)
			move2(w, MOVE_X(p->k + j, type_how(t, type_bytes(t, j))), i * 8,
				j * 8);
}

static void load_room(struct plan_writer *w, const struct place *p, uint64_t room)
{
	if (p->passing.way == ADDRESS) {
		move1(w, MOVE_X_ADDRESS(p->k), (uint32_t)room);
		return;
	}
	for (unsigned j = 0; j < p->passing.n; j++)
		move1(w, MOVE_X_ROOM(p->k + j), (uint32_t)room + j * 8);
}

/* How much stack a call takes: *words for arguments, *rooms in all; its alignment. */
static uint32_t measure(const struct signature *s, uint64_t *words, uint64_t *rooms)
{
	const struct type *t = type_next(s->types);
	struct state state = { 0 };
	struct place p;
	uint64_t at;
	uint32_t align = 16, i;
	for (i = 0; i < s->count; i++, t = type_next(t)) locate(&state, t, &p);
	*words = *rooms = (state.nsaa + 15) & ~(uint64_t)15;
	state = (struct state){ 0 };
	for (i = 0, t = type_next(s->types); i < s->count; i++, t = type_next(t)) {
		locate(&state, t, &p);
		if (takes_room(t, &p, rooms, &at) && align < t->align) align = t->align;
	}
	return align;
}

/* NULL, or what is wrong. */
static const char *write_call(
	const struct signature *s, bool memory, unsigned flags, struct plan_writer *w)
{
	const struct type *t, *parameters = type_next(s->types);
	struct state state = { 0 };
	struct place p;
	uint64_t words, rooms, room;
	uint32_t i, align = measure(s, &words, &rooms);
	if (rooms > TYPE_SIZE_MOST) return "arguments are too large";
	if (flags & BDL_CALL_STACK) move(w, MOVE_STACK);
	if (rooms) {
		w->head.frame = (uint32_t)rooms + align;
		move2(w, MOVE_FRAME, (uint32_t)rooms, -align);
	}
	rooms = words;
	for (i = 0, t = parameters; i < s->count; i++, t = type_next(t)) {
		locate(&state, t, &p);
		if (takes_room(t, &p, &rooms, &room)) {
			copy(w, t, i, room);
			if (p.memory)
				move2(w, MOVE_ADDRESS, (uint32_t)room,
					(uint32_t)p.stack);
		} else if (p.memory) {
			copy(w, t, i, p.stack);
		}
	}
	rooms = words;
	state = (struct state){ 0 };
	if (memory) move(w, MOVE_RESULT);
	for (i = 0, t = parameters; i < s->count; i++, t = type_next(t)) {
		locate(&state, t, &p);
		bool copied = takes_room(t, &p, &rooms, &room);
		if (p.memory) continue;
		if (copied)
			load_room(w, &p, room);
		else
			load_registers(w, t, &p, i);
	}
	move(w, MOVE_CALL);
	return NULL;
}

/* ---- results ---------------------------------------------------------------------------- */

struct answer {
	unsigned store, load;
};

static struct answer answer(const struct type *t)
{
	struct passing p = classify(t);
	if (p.way == NOTHING || p.way == ADDRESS)
		return (struct answer){ MOVE_STORE_NONE, MOVE_LOAD_NONE };
	if (p.way == V)
		return (struct answer){ MOVE_STORE_V(how_v(p.size), p.n),
			MOVE_LOAD_V(how_v(p.size)) };
	if (t->size == 16) return (struct answer){ MOVE_STORE_XX, MOVE_LOAD_XX };
	if (t->size & (t->size - 1))
		return (struct answer){ MOVE_STORE_OF, MOVE_LOAD_XX };
	unsigned bytes = type_how(t, (unsigned)t->size);
	static const uint8_t stores[] = { MOVE_STORE_8, MOVE_STORE_8, MOVE_STORE_16,
		MOVE_STORE_16, MOVE_STORE_32, MOVE_STORE_64 };
	return (struct answer){ stores[bytes], MOVE_LOAD_S8 + bytes };
}

/* ---- callbacks ---------------------------------------------------------------------------- */

/* Where a callback finds an argument, from its frame. */
static int64_t arrives_at(const struct place *p)
{
	if (p->memory) return FRAME_STACK + (int64_t)p->stack;
	if (p->passing.way == V) return FRAME_V + 16 * (int64_t)p->k;
	if (p->passing.way == NOTHING) return FRAME_RESULT;
	return FRAME_X + 8 * (int64_t)p->k;
}

/* Whether it has to be put together: members of less than a register, or an alignment
 * that the place has not. */
static bool in_pieces(const struct type *t, const struct place *p)
{
	if (p->passing.way == ADDRESS || p->passing.way == NOTHING) return false;
	if (t->align >= 16 && arrives_at(p) % 16) return true;
	return p->passing.way == V && !p->memory && p->passing.n > 1 &&
	       p->passing.size < 16;
}

static void gather_move(struct plan_writer *w, int64_t to, int64_t from)
{
	plan_word(w, (uint32_t)to);
	plan_word(w, (uint32_t)from);
	w->head.flags |= PLAN_FLAG_GATHER;
}

/* Each move is of 8 bytes; those of smaller members overlap, in order. */
static void gather(
	struct plan_writer *w, const struct type *t, const struct place *p, int64_t to)
{
	int64_t from = arrives_at(p);
	if (p->memory || p->passing.way == X) {
		for (int64_t i = 0; i < (int64_t)t->size; i += 8)
			gather_move(w, to + i, from + i);
		return;
	}
	for (unsigned j = 0; j < p->passing.n; j++)
		gather_move(w, to + j * p->passing.size, from + 16 * (int64_t)j);
}

static int64_t gathered_at(uint32_t n)
{
	return -(FRAME_SIZE + GATHER_SIZE * ((int64_t)n + 1));
}

static void write_callback(const struct signature *s, struct plan_writer *w)
{
	const struct type *t, *parameters = type_next(s->types);
	struct state state = { 0 };
	struct place p;
	uint32_t i, gathered = 0;
	for (i = 0, t = parameters; i < s->count; i++, t = type_next(t)) {
		locate(&state, t, &p);
		plan_place(
			w, in_pieces(t, &p) ? gathered_at(gathered++) : arrives_at(&p));
	}
	for (; i < 2 || i % 2; i++) plan_place(w, FRAME_RESULT);
	w->head.pointers = i * 8;
	w->head.room = gathered * GATHER_SIZE + i * 8;
	if (w->head.room > FRAME_ROOM) w->head.flags |= PLAN_FLAG_ROOM;
	if (state.nsrn) w->head.flags |= PLAN_FLAG_VECTORS;
	state = (struct state){ 0 };
	gathered = 0;
	for (i = 0, t = parameters; i < s->count; i++, t = type_next(t)) {
		locate(&state, t, &p);
		if (in_pieces(t, &p))
			gather(w, t, &p, gathered_at(gathered++));
		else if (p.passing.way == ADDRESS)
			gather_move(w, (int64_t)i * 8 + GATHER_ARGV, arrives_at(&p));
	}
	plan_place(w, 0);
}

const char *arch_plan(const struct signature *s, unsigned flags, struct plan_writer *w,
	uint32_t *where)
{
	bool memory = classify(s->types).way == ADDRESS;
	struct answer a = answer(s->types);
	*where = s->types->where;
	w->head.flags = flags | (memory ? PLAN_FLAG_MEMORY : 0);
	w->head.result = a.store * MOVE_SIZE;
	w->head.answer = a.load * MOVE_SIZE;
	w->head.detail = (uint32_t)s->types->size;
	const char *fault = write_call(s, memory, flags, w);
	if (fault) return fault;
	if (w->used % 2) plan_word(w, 0); /* places are aligned to 8 */
	w->head.places = (uint32_t)sizeof w->head + w->used * 4;
	write_callback(s, w);
	return NULL;
}
