/* stack.c finds and makes the initial stack's block, whatever is on it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static int count, failed;
static void check(int ok, const char *what)
{
	printf("%sok %d - %s\n", ok ? "" : "not ", ++count, what);
	failed |= !ok;
}

static const struct start_change change = { { { AT_PHDR, 0x1111 }, { AT_PHENT, 56 },
	{ AT_PHNUM, 9 }, { AT_BASE, 0x2222 }, { AT_ENTRY, 0x3333 } } };

enum { AT_IGNORE = 1 };

/* A block with these numbers of arguments, variables and auxv entries that change. */
static size_t make(uintptr_t *block, size_t argc, size_t envc, int complete)
{
	static char words[64][48];
	uintptr_t *p = block;
	*p++ = argc;
	for (size_t i = 0; i < argc; i++) *p++ = (uintptr_t) "arg";
	*p++ = 0;
	for (size_t i = 0; i < envc; i++) {
		snprintf(words[i], sizeof words[i], "V%zu=%zu", i, i);
		*p++ = (uintptr_t)words[i];
	}
	*p++ = 0;
	const uint64_t always[] = { AT_IGNORE, 5, AT_RANDOM, 77, AT_IGNORE, 0 };
	const uint64_t changed[] = { AT_PHDR, 1, AT_PHENT, 1, AT_PHNUM, 1, AT_BASE, 0,
		AT_ENTRY, 1 };
	memcpy(p, always, sizeof always), p += 6;
	if (complete) memcpy(p, changed, sizeof changed), p += 10;
	*p++ = AT_PAGESZ, *p++ = 4096, *p++ = 0, *p++ = 0;
	return (size_t)(p - block);
}

static int right(const struct start *s, size_t argc, size_t envc)
{
	size_t n = 0, ignored = 0;
	if (s->argc != argc || s->argv[argc]) return 0;
	for (; s->envp[n]; n++) {
		char want[48];
		snprintf(want, sizeof want, "V%zu=%zu", n, n);
		if (strcmp(s->envp[n], want)) return 0;
	}
	for (const struct elf_auxv *a = s->auxv; a->type; a++)
		ignored += a->type == AT_IGNORE;
	return n == envc && ignored == 2 && start_auxv(s, AT_RANDOM) == 77 &&
	       start_auxv(s, AT_PAGESZ) == 4096;
}

static int changed(const struct start *s)
{
	return start_auxv(s, AT_PHDR) == 0x1111 && start_auxv(s, AT_PHENT) == 56 &&
	       start_auxv(s, AT_PHNUM) == 9 && start_auxv(s, AT_BASE) == 0x2222 &&
	       start_auxv(s, AT_ENTRY) == 0x3333;
}

/* Of the auxv, with its end. */
static size_t entries(const struct start *s)
{
	size_t n = 1;
	for (const struct elf_auxv *a = s->auxv; a->type; a++) n++;
	return n;
}

static void stats(void)
{
	char text[512], fields[256];
	int n = 0;
	for (int field = 4; field <= 50; field++)
		n += snprintf(fields + n, sizeof fields - (size_t)n, " %d", field);
	const char *const names[] = { "a", "", " ", "a b c d e f g h i j k l m",
		") S 1 2 3", "(((", ")))", "1 (x) R 2", "a\nb" };
	int right = 1;
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
		n = snprintf(text, sizeof text, "42 (%s) S%s\n", names[i], fields);
		char *copy = malloc((size_t)n); /* without the NUL */
		memcpy(copy, text, (size_t)n);
		right &= start_from_stat(copy, (size_t)n) == 28;
		free(copy);
	}
	check(right, "/proc/self/stat: field 28, whatever the program is called");

	n = snprintf(text, sizeof text, "1 (a) S");
	for (int field = 4; field < 28; field++)
		n += snprintf(text + n, sizeof text - (size_t)n, " -1");
	snprintf(text + n, sizeof text - (size_t)n, " 140737488355280 0 0");
	check(start_from_stat(text, strlen(text)) == 140737488355280u,
		"/proc/self/stat: a stack's real address");
	snprintf(text + n, sizeof text - (size_t)n, " 0 0 0");
	check(start_from_stat(text, strlen(text)) == 0, "/proc/self/stat: not told");
	int none = start_from_stat("", 0) == 0 &&
		   start_from_stat("1 a S 2 3", 9) == 0 && start_from_stat(")", 1) == 0;
	for (int cut = 0; cut <= n; cut++) {
		char *copy = malloc((size_t)cut + 1);
		memcpy(copy, text, (size_t)cut);
		none &= start_from_stat(copy, (size_t)cut) == 0;
		free(copy);
	}
	check(none, "/proc/self/stat: cut short");

	/* this process: where the kernel put argc */
	FILE *f = fopen("/proc/self/stat", "rb");
	size_t size = f ? fread(text, 1, sizeof text, f) : 0;
	if (f) fclose(f);
	uintptr_t at = start_from_stat(text, size);
	check(at && at % 16 == 0 && *(const uintptr_t *)at == 1,
		"/proc/self/stat: of this process");
}

