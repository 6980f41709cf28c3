/* zlib: its memory comes from callbacks, its stream too. */
#include "callbacks.h"

/* zlib.h's, version 1.x */
struct stream {
	const unsigned char *next_in;
	unsigned avail_in;
	unsigned long total_in;
	unsigned char *next_out;
	unsigned avail_out;
	unsigned long total_out;
	const char *message;
	void *state;
	void *allocate, *release, *opaque;
	int data_type;
	unsigned long adler, reserved;
};

static void *zlib;
static void open_zlib(void) { zlib = opened("libz.so.1", BDL_NOW | BDL_RESIDENT); }
static void *z(const char *name) { return function(zlib, name); }

/* ---- memory ------------------------------------------------------------------------ */

struct heap {
	char bytes[1 << 20];
	size_t used;
	int blocks, most, calls, fail_at;
} __attribute__((aligned(16)));

/* void *(void *opaque, unsigned items, unsigned size) */
static void allocates(void *user, void *result, void *const *argv)
{
	struct heap *h = user;
	size_t size = ((size_t)ARG(unsigned, 1) * ARG(unsigned, 2) + 15) & -16ul;
	must(ARG(void *, 0) == user);
	RESULT(void *) = NULL;
	if (++h->calls == h->fail_at || h->used + size > sizeof h->bytes) return;
	RESULT(void *) = h->bytes + h->used;
	h->used += size;
	if (++h->blocks > h->most) h->most = h->blocks;
}
/* void (void *opaque, void *) */
static void releases(void *user, void *result, void *const *argv)
{
	struct heap *h = user;
	(void)result;
	must(ARG(void *, 0) == user && ARG(char *, 1) >= h->bytes &&
		ARG(char *, 1) < h->bytes + h->used);
	if (!--h->blocks) h->used = 0;
}

static struct heap heap;
static void use_heap(struct stream *s)
{
	static void *allocate, *release;
	if (!allocate) {
		allocate = callback_of("p(p,I,I)", allocates, &heap);
		release = callback_of("v(p,p)", releases, &heap);
	}
	s->allocate = allocate, s->release = release, s->opaque = &heap;
}

static unsigned char plain[100000], packed[110000], again[100000];
static void make_plain(void)
{
	for (size_t i = 0; i < sizeof plain; i++)
		plain[i] = (unsigned char)("some text "[i % 10] + shuffled(i) % 3);
}

static const char *version(void) { return CALL_POINTER("s()", z("zlibVersion")); }

static unsigned deflated(void)
{
	struct stream s = { .next_in = plain,
		.avail_in = sizeof plain,
		.next_out = packed,
		.avail_out = sizeof packed };
	use_heap(&s);
	/* eight arguments: some on the stack */
	must(CALL_INT("i(p,i,i,i,i,i,s,i)", z("deflateInit2_"), P(&s), A(int, 6),
		     A(int, 8), A(int, 31), A(int, 8), A(int, 0), S(version()),
		     A(int, (int)sizeof s)) == 0);
	must(CALL_INT("i(p,i)", z("deflate"), P(&s), A(int, 4 /* Z_FINISH */)) == 1);
	must(s.total_in == sizeof plain && heap.blocks > 0);
	must(CALL_INT("i(p)", z("deflateEnd"), P(&s)) == 0);
	return (unsigned)s.total_out;
}

static void round_trip(void)
{
	open_zlib();
	make_plain();
	note("zlib", version());
	unsigned size = deflated();
	note_number("bytes:", (long)size);
	must(size > 1000 && size < sizeof plain / 2);
	must(heap.blocks == 0 && heap.most >= 4);
	heap.most = 0;
	/* a byte at a time, by one plan */
	struct stream s = { .next_out = again, .avail_out = sizeof again };
	struct bdl_plan *plan = plan_of("i(p,i)", 0);
	use_heap(&s);
	must(CALL_INT("i(p,i,s,i)", z("inflateInit2_"), P(&s), A(int, 47), S(version()),
		     A(int, (int)sizeof s)) == 0);
	void *inflate = z("inflate");
	int result = 0;
	for (unsigned i = 0; i < size; i++) {
		must(result == 0);
		s.next_in = packed + i, s.avail_in = 1;
		INVOKE(plan, inflate, &result, P(&s), A(int, 0));
	}
	must(result == 1 && s.total_out == sizeof again);
	must(CALL_INT("i(p)", z("inflateEnd"), P(&s)) == 0);
	must(equal(plain, again, sizeof plain));
	must(heap.blocks == 0 && heap.most >= 2);
	unsigned long sum = 0, sum_again = 0;
	CALL("L(L,p,I)", z("crc32"), &sum, A(unsigned long, 0), P(plain),
		A(unsigned, sizeof plain));
	CALL("L(L,p,I)", z("crc32"), &sum_again, A(unsigned long, 0), P(again),
		A(unsigned, sizeof again));
	must(sum == sum_again && sum);
}

