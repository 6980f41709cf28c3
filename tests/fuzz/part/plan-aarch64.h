/* plan-aarch64.h - what plan.h asks of each machine: of call_wrong() on. */

static const uint8_t bytes_x[] = { 1, 1, 2, 2, 4, 8 }, bytes_v[] = { 2, 4, 8, 16 };

static const char *call_wrong(struct walk *w)
{
	for (;;) {
		DEMAND(w->end - w->at >= 4); /* there is a callback's part, too */
		uint32_t move = *w->at++;
		DEMAND(move % MOVE_SIZE == 0);
		move /= MOVE_SIZE;
		if (move < MOVE_V(0, 0)) {
			PASS(loads(w, &w->gprs, move / 6));
			PASS(reads_argument(w, w->at[0], w->at[1], bytes_x[move % 6]));
			w->at += 2;
		} else if (move < MOVE_X_ROOM(0)) {
			move -= MOVE_V(0, 0);
			PASS(loads(w, &w->vecs, move / 4));
			PASS(reads_argument(w, w->at[0], w->at[1], bytes_v[move % 4]));
			w->at += 2;
		} else if (move < MOVE_STACK) {
			PASS(loads(w, &w->gprs, move % 8));
			PASS(reads_frame(w, *w->at++));
		} else if (move == MOVE_FRAME) {
			w->at += 2;
			PASS(makes_frame(w, w->at[-2], w->at[-1]));
		} else if (move >= MOVE_PUT && move < MOVE_COPY) {
			PASS(puts_argument(w, bytes_x[move - MOVE_PUT], false));
		} else if (move == MOVE_COPY) {
			PASS(puts_argument(w, w->at[2], true));
			w->at++;
		} else if (move == MOVE_ADDRESS) {
			PASS(reads_frame(w, w->at[0]));
			PASS(writes_frame(w, w->at[1], 8));
			w->at += 2;
		} else if (move == MOVE_RESULT) {
			DEMAND(!w->loading && w->w->head.flags & PLAN_FLAG_MEMORY);
		} else {
			return move == MOVE_CALL ? NULL : "an unknown move";
		}
	}
}

static const char *result_wrong(const struct walk *w)
{
	static const uint8_t bytes[] = { 0, 1, 2, 4, 8, 16, 0 };
	const struct bdl_plan *head = &w->w->head;
	const struct type *t = w->s->types;
	unsigned store = head->result / MOVE_SIZE, load = head->answer / MOVE_SIZE;
	bool memory = head->flags & PLAN_FLAG_MEMORY;
	DEMAND((store == MOVE_STORE_NONE) == (memory || !t->size));
	DEMAND((load == MOVE_LOAD_NONE) == (memory || !t->size));
	if (store >= MOVE_STORE_V(0, 1)) {
		unsigned v = store - MOVE_STORE_V(0, 1);
		DEMAND(bytes_v[v / 4] * (v % 4 + 1u) == t->size);
		DEMAND(load == MOVE_LOAD_V(v / 4));
	} else {
		DEMAND(load < MOVE_LOAD_V(0));
		DEMAND(bytes[store - MOVE_STORE_NONE] <= t->size);
		DEMAND(store != MOVE_STORE_OF || head->detail <= 16);
	}
	DEMAND(memory || t->size <= FRAME_X - FRAME_RESULT);
	return NULL;
}

static bool in_x(int64_t at, uint64_t size)
{
	return at >= FRAME_X && at + (int64_t)size <= FRAME_X + 64;
}
static bool in_v(int64_t at, uint64_t size)
{
	return at >= FRAME_V && at + (int64_t)size <= FRAME_V + 128;
}

static const char *place_wrong(
	const struct walk *w, const struct type *t, int64_t place, struct cells *cells)
{
	const struct bdl_plan *head = &w->w->head;
	/* what goes by its address is there for a while */
	bool address = t->size > 16 && (head->flags & PLAN_FLAG_GATHER) &&
		       (in_x(place, 8) || place >= FRAME_STACK);
	uint64_t size = t->size;
	if (!t->size) return place == FRAME_RESULT ? NULL : "a place for nothing";
	if (address && in_x(place, 8)) size = 8;
	if (place >= FRAME_STACK) {
		uint64_t at = (uint64_t)place - FRAME_STACK;
		DEMAND(at >= cells->end && at % 8 == 0);
		DEMAND(address || at % (t->align < 16 ? t->align : 16) == 0);
		cells->end = at + (address ? 8 : size);
		return NULL;
	}
	PASS(takes(cells, place, size));
	if (size == t->size) DEMAND(place % (t->align < 16 ? t->align : 16) == 0);
	if (in_x(place, size)) return NULL;
	if (in_v(place, size)) {
		DEMAND(head->flags & PLAN_FLAG_VECTORS);
		return NULL;
	}
	DEMAND(place < -FRAME_SIZE && place % 16 == 0 && size <= GATHER_SIZE);
	DEMAND(head->flags & PLAN_FLAG_GATHER);
	if (cells->lowest > place) cells->lowest = place;
	return NULL;
}

static const char *gather_wrong(const struct walk *w, int64_t to, int64_t from)
{
	const struct bdl_plan *head = &w->w->head;
	DEMAND(from >= FRAME_STACK || in_x(from, 8) || in_v(from, 8));
	DEMAND(!in_v(from, 8) || head->flags & PLAN_FLAG_VECTORS);
	if (to & GATHER_ARGV) {
		to -= GATHER_ARGV;
		DEMAND(to >= 0 && to % 8 == 0 && to / 8 < w->s->count);
		DEMAND(w->arguments[to / 8]->size > 16 && !in_v(from, 8));
		return NULL;
	}
	int64_t in_cell = (to + FRAME_SIZE) & (GATHER_SIZE - 1);
	DEMAND(to % 2 == 0 && to < -FRAME_SIZE && in_cell + 8 <= GATHER_SIZE);
	DEMAND(to >= gathered_from(head));
	return NULL;
}
