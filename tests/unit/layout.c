/* layout.c: sizes, alignments and members' positions are the compiler's. */
#include "signature.h"

#pragma GCC diagnostic ignored "-Wpragmas" /* clang has not all of these */
#pragma GCC diagnostic ignored "-Wunknown-warning-option"
#pragma GCC diagnostic ignored "-Wpacked-not-aligned"

static uint64_t first_bit(const void *bytes, size_t size)
{
	const unsigned char *b = bytes;
	size_t i = 0;
	while (i < size * 8 && !(b[i / 8] >> i % 8 & 1)) i++;
	return i;
}

static void compare(
	const char *text, size_t size, size_t align, const uint64_t *at, size_t members)
{
	char all[200];
	struct signature s;
	snprintf(all, sizeof all, "v(%s)", text);
	bool ok = read_text(&s, all, 100);
	const struct type *t = s.types + 1, *m = t + 1;
	bool right = ok && t->size == size && t->align == align && t->count == members;
	for (size_t i = 0; ok && i < members && i < t->count; i++, m = type_next(m))
		right &= at[i] == UINT64_MAX || at[i] == m->position;
	check(right, "%s", text);
	if (!ok) printf("#   %u: %s\n", s.where, s.fault);
	if (ok && !right) {
		printf("#   has %" PRIu64 " bytes, aligned %u, and not %zu, %zu\n",
			t->size, t->align, size, align);
		m = t + 1;
		for (size_t i = 0; i < members && i < t->count; i++, m = type_next(m))
			printf("#   member %zu at %" PRIu64 " and not %" PRIi64 "\n", i,
				m->position, (int64_t)at[i]);
	}
	free(s.types);
}

/* A type as text, in C, and where its members are: O() of ordinary ones, B() of
 * bit-fields, UNNAMED. */
#define LAYOUT(text, type, ...) \
	do { \
		typedef type T; \
		const uint64_t at[] = { __VA_ARGS__ }; \
		compare(text, sizeof(T), _Alignof(T), at, sizeof at / sizeof *at); \
	} while (0)
#define O(member) (offsetof(T, member) * 8)
#define B(member) \
	({ \
		T x; \
		memset(&x, 0, sizeof x); \
		x.member -= 1; /* all bits set */ \
		first_bit(&x, sizeof x); \
	})
#define UNNAMED UINT64_MAX

#define ALIGNED(n)    __attribute__((aligned(n)))
#define PACKED        __attribute__((packed))
#define VECTOR(bytes) __attribute__((vector_size(bytes)))

/* gcc aligns those of 32 and 64 bytes to that only with AVX, on arm64 never. */
typedef double double4 VECTOR(32)
	ALIGNED(ARCH_VECTOR_ALIGN < 32 ? ARCH_VECTOR_ALIGN : 32);
typedef int int16 VECTOR(64) ALIGNED(ARCH_VECTOR_ALIGN);
typedef float float2 VECTOR(8);
typedef float float4 VECTOR(16);
typedef unsigned char uchar16 VECTOR(16);

typedef struct ALIGNED(16) {
	int i;
} aligned_int;
typedef struct PACKED {
	char c;
	double d;
} packed_double;

/* clang-format off */

