/* Plans of signatures made at random, as text and as data: both are the same, whatever
 * memory they are written to, run through moves that exist and fit BDL_PLAN_SIZE; and
 * what no plan is made of. */
#include "signature.h"

#include "../fuzz/part/plan.h"

/* What the CPU can, as import_vector_state() says it: all, no AVX-512, SSE only. */
enum { ALL = 0xe6, AVX = 6, SSE_ONLY = 2 };
static unsigned vector_state = ALL;
unsigned import_vector_state(void) { return vector_state; }
void arch_callback(void);
void arch_callback(void) {}
void arch_callback_wide(void);
void arch_callback_wide(void) {}

/* ---- types at random ------------------------------------------------------------------- */

static uint32_t below(uint32_t n)
{
	static uint64_t state = 88172645463325252;
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32) % n;
}
static bool one_in(uint32_t n) { return !below(n); }

enum { NODES = 4000 };
static struct bdl_type nodes[NODES];
static const struct bdl_type *links[NODES];
static uint32_t used, linked;

static const struct bdl_type *node(
	char kind, uint8_t pack, uint32_t n, const struct bdl_type *of)
{
	struct bdl_type *t = &nodes[used++];
	*t = (struct bdl_type){ kind, pack, n, NULL };
	if (!of) return t;
	t->of = &links[linked];
	links[linked++] = of;
	return t;
}

static const struct bdl_type *scalar(const char *of)
{
	return node(of[below((uint32_t)strlen(of))], 0, 0, NULL);
}

static const struct bdl_type *vector(void)
{
	static const char kinds[] = "cBhHiIlQnNfdew";
	const struct bdl_type *element = scalar(kinds);
	struct type t = { .kind = element->kind };
	layout_scalar(&t);
	uint32_t bytes = 8u << below(4), n = bytes / (uint32_t)t.size;
	bool agreed = n && (element->kind != 'd' || n > 1);
	return agreed ? node('<', 0, n, element) : element;
}

static const struct bdl_type *structure(uint32_t depth);

static const struct bdl_type *plain(uint32_t depth)
{
	uint32_t r = below(10);
	if (r < 3 && depth < 5) return structure(depth);
	if (r < 4) return vector();
	return scalar(r < 7 ? "ffddFDeEg" : "psicbBhHlLqQnNfdgwyeEFDGW?");
}

static const struct bdl_type *member(uint32_t depth)
{
	const struct bdl_type *t;
	if (one_in(6)) {
		static const char kinds[] = "cbBhHiIlLqQ?";
		const struct bdl_type *of = scalar(kinds);
		struct type laid = { .kind = of->kind };
		layout_scalar(&laid);
		uint32_t most = of->kind == '?' ? 1 : (uint32_t)laid.size * 8;
		bool named = !one_in(4);
		return node(named ? ':' : '.', 0, named + below(most + !named), of);
	}
	if (one_in(20)) return node('_', 0, 0, NULL);
	t = plain(depth + 1);
	while (one_in(5))
		t = node('[', 0, one_in(20) ? 1 + below(1 << 30) : 1 + below(4), t);
	if (one_in(8) && t->kind != '@') t = node('@', 0, 1u << below(8), t);
	return t;
}

static const struct bdl_type *structure(uint32_t depth)
{
	static const uint8_t packs[] = { BDL_PACKED, BDL_PACKED, 1, 2, 4, 8, 16 };
	uint32_t n = below(4) + below(3);
	const struct bdl_type *of[8];
	struct bdl_type *t = &nodes[used++];
	*t = (struct bdl_type){ one_in(4) ? 'u' : '{',
		one_in(6) ? packs[below(sizeof packs)] : 0, n, NULL };
	if (n > 1 && one_in(3)) { /* homogeneous */
		of[0] = plain(depth + 1);
		for (uint32_t i = 1; i < n; i++) of[i] = of[0];
	} else {
		for (uint32_t i = 0; i < n; i++) of[i] = member(depth);
	}
	t->of = &links[linked];
	for (uint32_t i = 0; i < n; i++) links[linked++] = of[i];
	return one_in(8) ? node('@', 0, 1u << below(8), t) : t;
}

/* ---- as text ----------------------------------------------------------------------------- */

static char *space(char *to)
{
	if (one_in(30)) *to++ = ' ';
	return to;
}

static char *write_type(char *to, const struct bdl_type *t)
{
	to = space(to);
	switch (t->kind) {
	case '@':
		to += sprintf(to, "@%u", t->count);
		return write_type(to, t->of[0]);
	case ':':
	case '.':
		to = space(write_type(to, t->of[0]));
		return space(to + sprintf(to, "%c%u", t->kind, t->count));
	case '[':
	case '<':
		to = write_type(to + sprintf(to, "%c%u", t->kind, t->count), t->of[0]);
		*to++ = t->kind == '[' ? ']' : '>';
		return space(to);
	case 'u':
	case '{':
		if (t->pack) *to++ = '!';
		if (t->pack && t->pack != BDL_PACKED) to += sprintf(to, "%d", t->pack);
		to = space(to);
		to = stpcpy(to, t->kind == 'u' ? "u{" : "{");
		for (uint32_t i = 0; i < t->count; i++) {
			to = space(write_type(to, t->of[i]));
			if (one_in(4)) *to++ = ',';
		}
		to = space(to);
		*to++ = '}';
		return space(to);
	default:
		*to++ = t->kind;
		return space(to);
	}
}

