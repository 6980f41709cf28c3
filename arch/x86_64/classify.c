/* classify.c - where the System V psABI (3.2.3) passes arguments and results. Pure. */
#include "classify.h"

enum { GPRS = 6, VECS = 8 };

/* ---- classes ----------------------------------------------------------------- */

static uint8_t merge(uint8_t a, uint8_t b)
{
	if (a == b || b == NO_CLASS) return a;
	if (a == NO_CLASS) return b;
	if (a == MEMORY || b == MEMORY) return MEMORY;
	if (a == INTEGER || b == INTEGER) return INTEGER;
	if (a >= X87 || b >= X87) return MEMORY;
	return SSE;
}

/* What the first eightbyte of a scalar or vector is, and the others. */
static void scalar_classes(const struct type *t, uint8_t *first, uint8_t *other)
{
	*first = *other = SSE;
	switch (t->kind) {
	case '_':
		*first = NO_CLASS;
		return;
	case 'g':
		*first = X87, *other = X87UP;
		return;
	case 'G':
		*first = *other = COMPLEX_X87;
		return;
	case 'w':
	case '<':
		*other = SSEUP;
		return;
	default:
		if (type_scalar(t->kind) < SCALAR_FLOAT) *first = *other = INTEGER;
	}
}

static unsigned struct_classes(const struct type *t, unsigned offset, uint8_t *classes)
{
	const struct type *m = type_part(t);
	for (uint32_t i = 0; i < t->count; i++, m = type_next(m)) {
		uint8_t parts[EIGHTBYTES];
		unsigned at = offset % 64 + (unsigned)m->position, n = 0;
		if (m->kind == ':' || m->kind == '.') {
			/* of no width it is one of a union only, to gcc */
			if (!m->bits && t->kind == '{') continue;
			parts[0] = parts[1] = INTEGER;
			n = m->bits ? (at % 64 + m->bits + 63) / 64 : 1;
		} else if (m->size) {
			n = classify(m, (offset + (unsigned)m->position) % 512, parts);
			if (!n) return 0;
		}
		for (unsigned k = 0; k < n && at / 64 + k < EIGHTBYTES; k++)
			classes[at / 64 + k] = merge(classes[at / 64 + k], parts[k]);
	}
	return 1;
}

static unsigned array_classes(const struct type *t, unsigned offset, uint8_t *classes)
{
	const struct type *element = type_part(t);
	for (uint32_t i = 0; i < t->count && element->size; i++) {
		uint8_t parts[EIGHTBYTES];
		unsigned at = i * (unsigned)element->size * 8;
		unsigned n = classify(element, (offset + at) % 512, parts);
		if (!n) return 0;
		at += offset % 64;
		for (unsigned k = 0; k < n && at / 64 + k < EIGHTBYTES; k++)
			classes[at / 64 + k] = merge(classes[at / 64 + k], parts[k]);
	}
	return 1;
}

/* "(c) If the size of the aggregate exceeds two eightbytes", and what follows it. */
static bool clean_up(uint8_t *classes, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (n > 2 && classes[i] != (i ? SSEUP : SSE)) return false;
		if (classes[i] == MEMORY) return false;
		if (classes[i] == X87UP && (!i || classes[i - 1] != X87)) return false;
		if (classes[i] == SSEUP &&
			(!i || (classes[i - 1] != SSE && classes[i - 1] != SSEUP)))
			classes[i] = SSE;
	}
	return true;
}

unsigned classify(const struct type *t, unsigned offset, uint8_t classes[EIGHTBYTES])
{
	bool aggregate = type_is_struct(t) || t->kind == '[';
	if (t->size > 64) return 0;
	unsigned n = ((unsigned)t->size * 8 + offset % 64 + 63) / 64;
	if (n > EIGHTBYTES) return 0;
	for (unsigned i = 0; i < EIGHTBYTES; i++) classes[i] = NO_CLASS;
	if (!aggregate) {
		uint8_t other;
		if (offset % (t->natural * 8)) return 0; /* packed */
		scalar_classes(t, &classes[0], &other);
		for (unsigned i = 1; i < n; i++) classes[i] = other;
		return t->kind == 'W' ? 0 : n;
	}
	if (!(t->kind == '[' ? array_classes : struct_classes)(t, offset, classes))
		return 0;
	return clean_up(classes, n) ? n : 0;
}

/* What a type has: members, unnamed bit-fields, bytes without a type. */
enum { NAMED = 1, UNNAMED = 2, PADDING = 4 };
static unsigned contents(const struct type *t)
{
	const struct type *m = type_part(t);
	unsigned all = 0;
	if (t->kind == '_') return PADDING;
	if (t->kind == '.') return UNNAMED;
	if (t->kind == '[') return contents(m);
	if (!type_is_struct(t)) return NAMED;
	for (uint32_t i = 0; i < t->count; i++, m = type_next(m)) all |= contents(m);
	return all;
}

/* gcc passes a struct without a named member in a register, if there is one left, but
 * not on the stack, and returns none. Only C++'s empty class is known. */
bool is_nameless(const struct type *t)
{
	unsigned all = t->size ? contents(t) : NAMED;
	return !(all & NAMED) && (all & UNNAMED || t->size > 16);
}

/* ---- places ---------------------------------------------------------------------- */

unsigned count(const struct place *p, enum class c)
{
	unsigned n = 0;
	for (unsigned i = 0; i < p->words; i++) n += p->classes[i] == c;
	return n;
}

void locate(struct state *s, const struct type *t, bool variadic, struct place *p)
{
	*p = (struct place){ .gpr = s->gprs, .vec = s->vecs };
	if (!t->size) return;
	p->words = classify(t, 0, p->classes);
	unsigned gprs = count(p, INTEGER), vecs = count(p, SSE);
	bool memory = !p->words || count(p, X87) || count(p, COMPLEX_X87) ||
		      (variadic && p->words > 2 && vecs) || s->gprs + gprs > GPRS ||
		      s->vecs + vecs > VECS;
	if (!memory) {
		s->gprs += gprs;
		s->vecs += vecs;
		return;
	}
	uint32_t align = t->align < 8 ? 8 : t->align;
	p->words = 0;
	p->memory = true;
	s->stack = (s->stack + align - 1) & -(uint64_t)align;
	p->stack = s->stack;
	s->stack += (t->size + 7) & ~(uint64_t)7;
	if (s->align < align) s->align = align;
}
