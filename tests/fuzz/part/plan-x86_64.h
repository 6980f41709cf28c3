/* plan-x86_64.h - what plan.h asks of each machine: of call_wrong() on. */

static inline const char *moves_gpr(struct walk *w, unsigned move, uint64_t *argv)
{
	static const uint8_t bytes[] = { 1, 1, 2, 2, 4, 8, 4, 8 };
	unsigned how = move % 8;
	PASS(loads(w, &w->gprs, move / 8));
	DEMAND(move / 8 < 6);
	if (how >= HOW_FAR_32) {
		DEMAND(*argv >= 8);
		return reads_argument(w, *argv - 8, 8, bytes[how]);
	}
	*argv += 8;
	return reads_argument(w, *argv - 8, 0, bytes[how]);
}

static inline const char *moves_pair(struct walk *w, unsigned move, uint64_t *argv)
{
	PASS(loads(w, &w->gprs, move / 4));
	PASS(loads(w, &w->gprs, move / 4 + 1));
	DEMAND(move / 4 + 1 < 6);
	*argv += 16;
	PASS(reads_argument(w, *argv - 16, 0, move & 2 ? 8 : 4));
	return reads_argument(w, *argv - 8, 0, move & 1 ? 8 : 4);
}

static inline const char *moves_vec(struct walk *w, unsigned move, uint64_t *argv)
{
	static const uint8_t bytes[] = { 2, 4, 8, 16, 32, 64, 4, 8 };
	unsigned how = move % 10, k = move / 10;
	PASS(loads(w, &w->vecs, k));
	if (how == HOW_X_ROOM) {
		DEMAND(w->at < w->end);
		return reads_frame(w, *w->at++);
	}
	if (how == HOW_X_PAIR) {
		PASS(loads(w, &w->vecs, k + 1));
		*argv += 16;
		PASS(reads_argument(w, *argv - 16, 0, 8));
		return reads_argument(w, *argv - 8, 0, 8);
	}
	if (how >= HOW_FAR_X32) {
		DEMAND(*argv >= 8);
		return reads_argument(w, *argv - 8, 8, bytes[how]);
	}
	*argv += 8;
	return reads_argument(w, *argv - 8, 0, bytes[how]);
}

static const char *call_wrong(struct walk *w)
{
	static const uint8_t bytes[] = { 1, 1, 2, 2, 4, 8 };
	uint64_t argv = 0; /* how much of it has been used */
	for (;;) {
		DEMAND(w->end - w->at >= 2); /* there is a callback's part, too */
		uint32_t move = *w->at++;
		DEMAND(move % MOVE_SIZE == 0);
		move /= MOVE_SIZE;
		if (move < MOVE_GPR_ROOM(0)) {
			PASS(moves_gpr(w, move, &argv));
		} else if (move < MOVE_GPR_PAIR(0, 0)) {
			PASS(loads(w, &w->gprs, move - MOVE_GPR_ROOM(0)));
			PASS(reads_frame(w, *w->at++));
		} else if (move < MOVE_VEC(0, 0)) {
			PASS(moves_pair(w, move - MOVE_GPR_PAIR(0, 0), &argv));
		} else if (move < MOVE_STACK) {
			PASS(moves_vec(w, move - MOVE_VEC(0, 0), &argv));
		} else if (move == MOVE_FRAME || move == MOVE_FRAME_LARGE) {
			DEMAND((move == MOVE_FRAME_LARGE) == (w->at[0] > 4096));
			w->at += 2;
			PASS(makes_frame(w, w->at[-2], w->at[-1]));
		} else if (move >= MOVE_PUT && move < MOVE_COPY) {
			PASS(puts_argument(w, bytes[move - MOVE_PUT], false));
		} else if (move == MOVE_COPY) {
			DEMAND(w->end - w->at >= 3);
			PASS(puts_argument(w, w->at[2], true));
			w->at++;
		} else if (move == MOVE_SKIP) {
			argv += *w->at++;
			DEMAND(argv % 8 == 0 && argv / 8 <= w->s->count);
		} else if (move == MOVE_RESULT) {
			DEMAND(!w->loading && w->w->head.flags & PLAN_FLAG_MEMORY);
			PASS(loads(w, &w->gprs, 0));
		} else {
			DEMAND(move == MOVE_CALL);
			DEMAND(*w->at++ == (uint32_t)__builtin_popcount(w->vecs));
			break;
		}
	}
	return w->w->head.flags & PLAN_FLAG_MEMORY && !(w->gprs & 1) ? "no result"
								     : NULL;
}

