/* signature.c and descriptor.c: every production of the grammar, every fault with its
 * place and its text, and the limits. */
#include "signature.h"

enum { ROOM = 1000 };

/* ---- what is read -------------------------------------------------------------------- */

/* kind, size/alignment, xelements, :bits, (parts), and of members +position */
static char *dump(char *to, char *end, const struct type *t)
{
	to += snprintf(
		to, (size_t)(end - to), "%c%" PRIu64 "/%u", t->kind, t->size, t->align);
	if (t->kind == ':' || t->kind == '.')
		to += snprintf(to, (size_t)(end - to), ":%u", t->bits);
	if (t->kind == '[' || t->kind == '<') {
		to += snprintf(to, (size_t)(end - to), "x%u(", t->count);
		to = dump(to, end, type_part(t));
		*to++ = ')';
	}
	if (type_is_struct(t)) {
		const struct type *m = type_part(t);
		*to++ = '(';
		for (uint32_t i = 0; i < t->count; i++, m = type_next(m)) {
			if (i) *to++ = ' ';
			to = dump(to, end, m);
			to += snprintf(
				to, (size_t)(end - to), "+%" PRIu64, m->position);
		}
		if (m != type_next(t)) *to++ = '!'; /* it spans something else */
		*to++ = ')';
	}
	*to = 0;
	return to;
}

static void reads(const char *text, const char *want)
{
	char got[2000], *to = got, *end = got + sizeof got;
	struct signature s;
	bool ok = read_text(&s, text, ROOM);
	if (ok) {
		const struct type *t = s.types;
		to = dump(to, end, t);
		t = type_next(t);
		for (uint32_t i = 0; i < s.count; i++, t = type_next(t)) {
			if (i == s.fixed) to = stpcpy(to, " ...");
			*to++ = ' ';
			to = dump(to, end, t);
		}
		if (s.fixed == s.count) *to++ = ';';
		if (t != s.types + s.used) *to++ = '!';
		*to = 0;
	} else {
		snprintf(got, sizeof got, "%u: %s", s.where, s.fault);
	}
	if (!check(!strcmp(got, want), "\"%s\" is %s", text, want))
		printf("#   and not %s\n", got);
	free(s.types);
}

