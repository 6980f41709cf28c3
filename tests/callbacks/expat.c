/* Expat: the document arrives at handlers. */
#include "callbacks.h"

static void *expat;
static void *x(const char *name) { return function(expat, name); }
static void open_expat(void)
{
	const char *version = NULL;
	expat = opened("libexpat.so.1", BDL_NOW | BDL_RESIDENT);
	CALL("s()", x("XML_ExpatVersion"), &version);
	note("expat", version);
}

/* What the handlers saw, as text. */
struct seen {
	char text[4000];
	size_t used;
	int depth, starts, ends, characters;
};
static void add(struct seen *s, const char *text, size_t n)
{
	must(s->used + n < sizeof s->text);
	memcpy(s->text + s->used, text, n);
	s->text[s->used += n] = 0;
}
static void add_text(struct seen *s, const char *text) { add(s, text, length(text)); }

/* void (void *, const char *name, const char **attributes) */
static void starts(void *user, void *result, void *const *argv)
{
	struct seen *s = ARG(struct seen *, 0);
	(void)result;
	must(s == user);
	s->depth++, s->starts++;
	add_text(s, "<");
	add_text(s, ARG(const char *, 1));
	for (const char **a = ARG(const char **, 2); *a; a += 2) {
		add_text(s, " "), add_text(s, a[0]), add_text(s, "=");
		add_text(s, a[1]);
	}
	add_text(s, ">");
}
/* void (void *, const char *name) */
static void ends(void *user, void *result, void *const *argv)
{
	struct seen *s = ARG(struct seen *, 0);
	(void)result;
	must(s == user);
	s->depth--, s->ends++;
	add_text(s, "</"), add_text(s, ARG(const char *, 1)), add_text(s, ">");
}
/* void (void *, const char *text, int length): no NUL behind it */
static void characters(void *user, void *result, void *const *argv)
{
	struct seen *s = user;
	(void)result;
	must(ARG(int, 2) > 0);
	s->characters += ARG(int, 2);
	add(s, ARG(const char *, 1), (size_t)ARG(int, 2));
}

static void handlers(void *parser, struct seen *s)
{
	CALL("v(p,p)", x("XML_SetUserData"), NULL, &parser, P(s));
	CALL("v(p,p,p)", x("XML_SetElementHandler"), NULL, &parser,
		P(callback_of("v(p,s,p)", starts, s)),
		P(callback_of("v(p,s)", ends, s)));
	CALL("v(p,p)", x("XML_SetCharacterDataHandler"), NULL, &parser,
		P(callback_of("v(p,s,i)", characters, s)));
}

static int parse(void *parser, const char *text, size_t size, int last)
{
	return CALL_INT("i(p,s,i,i)", x("XML_Parse"), &parser, S(text),
		A(int, (int)size), A(int, last));
}
static int parse_all(void *parser, const char *text)
{
	return parse(parser, text, length(text), 1);
}

static const char document[] = "<a x='1' y='&lt;2'><b>text &amp; more</b><c/></a>";
static const char expected[] = "<a x=1 y=<2><b>text & more</b><c></c></a>";

static void handles(void)
{
	open_expat();
	for (size_t chunk = 1; chunk < 30; chunk++) { /* pieces of each size */
		struct seen s = { .used = 0 };
		void *parser = CALL_POINTER("p(s)", x("XML_ParserCreate"), P(NULL));
		handlers(parser, &s);
		for (size_t at = 0; at < sizeof document - 1; at += chunk) {
			size_t rest = sizeof document - 1 - at;
			size_t n = rest < chunk ? rest : chunk;
			must(parse(parser, document + at, n, n == rest) == 1);
		}
		CALL("v(p)", x("XML_ParserFree"), NULL, &parser);
		if (!same(s.text, expected)) note("seen:", s.text);
		must(same(s.text, expected));
		must(s.depth == 0 && s.starts == 3 && s.ends == 3 &&
			s.characters == 11);
	}
}

/* ---- memory by callbacks, too ---------------------------------------------------------- */

struct memory {
	long live, calls, fail_at;
};
static void allocates(void *user, void *result, void *const *argv)
{
	struct memory *m = user;
	RESULT(void *) = NULL;
	if (++m->calls == m->fail_at) return;
	RESULT(void *) = CALL_POINTER("p(L)", libc("malloc"), argv[0]);
	m->live++;
}
static void allocates_again(void *user, void *result, void *const *argv)
{
	struct memory *m = user;
	RESULT(void *) = NULL;
	if (++m->calls == m->fail_at) return;
	m->live += !ARG(void *, 0);
	RESULT(void *) = CALL_POINTER("p(p,L)", libc("realloc"), argv[0], argv[1]);
}
static void releases(void *user, void *result, void *const *argv)
{
	(void)result;
	((struct memory *)user)->live -= ARG(void *, 0) != NULL;
	CALL("v(p)", libc("free"), NULL, argv[0]);
}