static void structs(void)
{
	LAYOUT("{c}", struct { char a; }, O(a));
	LAYOUT("{id}", struct { int a; double b; }, O(a), O(b));
	LAYOUT("{dhc}", struct { double a; short b; char c; }, O(a), O(b), O(c));
	LAYOUT("{?hqBgc}", struct { _Bool a; short b; long long c; unsigned char d;
		long double e; char f; }, O(a), O(b), O(c), O(d), O(e), O(f));
	LAYOUT("{cpcs}", struct { char a; void *b; char c; char *d; }, O(a), O(b), O(c),
		O(d));
	LAYOUT("{cncN}", struct { char a; __int128 b; char c; unsigned __int128 d; },
		O(a), O(b), O(c), O(d));
	LAYOUT("{cFcDcG}", struct { char a; _Complex float b; char c; _Complex double d;
		char e; _Complex long double f; }, O(a), O(b), O(c), O(d), O(e), O(f));
#ifdef __FLT16_MANT_DIG__
	LAYOUT("{ceE}", struct { char a; _Float16 b; _Complex _Float16 c; }, O(a), O(b),
		O(c));
#endif
#ifdef __SIZEOF_FLOAT128__
	LAYOUT("{cw}", struct { char a; __float128 b; }, O(a), O(b));
#endif
	LAYOUT("{c[3d]c}", struct { char a; double b[3]; char c; }, O(a), O(b), O(c));
	LAYOUT("{c[2[3[5h]]]c}", struct { char a; short b[2][3][5]; char c; }, O(a), O(b),
		O(c));
	LAYOUT("{c{cic}c}", struct { char a; struct { char a; int b; char c; } b;
		char c; }, O(a), O(b), O(c));
	LAYOUT("{c[3{ic}]h}", struct { char a; struct { int a; char b; } b[3]; short c; },
		O(a), O(b), O(c));
	LAYOUT("{i{}c{}}", struct { int a; struct { } b; char c; struct { } d; }, O(a),
		O(b), O(c), O(d));
	LAYOUT("{c[3{}]i}", struct { char a; struct { } b[3]; int c; }, O(a), O(b), O(c));
	LAYOUT("{c@8{}i}", struct { char a; struct ALIGNED(8) { } b; int c; }, O(a), O(b),
		O(c));
	/* vectors */
	LAYOUT("{c<2f>c<4f>}", struct { char a; float2 b; char c; float4 d; }, O(a), O(b),
		O(c), O(d));
	LAYOUT("{c<16B>c}", struct { char a; uchar16 b; char c; }, O(a), O(b), O(c));
	LAYOUT("{c[3<2f>]}", struct { char a; float2 b[3]; }, O(a), O(b));
	LAYOUT("{c<4d>c}", struct { char a; double4 b; char c; }, O(a), O(b), O(c));
	LAYOUT("{c[2<16i>]c}", struct { char a; int16 b[2]; char c; }, O(a), O(b), O(c));
	/* unions */
	LAYOUT("u{cid}", union { char a; int b; double c; }, O(a), O(b), O(c));
	LAYOUT("u{[9c]i}", union { char a[9]; int b; }, O(a), O(b));
	LAYOUT("u{[17c]{cg}<4f>}", union { char a[17]; struct { char a; long double b; } b;
		float4 c; }, O(a), O(b), O(c));
	LAYOUT("{cu{[5c]h}c}", struct { char a; union { char a[5]; short b; } b; char c; },
		O(a), O(b), O(c));
}

