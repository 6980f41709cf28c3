/* Whatever bytes come as a DNS message or as a name: nothing outside them is
 * read, reading ends, and what comes out is printable text (examples/lookup/dns.c).
 *
 *	clang -g -fsanitize=fuzzer,address,undefined tests/fuzz/dns.c examples/lookup/dns.c
 */
#include "../../examples/lookup/dns.h"
#include <stdlib.h>
#include <string.h>

static void demand(bool ok)
{
	if (!ok) abort();
}

static void demand_printable(const char *text, size_t capacity)
{
	/* Never full: then it would have been cut. */
	const char *end = memchr(text, 0, capacity - 1);

	demand(end != NULL);
	while (text < end) {
		demand(*text >= ' ' && *text <= '~');
		text++;
	}
}

/* A name's labels are whole, and end with the root's. */
static void demand_name(const struct dns_name *name)
{
	size_t at = 0;

	demand(name->size >= 1 && name->size <= DNS_NAME_MAX);
	while (name->bytes[at]) {
		demand(name->bytes[at] <= 63);
		at += 1 + name->bytes[at];
		demand(at < name->size);
	}
	demand(at + 1 == name->size);
}

/* A name's text is that name again. */
static void check_name(const struct dns_name *name)
{
	char text[DNS_NAME_TEXT_MAX];
	struct dns_name again;

	demand_name(name);
	dns_name_text(name, text);
	demand_printable(text, sizeof text);
	demand(dns_name_parse(&again, text) == NULL);
	demand(again.size == name->size);
	demand(memcmp(again.bytes, name->bytes, name->size) == 0);
}

static void check_message(const uint8_t *bytes, size_t size)
{
	static char text[DNS_TEXT_MAX];
	struct dns_message message;
	unsigned type;
	int more;

	if (dns_open(&message, bytes, size) != 0) {
		demand(message.error != NULL);
		return;
	}
	if (message.questions) {
		check_name(&message.name);
		demand(dns_answers(&message, &message.name, message.type));
	}
	for (;;) {
		size_t at = message.at;
		more = dns_next(&message, &type, text);
		demand(message.at <= size);
		if (more <= 0) break;
		demand(message.at > at);
		demand_printable(text, sizeof text);
	}
	demand(more == 0 ? message.left == 0 : message.error != NULL);
}

static void check_text(const uint8_t *bytes, size_t size)
{
	char *text = malloc(size + 1);
	struct dns_name name;

	memcpy(text, bytes, size);
	text[size] = 0;
	if (dns_name_parse(&name, text) == NULL) check_name(&name);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	if (size > DNS_MESSAGE_MAX) return 0;
	check_message(bytes, size);
	check_text(bytes, size);
	return 0;
}