static void memory(void)
{
	open_expat();
	static struct memory m;
	void *suite[] = { callback_of("p(L)", allocates, &m),
		callback_of("p(p,L)", allocates_again, &m),
		callback_of("v(p)", releases, &m) };
	int none = 0, good = 0;
	for (m.fail_at = 1; m.fail_at < 60; m.fail_at++) {
		struct seen s = { .used = 0 };
		m.calls = 0;
		void *parser = CALL_POINTER("p(s,p,p)", x("XML_ParserCreate_MM"),
			P(NULL), P(suite), P(NULL));
		if (parser) {
			handlers(parser, &s);
			if (parse_all(parser, document)) {
				must(same(s.text, expected));
				good++;
			} else {
				must(CALL_INT("i(p)", x("XML_GetErrorCode"), &parser) ==
					1 /* NO_MEMORY */);
				none++;
			}
			CALL("v(p)", x("XML_ParserFree"), NULL, &parser);
		} else {
			none++;
		}
		must(m.live == 0);
	}
	note_number("parses without memory:", none);
	must(none >= 5 && good >= 5);
}

/* ---- an encoding that expat does not know, converted by a callback ------------------------ */

/* int (void *, const char *): two bytes, the second is the character */
static void converts(void *user, void *result, void *const *argv)
{
	must(ARG(void *, 0) == user);
	RESULT(int) = ARG(const char *, 1)[1];
}
static void lets_go(void *user, void *result, void *const *argv)
{
	(void)result;
	must(ARG(void *, 0) == user);
	++*(int *)user;
}
/* int (void *, const char *name, XML_Encoding *) */
static void encoding(void *user, void *result, void *const *argv)
{
	struct {
		int map[256];
		void *data, *convert, *release;
	} *e = ARG(void *, 2);
	must(same(ARG(const char *, 1), "x-own"));
	for (int i = 0; i < 256; i++) e->map[i] = i < 128 ? i : -1;
	e->map[0x80] = -2; /* two bytes */
	e->data = user;
	e->convert = callback_of("i(p,s)", converts, user);
	e->release = callback_of("v(p)", lets_go, user);
	RESULT(int) = 1;
}

static void encodings(void)
{
	open_expat();
	struct seen s = { .used = 0 };
	int released = 0;
	void *parser = CALL_POINTER("p(s)", x("XML_ParserCreate"), P(NULL));
	handlers(parser, &s);
	CALL("v(p,p,p)", x("XML_SetUnknownEncodingHandler"), NULL, &parser,
		P(callback_of("i(p,s,p)", encoding, &released)), P(&released));
	must(parse_all(parser, "<?xml version='1.0' "
			       "encoding='x-own'?><a>1\x80\x41\x80\x42</a>") == 1);
	must(same(s.text, "<a>1AB</a>"));
	CALL("v(p)", x("XML_ParserFree"), NULL, &parser);
	must(released == 1);
}

/* ---- a handler that parses another document, and one that stops ----------------------------- */

/* int (XML_Parser, context, base, systemId, publicId) */
static void external(void *user, void *result, void *const *argv)
{
	struct seen *s = user;
	must(same(ARG(const char *, 3), "other"));
	void *inner = CALL_POINTER("p(p,s,s)", x("XML_ExternalEntityParserCreate"),
		argv[0], argv[1], P(NULL));
	must(inner != NULL);
	add_text(s, "[");
	RESULT(int) = parse_all(inner, "in <i>inner</i>");
	add_text(s, "]");
	CALL("v(p)", x("XML_ParserFree"), NULL, &inner);
}
static void parses_within(void)
{
	open_expat();
	struct seen s = { .used = 0 };
	void *parser = CALL_POINTER("p(s)", x("XML_ParserCreate"), P(NULL));
	handlers(parser, &s);
	CALL("v(p,p)", x("XML_SetExternalEntityRefHandler"), NULL, &parser,
		P(callback_of("i(p,s,s,s,s)", external, &s)));
	must(parse_all(parser, "<!DOCTYPE a [<!ENTITY e SYSTEM 'other'>]><a>before &e; "
			       "after</a>") == 1);
	if (!same(s.text, "<a>before [in <i>inner</i>] after</a>"))
		note("seen:", s.text);
	must(same(s.text, "<a>before [in <i>inner</i>] after</a>"));
	CALL("v(p)", x("XML_ParserFree"), NULL, &parser);
}

static void stops(void *user, void *result, void *const *argv)
{
	(void)result, (void)argv;
	CALL("i(p,B)", x("XML_StopParser"), &(int){ 0 }, user, A(unsigned char, 0));
}
static void stopped(void)
{
	open_expat();
	static void *parser;
	parser = CALL_POINTER("p(s)", x("XML_ParserCreate"), P(NULL));
	CALL("v(p,p)", x("XML_SetCharacterDataHandler"), NULL, &parser,
		P(callback_of("v(p,s,i)", stops, &parser)));
	must(parse_all(parser, document) == 0);
	must(CALL_INT("i(p)", x("XML_GetErrorCode"), &parser) == 35 /* ABORTED */);
	const char *text = NULL;
	CALL("s(i)", x("XML_ErrorString"), &text, A(int, 35));
	note("error:", text);
	must(text && contains(text, "abort"));
	CALL("v(p)", x("XML_ParserFree"), NULL, &parser);
}

TESTS({ "expat: elements and characters, in pieces", handles, START },
	{ "expat: the same, on first need", handles, LATE },
	{ "expat: memory by callbacks, that fail", memory, START },
	{ "expat: an encoding converted by a callback", encodings, START },
	{ "expat: a handler parses another document", parses_within, START },
	{ "expat: a handler stops the parser", stopped, START })
