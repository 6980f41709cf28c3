/* driver.c - reads a script of dlopen commands and says what each did.
 *
 *	driver SCRIPT [own|mixed|memory]
 *
 * Compiled twice: with -DPEER an ordinary dynamic program that uses the machine's
 * dlopen, else a bare static one that uses baredl's own linker. Both must write
 * the same text. The commands are listed in README.md. */
#define _GNU_SOURCE /* peer.h wants dladdr */
#include "driver.h"

#ifdef PEER
#include "peer.h"
#else
#include "own.h"
#endif

/* ---- output ---------------------------------------------------------------- */

static void put(const char *s)
{
	size_t n = 0;
	while (s[n]) n++;
	arch_syscall(SYS_write, 1, (long)s, (long)n, 0, 0, 0);
}

static void put_hex(uintptr_t n)
{
	char b[19], *p = b + sizeof b;
	*--p = 0;
	do *--p = "0123456789abcdef"[n % 16];
	while (n /= 16);
	*--p = 'x', *--p = '0';
	put(p);
}

static void put_int(long n)
{
	char b[21], *p = b + sizeof b;
	unsigned long u = n < 0 ? -(unsigned long)n : (unsigned long)n;
	*--p = 0;
	do *--p = (char)('0' + u % 10);
	while (u /= 10);
	if (n < 0) *--p = '-';
	put(p);
}

/* file+offset where an object holds the address; small numbers as they are. */
static void put_place(const void *address)
{
	struct bdl_symbol at = { 0 };
	if (!address)
		put("none");
	else if ((uintptr_t)address < 0x10000)
		put_hex((uintptr_t)address);
	else if (x_addr(address, &at) || !at.file || !is_guest(at.file))
		put("outside");
	else {
		put(base_name(at.file));
		put("+");
		put_hex((uintptr_t)address - (uintptr_t)at.base);
	}
}

/* ---- what guests may call --------------------------------------------------- */

void note(const char *text)
{
	put("  . ");
	put(text);
	put("\n");
}

void note_int(const char *text, long n)
{
	put("  . ");
	put(text);
	put(" ");
	put_int(n);
	put("\n");
}

void note_place(const char *text, const void *address)
{
	put("  . ");
	put(text);
	put(" ");
	put_place(address);
	put("\n");
}

void note_rights(const char *text, const void *address)
{
	put("  . ");
	put(text);
	put(" ");
	put(permissions(address));
	put("\n");
}

void *host_open(const char *name, unsigned flags) { return x_open(name, flags); }
void *host_sym(void *handle, const char *name) { return x_sym(handle, name); }
int host_close(void *handle) { return x_close(handle) ? -1 : 0; }

/* ---- the script ------------------------------------------------------------- */

static char *word[16];
static size_t words;

static struct {
	const char *name;
	void *value;
} names[64];

static void *recall(const char *name)
{
	for (size_t i = 0; i < 64 && names[i].name; i++)
		if (same(names[i].name, name)) return names[i].value;
	return NULL; /* and so "global" */
}

static void keep(const char *name, void *value)
{
	size_t i = 0;
	while (i < 63 && names[i].name && !same(names[i].name, name)) i++;
	names[i].name = name;
	names[i].value = value;
}

static long number(const char *s)
{
	long n = 0, minus = *s == '-';
	for (s += minus; *s >= '0' && *s <= '9'; s++) n = n * 10 + *s - '0';
	return minus ? -n : n;
}

static const char *argument(size_t i)
{
	return i < words && !same(word[i], "\"\"") ? word[i] : "";
}

static unsigned flags_from(size_t i)
{
	static const struct {
		const char *word;
		unsigned flag;
	} known[] = { { "LAZY", BDL_LAZY }, { "NOW", BDL_NOW },
		{ "GLOBAL", BDL_GLOBAL }, { "LOCAL", BDL_LOCAL },
		{ "NOLOAD", BDL_NOLOAD }, { "NODELETE", BDL_NODELETE },
		{ "DEEPBIND", BDL_DEEPBIND } };
	unsigned flags = 0;
	for (; i < words; i++) {
		size_t k = 0;
		while (k < 7 && !same(known[k].word, word[i])) k++;
		if (k == 7) x_exit(99);
		flags |= known[k].flag;
	}
	return flags;
}

struct job {
	int (*f)(long, long, long);
	long a, b, c;
	int result;
};

static void *work(void *arg)
{
	struct job *j = arg;
	j->result = j->f(j->a, j->b, j->c);
	return NULL;
}

