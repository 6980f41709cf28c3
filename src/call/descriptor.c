/* descriptor.c - a signature as data, struct bdl_type, -> types. Pure. Errors name the
 * parameter, 0 is the result. */
#include "call.h"

/* What a type is a part of: some are for structs only. */
enum within { NOTHING_ELSE, STRUCT, ARRAY, VECTOR };

struct at {
	enum within within;
	uint32_t depth, parameter;
	uint32_t align; /* an attribute's, or 0 */
};

static bool add(struct signature *s, const struct bdl_type *from, struct at at);

static bool parts(struct signature *s, const struct bdl_type *from, uint32_t count,
	struct at at, enum within within)
{
	at.within = within;
	at.depth++;
	at.align = 0;
	if (count && !from->of)
		return signature_fault(s, at.parameter, "no members are given");
	for (uint32_t i = 0; i < count; i++)
		if (!add(s, from->of[i], at)) return false;
	return true;
}

/* Attributes and bit-fields are descriptors around the type that they are about. */
static bool attribute(struct signature *s, const struct bdl_type *from, struct at at)
{
	if (!from->of || at.align)
		return signature_fault(s, at.parameter, "no type is given");
	if (!from->count)
		return signature_fault(s, at.parameter, "an alignment is a power of 2");
	at.align = from->count;
	return add(s, from->of[0], at);
}

static bool bit_field(struct signature *s, const struct bdl_type *from, struct at at)
{
	uint32_t index = s->used;
	const char *fault = NULL;
	if (!from->of) fault = "no type is given";
	if (at.align) fault = "a bit-field is not aligned";
	if (at.within != STRUCT) fault = "bit-fields are for structs only";
	if (fault) return signature_fault(s, at.parameter, fault);
	if (!parts(s, from, 1, at, STRUCT)) return false;
	fault = layout_bits(&s->types[index], from->kind == ':', from->count);
	return !fault || signature_fault(s, at.parameter, fault);
}

static const char *complete(
	struct signature *s, struct type *t, const struct bdl_type *from, struct at at)
{
	const char *fault;
	bool inside = at.within == STRUCT || at.within == ARRAY;
	switch (t->kind) {
	case '{':
	case 'u':
		if (!parts(s, from, from->count, at, STRUCT)) return s->fault;
		t->span = s->used - (uint32_t)(t - s->types);
		t->pack = from->pack;
		return layout_struct(t, at.align);
	case '[':
		if (!inside) return "arrays are for structs only";
		if (!parts(s, from, 1, at, ARRAY)) return s->fault;
		t->span = s->used - (uint32_t)(t - s->types);
		fault = layout_array(t);
		break;
	case '<':
		if (!parts(s, from, 1, at, VECTOR)) return s->fault;
		t->span = s->used - (uint32_t)(t - s->types);
		fault = layout_vector(t);
		break;
	case '_':
		fault = at.within == STRUCT
				? layout_scalar(t)
				: "a byte without a type is for structs only";
		break;
	case 'v':
		fault = at.within != NOTHING_ELSE || at.parameter
				? "void is a result only"
				: layout_scalar(t);
		break;
	default:
		fault = layout_scalar(t);
	}
	if (fault || !at.align) return fault;
	return at.within == STRUCT ? layout_align(t, at.align)
				   : "members and structs are aligned";
}

static bool add(struct signature *s, const struct bdl_type *from, struct at at)
{
	if (!from) return signature_fault(s, at.parameter, "no type is given");
	if (at.depth > DEPTH_MOST) return signature_fault(s, at.parameter, "too deep");
	if (from->kind == '@') return attribute(s, from, at);
	if (from->kind == ':' || from->kind == '.') return bit_field(s, from, at);
	struct type *t = signature_add(s, from->kind, at.parameter);
	if (!t) return false;
	t->count = from->count;
	const char *fault = complete(s, t, from, at);
	return !fault || signature_fault(s, at.parameter, fault);
}

static void begin(struct signature *s)
{
	s->used = s->count = s->fixed = 0;
	s->full = false;
	s->fault = NULL;
}

bool descriptor_read_type(struct signature *s, const struct bdl_type *from)
{
	begin(s);
	return add(s, from, (struct at){ .depth = 1 });
}

bool descriptor_read(struct signature *s, const struct bdl_signature *from)
{
	static const struct bdl_type nothing = { .kind = 'v' };
	begin(s);
	if (from->count >= TYPES_MOST)
		return signature_fault(s, 0, "too many parameters");
	if (from->count && !from->parameters)
		return signature_fault(s, 0, "no parameters are given");
	if (from->variadic > from->count)
		return signature_fault(s, 0, "more variadic parameters than there are");
	struct at at = { .depth = 1 };
	if (!add(s, from->result ? from->result : &nothing, at)) return false;
	s->fixed = (uint32_t)(from->count - from->variadic);
	while (s->count < from->count) {
		uint32_t index = s->used;
		at.parameter = s->count + 1;
		if (!add(s, from->parameters[s->count], at)) return false;
		const char *fault = layout_variadic(&s->types[index]);
		if (fault && s->count >= s->fixed)
			return signature_fault(s, at.parameter, fault);
		s->count++;
	}
	return true;
}