static void grammar(void)
{
	reads("v()", "v0/1;");
	reads("i(p,i,...,I)", "i4/4 p8/8 i4/4 ... I4/4");
	reads("i(...,i)", "i4/4 ... i4/4");
	reads("i(...)", "i4/4;");
	reads("i(i,...)", "i4/4 i4/4;");
	reads("  i  ( d , ... , <2d> )  ", "i4/4 d8/8 ... <16/16x2(d8/8)");
	reads("i(... , e, y, D, <8c>, {f}, {b})",
		"i4/4 ... e2/2 y2/2 D16/8 <8/8x8(c1/1) {4/4(f4/4+0) {1/1(b1/1+0)");
	reads("<4f>(<16B>)", "<16/16x4(f4/4) <16/16x16(B1/1);");
	reads("{id}({ih,})", "{16/8(i4/4+0 d8/8+64) {8/4(i4/4+0 h2/2+32);");
	reads("{i,d}( { i , d , } )", "{16/8(i4/4+0 d8/8+64) {16/8(i4/4+0 d8/8+64);");
	reads("u{id}(u{[9c]})", "u8/8(i4/4+0 d8/8+0) u9/1([9/1x9(c1/1)+0);");
	reads("v(!{id})", "v0/1 {12/1(i4/4+0 d8/8+32);");
	reads("v(!2{cid})", "v0/1 {14/2(c1/1+0 i4/4+16 d8/8+48);");
	reads("v(!4u{cd},!1{cd})", "v0/1 u8/4(c1/1+0 d8/8+0) {9/1(c1/1+0 d8/8+8);");
	reads("v(@32{dd})", "v0/1 {32/32(d8/8+0 d8/8+64);");
	reads("v(@1{i}, @4096u{c})", "v0/1 {4/4(i4/4+0) u4096/4096(c1/1+0);");
	reads("v(@8@2!1!{i})", "v0/1 {4/2(i4/4+0);"); /* the last of a kind counts */
	reads("v(@ 2 ! 1 u { i })", "v0/1 u4/2(i4/4+0);");
	reads("v({c@16d})", "v0/1 {32/16(c1/1+0 d8/16+128);");
	reads("v({c@16{d}})", "v0/1 {32/16(c1/1+0 {16/16(d8/8+0)+128);");
	reads("v({c@16!{d}c})", "v0/1 {48/16(c1/1+0 {16/16(d8/8+0)+128 c1/1+256);");
	reads("v({c@16u{d}c})", "v0/1 {48/16(c1/1+0 u16/16(d8/8+0)+128 c1/1+256);");
	reads("v({c @ 4 [3c]})", "v0/1 {8/4(c1/1+0 [3/4x3(c1/1)+32);");
	reads("v({[3[2h]]})", "v0/1 {12/2([12/2x3([4/2x2(h2/2))+0);");
	reads("v({[ 2 {ic} ]})", "v0/1 {16/4([16/4x2({8/4(i4/4+0 c1/1+32))+0);");
	reads("v({[2<4f>]})", "v0/1 {32/16([32/16x2(<16/16x4(f4/4))+0);");
	reads("v({i:3i:30,c})", "v0/1 {12/4(:4/4:3+0 :4/4:30+32 c1/1+64);");
	reads("v({ b : 3 , ? : 1 , l : 60 })",
		"v0/1 {8/8(:1/1:3+0 :1/1:1+3 :8/8:60+4);");
	reads("v({c:3c.2c:3})", "v0/1 {1/1(:1/1:3+0 .1/1:2+3 :1/1:3+5);");
	reads("v({c:3c.0c:3})", "v0/1 {2/1(:1/1:3+0 .1/1:0+8 :1/1:3+8);");
	reads("v({i : 32})", "v0/1 {4/4(:4/4:32+0);");
	reads("v({})", "v0/1 {0/1();");
	reads("v(u{})", "v0/1 u0/1();");
	reads("{}({_})", "{0/1() {1/1(_1/1+0);");
	reads("v({_i_})", "v0/1 {12/4(_1/1+0 i4/4+32 _1/1+64);");
	reads("v({{}{}c{}})", "v0/1 {1/1({0/1()+0 {0/1()+0 c1/1+0 {0/1()+8);");
	reads("v({[7{}]h})", "v0/1 {2/2([0/1x7({0/1())+0 h2/2+0);");
	reads("v({[007c]})", "v0/1 {7/1([7/1x7(c1/1)+0);");
}

/* ---- scalars --------------------------------------------------------------------------- */

static const struct {
	char kind;
	unsigned char size, align;
} scalars[] = {
#define IS(letter, type) \
	{ \
		letter, sizeof(type), _Alignof(type) \
	}
	IS('p', void *), IS('s', char *), IS('?', _Bool), IS('c', char),
	IS('b', signed char), IS('B', unsigned char), IS('h', short),
	IS('H', unsigned short), IS('i', int), IS('I', unsigned), IS('l', long),
	IS('L', unsigned long), IS('q', long long), IS('Q', unsigned long long),
	IS('n', __int128), IS('N', unsigned __int128), IS('f', float), IS('d', double),
	IS('g', long double), IS('F', _Complex float), IS('D', _Complex double),
	IS('G', _Complex long double),
#undef IS
	{ 'e', 2, 2 }, { 'y', 2, 2 }, { 'E', 4, 2 }, { 'w', 16, 16 }, { 'W', 32, 16 },
	{ 'v', 0, 1 }
};