static int listed(const char *file)
{
	if (!is_guest(file)) return 0;
	put("  ");
	put(base_name(file));
	put("\n");
	return 0;
}

static void put_result(int failed)
{
	put(failed ? "= error\n" : "= ok\n");
	if (failed) x_explain();
}

/* The object that word 2 names in the handle word 1; NULL has been reported. */
static void *object(void)
{
	void *p = x_sym(recall(argument(1)), argument(2));
	if (!p) put("= none\n");
	return p;
}

static void look_up(const char *command)
{
	void *h = recall(argument(1)), *p;
	struct bdl_symbol at = { 0 };
	if (same(command, "vsym"))
		p = x_vsym(h, argument(2), argument(3));
	else
		p = x_sym(h, argument(2));
	put("= ");
	if (same(command, "nearest") && p) {
		if (x_addr((char *)p + number(argument(3)), &at)) {
			put("outside");
		} else {
			put(at.name ? at.name : "nameless");
			put(" at ");
			put_place(at.address);
		}
	} else if (same(command, "which") &&
		   p) { /* the file only: alike for all tools */
		put(x_addr(p, &at) || !is_guest(at.file) ? "outside"
							 : base_name(at.file));
	} else {
		put_place(p);
	}
	put("\n");
}

static void call(int in_thread)
{
	struct job j = { 0 };
	void *p = object();
	if (!p) return;
	__builtin_memcpy(&j.f, &p, sizeof p);
	j.a = number(argument(3)), j.b = number(argument(4)), j.c = number(argument(5));
	if (in_thread)
		x_thread(work, &j);
	else
		work(&j);
	put("= ");
	put_int(j.result);
	put("\n");
}

/* keep A H name; then, though H may be closed by then: where A; prot A */
static void kept(const char *command)
{
	if (same(command, "keep")) {
		void *p = object();
		keep(argument(3), p);
		if (p) put("= ok\n");
		return;
	}
	put("= ");
	if (same(command, "where"))
		put_place(recall(argument(1)));
	else
		put(permissions(recall(argument(1))));
	put("\n");
}

static void variable(const char *command)
{
	void *p = object();
	if (!p) return;
	put("= ");
	if (same(command, "value"))
		put_int(*(int *)p);
	else if (same(command, "text"))
		put(p);
	else if (same(command, "points"))
		put_place(((void **)p)[number(argument(3))]);
	else
		put(permissions(p)); /* prot */
	put("\n");
}

static int is_one_of(const char *command, const char *const *list)
{
	for (; *list; list++)
		if (same(*list, command)) return 1;
	return 0;
}

static void run(void)
{
	static const char *const look_ups[] = { "sym", "vsym", "nearest", "which",
		NULL };
	static const char *const variables[] = { "value", "text", "points", "prot",
		NULL };
	static const char *const kepts[] = { "keep", "where", "mapped", NULL };
	const char *command = word[0];
	if (same(command, "open")) {
		const char *name = argument(2);
		void *h = x_open(same(name, "NULL") ? NULL : name, flags_from(3));
		keep(argument(1), h);
		put_result(!h);
	} else if (same(command, "close")) {
		put_result(x_close(recall(argument(1))));
	} else if (same(command, "call") || same(command, "thread")) {
		call(same(command, "thread"));
	} else if (is_one_of(command, look_ups)) {
		look_up(command);
	} else if (is_one_of(command, variables)) {
		variable(command);
	} else if (is_one_of(command, kepts)) {
		kept(command);
	} else if (same(command, "same")) {
		put(recall(argument(1)) == recall(argument(2)) ? "= same\n"
							       : "= different\n");
	} else if (same(command, "list")) {
		x_list(listed);
	} else if (same(command, "says")) {
		for (size_t i = 1; i < words; i++) x_says(word[i]);
	} else {
		put("= no such command\n");
		x_exit(99);
	}
}

int main(int argc, char **argv, char **envp)
{
	static char text[65536];
	size_t n = argc > 1 ? file_read(argv[1], text, sizeof text - 1) : 0;
	x_init(argc, argv, envp);
	for (char *p = text, *end = text + n; p < end; p++) {
		char *line = p;
		while (p < end && *p != '\n') p++;
		*p = 0;
		put(line);
		put("\n");
		for (words = 0; words < 16; words++) {
			while (*line == ' ') line++;
			if (!*line) break;
			word[words] = line;
			while (*line && *line != ' ') line++;
			if (*line) *line++ = 0;
		}
		if (words) run();
	}
	return 0;
}
