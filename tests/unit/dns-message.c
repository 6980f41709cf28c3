/* DNS messages, good and bad, are read without believing anything in them, and
 * records come out as `dig +short` prints them (examples/lookup/dns.c). */
#include "../examples/lookup/dns.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int count, failed;

static void check(bool ok, const char *what)
{
	printf("%s %d - %s\n", ok ? "ok" : "not ok", ++count, what);
	if (!ok) failed = 1;
}

static void same(const char *got, const char *want, const char *what)
{
	bool ok = strcmp(got, want) == 0;

	check(ok, what);
	if (!ok) printf("#  got: %s\n# want: %s\n", got, want);
}

/* ---- Making messages ----------------------------------------------------- */

enum { QUESTION = 12, OWNER = 0xc000 | QUESTION };

static uint8_t message[DNS_MESSAGE_MAX];
static size_t size;

static void put(const void *bytes, size_t n)
{
	memcpy(message + size, bytes, n);
	size += n;
}

static void put8(unsigned value) { message[size++] = (uint8_t)value; }

static void put16(unsigned value)
{
	put8(value >> 8);
	put8(value & 0xff);
}

static void put32(uint32_t value)
{
	put16(value >> 16);
	put16(value & 0xffff);
}

static void put_labels(const char *name)
{
	while (*name) {
		size_t length = strcspn(name, ".");
		put8((unsigned)length);
		put(name, length);
		name += length + (name[length] == '.');
	}
}

static void put_name(const char *name)
{
	put_labels(name);
	put8(0);
}

static void begin(unsigned flags, unsigned questions, unsigned answers)
{
	memset(message, 0, sizeof message);
	size = 0;
	put16(0x1234);
	put16(flags);
	put16(questions);
	put16(answers);
	put32(0);
}

/* A response to "host.test A" with so many records, which are to follow. */
static void begin_answer(unsigned answers)
{
	begin(0x8180, 1, answers);
	put_name("host.test");
	put16(DNS_A);
	put16(1);
}

static void put_record(unsigned type, unsigned data_size)
{
	put16(OWNER);
	put16(type);
	put16(1);
	put32(300);
	put16(data_size);
}

static void put_address(unsigned last)
{
	put_record(DNS_A, 4);
	put32(0xc0000200 | last);
}

/* One answer of that type, with that data. */
static void one(unsigned type, const void *data, size_t data_size)
{
	begin_answer(1);
	put_record(type, (unsigned)data_size);
	put(data, data_size);
}

/* ---- Reading them -------------------------------------------------------- */

/* All records with | between them; behind ! what was wrong. The bytes are given
 * in a block of their very size, so that a sanitizer sees a step over its end. */
static const char *read_all(void)
{
	static char all[2 * DNS_TEXT_MAX], text[DNS_TEXT_MAX];
	uint8_t *bytes = malloc(size ? size : 1);
	struct dns_message m;
	unsigned type;
	char *at = all;
	int more;

	memcpy(bytes, message, size);
	*at = 0;
	more = dns_open(&m, bytes, size);
	if (more == 0)
		while ((more = dns_next(&m, &type, text)) > 0)
			at += sprintf(at, "%s%s", at == all ? "" : "|", text);
	if (more < 0) sprintf(at, "!%s", m.error);
	free(bytes);
	return all;
}

static void reads(const char *want, const char *what) { same(read_all(), want, what); }

