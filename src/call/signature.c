/* signature.c - the text of a signature -> types; the grammar is in baredl.h. Pure. */
#include "call.h"

/* What is read, and how far. */
struct reader {
	struct signature *s;
	const char *text, *at;
};

struct type *signature_add(struct signature *s, char kind, uint32_t where)
{
	if (s->used == s->room) {
		s->full = true;
		signature_fault(s, where, "too many types");
		return NULL;
	}
	struct type *t = &s->types[s->used++];
	*t = (struct type){ .kind = kind, .span = 1, .where = where };
	return t;
}

bool signature_fault(struct signature *s, uint32_t where, const char *fault)
{
	s->fault = fault;
	s->where = where;
	return false;
}

/* The next character; characters are counted from 1. */
static char peek(struct reader *r)
{
	while (*r->at == ' ' || *r->at == '\t' || *r->at == '\n') r->at++;
	return *r->at;
}
static bool accept(struct reader *r, char c)
{
	if (peek(r) != c) return false;
	r->at++;
	return true;
}
static uint32_t here(struct reader *r) { return (uint32_t)(r->at - r->text) + 1; }
static bool bad(struct reader *r, const char *fault)
{
	peek(r);
	return signature_fault(r->s, here(r), fault);
}
/* Passes on what layout.c said of what began at [where]. */
static bool check(struct reader *r, uint32_t where, const char *fault)
{
	return !fault || signature_fault(r->s, where, fault);
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool number(struct reader *r, uint32_t *n)
{
	uint64_t value = 0;
	if (!is_digit(peek(r))) return bad(r, "a number is missing here");
	for (; is_digit(*r->at); r->at++) {
		value = value * 10 + (uint64_t)(*r->at - '0');
		if (value > TYPE_SIZE_MOST) return bad(r, "too large a number");
	}
	*n = (uint32_t)value;
	return true;
}

static bool is_void(struct reader *r, const struct type *t)
{
	return t->kind == 'v' &&
	       !signature_fault(r->s, t->where, "void is a result only");
}

static bool type(struct reader *r, uint32_t depth);
static bool member(struct reader *r, uint32_t depth);

static bool scalar(struct reader *r)
{
	char letter = peek(r);
	uint32_t where = here(r);
	for (const char *end = ",()}]>"; *end; end++)
		if (letter == *end) letter = 0;
	if (!letter) return bad(r, "a type is missing here");
	struct type *t = signature_add(r->s, letter, where);
	if (!t) return false;
	r->at++;
	return check(r, where,
		letter == '_' ? "a byte without a type is for structs only"
			      : layout_scalar(t));
}

static bool vector(struct reader *r)
{
	uint32_t where = here(r);
	struct type *t = signature_add(r->s, '<', where);
	if (!t) return false;
	r->at++;
	if (!number(r, &t->count) || !scalar(r)) return false;
	t->span = 2;
	if (!accept(r, '>')) return bad(r, "'>' is missing here");
	return check(r, where, layout_vector(t));
}

static bool array(struct reader *r, uint32_t depth)
{
	uint32_t where = here(r), index = r->s->used;
	if (depth > DEPTH_MOST) return bad(r, "too deep");
	struct type *t = signature_add(r->s, '[', where);
	if (!t) return false;
	r->at++;
	if (!number(r, &t->count)) return false;
	if (peek(r) == '[' ? !array(r, depth + 1) : !type(r, depth + 1)) return false;
	t->span = r->s->used - index;
	if (is_void(r, t + 1)) return false;
	if (!accept(r, ']')) return bad(r, "']' is missing here");
	return check(r, where, layout_array(t));
}

/* A struct with its prefixes. */
static bool structure(struct reader *r, uint32_t depth)
{
	uint32_t where = here(r), index = r->s->used, align = 0, pack = 0;
	for (;;) {
		if (accept(r, '@')) {
			if (!number(r, &align)) return false;
			if (!align) return bad(r, "an alignment is a power of 2");
		} else if (accept(r, '!')) {
			pack = BDL_PACKED;
			if (!is_digit(peek(r))) continue;
			if (!number(r, &pack)) return false;
			if (pack > BDL_PACKED) return bad(r, "too large a number");
			if (pack == BDL_PACKED) pack--; /* as wrong, but not that */
		} else {
			break;
		}
	}
	struct type *t = signature_add(r->s, accept(r, 'u') ? 'u' : '{', where);
	if (!t) return false;
	t->pack = (uint8_t)pack;
	if (!accept(r, '{')) return bad(r, "'{' is missing here");
	while (!accept(r, '}')) {
		if (!peek(r) || *r->at == ')') return bad(r, "'}' is missing here");
		if (!member(r, depth + 1)) return false;
		t->count++;
		accept(r, ',');
	}
	t->span = r->s->used - index;
	return check(r, where, layout_struct(t, align));
}

static bool type(struct reader *r, uint32_t depth)
{
	if (depth > DEPTH_MOST) return bad(r, "too deep");
	switch (peek(r)) {
	case '<':
		return vector(r);
	case '{':
	case 'u':
	case '@':
	case '!':
		return structure(r, depth);
	case '[':
		return bad(r, "arrays are for structs only");
	default:
		return scalar(r);
	}
}

/* Does a struct begin behind "@16"? */
static bool aligns_struct(const char *at)
{
	while (is_digit(*at) || *at == ' ' || *at == '@') at++;
	return *at == '{' || *at == 'u' || *at == '!';
}

static bool member(struct reader *r, uint32_t depth)
{
	uint32_t align = 0, width, where, index;
	char next = peek(r);
	where = here(r);
	if (next == '@' && !aligns_struct(r->at)) {
		r->at++;
		if (!number(r, &align)) return false;
		if (!align) return bad(r, "an alignment is a power of 2");
		next = peek(r);
	}
	index = r->s->used;
	if (next == '_') {
		struct type *t = signature_add(r->s, '_', here(r));
		r->at++;
		if (!t || !check(r, where, layout_scalar(t))) return false;
	} else if (next == '[' ? !array(r, depth) : !type(r, depth)) {
		return false;
	}
	struct type *t = &r->s->types[index];
	if (is_void(r, t)) return false;
	next = peek(r);
	if (next == ':' || next == '.') {
		r->at++;
		if (align) return bad(r, "a bit-field is not aligned");
		return number(r, &width) &&
		       check(r, where, layout_bits(t, next == ':', width));
	}
	return !align || check(r, where, layout_align(t, align));
}

static bool parameter(struct reader *r)
{
	struct signature *s = r->s;
	struct type *t = &s->types[s->used];
	if (!type(r, 1) || is_void(r, t)) return false;
	s->count++;
	return s->fixed == UINT32_MAX || check(r, t->where, layout_variadic(t));
}

static bool dots(struct reader *r)
{
	if (peek(r) != '.') return false;
	if (r->at[1] != '.' || r->at[2] != '.') return bad(r, "'...' is missing here");
	if (r->s->fixed != UINT32_MAX) return bad(r, "a second '...'");
	r->at += 3;
	r->s->fixed = r->s->count;
	return true;
}

static struct reader begin(struct signature *s, const char *text)
{
	s->used = s->count = 0;
	s->fixed = UINT32_MAX;
	s->full = false;
	s->fault = NULL;
	return (struct reader){ s, text, text };
}

bool signature_read_type(struct signature *s, const char *text)
{
	struct reader r = begin(s, text);
	if (!type(&r, 1)) return false;
	return !peek(&r) || bad(&r, "nothing follows a type");
}

bool signature_read(struct signature *s, const char *text)
{
	struct reader r = begin(s, text);
	if (!type(&r, 1)) return false;
	if (!accept(&r, '(')) return bad(&r, "'(' is missing here (types are letters)");
	if (peek(&r) != ')') do {
			if (!dots(&r) && (s->fault || !parameter(&r))) return false;
		} while (accept(&r, ','));
	if (!accept(&r, ')'))
		return bad(&r, "',' or ')' is missing here (types are letters)");
	if (peek(&r)) return bad(&r, "nothing follows a signature");
	if (s->fixed == UINT32_MAX) s->fixed = s->count;
	return true;
}
