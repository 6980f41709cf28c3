/* layout.c - sizes, alignments and positions, as the System V ABIs and gcc have them
 * (psABI 3.1.2, AAPCS64 5.9). Pure. */
#include "call.h"

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

/* Of a scalar, the same on both machines; 0: no scalar has this letter. */
static uint32_t size_of(char kind)
{
	switch (kind) {
	case '_':
	case '?':
	case 'c':
	case 'b':
	case 'B':
		return 1;
	case 'h':
	case 'H':
	case 'e':
	case 'y':
		return 2;
	case 'i':
	case 'I':
	case 'f':
	case 'E':
		return 4;
	case 'l':
	case 'L':
	case 'q':
	case 'Q':
	case 'p':
	case 's':
	case 'd':
	case 'F':
		return 8;
	case 'n':
	case 'N':
	case 'g':
	case 'w':
	case 'D':
		return 16;
	case 'G':
	case 'W':
		return 32;
	default:
		return 0;
	}
}

enum scalar type_scalar(char kind)
{
	switch (kind) {
	case 'c':
		return (char)-1 < 0 ? SCALAR_SIGNED : SCALAR_UNSIGNED;
	case 'b':
	case 'h':
	case 'i':
	case 'l':
	case 'q':
	case 'n':
		return SCALAR_SIGNED;
	case '?':
	case 'B':
	case 'H':
	case 'I':
	case 'L':
	case 'Q':
	case 'N':
	case 'p':
	case 's':
		return SCALAR_UNSIGNED;
	case 'e':
	case 'y':
	case 'f':
	case 'd':
	case 'g':
	case 'w':
		return SCALAR_FLOAT;
	case 'E':
	case 'F':
	case 'D':
	case 'G':
	case 'W':
		return SCALAR_COMPLEX;
	default:
		return SCALAR_NONE;
	}
}

unsigned type_how(const struct type *t, unsigned bytes)
{
	bool is_signed = type_scalar(t->kind) == SCALAR_SIGNED;
	switch (bytes) {
	case 1:
		return is_signed ? HOW_S8 : HOW_U8;
	case 2:
		return is_signed ? HOW_S16 : HOW_U16;
	case 4:
		return HOW_32;
	default:
		return HOW_64;
	}
}

const char *layout_scalar(struct type *t)
{
	if (t->kind == 'v') {
		t->align = t->natural = 1;
		return NULL;
	}
	t->size = size_of(t->kind);
	if (!t->size) return "no type has this letter";
	t->align = (uint32_t)t->size;
	if (type_scalar(t->kind) == SCALAR_COMPLEX) t->align /= 2;
	t->natural = t->align;
	return NULL;
}

const char *layout_vector(struct type *t)
{
	const struct type *element = type_part(t);
	enum scalar s = type_scalar(element->kind);
	if (s == SCALAR_NONE || s == SCALAR_COMPLEX || element->size > 8 ||
		element->kind == '?' || element->kind == 'p' || element->kind == 's')
		return "a vector is of integers or floating point numbers";
	t->size = t->count * element->size;
	if (t->size != 8 && t->size != 16 && t->size != 32 && t->size != 64)
		return "a vector has 8, 16, 32 or 64 bytes";
	t->align = t->natural = least((uint32_t)t->size, ARCH_VECTOR_ALIGN);
	return NULL;
}

const char *layout_array(struct type *t)
{
	const struct type *element = type_part(t);
	if (!t->count) return "an array has elements";
	if (element->size && t->count > TYPE_SIZE_MOST / element->size)
		return "too large";
	t->size = t->count * element->size;
	t->align = element->align;
	t->natural = element->natural;
	return NULL;
}

const char *layout_bits(struct type *t, bool named, uint32_t width)
{
	enum scalar s = type_scalar(t->kind);
	if ((s != SCALAR_SIGNED && s != SCALAR_UNSIGNED) || t->size > 8 ||
		t->kind == 'p' || t->kind == 's')
		return "a bit-field is of an integer type of up to 64 bits";
	if (width > (t->kind == '?' ? 1 : t->size * 8))
		return "a bit-field wider than its type";
	if (named && !width) return "a named bit-field has a width (unnamed: i.0)";
	t->kind = named ? ':' : '.';
	t->bits = (uint16_t)width;
	return NULL;
}

static bool power_of_2(uint32_t n) { return n && !(n & (n - 1)); }

static const char *raise(struct type *t, uint32_t align)
{
	if (!power_of_2(align) || align > 4096)
		return "an alignment is a power of 2 up to 4096";
	if (t->align < align) t->align = align;
	return NULL;
}

const char *layout_align(struct type *t, uint32_t align)
{
	t->own = align;
	return raise(t, align);
}

static uint64_t round_up(uint64_t n, uint64_t align)
{
	return (n + align - 1) & -align;
}

/* What a member's alignment becomes in the struct [in]; packed, only an attribute of
 * its own counts. */
static uint32_t member_align(const struct type *in, const struct type *t)
{
	if (!in->pack) return t->align;
	if (in->pack == BDL_PACKED) return t->own ? t->own : 1;
	return least(t->align, in->pack);
}

/* gcc's PCC_BITFIELD_TYPE_MATTERS: a bit-field does not cross more units of its type
 * than a member of that type would, unless packed; its type's alignment is the
 * struct's, too. One of no width begins a new unit, even where packed. */
static uint64_t place_bits(struct type *in, struct type *t, uint64_t at)
{
	uint32_t align = t->bits ? member_align(in, t) : t->align;
	if (!t->bits || (!in->pack && at % (align * 8) + t->bits > t->size * 8))
		at = round_up(at, align * 8);
	if ((t->kind == ':' || ARCH_UNNAMED_ALIGNS) && in->align < align)
		in->align = align;
	t->position = at;
	return at + t->bits;
}

const char *layout_struct(struct type *t, uint32_t align)
{
	uint64_t at = 0, end = 0; /* bits */
	struct type *member = t + 1;
	if (t->pack && t->pack != BDL_PACKED && (!power_of_2(t->pack) || t->pack > 16))
		return "#pragma pack takes 1, 2, 4, 8 or 16";
	t->align = 1;
	for (uint32_t i = 0; i < t->count; i++, member += member->span) {
		if (t->kind == 'u') at = 0;
		if (member->kind == ':' || member->kind == '.') {
			at = place_bits(t, member, at);
		} else {
			uint32_t unit = member_align(t, member);
			if (t->align < unit) t->align = unit;
			at = round_up(at, unit * 8);
			member->position = at;
			at += member->size * 8;
		}
		if (end < at) end = at;
		if (end > TYPE_SIZE_MOST * 8) return "too large";
	}
	t->natural = t->align;
	if (align) {
		const char *fault = raise(t, align);
		if (fault) return fault;
	}
	t->size = round_up(round_up(end, 8) / 8, t->align);
	return NULL;
}

const char *layout_variadic(const struct type *t)
{
	if (t->kind == 'f') return "a variadic float is passed as d";
	if (t->kind != 'e' && t->kind != 'y' && type_scalar(t->kind) != SCALAR_NONE &&
		t->size < 4)
		return "a variadic argument of this type is passed as i";
	return NULL;
}
