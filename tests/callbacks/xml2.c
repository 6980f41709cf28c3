/* libxml2: SAX2 handlers, one of them variadic; input by callbacks. */
#include "callbacks.h"

static void *xml;
static void *x(const char *name) { return function(xml, name); }
static void open_xml(void) { xml = opened("libxml2.so.2", BDL_NOW | BDL_RESIDENT); }

/* struct _xmlSAXHandler */
struct sax {
	void *first[12]; /* internalSubset ... setDocumentLocator */
	void *start_document, *end_document;
	void *start_element, *end_element, *reference; /* of SAX1 */
	void *characters, *ignorable_whitespace, *processing_instruction, *comment;
	void *warning, *error, *fatal_error;
	void *get_parameter_entity, *cdata_block, *external_subset;
	unsigned initialized;
	void *private_;
	void *start_element_ns, *end_element_ns, *structured_error;
};

struct seen {
	char text[4000], message[400];
	size_t used;
	int errors, documents;
};
static void add(struct seen *s, const char *text, size_t n)
{
	must(s->used + n < sizeof s->text);
	memcpy(s->text + s->used, text, n);
	s->text[s->used += n] = 0;
}
static void add_text(struct seen *s, const char *text) { add(s, text, length(text)); }

static void starts_or_ends(void *user, void *result, void *const *argv)
{
	(void)result;
	must(ARG(void *, 0) == user);
	((struct seen *)user)->documents++;
}

/* void (void *, localname, prefix, uri, int, const char **namespaces, int, int defaulted,
 * const char **attributes): nine arguments */
static void starts(void *user, void *result, void *const *argv)
{
	struct seen *s = user;
	(void)result;
	must(ARG(void *, 0) == user);
	add_text(s, "<");
	if (ARG(const char *, 3))
		add_text(s, "{"), add_text(s, ARG(const char *, 3)), add_text(s, "}");
	add_text(s, ARG(const char *, 1));
	must(ARG(int, 7) == 0);
	/* localname, prefix, uri, value, end */
	const char **a = ARG(const char **, 8);
	for (int i = 0; i < ARG(int, 6); i++, a += 5) {
		add_text(s, " "), add_text(s, a[0]), add_text(s, "=");
		add(s, a[3], (size_t)(a[4] - a[3]));
	}
	if (ARG(int, 4)) must(ARG(const char **, 5)[1]);
	add_text(s, ">");
}
/* void (void *, localname, prefix, uri) */
static void ends(void *user, void *result, void *const *argv)
{
	(void)result;
	add_text(user, "</"), add_text(user, ARG(const char *, 1)), add_text(user, ">");
}
static void characters(void *user, void *result, void *const *argv)
{
	(void)result;
	add(user, ARG(const char *, 1), (size_t)ARG(int, 2));
}
/* void (void *, const char *format, ...): libxml2 calls it with "%s" and one string */
static void error(void *user, void *result, void *const *argv)
{
	struct seen *s = user;
	(void)result;
	must(ARG(void *, 0) == user && same(ARG(const char *, 1), "%s"));
	const char *text = ARG(const char *, 2);
	size_t n = length(text);
	must(n < sizeof s->message);
	memcpy(s->message, text, n + 1);
	s->errors++;
}

static void *sax_of(struct seen *s)
{
	static struct sax sax;
	memset(&sax, 0, sizeof sax);
	sax.start_document = sax.end_document = callback_of("v(p)", starts_or_ends, s);
	sax.start_element_ns = callback_of("v(p,s,s,s,i,p,i,i,p)", starts, s);
	sax.end_element_ns = callback_of("v(p,s,s,s)", ends, s);
	sax.characters = callback_of("v(p,s,i)", characters, s);
	sax.warning = sax.error = callback_of("v(p,s,...,s)", error, s);
	sax.initialized = 0xDEEDBEAF; /* SAX2 */
	return &sax;
}

static const char document[] = "<a xmlns='urn:x' xmlns:p='urn:y' m='1'>text<p:b n='2' "
			       "o='&#65;3'>more</p:b><c/></a>";

static void handles(void)
{
	open_xml();
	struct seen s = { .used = 0 };
	void *sax = sax_of(&s);
	must(CALL_INT("i(p,p,s,i)", x("xmlSAXUserParseMemory"), &sax, P(&s),
		     S(document), A(int, sizeof document - 1)) == 0);
	static const char expected[] =
		"<{urn:x}a m=1>text<{urn:y}b n=2 o=A3>more</b><{urn:x}c></c></a>";
	if (!same(s.text, expected)) note("seen:", s.text);
	must(same(s.text, expected) && s.errors == 0 && s.documents == 2);
}

