/* dns.c - domain names and DNS messages: bytes to text and back. */
#include "dns.h"

enum {
	HEADER = 12,
	CLASS_IN = 1,
	LABEL_MAX = 63,
	POINTER = 0xc0 /* the two bits that make a length a pointer */
};

/* ---- Writing text -------------------------------------------------------- */

/* Where text goes. dns.h's sizes hold the longest there can be; should one be
 * wrong, text is cut and no byte behind it is written. */
struct text {
	char *at, *end;
};

static void put(struct text *out, char c)
{
	if (out->at < out->end) *out->at++ = c;
}

static void put_number(struct text *out, uint32_t value)
{
	if (value >= 10) put_number(out, value / 10);
	put(out, (char)('0' + value % 10));
}

static const char lower[] = "0123456789abcdef", upper[] = "0123456789ABCDEF";

static void put_hex(struct text *out, unsigned value, const char digits[])
{
	put(out, digits[value & 15]);
}

/* A byte that a zone file could not hold as it is: \DDD. */
static void put_decimal_escape(struct text *out, uint8_t byte)
{
	put(out, '\\');
	put(out, (char)('0' + byte / 100));
	put(out, (char)('0' + byte / 10 % 10));
	put(out, (char)('0' + byte % 10));
}

static bool is_one_of(char c, const char *set)
{
	while (*set && *set != c) set++;
	return *set != 0;
}

static void put_label(struct text *out, const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] <= ' ' || bytes[i] >= 0x7f) {
			put_decimal_escape(out, bytes[i]);
			continue;
		}
		if (is_one_of((char)bytes[i], "\"$().;@\\")) put(out, '\\');
		put(out, (char)bytes[i]);
	}
}

static void put_name(struct text *out, const struct dns_name *name)
{
	const uint8_t *label = name->bytes;

	if (*label == 0) put(out, '.');
	for (; *label; label += 1 + *label) {
		put_label(out, label + 1, *label);
		put(out, '.');
	}
}

static void put_quoted(struct text *out, const uint8_t *bytes, size_t size)
{
	put(out, '"');
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] < ' ' || bytes[i] >= 0x7f) {
			put_decimal_escape(out, bytes[i]);
			continue;
		}
		if (is_one_of((char)bytes[i], "\"\\")) put(out, '\\');
		put(out, (char)bytes[i]);
	}
	put(out, '"');
}

static void put_ipv4(struct text *out, const uint8_t *bytes)
{
	for (int i = 0; i < 4; i++) {
		if (i) put(out, '.');
		put_number(out, bytes[i]);
	}
}

static unsigned get16(const uint8_t *bytes) { return bytes[0] << 8u | bytes[1]; }

static uint32_t get32(const uint8_t *bytes)
{
	return (uint32_t)get16(bytes) << 16 | get16(bytes + 2);
}

static void put_group(struct text *out, unsigned group)
{
	for (int shift = 12; shift >= 0; shift -= 4)
		if (shift == 0 || group >> shift) put_hex(out, group >> shift, lower);
}

/* How many of the groups from [at] on are 0. */
static int zero_run(const uint8_t *bytes, int at)
{
	int run = 0;

	while (at + run < 8 && get16(bytes + 2 * (at + run)) == 0) run++;
	return run;
}

/* RFC 5952: the longest run of two or more zero groups, the first of several,
 * becomes ::. ::a.b.c.d and ::ffff:a.b.c.d keep their dots, as in inet_ntop. */
static void put_ipv6(struct text *out, const uint8_t *bytes)
{
	int start = 8, length = 1;

	for (int i = 0; i < 8; i++) {
		int run = zero_run(bytes, i);
		if (run > length) {
			start = i;
			length = run;
		}
	}
	bool dotted = start == 0 &&
		      (length == 6 || (length == 5 && get16(bytes + 10) == 0xffff));
	for (int i = 0; i < (dotted ? 6 : 8); i++) {
		if (i >= start && i < start + length) {
			if (i == start) put(out, ':');
			continue;
		}
		if (i) put(out, ':');
		put_group(out, get16(bytes + 2 * i));
	}
	if (dotted) {
		put(out, ':');
		put_ipv4(out, bytes + 12);
	} else if (start + length == 8) {
		put(out, ':');
	}
}

/* ---- Names --------------------------------------------------------------- */

/* Reads \X or \DDD behind a backslash; leaves *text behind it. -1 if neither. */
static int read_escape(const char **text)
{
	const char *s = *text;
	int value = 0;

	if (*s == 0) return -1;
	if (*s < '0' || *s > '9') {
		*text = s + 1;
		return (unsigned char)*s;
	}
	for (int i = 0; i < 3; i++) {
		if (s[i] < '0' || s[i] > '9') return -1;
		value = value * 10 + (s[i] - '0');
	}
	*text = s + 3;
	return value <= 255 ? value : -1;
}