int main(void)
{
	uintptr_t block[128];
	struct start s, t;
	int parsed = 1, built = 1;
	for (size_t argc = 0; argc < 4; argc++)
		for (size_t envc = 0; envc <= 40; envc++)
			for (int complete = 0; complete < 2; complete++) {
				size_t words = make(block, argc, envc, complete);
				/* exactly as large as the kernel's, for the sanitizers */
				uintptr_t *copy = malloc(words * sizeof *copy);
				memcpy(copy, block, words * sizeof *copy);
				start_parse(copy, &s);
				parsed &= right(&s, argc, envc);
				size_t size = start_size(&s);
				/* exactly as large as promised, and a word more */
				uintptr_t *made = malloc(size + sizeof *made);
				made[size / sizeof *made] = 0x5ea1;
				start_build(made, &s, &change);
				start_parse(made, &t);
				built &=
					right(&t, argc, envc) && changed(&t) &&
					size % 16 == 0 &&
					made[size / sizeof *made] == 0x5ea1 &&
					entries(&t) == (words - argc - envc - 3) / 2 +
							       (complete ? 0 : CHANGES);
				free(made);
				free(copy);
			}
	check(parsed, "argc 0 to 3, 0 to 40 variables are parsed");
	check(built, "and built again, in order, with five other values");

	uintptr_t other[] = { 1, (uintptr_t) "p", 0, (uintptr_t) "A=1",
		(uintptr_t) "LD_TRACE_LOADED_OBJECTS=",
		(uintptr_t) "LD_DEBUG=libs,help", (uintptr_t) "LD_TRACE_PRELINKING=x",
		(uintptr_t) "LD_ASSUME_KERNEL=2", (uintptr_t) "LD_DEBUG=libs",
		(uintptr_t) "LD_TRACE_LOADED_OBJECTS", (uintptr_t) "LD_LIBRARY_PATH=/x",
		(uintptr_t) "LD_LIBRARY=y", 0, 0, 0 };
	start_parse(other, &s);
	uintptr_t *made = malloc(start_size(&s));
	start_build(made, &s, &change);
	start_parse(made, &t);
	check(!strcmp(t.envp[0], "A=1") && !strcmp(t.envp[1], "LD_DEBUG=libs") &&
			!strcmp(t.envp[2], "LD_TRACE_LOADED_OBJECTS") &&
			!strcmp(t.envp[3], "LD_LIBRARY_PATH=/x") &&
			!strcmp(t.envp[4], "LD_LIBRARY=y") && !t.envp[5],
		"variables that end ld.so are left out, their likes are not");
	check(!strcmp(start_env(&s, "LD_LIBRARY_PATH"), "/x") &&
			!start_env(&s, "LD_LIB"),
		"a variable is found by its whole name");
	free(made);

	/* nothing on it at all: not even what every kernel gives */
	uintptr_t empty[] = { 0, 0, 0, AT_NULL, 0 };
	start_parse(empty, &s);
	check(s.argc == 0 && !s.argv[0] && !s.envp[0] && !start_auxv(&s, AT_PAGESZ) &&
			!start_env(&s, "A"),
		"an empty block");
	made = malloc(start_size(&s));
	start_build(made, &s, &change);
	start_parse(made, &t);
	check(t.argc == 0 && !t.argv[0] && !t.envp[0] && changed(&t) &&
			entries(&t) == CHANGES + 1,
		"an empty block gets what is missing");
	free(made);
	stats();
	printf("1..%d\n", count);
	return failed;
}
