/* descriptor.c - a signature as data, struct bdl_type, -> types. Pure. Errors name the
 * parameter, 0 is the result. */
#include "call.h"

static bool add(struct signature *s, const struct bdl_type *from, uint32_t align,
	uint32_t depth, uint32_t parameter);

/* Attributes and bit-fields are descriptors around the type that they are about. */
static bool parts(struct signature *s, struct type *t, const struct bdl_type *from,
	uint32_t count, uint32_t depth)
{
	uint32_t index = (uint32_t)(t - s->types);
	if (count && !from->of)
		return signature_fault(s, t->where, "no members are given");
	for (uint32_t i = 0; i < count; i++)
		if (!add(s, from->of[i], 0, depth + 1, t->where)) return false;
	t->span = s->used - index;
	return true;
}

static bool add(struct signature *s, const struct bdl_type *from, uint32_t align,
	uint32_t depth, uint32_t parameter)
{
	const char *fault = NULL;
	bool inside = depth > 1;
	if (!from) return signature_fault(s, parameter, "no type is given");
	if (depth > DEPTH_MOST) return signature_fault(s, parameter, "too deep");
	char kind = from->kind;
	if (kind == '@' || kind == ':' || kind == '.') {
		if (!from->of || align)
			return signature_fault(s, parameter, "no type is given");
		uint32_t index = s->used;
		if (kind == '@') {
			if (!from->count)
				fault = "an alignment is a power of 2";
			else
				return add(
					s, from->of[0], from->count, depth, parameter);
		} else if (!add(s, from->of[0], 0, depth + 1, parameter)) {
			return false;
		} else if (!inside) {
			fault = "bit-fields are for structs only";
		} else {
			fault = layout_bits(&s->types[index], kind == ':', from->count);
		}
		return !fault || signature_fault(s, parameter, fault);
	}
	struct type *t = signature_add(s, kind, parameter);
	if (!t) return false;
	t->count = from->count;
	switch (kind) {
	case '{':
	case 'u':
		t->pack = from->pack;
		if (!parts(s, t, from, from->count, depth)) return false;
		fault = layout_struct(t, align);
		break;
	case '[':
		if (!inside) fault = "arrays are for structs only";
		if (!fault && !parts(s, t, from, 1, depth)) return false;
		if (!fault) fault = layout_array(t);
		break;
	case '<':
		if (!parts(s, t, from, 1, depth)) return false;
		fault = layout_vector(t);
		break;
	default:
		if (kind == '_' && !inside) fault = "for structs only";
		if (kind == 'v' && (inside || parameter))
			fault = "void is a result only";
		if (!fault) fault = layout_scalar(t);
	}
	if (!fault && align && !type_is_struct(t))
		fault = inside ? layout_align(t, align)
			       : "members and structs are aligned";
	return !fault || signature_fault(s, parameter, fault);
}

bool descriptor_read(struct signature *s, const struct bdl_signature *from)
{
	static const struct bdl_type nothing = { .kind = 'v' };
	s->used = s->count = 0;
	s->full = false;
	s->fault = NULL;
	if (from->fixed > from->count || from->count >= TYPES_MOST)
		return signature_fault(s, 0, "so many parameters cannot be");
	s->fixed = (uint32_t)from->fixed;
	if (!add(s, from->result ? from->result : &nothing, 0, 1, 0)) return false;
	while (s->count < from->count) {
		uint32_t index = s->used, parameter = s->count + 1;
		if (!add(s, from->parameters[s->count], 0, 1, parameter)) return false;
		const char *fault = layout_variadic(&s->types[index]);
		if (fault && s->count >= s->fixed)
			return signature_fault(s, parameter, fault);
		s->count++;
	}
	return true;
}