/* Each character as a type, as text and as data. */
static void letters(void)
{
	bool known = true, unknown = true;
	for (int c = 1; c < 256; c++) {
		char text[] = { (char)c, '(', ')', 0 };
		const struct bdl_type type = { .kind = (char)c };
		const struct bdl_signature data = { .result = &type };
		struct signature s, t;
		if (strchr(" \t\n{u<@!", c)) continue; /* something else begins */
		bool ok = read_text(&s, text, ROOM), same = read_data(&t, &data, ROOM);
		size_t i = 0;
		while (i < sizeof scalars / sizeof *scalars &&
			scalars[i].kind != text[0])
			i++;
		if (i < sizeof scalars / sizeof *scalars)
			known &= ok && same && s.used == 1 && t.used == 1 &&
				 s.types->size == scalars[i].size &&
				 s.types->align == scalars[i].align &&
				 t.types->size == scalars[i].size &&
				 t.types->align == scalars[i].align;
		else
			unknown &=
				!ok && s.where == 1 && s.fault && !same &&
				t.where == 0 && t.fault &&
				(strchr("[_.:,()}]>", c) || !strcmp(s.fault, t.fault));
		free(s.types);
		free(t.types);
	}
	check(known, "each letter has its type's size and alignment");
	check(unknown, "every other character is a fault");
}

/* ---- faults ---------------------------------------------------------------------------- */

static void refused(const char *text, uint32_t where, const char *fault)
{
	struct signature s;
	bool ok = read_text(&s, text, ROOM);
	bool right = !ok && s.fault && s.where == where && !strcmp(s.fault, fault);
	if (!check(right && !s.full, "\"%s\", character %u: %s", text, where, fault))
		printf("#   and not %s, character %u: %s\n", ok ? "read" : "refused",
			s.where, ok ? "" : s.fault);
	free(s.types);
}

