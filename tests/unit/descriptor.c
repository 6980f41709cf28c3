/* descriptor.c: faults of types as data, which parameter they name, and that shared,
 * cyclic and senseless descriptors come to an end. (What is right is in plan.c.) */
#include "signature.h"

static void refused_in(const struct bdl_signature *from, uint32_t room, uint32_t where,
	const char *fault, const char *what)
{
	struct signature s;
	bool ok = read_data(&s, from, room);
	bool full = !ok && !strcmp(s.fault, "too many types");
	bool right =
		!ok && !strcmp(s.fault, fault) && s.where == where && s.full == full;
	if (!check(right, "%s: parameter %u: %s", what, where, fault))
		printf("#   and not %s, %u: %s\n", ok ? "read" : "refused", s.where,
			ok ? "" : s.fault);
	free(s.types);
}

/* As the second parameter, as a member, as a member of the result's union. */
static void refused_type(const struct bdl_type *t, bool as_parameter, const char *fault,
	const char *what)
{
	const struct bdl_type *i = SCALAR('i');
	struct bdl_signature second = { NULL, OF(i, t, i), 3, 0 };
	struct bdl_signature member = { NULL, OF(i, i, STRUCT(i, t)), 3, 0 };
	struct bdl_signature result = { NODE('u', 2, i, STRUCT(t)), NULL, 0, 0 };
	if (as_parameter) refused_in(&second, 100, 2, fault, what);
	refused_in(&member, 100, 3, fault, what);
	refused_in(&result, 100, 0, fault, what);
}
#define REFUSED(t, fault)        refused_type(t, true, fault, #t)
#define REFUSED_MEMBER(t, fault) refused_type(t, false, fault, #t)

/* Only where it is not a member, */
static void refused_outside(
	const struct bdl_type *t, const char *fault, const char *what)
{
	const struct bdl_type *i = SCALAR('i');
	struct bdl_signature parameter = { i, OF(i, t), 2, 0 };
	struct bdl_signature result = { t, OF(i, i), 2, 0 };
	struct bdl_signature member = { STRUCT(t), OF(STRUCT(i, t)), 1, 0 };
	struct signature s;
	refused_in(&parameter, 100, 2, fault, what);
	refused_in(&result, 100, 0, fault, what);
	check(read_data(&s, &member, 100), "a member %s", what);
	free(s.types);
}
#define REFUSED_OUTSIDE(t, fault) refused_outside(t, fault, #t)