static void attributes(void)
{
	LAYOUT("!{cid}", struct PACKED { char a; int b; double c; }, O(a), O(b), O(c));
	LAYOUT("!{c{cd}h}", struct PACKED { char a; struct { char a; double b; } b;
		short c; }, O(a), O(b), O(c));
	LAYOUT("{c!{cd}i}", struct { char a; packed_double b; int c; }, O(a), O(b), O(c));
	LAYOUT("{c[3!{cd}]i}", struct { char a; packed_double b[3]; int c; }, O(a), O(b),
		O(c));
	LAYOUT("!u{cid}", union PACKED { char a; int b; double c; }, O(a), O(b), O(c));
	LAYOUT("!{c<4f>n}", struct PACKED { char a; float4 b; __int128 c; }, O(a), O(b),
		O(c));
	LAYOUT("@32{dd}", struct ALIGNED(32) { double a; double b; }, O(a), O(b));
	LAYOUT("@2{cd}", struct ALIGNED(2) { char a; double b; }, O(a), O(b));
	LAYOUT("@4096u{cd}", union ALIGNED(4096) { char a; double b; }, O(a), O(b));
	LAYOUT("{c@16{i}c}", struct { char a; aligned_int b; char c; }, O(a), O(b), O(c));
	LAYOUT("{c[3@16{i}]c}", struct { char a; aligned_int b[3]; char c; }, O(a), O(b),
		O(c));
	LAYOUT("@8!{cic}", struct PACKED ALIGNED(8) { char a; int b; char c; }, O(a), O(b),
		O(c));
	/* members */
	LAYOUT("{c@16dc}", struct { char a; double b ALIGNED(16); char c; }, O(a), O(b),
		O(c));
	LAYOUT("{c@2dc}", struct { char a; double b ALIGNED(2); char c; }, O(a), O(b),
		O(c));
	LAYOUT("{c@4[3c]c}", struct { char a; char b[3] ALIGNED(4); char c; }, O(a), O(b),
		O(c));
	LAYOUT("{c@64<4f>c}", struct { char a; float4 b ALIGNED(64); char c; }, O(a), O(b),
		O(c));
	LAYOUT("u{@16c@4h}", union { char a ALIGNED(16); short b ALIGNED(4); }, O(a),
		O(b));
	/* packed respects what a member says itself, but not what its type says */
	LAYOUT("!{c@16dc}", struct PACKED { char a; double b ALIGNED(16); char c; }, O(a),
		O(b), O(c));
	LAYOUT("!{c@8dc}", struct PACKED { char a; double b ALIGNED(8); char c; }, O(a),
		O(b), O(c));
	LAYOUT("!{c@2dc}", struct PACKED { char a; double b ALIGNED(2); char c; }, O(a),
		O(b), O(c));
	LAYOUT("!{c@1dc}", struct PACKED { char a; double b ALIGNED(1); char c; }, O(a),
		O(b), O(c));
	LAYOUT("!{c@2[3i]}", struct PACKED { char a; int b[3] ALIGNED(2); }, O(a), O(b));
	LAYOUT("!{c@32[3i]}", struct PACKED { char a; int b[3] ALIGNED(32); }, O(a), O(b));
	LAYOUT("!{c@16{i}}", struct PACKED { char a; aligned_int b; }, O(a), O(b));
	LAYOUT("!{c[2@16{i}]}", struct PACKED { char a; aligned_int b[2]; }, O(a), O(b));
	LAYOUT("!{c@4[2@16{i}]}", struct PACKED { char a; aligned_int b[2] ALIGNED(4); },
		O(a), O(b));
	LAYOUT("!u{c@4d}", union PACKED { char a; double b ALIGNED(4); }, O(a), O(b));
}

/* #pragma may not be in a macro's argument. */
#define PACK(n, text, name, ...) LAYOUT("!" #n text, struct name##n, __VA_ARGS__)
#define PACKS(n) \
	_Pragma(PACKS_(pack(push, n))) \
	struct plain##n { char a; int b; double c; void *d; long double e; }; \
	struct aligned##n { char a; double b ALIGNED(16); aligned_int c; char d; }; \
	struct inner##n { char a; struct plain##n b; packed_double c[2]; float4 d; }; \
	struct ALIGNED(32) outer##n { char a; int b; }; \
	struct bits##n { int a : 3; int b : 30; char c; unsigned long long d : 60; }; \
	struct gap##n { char a; int : 0; short b : 9; long : 0; char c; int : 5; \
		char d : 2; }; \
	_Pragma("pack(pop)")
#define PACKS_(text) #text

PACKS(1)
PACKS(2)
PACKS(4)
PACKS(8)
PACKS(16)

