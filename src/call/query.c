/* query.c - how a type that is described lies in memory, for who has to make objects of
 * it. */
#include "call.h"
#include "../sys.h"

int refuse_text(struct bdl *b, const char *what, const char *text, uint32_t where,
	const char *fault)
{
	const char *at = where ? text + where - 1 : text;
	if (!*at)
		return fail(b, "%s, character %u: %s, at the end of \"%s\"", what,
			where, fault, text);
	return fail(b, "%s, character %u: %s, at \"%s\" of \"%s\"", what, where, fault,
		at, text);
}

struct query {
	const char *text; /* one of the two is NULL */
	const struct bdl_type *data;
	struct bdl_layout *out;
	uint64_t *positions;
	size_t count;
};

static void answer(const struct query *q, const struct type *t)
{
	const struct type *m = type_part(t);
	*q->out = (struct bdl_layout){ (size_t)t->size, t->align,
		type_is_struct(t) ? t->count : 0 };
	for (uint32_t i = 0; i < q->out->members && i < q->count; i++, m = type_next(m))
		q->positions[i] = m->position;
}

/* With room for so many types. *more: more may be asked for; asks for it. */
static int look(struct bdl *b, const struct query *q, struct type *types, uint32_t room,
	bool *more)
{
	struct signature s = { .types = types, .room = room };
	bool good = q->text ? signature_read_type(&s, q->text)
			    : descriptor_read_type(&s, q->data);
	*more = *more && s.full;
	if (good) return answer(q, types), 0;
	if (*more) return -1;
	if (q->text) return refuse_text(b, "type", q->text, s.where, s.fault);
	return fail(b, "type: %s", s.fault);
}

static int query(struct bdl *b, const struct query *q)
{
	struct type few[FEW_TYPES];
	size_t size = TYPES_MOST * sizeof(struct type);
	bool more = true;
	int r = look(b, q, few, FEW_TYPES, &more);
	if (!more) return r;
	long at = sys_allocate(size, PROT_READ | PROT_WRITE);
	if (sys_failed(at)) return fail(b, "type: %s", errno_text(at));
	more = false;
	r = look(b, q, (struct type *)at, TYPES_MOST, &more);
	sys_munmap((void *)at, size);
	return r;
}

int bdl_layout(
	const char *type, struct bdl_layout *out, uint64_t *positions, size_t count)
{
	const struct query q = { type, NULL, out, positions, count };
	return type ? query(bdl_instance(), &q) : fail(bdl_instance(), "type: none");
}

int bdl_layout_type(const struct bdl_type *type, struct bdl_layout *out,
	uint64_t *positions, size_t count)
{
	const struct query q = { NULL, type, out, positions, count };
	return query(bdl_instance(), &q);
}
