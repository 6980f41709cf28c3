/* signature.h - what the tests of src/call/ share. */
#ifndef SIGNATURE_TEST_H
#define SIGNATURE_TEST_H

#define _GNU_SOURCE
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call/call.h"

static int count, failed;
__attribute__((format(printf, 2, 3))) static inline bool check(
	bool ok, const char *what, ...)
{
	va_list list;
	printf("%sok %d - ", ok ? "" : "not ", ++count);
	va_start(list, what);
	vprintf(what, list);
	va_end(list);
	printf("\n");
	failed |= !ok;
	return ok;
}
static inline int done(void)
{
	printf("1..%d\n", count);
	return failed;
}

/* A text, with nothing behind it, and room for so many types and no more. */
static inline bool read_text(struct signature *s, const char *text, uint32_t room)
{
	char *copy = strdup(text);
	memset(s, 0xa5, sizeof *s);
	s->types = malloc(room * sizeof *s->types);
	s->room = room;
	if (!copy || !s->types) abort();
	bool ok = signature_read(s, copy);
	free(copy);
	return ok;
}
static inline bool read_data(
	struct signature *s, const struct bdl_signature *from, uint32_t room)
{
	memset(s, 0xa5, sizeof *s);
	s->types = malloc(room * sizeof *s->types);
	s->room = room;
	if (!s->types) abort();
	return descriptor_read(s, from);
}

/* Types as data. */
#define OF(...)   ((const struct bdl_type *const[]){ __VA_ARGS__ })
#define SCALAR(k) (&(const struct bdl_type){ .kind = (k) })
#define NODE(k, n, ...) \
	(&(const struct bdl_type){ \
		.kind = (k), .count = (uint32_t)(n), .of = OF(__VA_ARGS__) })
#define STRUCT(...) NODE('{', sizeof OF(__VA_ARGS__) / sizeof(void *), __VA_ARGS__)

#endif