/* Each allocation fails once: zlib says so and gives back what it has. */
static void no_memory(void)
{
	open_zlib();
	int failed = 0;
	for (heap.fail_at = 1; heap.fail_at < 20; heap.fail_at++) {
		struct stream s = { 0 };
		use_heap(&s);
		heap.calls = 0;
		int got = CALL_INT("i(p,i,s,i)", z("deflateInit_"), P(&s), A(int, 9),
			S(version()), A(int, (int)sizeof s));
		must(got == (heap.calls >= heap.fail_at ? -4 /* Z_MEM_ERROR */ : 0));
		if (got)
			failed++;
		else
			must(CALL_INT("i(p)", z("deflateEnd"), P(&s)) == 0);
		must(heap.blocks == 0);
	}
	must(failed >= 4 && failed < 19);
}

/* ---- inflateBack: input and output are callbacks ------------------------------------------ */

struct back {
	unsigned at, size, out, chunk;
};

/* unsigned (void *, unsigned char **) */
static void gives(void *user, void *result, void *const *argv)
{
	struct back *b = user;
	must(ARG(void *, 0) == user);
	unsigned n = b->size - b->at;
	if (n > b->chunk) n = b->chunk;
	*ARG(unsigned char **, 1) = packed + b->at;
	b->at += n;
	RESULT(unsigned) = n;
}
/* int (void *, unsigned char *, unsigned) */
static void takes(void *user, void *result, void *const *argv)
{
	struct back *b = user;
	unsigned n = ARG(unsigned, 2);
	must(ARG(void *, 0) == user && b->out + n <= sizeof again);
	memcpy(again + b->out, ARG(unsigned char *, 1), n);
	b->out += n;
	RESULT(int) = 0;
}

static void streams(void)
{
	static unsigned char window[32768];
	open_zlib();
	make_plain();
	struct stream s = { .next_in = plain,
		.avail_in = sizeof plain,
		.next_out = packed,
		.avail_out = sizeof packed };
	use_heap(&s);
	must(CALL_INT("i(p,i,i,i,i,i,s,i)", z("deflateInit2_"), P(&s), A(int, 1),
		     A(int, 8), A(int, -15), A(int, 8), A(int, 0), S(version()),
		     A(int, (int)sizeof s)) == 0);
	must(CALL_INT("i(p,i)", z("deflate"), P(&s), A(int, 4)) == 1);
	must(CALL_INT("i(p)", z("deflateEnd"), P(&s)) == 0);
	struct back b = { .size = (unsigned)s.total_out };
	void *in = callback_of("I(p,p)", gives, &b),
	     *out = callback_of("i(p,p,I)", takes, &b);
	for (b.chunk = 1; b.chunk < 5000; b.chunk = b.chunk * 3 + 1) {
		struct stream t = { 0 };
		use_heap(&t);
		b.at = b.out = 0;
		memset(again, 0, sizeof again);
		must(CALL_INT("i(p,i,p,s,i)", z("inflateBackInit_"), P(&t), A(int, 15),
			     P(window), S(version()), A(int, (int)sizeof t)) == 0);
		must(CALL_INT("i(p,p,p,p,p)", z("inflateBack"), P(&t), &in, P(&b), &out,
			     P(&b)) == 1);
		must(CALL_INT("i(p)", z("inflateBackEnd"), P(&t)) == 0);
		must(b.at == b.size && b.out == sizeof plain);
		must(equal(plain, again, sizeof plain));
	}
	must(heap.blocks == 0);
}

TESTS({ "zlib: deflate, inflate, memory by callbacks", round_trip, START },
	{ "zlib: the same, on first need", round_trip, LATE },
	{ "zlib: callbacks that have no memory", no_memory, START },
	{ "zlib: inflateBack, in and out by callbacks", streams, START })
