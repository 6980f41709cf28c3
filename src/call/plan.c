/* plan.c - signatures -> plans, and where these are kept. */
#include "call.h"
#include "../lock.h"

/* Moves of most plans find room on the stack, too. */
enum { FEW_WORDS = 256, MANY_WORDS = TYPES_MOST * 8 };

/* One of the two is NULL. */
struct request {
	const char *text;
	const struct bdl_signature *data;
	unsigned flags;
	void *memory;
	size_t size;
};

static struct bdl_plan *refuse(
	struct bdl *b, const struct request *q, const char *fault, uint32_t where)
{
	if (q->text)
		refuse_text(b, "signature", q->text, where, fault);
	else if (where)
		fail(b, "signature, parameter %u: %s", where, fault);
	else
		fail(b, "signature, result: %s", fault);
	return NULL;
}

/* ---- arenas: plans side by side, together given back ------------------------------ */

enum { ARENA = 1 << 14 };

struct arena { /* at its beginning */
	size_t size, used;
	size_t plans; /* that are in it and not freed */
};

/* *arena: how far behind its start. */
static void *arena_take(struct bdl *b, uint32_t size, uint32_t *arena)
{
	struct calls *c = &b->calls;
	lock_take(&c->lock);
	struct arena *a = c->arena;
	if (!a || a->size - a->used < size) {
		size_t all = size > ARENA / 4 ? sizeof *a + size : ARENA;
		long at = sys_allocate(all, PROT_READ | PROT_WRITE);
		if (sys_failed(at)) {
			lock_give(&c->lock);
			return fail(b, "plan: %s", errno_text(at)), NULL;
		}
		a = (struct arena *)at;
		a->size = all;
		a->used = sizeof *a;
		if (all == ARENA) {
			if (c->arena && !c->arena->plans) sys_munmap(c->arena, ARENA);
			c->arena = a;
		}
	}
	*arena = (uint32_t)a->used;
	a->used += size;
	a->plans++;
	lock_give(&c->lock);
	return (char *)a + *arena;
}

static void arena_give(struct bdl *b, struct bdl_plan *plan)
{
	struct calls *c = &b->calls;
	struct arena *a = (struct arena *)((char *)plan - plan->arena);
	lock_take(&c->lock);
	if (--a->plans == 0) {
		if (a == c->arena)
			a->used = sizeof *a;
		else
			sys_munmap(a, a->size);
	}
	lock_give(&c->lock);
}

static struct bdl_plan *store_plan(
	struct bdl *b, const struct request *q, const struct plan_writer *w)
{
	uint32_t size = (uint32_t)sizeof w->head + ((w->used + 1) & ~1u) * 4;
	uint32_t arena = 0;
	struct bdl_plan *plan = q->memory;
	if (!plan) {
		plan = arena_take(b, size, &arena);
		if (!plan) return NULL;
	} else if ((uintptr_t)plan & 7) {
		return fail(b, "plan: its memory is not aligned to 8"), NULL;
	} else if (q->size < size) {
		return fail(b, "plan: takes %u bytes, has %u", size, (unsigned)q->size),
		       NULL;
	}
	*plan = w->head;
	plan->size = size;
	plan->arena = arena;
	__builtin_memcpy(plan->moves, w->at, w->used * 4);
	return plan;
}

/* With room for so many types and words of moves. *more: more may be asked for; asks
 * for it. */
static struct bdl_plan *prepare_in(struct bdl *b, const struct request *q,
	struct type *types, uint32_t room, uint32_t *words, uint32_t count, bool *more)
{
	struct signature s = { .types = types, .room = room };
	struct plan_writer w = { .at = words, .room = count };
	bool can = *more;
	const char *fault;
	uint32_t where = 0;
	*more = false;
	if (q->text ? !signature_read(&s, q->text) : !descriptor_read(&s, q->data)) {
		*more = can && s.full;
		return *more ? NULL : refuse(b, q, s.fault, s.where);
	}
	fault = arch_plan(&s, q->flags, &w, &where);
	if (!fault && w.used > count) {
		*more = can;
		if (!can) fault = "too many arguments";
	}
	if (fault) return refuse(b, q, fault, where);
	return *more ? NULL : store_plan(b, q, &w);
}

static struct bdl_plan *prepare(struct bdl *b, const struct request *q)
{
	struct type few[FEW_TYPES];
	uint32_t words[FEW_WORDS];
	bool more = true;
	struct bdl_plan *plan =
		prepare_in(b, q, few, FEW_TYPES, words, FEW_WORDS, &more);
	if (!more) return plan;
	size_t size = TYPES_MOST * sizeof(struct type) + MANY_WORDS * sizeof(uint32_t);
	long at = sys_allocate(size, PROT_READ | PROT_WRITE);
	if (sys_failed(at)) return fail(b, "plan: %s", errno_text(at)), NULL;
	struct type *types = (struct type *)at;
	more = false;
	plan = prepare_in(b, q, types, TYPES_MOST, (uint32_t *)(types + TYPES_MOST),
		MANY_WORDS, &more);
	sys_munmap(types, size);
	return plan;
}

/* ---- the public functions ---------------------------------------------------------- */

static struct bdl_plan *checked(struct bdl *b, const struct request *q)
{
	if (!q->text && !q->data) return fail(b, "signature: none is given"), NULL;
	if (q->flags & ~(unsigned)(BDL_CALL_ERRNO | BDL_CALL_STACK))
		return fail(b, "plan: a flag is unknown"), NULL;
	return prepare(b, q);
}

struct bdl_plan *bdl_prepare(
	const char *signature, unsigned flags, void *memory, size_t size)
{
	const struct request q = { signature, NULL, flags, memory, size };
	return checked(bdl_instance(), &q);
}

struct bdl_plan *bdl_prepare_types(const struct bdl_signature *signature,
	unsigned flags, void *memory, size_t size)
{
	const struct request q = { NULL, signature, flags, memory, size };
	return checked(bdl_instance(), &q);
}

size_t bdl_plan_size(const struct bdl_plan *plan) { return plan->size; }

size_t bdl_plan_stack_size(const struct bdl_plan *plan) { return plan->frame; }

void bdl_plan_free(struct bdl_plan *plan)
{
	if (plan && plan->arena) arena_give(bdl_instance(), plan);
}

int bdl_plan_stack(struct bdl_plan *plan, void *stack, size_t size)
{
	if (!(plan->flags & PLAN_FLAG_STACK))
		return fail(bdl_instance(), "plan: made without BDL_CALL_STACK");
	if (stack && size < plan->frame)
		return fail(bdl_instance(), "plan: takes %u bytes of stack itself",
			plan->frame);
	plan->stack = stack ? (uintptr_t)stack + size : 0;
	return 0;
}

/* invoke.S, behind the callee: the errno that it has left. */
int call_errno(void)
{
	const struct resident_functions *r = bdl_instance()->r;
	return r ? *r->errno_location() : 0;
}