static void types(void)
{
	const struct bdl_type *i = SCALAR('i'), *d = SCALAR('d');
	const struct bdl_type *line = STRUCT(i, d);
	/* nothing there */
	REFUSED(NULL, "no type is given");
	REFUSED(NODE('{', 3, i, NULL, d), "no type is given");
	REFUSED_MEMBER(NODE('[', 3, NULL), "no type is given");
	REFUSED(NODE('<', 4, NULL), "no type is given");
	REFUSED(NODE('@', 8, NULL), "no type is given");
	REFUSED_MEMBER(NODE(':', 3, NULL), "no type is given");
	REFUSED((&(struct bdl_type){ '{', .count = 1 }), "no members are given");
	REFUSED((&(struct bdl_type){ 'u', .count = 1 }), "no members are given");
	REFUSED_MEMBER((&(struct bdl_type){ '[', .count = 1 }), "no members are given");
	REFUSED((&(struct bdl_type){ '<', .count = 2 }), "no members are given");
	REFUSED((&(struct bdl_type){ '@', .count = 8 }), "no type is given");
	REFUSED_MEMBER((&(struct bdl_type){ ':', .count = 3 }), "no type is given");
	REFUSED_MEMBER((&(struct bdl_type){ '.', .count = 3 }), "no type is given");
	/* kinds */
	REFUSED(SCALAR(0), "no type has this letter");
	REFUSED(SCALAR('z'), "no type has this letter");
	REFUSED(SCALAR('!'), "no type has this letter");
	REFUSED(SCALAR((char)0xff), "no type has this letter");
	REFUSED(SCALAR('v'), "void is a result only");
	REFUSED_MEMBER(NODE('[', 3, SCALAR('v')), "void is a result only");
	REFUSED_OUTSIDE(SCALAR('_'), "a byte without a type is for structs only");
	REFUSED_OUTSIDE(NODE('[', 3, i), "arrays are for structs only");
	REFUSED_OUTSIDE(NODE(':', 3, i), "bit-fields are for structs only");
	REFUSED_OUTSIDE(NODE('.', 3, i), "bit-fields are for structs only");
	REFUSED_OUTSIDE(NODE('@', 8, i), "members and structs are aligned");
	REFUSED_OUTSIDE(
		NODE('@', 16, NODE('<', 2, i)), "members and structs are aligned");
	/* ... and where members are not meant: the text has no way to say it */
	REFUSED(STRUCT(NODE('[', 3, SCALAR('_'))),
		"a byte without a type is for structs only");
	REFUSED(STRUCT(NODE('[', 3, NODE(':', 3, i))),
		"bit-fields are for structs only");
	REFUSED(STRUCT(NODE('[', 3, NODE('@', 8, i))),
		"members and structs are aligned");
	REFUSED(NODE('<', 4, NODE('@', 8, i)), "members and structs are aligned");
	/* vectors, arrays */
	const char *size = "a vector has 8, 16, 32 or 64 bytes";
	const char *element = "a vector is of integers or floating point numbers";
	REFUSED(NODE('<', 0, i), size);
	REFUSED(NODE('<', 3, i), size);
	REFUSED(NODE('<', 0x40000002, i), size);
	REFUSED(NODE('<', UINT32_MAX, d), size);
	REFUSED(NODE('<', 2, SCALAR('?')), element);
	REFUSED(NODE('<', 2, SCALAR('F')), element);
	REFUSED(NODE('<', 2, NODE('<', 2, d)), element);
	REFUSED(NODE('<', 2, STRUCT(d)), element);
	REFUSED_MEMBER(NODE('[', 0, i), "an array has elements");
	REFUSED_MEMBER(NODE('[', UINT32_MAX, i), "too large");
	REFUSED_MEMBER(
		NODE('[', 1 << 15, NODE('[', (1 << 15) + 1, SCALAR('c'))), "too large");
	/* alignments, packs */
	const char *power = "an alignment is a power of 2 up to 4096";
	const char *pack = "#pragma pack takes 1, 2, 4, 8 or 16";
	REFUSED(NODE('@', 0, line), "an alignment is a power of 2");
	REFUSED_MEMBER(NODE('@', 0, i), "an alignment is a power of 2");
	REFUSED(NODE('@', 12, line), power);
	REFUSED(NODE('@', 8192, line), power);
	REFUSED(NODE('@', UINT32_MAX, line), power);
	REFUSED_MEMBER(NODE('@', 0x80000000, i), power);
	REFUSED((&(struct bdl_type){ '{', 3, 1, OF(i) }), pack);
	REFUSED((&(struct bdl_type){ 'u', 32, 1, OF(i) }), pack);
	REFUSED((&(struct bdl_type){ '{', 254, 0, NULL }), pack);
	/* bit-fields */
	REFUSED_MEMBER(NODE(':', 0, i), "a named bit-field has a width (unnamed: i.0)");
	REFUSED_MEMBER(NODE(':', 33, i), "a bit-field wider than its type");
	REFUSED_MEMBER(NODE('.', 0x10001, i), "a bit-field wider than its type");
	REFUSED_MEMBER(NODE(':', UINT32_MAX, i), "a bit-field wider than its type");
	const char *integer = "a bit-field is of an integer type of up to 64 bits";
	REFUSED_MEMBER(NODE(':', 3, d), integer);
	REFUSED_MEMBER(NODE(':', 3, SCALAR('p')), integer);
	REFUSED_MEMBER(NODE('.', 0, SCALAR('_')), integer);
	REFUSED_MEMBER(NODE(':', 3, line), integer);
	REFUSED_MEMBER(NODE(':', 3, NODE('[', 3, i)), integer);
	REFUSED_MEMBER(NODE(':', 3, NODE(':', 3, i)), integer);
	REFUSED_MEMBER(NODE(':', 3, SCALAR('v')), "void is a result only");
}

static void signatures(void)
{
	const struct bdl_type *i = SCALAR('i');
	const struct bdl_type *many[300];
	struct signature s;
#define SIGNATURE(...)                  (&(struct bdl_signature){ __VA_ARGS__ })
#define REFUSED_ALL(from, where, fault) refused_in(from, 100, where, fault, #from)
	const char *cannot = "too many parameters";
	REFUSED_ALL(SIGNATURE(i, OF(i), 1, 2), 0,
		"more variadic parameters than there are");
	REFUSED_ALL(SIGNATURE(i, many, TYPES_MOST, 0), 0, cannot);
	REFUSED_ALL(SIGNATURE(i, many, SIZE_MAX, 0), 0, cannot);
	REFUSED_ALL(SIGNATURE(i, many, (size_t)1 << 32, 0), 0, cannot);
	REFUSED_ALL(SIGNATURE(i, OF(i, SCALAR('f')), 2, 1), 2,
		"a variadic float is passed as d");
	REFUSED_ALL(SIGNATURE(i, OF(SCALAR('h'), SCALAR('h')), 2, 1), 2,
		"a variadic argument of this type is passed as i");
	for (size_t k = 0; k < 300; k++) many[k] = i;
	refused_in(SIGNATURE(i, many, 300, 0), 300, 300, "too many types",
		"299 find room");
	check(read_data(&s, SIGNATURE(i, many, 300, 293), 301) && s.count == 300 &&
			s.fixed == 7 && s.used == 301,
		"300 find room");
	free(s.types);
	check(read_data(&s, SIGNATURE(NULL, NULL, 0, 0), 1) && s.used == 1 &&
			s.types->kind == 'v' && !s.count,
		"no result, no parameters");
	free(s.types);
	check(!read_data(&s, SIGNATURE(NULL, NULL, 1, 0), 10), "NULL parameters");
	free(s.types);
}