static void write_signature(char *to, const struct bdl_signature *s)
{
	static const struct bdl_type nothing = { .kind = 'v' };
	to = write_type(to, s->result ? s->result : &nothing);
	*to++ = '(';
	for (size_t i = 0; i < s->count; i++) {
		if (i) *to++ = ',';
		if (i == s->count - s->variadic) to = space(stpcpy(to, "...,"));
		to = write_type(to, s->parameters[i]);
	}
	strcpy(space(to), ")");
}

/* ---- plans --------------------------------------------------------------------------------- */

struct made {
	const char *fault;
	uint32_t where;
	struct plan_writer w; /* its own copy of the words */
};

/* Written three times: for the count, too short, just as long as it is. */
static struct made make(const struct signature *s, unsigned flags)
{
	struct made m = { .fault = NULL };
	m.fault = arch_plan(s, flags, &m.w, &m.where);
	uint32_t n = m.w.used, few = n ? below(n) : 0;
	if (m.fault) return m;
	struct plan_writer w = { .at = malloc(few * 4) };
	w.room = few;
	const char *fault = arch_plan(s, flags, &w, &m.where);
	m.w = (struct plan_writer){ .at = malloc(n * 4) };
	m.w.room = n;
	memset(m.w.at, 0xa5, n * 4);
	m.fault = arch_plan(s, flags, &m.w, &m.where);
	if (m.fault || fault || w.used != n || m.w.used != n ||
		memcmp(&w.head, &m.w.head, sizeof w.head) ||
		memcmp(w.at, m.w.at, few * 4))
		m.fault = "written otherwise where there is less room";
	free(w.at);
	return m;
}

static size_t size_of(const struct made *m)
{
	return sizeof m->w.head + ((m->w.used + 1) & ~(size_t)1) * 4;
}

static bool same_types(const struct signature *a, const struct signature *b)
{
	bool same = a->used == b->used && a->count == b->count && a->fixed == b->fixed;
	for (uint32_t i = 0; same && i < a->used; i++) {
		const struct type *t = &a->types[i], *u = &b->types[i];
		same = t->kind == u->kind && t->pack == u->pack && t->bits == u->bits &&
		       t->count == u->count && t->span == u->span &&
		       t->align == u->align && t->natural == u->natural &&
		       t->size == u->size && t->position == u->position;
	}
	return same;
}

/* NULL, or what is wrong with the signature, which is also given as data. */
static const char *compare(const char *text, const struct bdl_signature *data,
	unsigned flags, bool *planned)
{
	struct signature a, b = { .types = NULL };
	struct made m = { .fault = NULL }, n = { .fault = NULL };
	const char *wrong = NULL;
	bool ok = read_text(&a, text, NODES);
	if (ok) wrong = types_wrong(&a);
	if (data && !wrong) {
		bool also = read_data(&b, data, NODES);
		if (ok != also)
			wrong = ok ? b.fault : a.fault;
		else if (!ok)
			wrong = strcmp(a.fault, b.fault) ? b.fault : NULL;
		else if (!same_types(&a, &b))
			wrong = "other types";
	}
	*planned = false;
	if (ok && !wrong) {
		m = make(&a, flags);
		*planned = !m.fault;
		if (m.fault && strcmp(m.fault, "arguments are too large") &&
			strcmp(m.fault, "a struct without a named member"))
			wrong = m.fault;
		else if (!m.fault)
			wrong = plan_wrong(&a, flags, &m.w);
		if (!wrong && *planned && size_of(&m) > BDL_PLAN_SIZE(a.count))
			wrong = "larger than BDL_PLAN_SIZE";
	}
	if (*planned && data && !wrong) {
		n = make(&b, flags);
		if (n.fault || m.w.used != n.w.used ||
			memcmp(&m.w.head, &n.w.head, sizeof m.w.head) ||
			memcmp(m.w.at, n.w.at, m.w.used * 4))
			wrong = "another plan from data";
	}
	free(m.w.at);
	free(n.w.at);
	free(a.types);
	free(b.types);
	return wrong;
}