const char *dns_name_parse(struct dns_name *name, const char *text)
{
	size_t length = 0; /* where the current label's length goes */

	if (*text == 0) return "empty name";
	if (text[0] == '.' && text[1] == 0) text++;
	name->size = 1;
	while (*text) {
		int byte = (unsigned char)*text++;
		if (byte == '.') {
			if (name->size == length + 1) return "empty label";
			name->bytes[length] = (uint8_t)(name->size - length - 1);
			length = name->size++;
			continue;
		}
		if (byte == '\\') byte = read_escape(&text);
		if (byte < 0) return "bad escape sequence";
		if (name->size - length > LABEL_MAX) return "label over 63 bytes";
		/* Behind this byte the root's 0 must still fit. */
		if (name->size > DNS_NAME_MAX - 2) return "name over 255 bytes";
		name->bytes[name->size++] = (uint8_t)byte;
	}
	name->bytes[length] = (uint8_t)(name->size - length - 1);
	if (name->bytes[length]) name->bytes[name->size++] = 0;
	return NULL;
}

void dns_name_text(const struct dns_name *name, char text[DNS_NAME_TEXT_MAX])
{
	struct text out = { text, text + DNS_NAME_TEXT_MAX - 1 };

	put_name(&out, name);
	*out.at = 0;
}

static void append_label(struct dns_name *name, const char *label)
{
	size_t length = name->size++;

	while (*label) name->bytes[name->size++] = (uint8_t)*label++;
	name->bytes[length] = (uint8_t)(name->size - length - 1);
}

/* The number [value] as a label, in hexadecimal or decimal. */
static void append_number(struct dns_name *name, unsigned value, bool hex)
{
	char label[4];
	struct text out = { label, label + sizeof label - 1 };

	if (hex)
		put_hex(&out, value, lower);
	else
		put_number(&out, value);
	*out.at = 0;
	append_label(name, label);
}

void dns_name_reverse(struct dns_name *name, const uint8_t *address, size_t size)
{
	bool hex = size == 16;

	name->size = 0;
	while (size-- > 0) {
		if (hex) append_number(name, address[size] & 15, hex);
		append_number(name, hex ? address[size] >> 4 : address[size], hex);
	}
	append_label(name, hex ? "ip6" : "in-addr");
	append_label(name, "arpa");
	append_label(name, "");
}

/* Labels' lengths are below 'A', so they can be compared as if they were text. */
static bool same_name(const struct dns_name *a, const struct dns_name *b)
{
	if (a->size != b->size) return false;
	for (size_t i = 0; i < a->size; i++) {
		uint8_t x = a->bytes[i], y = b->bytes[i];
		if (x >= 'A' && x <= 'Z') x += 'a' - 'A';
		if (y >= 'A' && y <= 'Z') y += 'a' - 'A';
		if (x != y) return false;
	}
	return true;
}

/* ---- Messages ------------------------------------------------------------ */

static bool malformed(struct dns_message *message, const char *why)
{
	message->error = why;
	return false;
}

/* Reads the name at *[at], whose bytes there must end before [end], and leaves
 * *at behind it. A pointer leads to where the rest of the name was written
 * before. Each must lead further back than the one before it, so that their
 * number is bounded and there are no loops. */
static bool read_name(
	struct dns_message *message, size_t *at, size_t end, struct dns_name *name)
{
	size_t from = *at, lowest = *at;
	bool jumped = false;
	unsigned length;

	name->size = 0;
	do {
		if (from >= end) return malformed(message, "a name runs past the end");
		length = message->bytes[from];
		if (length >= POINTER) {
			if (end - from < 2)
				return malformed(message, "a name runs past the end");
			size_t target = get16(message->bytes + from) & 0x3fff;
			if (target >= lowest)
				return malformed(
					message, "a name's pointer does not lead back");
			if (!jumped) *at = from + 2;
			jumped = true;
			from = lowest = target;
			continue;
		}
		if (length > LABEL_MAX)
			return malformed(message, "a label of unknown kind");
		if (end - from <= length)
			return malformed(message, "a name runs past the end");
		if (name->size + 1 + length > DNS_NAME_MAX)
			return malformed(message, "a name over 255 bytes");
		for (unsigned i = 0; i <= length; i++)
			name->bytes[name->size++] = message->bytes[from++];
	} while (length);
	if (!jumped) *at = from;
	return true;
}

static bool read_question(struct dns_message *message)
{
	if (!read_name(message, &message->at, message->size, &message->name))
		return false;
	if (message->size - message->at < 4)
		return malformed(message, "the question is cut off");
	message->type = get16(message->bytes + message->at);
	message->at += 4;
	return true;
}

static bool read_header(struct dns_message *message)
{
	const uint8_t *header = message->bytes;

	if (message->size < HEADER) return malformed(message, "shorter than a header");
	if (!(header[2] & 0x80)) return malformed(message, "not a response");
	message->truncated = header[2] & 2;
	message->rcode = header[3] & 15;
	message->questions = get16(header + 4);
	message->left = get16(header + 6);
	message->at = HEADER;
	if (message->questions > 1) return malformed(message, "several questions");
	return message->questions == 0 || read_question(message);
}

