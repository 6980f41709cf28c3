/* Any bytes as the text of a signature, or as descriptors that share, hold themselves
 * and count wrongly: faults name a character or a parameter that there is, all types
 * have a place, and plans consist of moves that exist, between places that exist.
 *
 *	byte 0: data or text, flags, vectors of the CPU, room; then the text, or
 *	byte 1: nodes, of 4 bytes: kind, pack, count, link; 2: links, a byte each;
 *	result, first parameter (a link), parameters, those that are variadic
 */
#include <stdio.h>
#include <string.h>

#include "part/plan.h"

static unsigned vector_state;
unsigned import_vector_state(void) { return vector_state; }
void arch_callback(void);
void arch_callback(void) {}
void arch_callback_wide(void);
void arch_callback_wide(void) {}

/* Says what is wrong, for who looks at a finding. */
static void demand(const char *wrong)
{
	if (!wrong) return;
	fprintf(stderr, "signature: %s\n", wrong);
	abort();
}

static void check_plan(const struct signature *s, unsigned flags)
{
	uint32_t where = UINT32_MAX;
	struct plan_writer w = { .used = 0 }, again = { .used = 0 };
	const char *fault = arch_plan(s, flags, &w, &where);
	if (fault) {
		bool there = false;
		for (uint32_t i = 0; i < s->used; i++)
			there |= s->types[i].where == where;
		demand(there ? NULL : "a fault where nothing is");
		return;
	}
	again.at = malloc(w.used * sizeof *w.at);
	again.room = w.used;
	fault = arch_plan(s, flags, &again, &where);
	if (fault || again.used != w.used ||
		memcmp(&again.head, &w.head, sizeof w.head))
		demand("another plan where there is room");
	demand(plan_wrong(s, flags, &again));
	if (sizeof w.head + ((w.used + 1) & ~(size_t)1) * 4 > BDL_PLAN_SIZE(s->count))
		demand("larger than BDL_PLAN_SIZE");
	free(again.at);
}

/* ---- descriptors ------------------------------------------------------------------------ */

struct input {
	const uint8_t *at, *end;
};
static uint8_t byte(struct input *in) { return in->at < in->end ? *in->at++ : 0; }

static bool read_data(struct signature *s, struct input *in, size_t *parameters)
{
	uint32_t nodes = byte(in), links = byte(in);
	struct bdl_type *node = calloc(nodes + 1, sizeof *node);
	const struct bdl_type **link = calloc(links + 1, sizeof *link);
	uint8_t(*raw)[4] = calloc(nodes + 1, sizeof *raw);
	for (uint32_t i = 0; i < nodes * 4; i++) raw[i / 4][i % 4] = byte(in);
	for (uint32_t i = 0; i < links; i++) {
		uint8_t to = byte(in);
		link[i] = to < nodes ? &node[to] : NULL;
	}
	for (uint32_t i = 0; i < nodes; i++) {
		uint32_t count = raw[i][2], first = raw[i][3];
		bool many = raw[i][0] == '{' || raw[i][0] == 'u';
		if (count >= 224) count = 1u << (count - 224);
		if (many && count > 0 && first < links && count > links - first)
			count = links - first;
		/* nothing else than NULL may have less than is counted */
		node[i] = (struct bdl_type){ (char)raw[i][0], raw[i][1], count,
			first < links ? &link[first] : NULL };
	}
	uint32_t result = byte(in), first = byte(in), count = byte(in);
	struct bdl_signature from = { .count = count, .variadic = byte(in) };
	from.result = result < nodes ? &node[result] : NULL;
	if (first < links) from.parameters = &link[first];
	if (first < links && count > links - first) from.count = links - first;
	*parameters = from.count;
	bool ok = descriptor_read(s, &from);
	free(raw);
	free(link);
	free(node);
	return ok;
}

/* ---- either -------------------------------------------------------------------------------- */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t states[] = { 0xe6, 6, 2, 0x26 };
	static const uint32_t rooms[] = { 64, 2, 8, 256, 1024, 4096, 16384,
		TYPES_MOST };
	struct input in = { data, data + size };
	uint8_t how = byte(&in);
	unsigned flags = (how >> 1 & 1) | (how >> 1 & 2) << 1;
	struct signature s;
	size_t last;
	bool ok;
	vector_state = states[how >> 3 & 3];
	memset(&s, 0xa5, sizeof s);
	s.room = rooms[how >> 5];
	s.types = malloc(s.room * sizeof *s.types);
	if (how & 1) {
		ok = read_data(&s, &in, &last);
	} else {
		char *text = strndup((const char *)in.at, (size_t)(in.end - in.at));
		last = strlen(text) + 1;
		ok = signature_read(&s, text);
		if (!ok && !s.where) demand("a fault before the text");
		free(text);
	}
	if (s.used > s.room) demand("more types than there is room for");
	if (ok != !s.fault) demand("a fault, or no fault");
	if (!ok && s.where > last) demand("a fault behind the end");
	if (s.full != (!ok && !strcmp(s.fault, "too many types")))
		demand("full, or not");
	if (ok) demand(types_wrong(&s));
	if (ok) check_plan(&s, flags);
	free(s.types);
	return 0;
}