#define PACKED_BY(n) \
	PACK(n, "{cidpg}", plain, O(a), O(b), O(c), O(d), O(e)); \
	PACK(n, "{c@16d@16{i}c}", aligned, O(a), O(b), O(c), O(d)); \
	PACK(n, "{c!" #n "{cidpg}[2!{cd}]<4f>}", inner, O(a), O(b), O(c), O(d)); \
	PACK(n, "@32{ci}", outer, O(a), O(b)); \
	PACK(n, "{i:3i:30cQ:60}", bits, B(a), B(b), O(c), B(d)); \
	PACK(n, "{ci.0h:9l.0ci.5c:2}", gap, O(a), UNNAMED, B(b), UNNAMED, O(c), \
		UNNAMED, B(d))

static void packs(void)
{
	PACKED_BY(1);
	PACKED_BY(2);
	PACKED_BY(4);
	PACKED_BY(8);
	PACKED_BY(16);
}

static void bit_fields(void)
{
	LAYOUT("{i:3}", struct { int a : 3; }, B(a));
	LAYOUT("{i:3i:29i:1}", struct { int a : 3; int b : 29; int c : 1; }, B(a), B(b),
		B(c));
	LAYOUT("{i:3i:30}", struct { int a : 3; int b : 30; }, B(a), B(b));
	LAYOUT("{c:3c:6c:2}", struct { char a : 3; char b : 6; char c : 2; }, B(a), B(b),
		B(c));
	LAYOUT("{b:3?:1H:5I:7L:33}", struct { signed char a : 3; _Bool b : 1;
		unsigned short c : 5; unsigned d : 7; unsigned long e : 33; }, B(a), B(b),
		B(c), B(d), B(e));
	LAYOUT("{ci:4c}", struct { char a; int b : 4; char c; }, O(a), B(b), O(c));
	LAYOUT("{hi:20}", struct { short a; int b : 20; }, O(a), B(b));
	LAYOUT("{cl:60}", struct { char a; long b : 60; }, O(a), B(b));
	LAYOUT("{[3c]i:8i:1}", struct { char a[3]; int b : 8; int c : 1; }, O(a), B(b),
		B(c));
	LAYOUT("{q:64c}", struct { long long a : 64; char b; }, B(a), O(b));
	LAYOUT("{i:32i:32}", struct { int a : 32; int b : 32; }, B(a), B(b));
	LAYOUT("{c:1l:1}", struct { char a : 1; long b : 1; }, B(a), B(b));
	/* unnamed and of no width: on arm64 these align the struct, too */
	LAYOUT("{ci.3c}", struct { char a; int : 3; char b; }, O(a), UNNAMED, O(b));
	LAYOUT("{cl.3}", struct { char a; long : 3; }, O(a), UNNAMED);
	LAYOUT("{ci.0c}", struct { char a; int : 0; char b; }, O(a), UNNAMED, O(b));
	LAYOUT("{c:3c.0c:3}", struct { char a : 3; char : 0; char b : 3; }, B(a), UNNAMED,
		B(b));
	LAYOUT("{c:3l.0c:3}", struct { char a : 3; long : 0; char b : 3; }, B(a), UNNAMED,
		B(b));
	LAYOUT("{i.0c}", struct { int : 0; char a; }, UNNAMED, O(a));
	LAYOUT("{cl.0}", struct { char a; long : 0; }, O(a), UNNAMED);
	LAYOUT("{c{i.0}c}", struct { char a; struct { int : 0; } b; char c; }, O(a), O(b),
		O(c));
	LAYOUT("{c{i.7}c}", struct { char a; struct { int : 7; } b; char c; }, O(a), O(b),
		O(c));
	/* unions */
	LAYOUT("u{i:3c:7}", union { int a : 3; char b : 7; }, B(a), B(b));
	LAYOUT("u{cl.40}", union { char a; long : 40; }, O(a), UNNAMED);
	LAYOUT("u{cl.0}", union { char a; long : 0; }, O(a), UNNAMED);
	/* packed */
	LAYOUT("!{i:3i:30c}", struct PACKED { int a : 3; int b : 30; char c; }, B(a), B(b),
		O(c));
	LAYOUT("!{cl:60c:3}", struct PACKED { char a; long b : 60; char c : 3; }, O(a),
		B(b), B(c));
	LAYOUT("!{l:35h:7i:1}", struct PACKED { long a : 35; short b : 7; int c : 1; },
		B(a), B(b), B(c));
	LAYOUT("!{i:3i.0c}", struct PACKED { int a : 3; int : 0; char b; }, B(a), UNNAMED,
		O(b));
	LAYOUT("!{c:3l.5h}", struct PACKED { char a : 3; long : 5; short b; }, B(a),
		UNNAMED, O(b));
	LAYOUT("!u{i:9c:2}", union PACKED { int a : 9; char b : 2; }, B(a), B(b));
	LAYOUT("@16!{i:3i:30}", struct PACKED ALIGNED(16) { int a : 3; int b : 30; }, B(a),
		B(b));
	LAYOUT("{c!{i:3i:30}i:2}", struct { char a; struct PACKED { int a : 3; int b : 30; }
		b; int c : 2; }, O(a), O(b), B(c));
}

/* clang-format on */

int main(void)
{
	structs();
	attributes();
	packs();
	bit_fields();
	return done();
}
