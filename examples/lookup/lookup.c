/* lookup.c - a small `dig +short`: a static program without a C library that
 * asks the DNS through the res_search of the C library that the machine has. */
#include <baredl.h>
#include "dns.h"

int dprintf(int fd, const char *format, ...) __attribute__((format(printf, 2, 3)));
int printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
int puts(const char *text);
int fflush(void *stream);
void *memset(void *bytes, int value, size_t size);
void *memcpy(void *to, const void *from, size_t size);
int strcmp(const char *a, const char *b);
int strcasecmp(const char *a, const char *b);
int inet_pton(int family, const char *text, void *address);
int res_search(const char *name, int class, int type, unsigned char *answer, int size);
int *__h_errno_location(void);
const char *gnu_get_libc_version(void);

BDL_IMPORT(dprintf, "dprintf", "libc.so.6");
BDL_IMPORT(printf, "printf", "libc.so.6");
BDL_IMPORT(puts, "puts", "libc.so.6");
BDL_IMPORT(fflush, "fflush", "libc.so.6");
BDL_IMPORT(memset, "memset", "libc.so.6"); /* compilers call these two */
BDL_IMPORT(memcpy, "memcpy", "libc.so.6"); /* on their own as well */
BDL_IMPORT(strcmp, "strcmp", "libc.so.6");
BDL_IMPORT(strcasecmp, "strcasecmp", "libc.so.6");
BDL_IMPORT(inet_pton, "inet_pton", "libc.so.6");
BDL_IMPORT(__h_errno_location, "__h_errno_location", "libc.so.6");
BDL_IMPORT_WEAK(gnu_get_libc_version, "gnu_get_libc_version", "libc.so.6");
/* In libc since glibc 2.34, and in musl; before that under the other names. */
BDL_IMPORT_ANY(res_search,
	BDL_FROM("res_search", "libc.so.6") BDL_FROM("res_search", "libresolv.so.2")
		BDL_FROM("__res_search", "libresolv.so.2"));

/* The exit status: that of the first name that failed. */
enum {
	FOUND = 0,
	NOT_FOUND = 1,
	USAGE = 2,
	TRY_AGAIN = 3,
	REFUSED = 4,
	MALFORMED = 5,
	CUT_SHORT = 6,
	NO_RESIDENT = 7,
	NO_OUTPUT = 8
};

static const char usage[] =
	"usage: lookup [-t TYPE] NAME...   ask for the records of names\n"
	"       lookup -x ADDRESS...       ask for the names of addresses\n"
	"       lookup --resident          tell which C library does the asking\n"
	"TYPE: A (default), AAAA, MX, TXT, NS, CNAME, SOA, SRV, PTR\n"
	"exit status, that of the first name that failed:\n"
	"  0 found   1 not found   2 usage   3 try again   4 refused\n"
	"  5 malformed answer   6 answer cut short   7 no C library   8 no output\n";

/* From <netdb.h> and <sys/socket.h>, the same in every C library. */
enum { HOST_NOT_FOUND = 1, NO_RECOVERY = 3, NO_DATA = 4 };
enum { AF_INET = 2, AF_INET6 = 10 };

enum { CLASS_IN = 1 };

static const struct {
	const char *name;
	unsigned type;
} types[] = {
	{ "A", DNS_A },
	{ "AAAA", DNS_AAAA },
	{ "MX", DNS_MX },
	{ "TXT", DNS_TXT },
	{ "NS", DNS_NS },
	{ "CNAME", DNS_CNAME },
	{ "SOA", DNS_SOA },
	{ "SRV", DNS_SRV },
	{ "PTR", DNS_PTR },
};

/* What is asked: in the user's word, for messages, and for the server. */
struct query {
	const char *word;
	const char *type_name;
	unsigned type;
	struct dns_name name;
};

static int fail(int status, const struct query *query, const char *why)
{
	dprintf(2, "lookup: %s: %s\n", query->word, why);
	return status;
}

static int fail_malformed(const struct query *query, const char *why)
{
	dprintf(2, "lookup: %s: malformed answer: %s\n", query->word, why);
	return MALFORMED;
}

static int fail_nodata(const struct query *query)
{
	dprintf(2, "lookup: %s: no %s records (NODATA)\n", query->word,
		query->type_name);
	return NOT_FOUND;
}

static int fail_rcode(const struct query *query, unsigned rcode)
{
	switch (rcode) {
	case DNS_SERVFAIL:
		return fail(
			TRY_AGAIN, query, "try again: the server failed (SERVFAIL)");
	case DNS_NXDOMAIN:
		return fail(NOT_FOUND, query, "no such name (NXDOMAIN)");
	case DNS_FORMERR:
		return fail(REFUSED, query, "refused by the server (FORMERR)");
	case DNS_NOTIMP:
		return fail(REFUSED, query, "refused by the server (NOTIMP)");
	case DNS_REFUSED:
		return fail(REFUSED, query, "refused by the server (REFUSED)");
	}
	dprintf(2, "lookup: %s: refused by the server (rcode %u)\n", query->word,
		rcode);
	return REFUSED;
}

/* No message came: what is known is h_errno. */
static int fail_reason(const struct query *query, int reason)
{
	switch (reason) {
	case HOST_NOT_FOUND:
		return fail_rcode(query, DNS_NXDOMAIN);
	case NO_DATA:
		return fail_nodata(query);
	case NO_RECOVERY:
		return fail(REFUSED, query, "refused by the C library");
	}
	return fail(TRY_AGAIN, query, "try again: no server answered");
}