static void good_records(void)
{
	static const uint8_t soa[] =
		"\3ns1\xc0\x0c\x0bhost.master\xc0\x0c"
		"\xff\xff\xff\xff\0\0\0\0\0\0\x0e\x10\0\0\0\1\0\0\0";

	one(DNS_A, "\xc0\0\2\xff", 4);
	reads("192.0.2.255", "A");
	one(DNS_NS, "\2ns\xc0\x0c", 5);
	reads("ns.host.test.", "NS, compressed");
	one(DNS_CNAME, "\0", 1);
	reads(".", "CNAME of the root");
	one(DNS_PTR, "\3A.b\5\0\t \x7f\xff\0", 11);
	reads("A\\.b.\\000\\009\\032\\127\\255.", "PTR with bytes that need an escape");
	one(DNS_NS, "\7\"$();@\\\0", 9);
	reads("\\\"\\$\\(\\)\\;\\@\\\\.", "NS with characters that need an escape");
	one(DNS_MX, "\xff\xff\4mail\xc0\x0c", 9);
	reads("65535 mail.host.test.", "MX");
	one(DNS_SRV, "\0\1\xff\xff\0\x35\0", 7);
	reads("1 65535 53 .", "SRV");
	one(DNS_SOA, soa, sizeof soa);
	reads("ns1.host.test. host\\.master.host.test. 4294967295 0 3600 1 0", "SOA");
	one(DNS_DNAME, "\1x\1y\0", 5);
	reads("x.y.", "DNAME");
	one(4711, "\0\xab", 2);
	reads("\\# 2 00AB", "a type that is not known");
	one(4711, "0123456789abcdef0123456789ab", 29);
	reads("\\# 29 30313233343536373839616263646566303132333435363738396162 00",
		"a type that is not known, with dig's space");
	one(4711, "", 0);
	reads("\\# 0", "a type that is not known, without data");
}

static void good_texts(void)
{
	uint8_t data[257] = { 255 };
	char want[2 + 255 + 1];

	one(DNS_TXT, "\5plain", 6);
	reads("\"plain\"", "TXT");
	one(DNS_TXT, "\0", 1);
	reads("\"\"", "TXT, empty string");
	one(DNS_TXT, "\1a\0\2bc\0", 7);
	reads("\"a\" \"\" \"bc\" \"\"", "TXT, several strings, empty ones too");
	one(DNS_TXT, "\11\"\\;@ \t\x7f\xff\0", 10);
	reads("\"\\\"\\\\;@ \\009\\127\\255\\000\"",
		"TXT with bytes that need an escape");
	memset(data + 1, 'x', 255);
	memset(want, 'x', sizeof want);
	want[0] = want[256] = '"';
	want[257] = 0;
	one(DNS_TXT, data, 256);
	reads(want, "TXT, 255 bytes");
	data[0] = 254;
	one(DNS_TXT, data, 256);
	reads("!a record's data is too short", "TXT, one byte left over");
	one(DNS_TXT, "", 0);
	reads("!a record's data is too short", "TXT without any string");
	one(DNS_TXT, "\4abc", 4);
	reads("!a record's data is too short", "TXT, string past its end");
}