static void in_pieces(void)
{
	open_xml();
	struct seen whole = { .used = 0 };
	void *sax = sax_of(&whole);
	CALL_INT("i(p,p,s,i)", x("xmlSAXUserParseMemory"), &sax, P(&whole), S(document),
		A(int, sizeof document - 1));
	for (size_t chunk = 1; chunk < 60; chunk += 7) {
		struct seen s = { .used = 0 };
		sax = sax_of(&s);
		void *parser =
			CALL_POINTER("p(p,p,s,i,s)", x("xmlCreatePushParserCtxt"), &sax,
				P(&s), P(NULL), A(int, 0), P(NULL));
		must(parser != NULL);
		for (size_t at = 0; at < sizeof document - 1; at += chunk) {
			size_t rest = sizeof document - 1 - at,
			       n = rest < chunk ? rest : chunk;
			must(CALL_INT("i(p,s,i,i)", x("xmlParseChunk"), &parser,
				     S(document + at), A(int, (int)n),
				     A(int, n == rest)) == 0);
		}
		CALL("v(p)", x("xmlFreeParserCtxt"), NULL, &parser);
		must(same(s.text, whole.text));
	}
}

static void errors(void)
{
	open_xml();
	struct seen s = { .used = 0 };
	void *sax = sax_of(&s);
	static const char wrong[] = "<a><b>text</c></a>";
	must(CALL_INT("i(p,p,s,i)", x("xmlSAXUserParseMemory"), &sax, P(&s), S(wrong),
		     A(int, sizeof wrong - 1)) == 76 /* XML_ERR_TAG_NAME_MISMATCH */);
	note("message:", s.message);
	must(s.errors >= 1 && contains(s.message, "mismatch"));
	must(contains(s.message, "b line 1 and c"));
}

/* ---- files that are not there --------------------------------------------------------------- */

struct file {
	const char *text;
	size_t at, size;
	int open, opened, reads;
};
static void matches(void *user, void *result, void *const *argv)
{
	(void)user;
	const char *name = ARG(const char *, 0), *prefix = "own:";
	RESULT(int) = 1;
	for (int i = 0; i < 4; i++)
		if (name[i] != prefix[i]) {
			RESULT(int) = 0;
			return;
		}
}
static void opens(void *user, void *result, void *const *argv)
{
	struct file *f = user;
	RESULT(void *) = NULL;
	if (!same(ARG(const char *, 0), "own:document")) return;
	f->at = 0, f->open++, f->opened++;
	RESULT(void *) = f;
}
static void reads(void *user, void *result, void *const *argv)
{
	struct file *f = user;
	must(ARG(void *, 0) == user);
	size_t n = f->size - f->at;
	if (n > 5) n = 5;
	if (n > (size_t)ARG(int, 2)) n = (size_t)ARG(int, 2);
	memcpy(ARG(char *, 1), f->text + f->at, n);
	f->at += n, f->reads++;
	RESULT(int) = (int)n;
}
static void closes(void *user, void *result, void *const *argv)
{
	must(ARG(void *, 0) == user);
	((struct file *)user)->open--;
	RESULT(int) = 0;
}

/* void (void *, const char *format, ...), for whatever comes: only the format is looked at */
static void generic(void *user, void *result, void *const *argv)
{
	(void)result;
	must(ARG(void *, 0) == user && *ARG(const char *, 1));
	++*(int *)user;
}

static void inputs(void)
{
	open_xml();
	struct file f = { .text = document, .size = sizeof document - 1 };
	int reported = 0;
	must(CALL_INT("i(p,p,p,p)", x("xmlRegisterInputCallbacks"),
		     P(callback_of("i(s)", matches, NULL)),
		     P(callback_of("p(s)", opens, &f)),
		     P(callback_of("i(p,p,i)", reads, &f)),
		     P(callback_of("i(p)", closes, &f))) >= 0);
	void *doc = CALL_POINTER(
		"p(s,s,i)", x("xmlReadFile"), S("own:document"), P(NULL), A(int, 0));
	must(doc && f.open == 0 && f.opened == 1 && f.reads > 15);
	void *root = CALL_POINTER("p(p)", x("xmlDocGetRootElement"), &doc);
	char *content = CALL_POINTER("p(p)", x("xmlNodeGetContent"), &root);
	must(same(content, "textmore"));
	CALL("v(p)", libc("free"), NULL, &content);
	CALL("v(p)", x("xmlFreeDoc"), NULL, &doc);
	CALL("v(p,p)", x("xmlSetGenericErrorFunc"), NULL, P(&reported),
		P(callback_of("v(p,s,...)", generic, &reported)));
	must(!CALL_POINTER(
		"p(s,s,i)", x("xmlReadFile"), S("own:another"), P(NULL), A(int, 0)));
	must(reported > 0 && f.open == 0);
}

TESTS({ "xml2: SAX2, nine arguments", handles, START },
	{ "xml2: the same, on first need", handles, LATE },
	{ "xml2: in pieces", in_pieces, START },
	{ "xml2: a variadic callback for errors", errors, START },
	{ "xml2: input by callbacks, generic errors", inputs, START })