static void faults(void)
{
	const char *letter = "no type has this letter";
	refused("", 1, "a type is missing here");
	refused("   ", 4, "a type is missing here");
	refused("i", 2, "'(' is missing here (types are letters)");
	refused("i i", 3, "'(' is missing here (types are letters)");
	refused("i(", 3, "a type is missing here");
	refused("i(i", 4, "',' or ')' is missing here (types are letters)");
	refused("i(i d)", 5, "',' or ')' is missing here (types are letters)");
	refused("i({i}{d})", 6, "',' or ')' is missing here (types are letters)");
	refused("i(i,", 5, "a type is missing here");
	refused("i(i,)", 5, "a type is missing here");
	refused("i(,i)", 3, "a type is missing here");
	refused("()", 1, "a type is missing here");
	refused("i()i", 4, "nothing follows a signature");
	refused("i() )", 5, "nothing follows a signature");
	refused("i(z)", 3, letter);
	refused("i(\v)", 3, letter);
	refused("i(\xff)", 3, letter);
	refused("...()", 1, letter);
	refused("i(..)", 3, "'...' is missing here");
	refused("i(i, .)", 6, "'...' is missing here");
	refused("i(..", 3, "'...' is missing here");
	refused("i(...", 6, "',' or ')' is missing here (types are letters)");
	refused("i(....)", 6, "',' or ')' is missing here (types are letters)");
	refused("i(i...)", 4, "',' or ')' is missing here (types are letters)");
	refused("i(..., i, ...)", 11, "a second '...'");
	refused("i(..., ...)", 8, "a second '...'");
	/* variadic */
	refused("i(...,f)", 7, "a variadic float is passed as d");
	for (const char *k = "?cbBhH"; *k; k++) {
		char text[] = { 'i', '(', 'h', ',', '.', '.', '.', ',', ' ', *k, ')',
			0 };
		refused(text, 10, "a variadic argument of this type is passed as i");
	}
	/* void */
	refused("v(v)", 3, "void is a result only");
	refused("v(...,v)", 7, "void is a result only");
	refused("{iv}()", 3, "void is a result only");
	refused("{[3v]}()", 4, "void is a result only");
	refused("{v:3}()", 2, "void is a result only");
	/* arrays, bit-fields and _ outside of structs */
	refused("[3i]()", 1, "arrays are for structs only");
	refused("i([3i])", 3, "arrays are for structs only");
	refused("_()", 1, "a byte without a type is for structs only");
	refused("i( _)", 4, "a byte without a type is for structs only");
	refused("i(i:3)", 4, "',' or ')' is missing here (types are letters)");
	refused("{[3_]}()", 4, "a byte without a type is for structs only");
	refused("{[3i:3]}()", 5, "']' is missing here");
	/* vectors */
	const char *vector = "a vector has 8, 16, 32 or 64 bytes";
	const char *element = "a vector is of integers or floating point numbers";
	refused("<f>()", 2, "a number is missing here");
	refused("< >()", 3, "a number is missing here");
	refused("<4>()", 3, "a type is missing here");
	refused("<4", 3, "a type is missing here");
	refused("<4f()", 4, "'>' is missing here");
	refused("<4ff>()", 4, "'>' is missing here");
	refused("<3f>()", 1, vector);
	refused("i(<0f>)", 3, vector);
	refused("<1f>()", 1, vector);
	refused("<128c>()", 1, vector);
	refused("<1073741824q>()", 1, vector);
	refused("<1w>()", 1, "a vector is of integers or floating point numbers");
	refused("<2p>()", 1, "a vector is of integers or floating point numbers");
	refused("<4_>()", 3, "a byte without a type is for structs only");
	for (const char *k = "v?EFDGW"; *k; k++) {
		char text[] = { '<', '1', *k, '>', '(', ')', 0 };
		refused(text, 1, element);
	}
	refused("<4{i}>()", 3, letter);
	refused("<4<4f>>()", 3, letter);
	/* arrays */
	refused("{[i]}()", 3, "a number is missing here");
	refused("{[3]}()", 4, "a type is missing here");
	refused("{[3", 4, "a type is missing here");
	refused("{[3i", 5, "']' is missing here");
	refused("{[3ii]}()", 5, "']' is missing here");
	refused("{i[0i]}()", 3, "an array has elements");
	refused("{[2[0i]]}()", 4, "an array has elements");
	/* structs */
	refused("{", 2, "'}' is missing here");
	refused("{i", 3, "'}' is missing here");
	refused("{i(", 3, "a type is missing here");
	refused("{i)", 3, "'}' is missing here");
	refused("i({i)", 5, "'}' is missing here");
	refused("{,}()", 2, "a type is missing here");
	refused("{i,,d}()", 4, "a type is missing here");
	refused("u()", 2, "'{' is missing here");
	refused("uu{}()", 2, "'{' is missing here");
	refused("!i()", 2, "'{' is missing here");
	refused("@8d()", 3, "'{' is missing here");
	refused("v(@8 )", 6, "'{' is missing here");
	refused("{@8@8d}()", 6, "'{' is missing here");
	refused("}()", 1, "a type is missing here");
	/* attributes */
	const char *power = "an alignment is a power of 2 up to 4096";
	const char *pack = "#pragma pack takes 1, 2, 4, 8 or 16";
	refused("@{i}()", 2, "a number is missing here");
	refused("{@d}()", 3, "a number is missing here");
	refused("@0{i}()", 3, "an alignment is a power of 2");
	refused("{i,@0d}()", 6, "an alignment is a power of 2");
	refused("v(@3{i})", 3, power);
	refused("v(@8192{i})", 3, power);
	refused("{i,@3d}()", 4, power);
	refused("{i,@8192[2d]}()", 4, power);
	refused("{@4i:3}()", 6, "a bit-field is not aligned");
	refused("v(!3{i})", 3, pack);
	refused("v(!32{i})", 3, pack);
	refused("v(!254{i})", 3, pack);
	refused("v(!255{i})", 3, pack);
	refused("v(!256{i})", 7, "too large a number");
	/* bit-fields */
	const char *integer = "a bit-field is of an integer type of up to 64 bits";
	refused("{i:}()", 4, "a number is missing here");
	refused("{i.}()", 4, "a number is missing here");
	refused("{ i:0}()", 3, "a named bit-field has a width (unnamed: i.0)");
	refused("{i:33}()", 2, "a bit-field wider than its type");
	refused("{c i.33}()", 4, "a bit-field wider than its type");
	refused("{?:2}()", 2, "a bit-field wider than its type");
	refused("{q:65}()", 2, "a bit-field wider than its type");
	refused("{i:3:3}()", 5, letter);
	for (const char *k = "psnNfdgwyeEFDGW_"; *k; k++) {
		char text[] = { '{', 'i', *k, ':', '1', '}', '(', ')', 0 };
		refused(text, 3, integer);
	}
	refused("{<4f>:1}()", 2, integer);
	refused("{[4i]:1}()", 2, integer);
	refused("{{i}.1}()", 2, integer);
}