/* Prints the answers, the CNAMEs on the way to them too, as they come. What is
 * looked for may be missing even then: at the end of a chain, say. */
static int show_answers(const struct query *query, struct dns_message *message)
{
	static char text[DNS_TEXT_MAX];
	bool found = false;
	unsigned type;
	int more;

	while ((more = dns_next(message, &type, text)) > 0) {
		if (puts(text) < 0) return NO_OUTPUT;
		if (type == query->type) found = true;
	}
	if (more < 0) return fail_malformed(query, message->error);
	if (message->truncated) return fail(CUT_SHORT, query, "answer cut short (TC)");
	if (message->rcode != DNS_NOERROR) return fail_rcode(query, message->rcode);
	return found ? FOUND : fail_nodata(query);
}

/* musl sends a name's text as it is, so that an escape would become part of
 * the name that is asked for. */
static bool can_ask(const char *name)
{
	struct bdl_resident resident;

	while (*name && *name != '\\') name++;
	return *name == 0 || bdl_resident(&resident) || strcmp(resident.kind, "musl");
}

/* When a name does not exist, or a server failed or refused, some C libraries
 * return -1 and an h_errno that says little of the reason, and others return
 * the server's message. Those that return -1 have still received that message
 * into the buffer. So the buffer is cleared first, and what is in it afterwards
 * is believed before h_errno is. How long it is they have not told; its own
 * counts bound it. */
static int look_up(const struct query *query)
{
	static unsigned char answer[DNS_MESSAGE_MAX];
	char name[DNS_NAME_TEXT_MAX];
	struct dns_message message;
	const char *wrong = NULL;

	dns_name_text(&query->name, name);
	if (!can_ask(name)) return fail(REFUSED, query, "musl cannot ask for it");
	memset(answer, 0, sizeof answer);
	*__h_errno_location() = 0;
	int size = res_search(name, CLASS_IN, (int)query->type, answer, sizeof answer);
	int reason = *__h_errno_location();
	bool failed = size <= 0;

	/* More than the buffer's size means that the rest did not fit. */
	if (failed || size > (int)sizeof answer) size = sizeof answer;
	if (dns_open(&message, answer, (size_t)size) != 0)
		wrong = message.error;
	else if (!dns_answers(&message, &query->name, query->type))
		wrong = "to another question";
	if (failed && (wrong || (message.rcode == DNS_NOERROR && !message.truncated)))
		return fail_reason(query, reason);
	if (wrong) return fail_malformed(query, wrong);
	return show_answers(query, &message);
}

static const char *read_word(struct query *query, const char *word, bool reverse)
{
	uint8_t address[16];

	query->word = word;
	if (!reverse) return dns_name_parse(&query->name, word);
	if (inet_pton(AF_INET, word, address) == 1)
		dns_name_reverse(&query->name, address, 4);
	else if (inet_pton(AF_INET6, word, address) == 1)
		dns_name_reverse(&query->name, address, 16);
	else
		return "not an IPv4 or IPv6 address";
	return NULL;
}

static int look_up_all(struct query *query, char **words, bool reverse)
{
	int result = FOUND;

	for (; *words; words++) {
		const char *wrong = read_word(query, *words, reverse);
		int status = wrong ? fail(USAGE, query, wrong) : look_up(query);
		if (result == FOUND) result = status;
		if (status == NO_OUTPUT) break;
	}
	return result;
}

static bool read_type(struct query *query, const char *name)
{
	for (size_t i = 0; name && i < sizeof types / sizeof types[0]; i++) {
		if (strcasecmp(name, types[i].name) != 0) continue;
		query->type_name = types[i].name;
		query->type = types[i].type;
		return true;
	}
	return false;
}

/* musl has no function that tells its version. */
static int show_resident(void)
{
	struct bdl_resident resident;

	if (bdl_resident(&resident) != 0) return NO_RESIDENT;
	if (BDL_HAVE(gnu_get_libc_version))
		printf("%s %s\n", resident.kind, gnu_get_libc_version());
	else
		puts(resident.kind);
	printf("ld.so: %s\nlibc: %s\n", resident.interpreter, resident.libc);
	return FOUND;
}

static int misused(void)
{
	dprintf(2, "%s", usage);
	return USAGE;
}

static int run(char **argument)
{
	struct query query = { .type_name = "A", .type = DNS_A };
	bool reverse = false;

	for (; *argument && **argument == '-'; argument++) {
		if (!strcmp(*argument, "--")) {
			argument++;
			break;
		}
		if (!strcmp(*argument, "--resident")) return show_resident();
		if (!strcmp(*argument, "--help"))
			return printf("%s", usage) < 0 ? NO_OUTPUT : FOUND;
		if (!strcmp(*argument, "-x"))
			reverse = read_type(&query, "PTR");
		else if (!strcmp(*argument, "-t") && read_type(&query, argument[1]))
			argument++;
		else
			return misused();
	}
	return *argument ? look_up_all(&query, argument, reverse) : misused();
}

/* Without a resident nothing can be called that prints. */
static void last_words(const char *text)
{
	size_t size = 0;
	while (text[size]) size++;
	bdl_write(2, "lookup: ", 8);
	bdl_write(2, text, size);
	bdl_write(2, "\n", 1);
}

int main(int argc, char **argv)
{
	if (bdl_bind() > 0) {
		last_words(bdl_error());
		return NO_RESIDENT;
	}
	int status = run(argc ? argv + 1 : argv);
	if (fflush(NULL) == 0 && status != NO_OUTPUT) return status;
	dprintf(2, "lookup: cannot write the output\n");
	return status ? status : NO_OUTPUT;
}
