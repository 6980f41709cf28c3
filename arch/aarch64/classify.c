/* classify.c - where AAPCS64 (6.8.2, 6.9) passes arguments and results. Pure. */
#include "classify.h"

enum { REGISTERS = 8, ALL = 8 };

/* A Homogeneous Floating-point or Short-Vector Aggregate so far: */
struct homogeneous {
	char base;     /* the letter of its members, '8' '1' for vectors; 0: none yet */
	uint32_t size; /* of each */
};

static bool member(struct homogeneous *h, char base, uint32_t size)
{
	if (h->base && h->base != base) return false;
	h->base = base;
	h->size = size;
	return true;
}

/* How many members [t] has, all of one base type and without padding; -1: no. A
 * bit-field of no width is none of a struct; of a union, for gcc, it is. */
static int64_t members(const struct type *t, struct homogeneous *h)
{
	int64_t n = 0;
	const struct type *m = type_part(t);
	switch (t->kind) {
	case '_':
		return 0;
	case '<':
		if (t->size > 16) return -1;
		return member(h, t->size == 8 ? '8' : '1', (uint32_t)t->size) ? 1 : -1;
	case '[':
		n = members(m, h);
		if (n > 0) n *= t->count;
		break;
	case '{':
	case 'u':
		for (uint32_t i = 0; i < t->count; i++, m = type_next(m)) {
			if (t->kind == '{' && m->kind == '.' && !m->bits) continue;
			int64_t more = members(m, h);
			if (more < 0) return -1;
			if (t->kind == '{')
				n += more;
			else if (n < more)
				n = more;
		}
		break;
	default:
		n = type_scalar(t->kind) == SCALAR_COMPLEX ? 2 : 1;
		if (type_scalar(t->kind) < SCALAR_FLOAT) return -1;
		char base = n == 2 ? type_part_of_complex(t->kind) : t->kind;
		return member(h, base == 'w' ? 'g' : base,
			       (uint32_t)t->size / (uint32_t)n)
			       ? n
			       : -1;
	}
	return n >= 0 && (uint64_t)n * h->size == t->size ? n : -1;
}

struct passing classify(const struct type *t)
{
	struct homogeneous h = { 0 };
	uint32_t align = t->natural >= 16 ? 16 : 8;
	if (!t->size) return (struct passing){ .way = NOTHING, .align = 8 };
	int64_t n = members(t, &h);
	if (n >= 1 && n <= 4) return (struct passing){ V, (unsigned)n, h.size, align };
	if (t->size > 16) return (struct passing){ ADDRESS, 1, 8, 8 };
	return (struct passing){ X, (unsigned)(t->size + 7) / 8, 8, align };
}

void locate(struct state *s, const struct type *t, struct place *p)
{
	struct passing w = classify(t);
	unsigned *used = w.way == V ? &s->nsrn : &s->ngrn;
	*p = (struct place){ .passing = w };
	if (w.way == NOTHING) return;
	if (w.way == X && w.align == 16) *used = (*used + 1) & ~1u;
	p->k = *used;
	if (*used + w.n <= REGISTERS) {
		*used += w.n;
		return;
	}
	*used = ALL;
	p->memory = true;
	p->stack = s->nsaa = (s->nsaa + w.align - 1) & -(uint64_t)w.align;
	s->nsaa += w.way == ADDRESS ? 8 : (t->size + 7) & ~(uint64_t)7;
}