/* ---- limits ---------------------------------------------------------------------------- */

static char *repeat(char *to, const char *what, size_t n)
{
	while (n--) to = stpcpy(to, what);
	return to;
}

/* So many times [open], "c", and [close] as often. */
static void nested(uint32_t n, const char *open, const char *close, uint32_t where)
{
	char *text = malloc(n * (strlen(open) + strlen(close)) + 16), *to = text;
	struct signature s;
	to = repeat(stpcpy(to, "v({"), open, n);
	to = repeat(stpcpy(to, "c"), close, n);
	strcpy(to, "})");
	bool ok = read_text(&s, text, TYPES_MOST);
	check(where ? !ok && !strcmp(s.fault, "too deep") && s.where == where : ok,
		"%u times %s%s%s", n, open, close, where ? " are too deep" : "");
	free(s.types);
	free(text);
}

static void too_many(uint32_t room)
{
	char *text = malloc(2 * (size_t)room + 16), *to = stpcpy(text, "v(c");
	struct signature s;
	to = repeat(to, ",c", room - 2);
	strcpy(to, ")");
	check(read_text(&s, text, room) && s.used == room && s.count == room - 1 &&
			!s.full,
		"%u types find room", room);
	free(s.types);
	strcpy(to, ",c)");
	check(!read_text(&s, text, room) && !strcmp(s.fault, "too many types") &&
			s.full && s.where == strlen(text) - 1,
		"and one more does not");
	free(s.types);
	free(text);
}

static void limits(void)
{
	nested(254, "{", "}", 0);
	nested(255, "{", "}", 259);
	nested(50000, "{", "}", 259);
	nested(254, "[1", "]", 0);
	nested(255, "[1", "]", 514);
	nested(20000, "[1", "]", 514);
	nested(127, "[1{", "}]", 0);
	nested(128, "[1{", "}]", 387);
	too_many(2);
	too_many(64);
	too_many(TYPES_MOST);
	refused("{[1073741825c]}()", 12, "too large a number");
	refused("{[4294967297c]}()", 12, "too large a number");
	refused("{[4294967300c]}()", 12, "too large a number");
	refused("{[18446744073709551617c]}()", 12, "too large a number");
	refused("{[99999999999999999999999999c]}()", 12, "too large a number");
	refused("{i:4294967299}()", 13, "too large a number");
	refused("@4294967304{i}()", 11, "too large a number");
	reads("{[1073741824c]}()", "{1073741824/1([1073741824/1x1073741824(c1/1)+0);");
	reads("{[1073741823c]c}()",
		"{1073741824/1([1073741823/1x1073741823(c1/1)+0 c1/1+8589934584);");
	refused("v({[1073741824c]c})", 3, "too large");
	refused("v({c[1073741824c]})", 3, "too large");
	refused("v({[1073741824c]c:1})", 3, "too large");
	refused("v({c[536870913h]})", 5, "too large");
	refused("v({[2[536870913c]]})", 4, "too large");
	refused("v({[1073741824[1073741824c]]})", 4, "too large");
	refused("v({[1073741824[1073741824[1073741824[1073741824W]]]]})", 37,
		"too large");
	refused("v({[1073741824{[1073741824{[64c]}]}]})", 16, "too large");
	reads("v({[1073741824[1073741824{}]]c})",
		"v0/1 {1/1([0/1x1073741824([0/1x1073741824({0/1()))+0 c1/1+0);");
	reads("v(u{[1073741824c][1073741824b]})",
		"v0/1 u1073741824/1([1073741824/1x1073741824(c1/1)+0 "
		"[1073741824/1x1073741824(b1/1)+0);");
}

int main(void)
{
	grammar();
	letters();
	faults();
	limits();
	return done();
}