int dns_open(struct dns_message *message, const void *bytes, size_t size)
{
	message->bytes = bytes;
	message->size = size;
	message->error = NULL;
	return read_header(message) ? 0 : -1;
}

bool dns_answers(
	const struct dns_message *message, const struct dns_name *name, unsigned type)
{
	if (!message->questions)
		return message->rcode != DNS_NOERROR && message->rcode != DNS_NXDOMAIN;
	return message->type == type && same_name(&message->name, name);
}

/* ---- Records ------------------------------------------------------------- */

/* The data of a record: bytes [at] to [end] of the message. */
struct data {
	struct dns_message *message;
	size_t at, end;
};

/* What the data of a type consists of, a letter a field:
 *	4 6	IPv4, IPv6 address
 *	n	name
 *	s l	number of 16, 32 bits
 *	t	character strings, to the end, at least one
 *	x	bytes of unknown meaning, to the end */
static const char *layout(unsigned type)
{
	switch (type) {
	case DNS_A:
		return "4";
	case DNS_AAAA:
		return "6";
	case DNS_NS:
	case DNS_CNAME:
	case DNS_PTR:
	case DNS_DNAME:
		return "n";
	case DNS_SOA:
		return "nnlllll";
	case DNS_MX:
		return "sn";
	case DNS_SRV:
		return "sssn";
	case DNS_TXT:
		return "t";
	}
	return "x";
}

/* The next [size] bytes of the data, or NULL. */
static const uint8_t *take(struct data *data, size_t size)
{
	const uint8_t *bytes = data->message->bytes + data->at;

	if (data->end - data->at < size) {
		malformed(data->message, "a record's data is too short");
		return NULL;
	}
	data->at += size;
	return bytes;
}

static bool put_strings(struct data *data, struct text *out)
{
	for (;;) {
		const uint8_t *length = take(data, 1);
		const uint8_t *bytes = length ? take(data, *length) : NULL;
		if (!bytes) return false;
		put_quoted(out, bytes, *length);
		if (data->at == data->end) return true;
		put(out, ' ');
	}
}

/* RFC 3597, with dig's space after every 28 bytes. */
static void put_unknown(struct data *data, struct text *out)
{
	const uint8_t *bytes = data->message->bytes + data->at;
	size_t size = data->end - data->at;

	put(out, '\\');
	put(out, '#');
	put(out, ' ');
	put_number(out, (uint32_t)size);
	for (size_t i = 0; i < size; i++) {
		if (i % 28 == 0) put(out, ' ');
		put_hex(out, bytes[i] >> 4, upper);
		put_hex(out, bytes[i], upper);
	}
	data->at = data->end;
}

static bool put_field(struct data *data, char field, struct text *out)
{
	const uint8_t *bytes;
	struct dns_name name;

	switch (field) {
	case '4':
		if ((bytes = take(data, 4))) put_ipv4(out, bytes);
		return bytes;
	case '6':
		if ((bytes = take(data, 16))) put_ipv6(out, bytes);
		return bytes;
	case 's':
		if ((bytes = take(data, 2))) put_number(out, get16(bytes));
		return bytes;
	case 'l':
		if ((bytes = take(data, 4))) put_number(out, get32(bytes));
		return bytes;
	case 'n':
		if (!read_name(data->message, &data->at, data->end, &name))
			return false;
		put_name(out, &name);
		return true;
	case 't':
		return put_strings(data, out);
	}
	put_unknown(data, out);
	return true;
}

static bool put_data(struct data *data, unsigned type, struct text *out)
{
	for (const char *field = layout(type); *field; field++) {
		if (!put_field(data, *field, out)) return false;
		if (field[1]) put(out, ' ');
	}
	if (data->at != data->end)
		return malformed(data->message, "a record's data is too long");
	return true;
}

/* Reads what stands before a record's data: name, type, class, TTL, size. */
static bool read_record(struct dns_message *message, unsigned *type, struct data *data)
{
	struct data rest = { message, message->at, message->size };
	struct dns_name owner;
	const uint8_t *fields;

	if (rest.at == rest.end)
		return malformed(message, "fewer records than its header says");
	if (!read_name(message, &rest.at, rest.end, &owner)) return false;
	if (!(fields = take(&rest, 10)) || !take(&rest, get16(fields + 8)))
		return malformed(message, "a record is cut off");
	if (get16(fields + 2) != CLASS_IN)
		return malformed(message, "a record of another class");
	*type = get16(fields);
	*data = (struct data){ message, rest.at - get16(fields + 8), rest.at };
	return true;
}

int dns_next(struct dns_message *message, unsigned *type, char text[DNS_TEXT_MAX])
{
	struct text out = { text, text + DNS_TEXT_MAX - 1 };
	struct data data;

	if (message->left == 0) return 0;
	if (!read_record(message, type, &data) || !put_data(&data, *type, &out))
		return -1;
	*out.at = 0;
	message->left--;
	message->at = data.end;
	return 1;
}