/* RFC 5952, and what inet_ntop does where that leaves a choice. */
static void good_ipv6(void)
{
	static const struct {
		uint16_t groups[8];
		const char *text;
	} cases[] = {
		{ { 0 }, "::" },
		{ { 0, 0, 0, 0, 0, 0, 0, 1 }, "::1" },
		{ { 0x2001, 0xdb8, 0, 0, 0, 0, 0, 1 }, "2001:db8::1" },
		{ { 0x2001, 0xdb8, 0, 1, 1, 1, 1, 1 }, "2001:db8:0:1:1:1:1:1" },
		{ { 1, 0, 0, 2, 0, 0, 0, 3 }, "1:0:0:2::3" },
		{ { 1, 0, 0, 2, 2, 0, 0, 3 }, "1::2:2:0:0:3" },
		{ { 1, 2, 3, 4, 5, 6, 0, 0 }, "1:2:3:4:5:6::" },
		{ { 0, 0, 1, 2, 3, 4, 5, 6 }, "::1:2:3:4:5:6" },
		{ { 1, 0, 2, 0, 3, 0, 4, 0 }, "1:0:2:0:3:0:4:0" },
		{ { 0xabcd, 0xef, 0x10, 1, 1, 1, 1, 0xffff },
			"abcd:ef:10:1:1:1:1:ffff" },
		{ { 0, 0, 0, 0, 0, 0xffff, 0xc000, 0x201 }, "::ffff:192.0.2.1" },
		{ { 0, 0, 0, 0, 0, 0xfffe, 0xc000, 0x201 }, "::fffe:c000:201" },
		{ { 0, 0, 0, 0, 0, 0, 0xc000, 0x201 }, "::192.0.2.1" },
		{ { 0, 0, 0, 0, 0, 0, 0, 0xffff }, "::ffff" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		begin_answer(1);
		put_record(DNS_AAAA, 16);
		for (int group = 0; group < 8; group++) put16(cases[i].groups[group]);
		reads(cases[i].text, cases[i].text);
	}
}

static void good_messages(void)
{
	begin_answer(0);
	reads("", "no answers");

	begin_answer(3);
	put_record(DNS_CNAME, 4);
	put("\1c\xc0\x0c", 4);
	put_address(1);
	put_address(2);
	reads("c.host.test.|192.0.2.1|192.0.2.2",
		"a CNAME and two addresses, in order");

	begin_answer(30);
	for (unsigned i = 1; i <= 30; i++) put_address(i);
	const char *all = read_all();
	int records = 1;
	for (const char *s = all; (s = strchr(s, '|')); s++) records++;
	check(records == 30, "30 addresses are 30 records");
	same(all + strlen(all) - strlen("|192.0.2.30"), "|192.0.2.30", "and in order");

	begin(0x8180, 0, 1);
	put_name("host.test");
	put16(DNS_A);
	put16(1);
	put32(300);
	put16(4);
	put32(0xc0000201);
	reads("192.0.2.1", "no question, an uncompressed owner");

	begin_answer(1);
	put_address(1);
	put("more of it", 10);
	reads("192.0.2.1", "what follows the answers is not looked at");
}

/* A pointer to a pointer to ... to the question, each before the next. */
static void chains(void)
{
	enum { HOPS = 200 };
	size_t first;

	begin_answer(2);
	put_record(4711, 2 * HOPS);
	first = size;
	put16(OWNER);
	for (unsigned i = 1; i < HOPS; i++)
		put16(0xc000 | (unsigned)(first + 2 * (i - 1)));
	put_record(DNS_NS, 2);
	put16(0xc000 | (unsigned)(first + 2 * (HOPS - 1)));
	const char *all = read_all();
	same(strrchr(all, '|'), "|host.test.", "200 pointers in a row");
}

static void bad_names(void)
{
	static const char no_way_back[] = "!a name's pointer does not lead back";
	static const char past_end[] = "!a name runs past the end";
	char label63[64], name[300];

	begin_answer(1);
	put_record(DNS_NS, 2);
	put16(0xc000 | (unsigned)size);
	reads(no_way_back, "a pointer to itself");

	begin_answer(1);
	put_record(DNS_NS, 4);
	put16(0xc000 | (unsigned)(size + 2));
	put16(0xc000 | (unsigned)(size - 2));
	reads(no_way_back, "two pointers to each other");

	begin_answer(1);
	put_record(DNS_NS, 4);
	put("\1a", 2);
	put16(0xc000 | (unsigned)(size - 2));
	reads(no_way_back, "a label and a pointer to it");

	begin_answer(2);
	put_record(4711, 4);
	put("\1a", 2);
	put16(0xc000 | (unsigned)(size - 2));
	put_record(DNS_NS, 2);
	put16(0xc000 | (unsigned)(size - 16));
	reads("\\# 4 0161C027!a name's pointer does not lead back",
		"a pointer to a loop further back");

	begin_answer(1);
	put_record(DNS_NS, 2);
	put16(0xffff);
	reads(no_way_back, "a pointer past the end of the message");

	begin_answer(1);
	put_record(DNS_NS, 1);
	put8(0xc0);
	reads(past_end, "half a pointer");

	one(DNS_NS, "\3abc", 4);
	reads(past_end, "a name without an end");
	one(DNS_NS, "\4abc", 4);
	reads(past_end, "a label past its record's end");
	one(DNS_NS, "", 0);
	reads(past_end, "no name at all");
	one(DNS_NS,
		"\x40"
		"a\0",
		3);
	reads("!a label of unknown kind", "a label's length of 64");
	one(DNS_NS,
		"\x80"
		"a\0",
		3);
	reads("!a label of unknown kind", "a label's length of 128");

	memset(label63, 'a', 63);
	label63[63] = 0;
	sprintf(name, "%s.%s.%s.%.61s", label63, label63, label63, label63);
	begin_answer(1);
	put_record(DNS_NS, 255);
	put_name(name);
	strcat(name, ".");
	reads(name, "a name of 255 bytes");
	sprintf(name, "%s.%s.%s.%.62s", label63, label63, label63, label63);
	begin_answer(1);
	put_record(DNS_NS, 256);
	put_name(name);
	reads("!a name over 255 bytes", "a name of 256 bytes");

	begin(0x8180, 1, 1);
	put_name("host.test");
	put32(0x00010001);
	put_record(DNS_NS, 250);
	for (int i = 0; i < 3; i++) put_labels(label63);
	put_labels(label63 + 8);
	put16(OWNER);
	reads("!a name over 255 bytes", "a name that a pointer makes too long");
}

static void bad_records(void)
{
	static const char too_short[] = "!a record's data is too short";
	static const char too_long[] = "!a record's data is too long";

	one(DNS_A, "\1\2\3", 3);
	reads(too_short, "A, 3 bytes");
	one(DNS_A, "\1\2\3\4\5", 5);
	reads(too_long, "A, 5 bytes");
	one(DNS_AAAA, "\1\2\3\4", 4);
	reads(too_short, "AAAA, 4 bytes");
	one(DNS_MX, "\1", 1);
	reads(too_short, "MX, 1 byte");
	one(DNS_MX, "\0\1", 2);
	reads("!a name runs past the end", "MX without a name");
	one(DNS_SRV, "\0\1\0\1\0", 5);
	reads(too_short, "SRV, 5 bytes");
	one(DNS_SOA, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 21);
	reads(too_short, "SOA, a byte missing");
	one(DNS_SOA, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 23);
	reads(too_long, "SOA, a byte more");
	one(DNS_NS, "\1a\0b", 4);
	reads(too_long, "NS, a byte behind the name");

	begin_answer(2);
	put_address(1);
	reads("192.0.2.1!fewer records than its header says", "a count that lies");
	begin_answer(65535);
	reads("!fewer records than its header says", "65535 records, none there");
	begin_answer(1);
	put_record(DNS_A, 5);
	put32(0xc0000201);
	reads("!a record is cut off", "a size past the end");
	begin_answer(1);
	put_record(DNS_A, 65535);
	reads("!a record is cut off", "a size of 65535");
	begin_answer(1);
	put_record(DNS_A, 4);
	message[QUESTION + 15 + 5] = 3;
	put32(0xc0000201);
	reads("!a record of another class", "class CH");

	/* However much of it is missing, that is noticed. */
	begin_answer(2);
	put_record(DNS_MX, 4);
	put("\0\12\xc0\x0c", 4);
	put_address(1);
	size_t whole = size;
	bool noticed = true;
	for (size = 0; size < whole; size++)
		if (!strchr(read_all(), '!')) noticed = false;
	check(noticed, "a message cut off anywhere");
}

static void bad_headers(void)
{
	begin(0x8180, 0, 0);
	size = 11;
	reads("!shorter than a header", "11 bytes");
	size = 0;
	reads("!shorter than a header", "no bytes");
	begin(0x0100, 1, 0);
	put_name("host.test");
	put32(0x00010001);
	reads("!not a response", "a query");
	begin(0x8180, 2, 0);
	put_name("host.test");
	put32(0x00010001);
	put_name("host.test");
	put32(0x00010001);
	reads("!several questions", "two questions");
	begin(0x8180, 1, 0);
	reads("!a name runs past the end", "no question");
	put_name("host.test");
	put16(1);
	reads("!the question is cut off", "half a question");
}

static void questions(void)
{
	struct dns_message m;
	struct dns_name name, other;

	dns_name_parse(&name, "HOST.test.");
	dns_name_parse(&other, "host.tes.t");
	begin_answer(0);
	check(dns_open(&m, message, size) == 0 && dns_answers(&m, &name, DNS_A),
		"it answers the question, in another case");
	check(!dns_answers(&m, &name, DNS_AAAA), "and not for another type");
	check(!dns_answers(&m, &other, DNS_A), "and not for another name");
	check(m.rcode == DNS_NOERROR && !m.truncated, "its flags are clear");
	begin(0x8385, 0, 0);
	check(dns_open(&m, message, size) == 0 && m.rcode == DNS_REFUSED && m.truncated,
		"flags that are set: REFUSED, TC");
	check(dns_answers(&m, &name, DNS_A),
		"a refusal without a question answers any");
	begin(0x8180, 0, 0);
	check(dns_open(&m, message, size) == 0 && !dns_answers(&m, &name, DNS_A),
		"any other message without one answers none");
}

/* What becomes of a name as text, read and written again. */
static const char *again(const char *text)
{
	static char out[DNS_NAME_TEXT_MAX];
	struct dns_name name;
	const char *wrong = dns_name_parse(&name, text);

	if (wrong) return wrong;
	dns_name_text(&name, out);
	return out;
}

static void names(void)
{
	char text[5 * 256];
	struct dns_name name;

	same(again("a.example"), "a.example.", "a name gets its final dot");
	same(again("a.example."), "a.example.", "or keeps it");
	same(again("."), ".", "the root");
	same(again("a\\.b\\032c\\\\"), "a\\.b\\032c\\\\.", "escapes");
	same(again("\\a\\000\\255 "), "a\\000\\255\\032.",
		"escapes where none are needed");
	same(again(""), "empty name", "no name");
	same(again(".a"), "empty label", "a dot first");
	same(again("a..b"), "empty label", "two dots");
	same(again(".."), "empty label", "only dots");
	same(again("a\\"), "bad escape sequence", "a backslash last");
	same(again("a\\25"), "bad escape sequence", "two digits");
	same(again("a\\256"), "bad escape sequence", "256");

	memset(text, 'a', sizeof text);
	text[63] = 0;
	check(strlen(again(text)) == 64, "a label of 63 bytes");
	strcpy(text + 63, "a");
	same(again(text), "label over 63 bytes", "a label of 64 bytes");

	memset(text, 'a', sizeof text);
	text[63] = text[127] = text[191] = '.';
	text[253] = 0;
	check(strlen(again(text)) == 254, "a name of 255 bytes");
	strcpy(text + 253, ".");
	check(strlen(again(text)) == 254, "a name of 255 bytes with its final dot");
	strcpy(text + 253, "a");
	same(again(text), "name over 255 bytes", "a name of 256 bytes");
	text[0] = 0;
	for (int i = 0; i < 250; i++) strcat(text, i % 63 == 62 ? "." : "\\255");
	check(strlen(again(text)) == 3 + 247 * 4 + 1, "a name that is all escapes");

	dns_name_reverse(&name, (const uint8_t[]){ 192, 0, 2, 101 }, 4);
	dns_name_text(&name, text);
	same(text, "101.2.0.192.in-addr.arpa.", "reverse of an IPv4 address");
	dns_name_reverse(
		&name, (const uint8_t[16]){ 0x20, 1, 0xd, 0xb8, [15] = 0xaf }, 16);
	dns_name_text(&name, text);
	same(text,
		"f.a.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6."
		"arpa.",
		"reverse of an IPv6 address");
}

int main(void)
{
	good_records();
	good_texts();
	good_ipv6();
	good_messages();
	chains();
	bad_names();
	bad_records();
	bad_headers();
	questions();
	names();
	printf("1..%d\n", count);
	return failed;
}