/* ---- descriptors that hold themselves, or others often ------------------------------- */

static void endless(const struct bdl_type *t, const char *fault, const char *what)
{
	const struct bdl_signature result = { t, NULL, 0, 0 };
	const struct bdl_signature parameter = { NULL, OF(SCALAR('i'), t), 2, 1 };
	const struct bdl_signature member = { NULL, OF(STRUCT(SCALAR('i'), t)), 1, 0 };
	refused_in(&result, TYPES_MOST, 0, fault, what);
	refused_in(&parameter, TYPES_MOST, 2, fault, what);
	refused_in(&member, TYPES_MOST, 1, fault, what);
}

static void cycles(void)
{
	struct bdl_type a, b;
	const struct bdl_type *of_a[2] = { &b, SCALAR('i') }, *of_b[2] = { &a, &a };
	a = (struct bdl_type){ '{', 0, 1, of_a };
	b = (struct bdl_type){ 'u', 0, 1, of_b };
	endless(&a, "too deep", "a struct with a union with that struct");
	a.count = b.count = 2;
	endless(&a, "too deep", "... twice");
	of_a[0] = SCALAR('c'), of_a[1] = &a;
	endless(&a, "too deep", "a struct with itself as its second member");
	of_a[0] = &a;
	endless(&a, "too deep", "... and as its first");
	of_a[0] = &b;
	b = (struct bdl_type){ '[', 0, 2, of_b };
	endless(&a, "too deep", "a struct with an array of it");
	b = (struct bdl_type){ '<', 0, 2, of_b };
	endless(&a, "too deep", "a struct with a vector of it");
	b = (struct bdl_type){ '@', 0, 8, of_b };
	endless(&a, "too deep", "a struct with it aligned");
	b = (struct bdl_type){ ':', 0, 8, of_b };
	endless(&a, "too deep", "a struct with a bit-field of it");
	of_b[0] = &b;
	b.kind = '<';
	endless(&b, "too deep", "a vector of itself");

	struct signature s;
	struct bdl_signature one = { &b, NULL, 0, 0 };
	b.kind = ':';
	check(!read_data(&s, &one, 100), "a bit-field of itself");
	free(s.types);
	b.kind = '@';
	check(!read_data(&s, &one, 100), "an attribute of itself");
	free(s.types);
	b.kind = '[';
	check(!read_data(&s, &one, 100), "an array of itself");
	free(s.types);
}

/* 2^n of them in n descriptors */
static void shared(void)
{
	struct bdl_type nodes[200];
	const struct bdl_type *of[200][2];
	struct signature s;
	nodes[0] = *SCALAR('c');
	for (int i = 1; i < 200; i++) {
		of[i][0] = of[i][1] = &nodes[i - 1];
		nodes[i] = (struct bdl_type){ '{', 0, 2, of[i] };
	}
	struct bdl_signature result = { &nodes[14], NULL, 0, 0 };
	check(read_data(&s, &result, TYPES_MOST) && s.used == (1 << 15) - 1 &&
			s.types->size == 1 << 14,
		"16,384 members in 15 descriptors");
	free(s.types);
	endless(&nodes[17], "too many types", "131,072 members in 18 descriptors");
	endless(&nodes[199], "too many types", "2^199 members in 200 descriptors");
	/* and a chain that is just not too deep */
	for (int i = 1; i < 200; i++) nodes[i].count = 1;
	result.result = &nodes[199];
	check(read_data(&s, &result, 200) && s.used == 200 && s.types->size == 1,
		"a char in 199 structs");
	free(s.types);
}

static void deep(uint32_t n, const char *what, char kind)
{
	struct bdl_type nodes[300];
	const struct bdl_type *of[300];
	struct signature s;
	nodes[0] = *SCALAR('c');
	for (uint32_t i = 1; i <= n; i++) {
		of[i] = &nodes[i - 1];
		nodes[i] = (struct bdl_type){ i < n ? kind : '{', 0, 1, &of[i] };
	}
	struct bdl_signature result = { &nodes[n], NULL, 0, 0 };
	bool ok = read_data(&s, &result, 1000);
	check(n < 256 ? ok : !ok && !strcmp(s.fault, "too deep"), "a char in %u %s", n,
		what);
	free(s.types);
}

int main(void)
{
	types();
	signatures();
	cycles();
	shared();
	deep(255, "structs", '{');
	deep(256, "structs", '{');
	deep(255, "arrays", '[');
	deep(256, "arrays", '[');
	return done();
}
