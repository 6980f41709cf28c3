/* stack.c - the block that the kernel puts on the initial stack. Pure.
 *
 *	argc | argv[0] ... NULL | envp[0] ... NULL | auxv {type, value} ... AT_NULL
 *
 * Everything follows from where argc is; each part ends where its terminator
 * says, whatever the number of entries before it is (odd, even, none). */
#include "internal.h"

void start_parse(const uintptr_t *stack, struct start *out)
{
	out->stack = stack;
	out->argc = *stack;
	out->argv = (char *const *)(stack + 1);
	out->envp = out->argv + out->argc + 1;
	char *const *end = out->envp;
	while (*end) end++;
	out->auxv = (const struct elf_auxv *)(end + 1);
}

uint64_t start_auxv(const struct start *s, uint64_t type)
{
	for (const struct elf_auxv *a = s->auxv; a->type != AT_NULL; a++)
		if (a->type == type) return a->value;
	return 0;
}

/* What follows "NAME=" in [variable], or NULL if that is another name. */
static const char *value_of(const char *variable, const char *name)
{
	while (*name && *variable == *name) variable++, name++;
	return !*name && *variable == '=' ? variable + 1 : NULL;
}

const char *start_env(const struct start *s, const char *name)
{
	for (char *const *e = s->envp; *e; e++) {
		const char *value = value_of(*e, name);
		if (value) return value;
	}
	return NULL;
}

/* glibc's ld.so takes these as an order to print something and exit (or, with
 * an assumed kernel, to find no library at all). */
static bool ends_process(const char *variable)
{
	const char *debug = value_of(variable, "LD_DEBUG");
	return (debug && text_contains(debug, "help")) ||
	       value_of(variable, "LD_TRACE_LOADED_OBJECTS") ||
	       value_of(variable, "LD_TRACE_PRELINKING") ||
	       value_of(variable, "LD_ASSUME_KERNEL");
}

size_t start_size(const struct start *s)
{
	size_t words = 1 + (s->argc + 1) + 1;
	for (char *const *e = s->envp; *e; e++) words++;
	for (const struct elf_auxv *a = s->auxv; a->type != AT_NULL; a++) words += 2;
	words += 2 * (CHANGES + 1);
	return (words + 1) / 2 * 16;
}

void start_build(
	uintptr_t *block, const struct start *s, const struct start_change *change)
{
	*block++ = s->argc;
	for (size_t i = 0; i < s->argc; i++) *block++ = (uintptr_t)s->argv[i];
	*block++ = 0;
	for (char *const *e = s->envp; *e; e++)
		if (!ends_process(*e)) *block++ = (uintptr_t)*e;
	*block++ = 0;

	/* the kernel gives all that changes; were one missing, it is added */
	struct elf_auxv *to = (struct elf_auxv *)block;
	unsigned seen = 0;
	for (const struct elf_auxv *a = s->auxv; a->type != AT_NULL; a++, to++) {
		*to = *a;
		for (unsigned i = 0; i < CHANGES; i++)
			if (a->type == change->auxv[i].type)
				to->value = change->auxv[i].value, seen |= 1u << i;
	}
	for (unsigned i = 0; i < CHANGES; i++)
		if (!(seen >> i & 1)) *to++ = change->auxv[i];
	*to = (struct elf_auxv){ AT_NULL, 0 };
}

/* proc(5): "pid (comm) state ppid ...". comm may hold anything, so count from
 * the last parenthesis; startstack is field 28. */
uintptr_t start_from_stat(const char *text, size_t size)
{
	size_t i = size;
	while (i && text[i - 1] != ')') i--;
	for (unsigned field = 3; field < 28; field++) {
		if (i >= size) return 0;
		for (i++; i < size && text[i] != ' '; i++)
			;
	}
	uintptr_t value = 0;
	for (i++; i < size && text[i] >= '0' && text[i] <= '9'; i++)
		value = value * 10 + (uintptr_t)(text[i] - '0');
	return value;
}
