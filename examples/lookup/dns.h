/* dns.h - domain names and DNS messages: bytes to text and back.
 *
 * Pure: no system call, no allocation, no C library, so that it runs in a bare
 * program, under a fuzzer and in an ordinary test. Nothing in a message is
 * believed: every length, count and pointer is checked against the bytes that
 * are there. RFC 1035; the text forms are those of `dig +short`.
 */
#ifndef DNS_H
#define DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	DNS_A = 1,
	DNS_NS = 2,
	DNS_CNAME = 5,
	DNS_SOA = 6,
	DNS_PTR = 12,
	DNS_MX = 15,
	DNS_TXT = 16,
	DNS_AAAA = 28,
	DNS_SRV = 33,
	DNS_DNAME = 39
};

enum {
	DNS_NOERROR = 0,
	DNS_FORMERR = 1,
	DNS_SERVFAIL = 2,
	DNS_NXDOMAIN = 3,
	DNS_NOTIMP = 4,
	DNS_REFUSED = 5
};

enum {
	DNS_NAME_MAX = 255,       /* bytes of a name in a message */
	DNS_NAME_TEXT_MAX = 1024, /* bytes of its text: each may become \DDD */
	DNS_MESSAGE_MAX = 65535,  /* TCP counts a message's bytes in 16 bits */
	DNS_TEXT_MAX = 4 * 65536  /* bytes of a record's text, likewise */
};

/* A name as a message has it, uncompressed: each label behind its length, the
 * root's 0 last. */
struct dns_name {
	size_t size;
	uint8_t bytes[DNS_NAME_MAX];
};

/* Reads a name as people write it, with or without its final dot; \X and \DDD
 * stand for single bytes. Returns NULL, or what is wrong with it. */
const char *dns_name_parse(struct dns_name *name, const char *text);

/* Writes [name] with its final dot, and with \X or \DDD where dig has them. */
void dns_name_text(const struct dns_name *name, char text[DNS_NAME_TEXT_MAX]);

/* The name under which the address of [size] bytes (4 or 16) has its PTR. */
void dns_name_reverse(struct dns_name *name, const uint8_t *address, size_t size);

/* A message being read. Its bytes are the caller's and must outlast it. */
struct dns_message {
	const uint8_t *bytes;
	size_t size;
	size_t at;          /* where the next record begins */
	unsigned left;      /* answers from there on, by the header's word */
	unsigned questions; /* as in the header; the first one is: */
	struct dns_name name;
	unsigned type;
	unsigned rcode;
	bool truncated;    /* TC: the server left records out */
	const char *error; /* why the last call failed */
};

/* Begins to read a response: its header and questions. 0, or -1 and .error. */
int dns_open(struct dns_message *message, const void *bytes, size_t size);

/* Whether the message answers exactly this question. A server that failed or
 * refused may have left the question out; such a message answers any. */
bool dns_answers(
	const struct dns_message *message, const struct dns_name *name, unsigned type);

/* Reads the next answer: its type, and its data as `dig +short` prints it. A
 * type not listed above comes in the form of RFC 3597 (\# 4 C0000201).
 * 1; 0 if there are no more; -1 and .error if it is malformed. */
int dns_next(struct dns_message *message, unsigned *type, char text[DNS_TEXT_MAX]);

#endif