static const char *result_wrong(const struct walk *w)
{
	static const uint8_t bytes[] = { 0, 1, 2, 4, 8, 16, 2, 4, 8, 16, 32, 64, 16, 16,
		16, 16, 32, 0, 0, 0, 0 };
	const struct bdl_plan *head = &w->w->head;
	const struct type *t = w->s->types;
	unsigned store = head->result / MOVE_SIZE, load = head->answer / MOVE_SIZE;
	bool memory = head->flags & PLAN_FLAG_MEMORY,
	     wide = head->flags & PLAN_FLAG_WIDE;
	DEMAND(bytes[store - MOVE_STORE_NONE] <= t->size);
	DEMAND(store < MOVE_STORE_GG_OF || head->detail <= 16);
	DEMAND(memory == (load == MOVE_LOAD_RDI));
	DEMAND(store != MOVE_STORE_NONE || memory || hollow(t));
	DEMAND(load != MOVE_LOAD_NONE || hollow(t));
	DEMAND(wide || (load != MOVE_LOAD_X256 && load != MOVE_LOAD_X512));
	DEMAND(memory || t->size <= (wide ? 64 : FRAME_GPR - FRAME_RESULT));
	DEMAND(!(head->flags & PLAN_FLAG_512) || wide);
	return NULL;
}

static bool in_gprs(int64_t at, uint64_t size)
{
	return at >= FRAME_GPR && at + (int64_t)size <= FRAME_GPR + 48;
}
static bool in_vecs(int64_t at, uint64_t size)
{
	return at >= FRAME_VEC && at + (int64_t)size <= FRAME_VEC + 128;
}

static const char *place_wrong(
	const struct walk *w, const struct type *t, int64_t place, struct cells *cells)
{
	const struct bdl_plan *head = &w->w->head;
	if (place & WIDE_MARK) {
		DEMAND(head->flags & PLAN_FLAG_WIDE);
		place -= WIDE_MARK;
		DEMAND(t->size > 16 && place % 64 == 0 && place >= WIDE_VEC);
		DEMAND(place + (int64_t)t->size <= WIDE_SIZE);
		DEMAND(t->size <= 32 || head->flags & PLAN_FLAG_512);
		return NULL;
	}
	if (hollow(t) && place == FRAME_RESULT)
		return t->size <= FRAME_GPR - FRAME_RESULT ? NULL
							   : "larger than its place";
	if (place >= FRAME_STACK) {
		uint64_t at = (uint64_t)place - FRAME_STACK;
		DEMAND(at >= cells->end && at % 8 == 0 && at % t->align == 0);
		cells->end = at + t->size;
		return NULL;
	}
	DEMAND(t->align <= 16 && place % t->align == 0);
	PASS(takes(cells, place, t->size));
	if (in_gprs(place, t->size)) return NULL;
	if (in_vecs(place, t->size)) {
		DEMAND(head->flags & (PLAN_FLAG_VECTORS | PLAN_FLAG_WIDE));
		return NULL;
	}
	DEMAND(place < -FRAME_SIZE && place % 16 == 0 && t->size <= 16);
	DEMAND(head->flags & PLAN_FLAG_GATHER);
	if (cells->lowest > place) cells->lowest = place;
	return NULL;
}

static const char *gather_wrong(const struct walk *w, int64_t to, int64_t from)
{
	const struct bdl_plan *head = &w->w->head;
	DEMAND(to % 8 == 0 && to + 8 <= -FRAME_SIZE);
	DEMAND(to >= gathered_from(head));
	DEMAND(from % 8 == 0 && (in_gprs(from, 8) || in_vecs(from, 8)));
	DEMAND(in_gprs(from, 8) || head->flags & (PLAN_FLAG_VECTORS | PLAN_FLAG_WIDE));
	return NULL;
}