static void random_signatures(uint32_t rounds)
{
	static char text[1 << 20];
	uint32_t planned = 0, bad = 0;
	for (uint32_t i = 0; i < rounds && bad < 5; i++) {
		const struct bdl_type *parameters[64];
		struct bdl_signature s = { NULL, parameters, 0, 0 };
		bool done;
		used = linked = 0;
		if (!one_in(4)) s.result = plain(0);
		uint32_t most = one_in(10) ? 40 : 1 + below(12);
		while (s.count < most && used < NODES / 2) {
			parameters[s.count] = plain(0);
			if (s.count && one_in(3))
				parameters[s.count] = parameters[s.count - 1];
			s.count++;
		}
		s.variadic = one_in(10) ? below((uint32_t)s.count + 1) : 0;
		write_signature(text, &s);
		const char *wrong = compare(text, &s, below(2) | below(2) << 2, &done);
		planned += done;
		if (wrong) {
			bad++;
			check(false, "%s: %s", text, wrong);
		}
	}
	check(!bad, "%u signatures at random, %u of which have a plan", rounds,
		planned);
	check(planned > rounds / 2, "most of them have one");
}

/* What takes the most room, often: [first], then so many of [then]. */
static void many(const char *first, const char *then, uint32_t n)
{
	char *text = malloc(strlen(first) + n * strlen(then) + 4);
	char *to = stpcpy(stpcpy(text, "v("), first);
	bool planned;
	for (uint32_t i = 0; i < n; i++) to = stpcpy(to, then);
	strcpy(to, ")");
	const char *wrong = compare(text, NULL, 5, &planned);
	check(!wrong && planned, "v(%s, and %u%s): %s", first, n, then,
		wrong ? wrong : "right");
	free(text);
}

static void sizes(void)
{
	static const char *const firsts[] = { "i", "l,l,l,l,l,l,l,l,d,d,d,d,d,d,d,d,l",
		"l,n,n,n,n", "{[7c]},{[7c]},{[7c]},{[7c]},{[7c]}", "l,G,{fi},{lf}" };
	static const char *const thens[] = { ",i", ",{[3c]}", ",{[15c]}", ",{[17c]}",
		",n", ",@16{ll}", ",@16{dd}", ",@16{dddd}", ",{dddd}", ",{gggg}",
		",@32{dddd}", ",@16{ffff}", ",@128{c}", ",{}", ",{_}", ",g,l", ",<4f>",
		",<8f>,l", ",G", ",d,{[9c]},l", ",l,@16{dddd},d" };
	for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++)
		for (size_t j = 0; j < sizeof thens / sizeof *thens; j++)
			many(firsts[i], thens[j], 300);
	many("i", ",i", 3900);
}

/* ---- faults ------------------------------------------------------------------------ */

static void refused(const char *text, unsigned state, uint32_t where, const char *want)
{
	struct signature s;
	vector_state = state;
	bool ok = read_text(&s, text, 100);
	struct made m = { .fault = NULL };
	if (ok) m = make(&s, 0);
	bool right = ok && (want ? m.fault && !strcmp(m.fault, want) && m.where == where
				 : !m.fault);
	if (!check(right, "\"%s\" on a CPU with %x: %s", text, state,
		    want ? want : "a plan"))
		printf("#   and not %s, %u\n", m.fault ? m.fault : "a plan", m.where);
	vector_state = ALL;
	free(m.w.at);
	free(s.types);
}

static void faults(void)
{
	const char *large = "arguments are too large";
#if ARCH_VECTOR_ALIGN > 16 /* where larger ones go to registers */
	const char *avx = "this CPU has no AVX", *avx512 = "this CPU has no AVX-512";
	const char *one = "gcc and clang do not agree about a vector of one double";
	refused("<1d>()", ALL, 1, one);
	refused("v(i, {f <1d>})", ALL, 9, one);
	refused("v(...,<1d>)", ALL, 7, one);
	refused("<1l>(<2d>)", SSE_ONLY, 0, NULL);
	refused("v(i,<4d>)", SSE_ONLY, 5, avx);
	refused("<8f>()", SSE_ONLY, 1, avx);
	refused("v({c[2<32c>]})", SSE_ONLY, 7, avx);
	refused("v(i,<8d>)", SSE_ONLY, 5, avx);
	refused("v(<4d>,<8d>)", AVX, 8, avx512);
	refused("u{c<64c>}()", AVX, 4, avx512);
	refused("v(<4d>,{<8f>})", AVX, 0, NULL);
	refused("v(<8d>,{<16f>})", ALL, 0, NULL);
	for (unsigned state = 0x26; state < ALL; state += 0x20)
		refused("v(<8d>)", state, 3, avx512);
#else
	refused("<1d>(<4d>,<16f>)", 0, 0, NULL);
#endif
	refused("v({[1073741824c]})", ALL, 0, NULL);
	refused("v({[1073741824c]},{[1073741824c]})", ALL, 1, large);
	refused("v({[536870912c]},{[536870912c]})", ALL, 0, NULL);
	refused("v({[536870912c]},{[536870912c]},{[17c]})", ALL, 1, large);
	refused("{[1073741824c]}()", ALL, 0, NULL);
}

int main(void)
{
	random_signatures(20000);
	sizes();
	faults();
	return done();
}
