/* stack.c: any text as /proc/self/stat, and any block that is one (the kernel makes
 * it, so its ends are where they should be). What is built has the same arguments,
 * the same variables but those that end ld.so, the same auxv but for the changes,
 * and is no larger than was said. With clang:
 *
 *	clang -std=c11 -g -O1 -fsanitize=fuzzer,address,undefined -Iinclude -Iarch \
 *		-Iarch/x86_64 -Isrc -o fuzz-stack tests/fuzz/stack.c src/stack.c src/text.c
 *	./fuzz-stack -max_len=1024 -max_total_time=60
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static void demand(bool ok)
{
	if (!ok) abort();
}

static const struct start_change change = { { { AT_PHDR, 0x1111 }, { AT_PHENT, 56 },
	{ AT_PHNUM, 9 }, { AT_BASE, 0x2222 }, { AT_ENTRY, 0x3333 } } };

static void check_built(const struct start *s)
{
	size_t size = start_size(s), i = 0;
	uintptr_t *made = malloc(size);
	struct start t;
	demand(made && size % 16 == 0);
	start_build(made, s, &change);
	start_parse(made, &t);

	demand(t.argc == s->argc && !t.argv[t.argc]);
	for (; i < s->argc; i++) demand(t.argv[i] == s->argv[i]);
	char *const *e = t.envp;
	for (i = 0; s->envp[i]; i++) {
		if (*e == s->envp[i])
			e++;
		else
			demand(!strncmp(s->envp[i], "LD_", 3));
	}
	demand(!*e);
	for (char *const *v = t.envp; *v; v++)
		demand(strncmp(*v, "LD_TRACE_LOADED_OBJECTS=", 24) &&
			!(!strncmp(*v, "LD_DEBUG=", 9) && strstr(*v, "help")));
	const struct elf_auxv *a = s->auxv, *b = t.auxv;
	for (; a->type; a++, b++) {
		demand(a->type == b->type);
		bool changed = false;
		for (unsigned k = 0; k < CHANGES; k++)
			changed |= a->type == change.auxv[k].type;
		demand(changed || a->value == b->value);
	}
	for (unsigned k = 0; k < CHANGES; k++)
		demand(start_auxv(&t, change.auxv[k].type) == change.auxv[k].value);
	free(made);
}

/* Words of the text are arguments up to the first "|", then variables up to the
 * second; the bytes behind it are auxv entries: a type and a value each. */
static void check_block(char *text, const char *end)
{
	size_t size = (size_t)(end - text), n = 0;
	uintptr_t *block = calloc(size * 2 + 8, sizeof *block);
	struct start s;
	demand(block != NULL);
	n = 1;
	for (int part = 0; part < 2; part++) {
		size_t from = n;
		while (text < end && *text != '|') {
			block[n++] = (uintptr_t)text;
			text += strlen(text) + 1;
		}
		if (text < end) text++;
		if (!part) block[0] = n - from;
		block[n++] = 0;
	}
	for (; end - text >= 2; text += 2) {
		if (!*text) continue;
		block[n++] = (uint8_t)text[0] & 0x3f;
		block[n++] = (uint8_t)text[1];
		if (!block[n - 2]) break;
	}
	block[n++] = 0, block[n++] = 0;
	/* of exactly that size, for the sanitizers */
	uintptr_t *exact = malloc(n * sizeof *exact);
	demand(exact != NULL);
	memcpy(exact, block, n * sizeof *exact);
	free(block);
	start_parse(exact, &s);
	start_env(&s, "LD_LIBRARY_PATH");
	check_built(&s);
	free(exact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size + 1);
	if (!copy) return 0;
	memcpy(copy, data, size);
	copy[size] = 0;
	char *exact = malloc(size + !size);
	if (!exact) return 0;
	memcpy(exact, data, size);
	start_from_stat(exact, size);
	free(exact);
	for (size_t i = 0; i < size; i++)
		if (copy[i] == '\n') copy[i] = 0; /* words */
	check_block(copy, copy + size);
	free(copy);
	return 0;
}
