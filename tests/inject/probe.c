/* probe WAY MOMENT PATH - open a library between two marks, for inject.
 *
 * WAY is open, fd or image; or search, which asks for a library that is nowhere
 * first, so that ld.so.cache and all directories are looked at. MOMENT is warm: the library has been opened and closed
 * once before, so that whatever the linker keeps for good is there; or cold: what
 * happens between the marks is the first that this process does with it.
 *
 * The open may fail, with a message, or go well, whatever call failed; it says
 * which, on one line. Memory and descriptors must then be as before, and the next
 * open must go well. If not, the line begins with WRONG. */
#define OWN_CONFIG
#include "maps.h"

enum { MARK = 0x6d61726b, FILES = 16 };
enum { PROBE_O_CLOEXEC = 02000000 };

/* No resident, that is another test. */
const struct bdl_config *bdl_start_config(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	test_config.flags = BDL_LATE;
	return &test_config;
}

/* ---- what the process has: a line each */

struct state {
	char text[65536];
	size_t size;
};

static void append(struct state *s, const char *text)
{
	while (*text && s->size < sizeof s->text - 1) s->text[s->size++] = *text++;
	s->text[s->size] = 0;
}

/* The mappings but for the stack, which grows when it likes. */
static void note_maps(struct state *s)
{
	static char text[65536];
	size_t n = 0;
	long fd = arch_syscall(SYS_openat, -100, (long)"/proc/self/maps", 0, 0, 0, 0);
	for (;;) {
		long got = arch_syscall(SYS_read, fd, (long)(text + n),
			(long)(sizeof text - 1 - n), 0, 0, 0);
		if (got <= 0) break;
		n += (size_t)got;
	}
	text[n] = 0;
	arch_syscall(SYS_close, fd, 0, 0, 0, 0, 0);
	for (char *line = text, *end; *line; line = end + 1) {
		for (end = line; *end != '\n'; end++)
			;
		*end = 0;
		if (contains(line, "[stack]")) continue;
		append(s, line);
		append(s, "\n");
	}
}

static void note_files(struct state *s)
{
	for (int fd = 0; fd < FILES; fd++) {
		char path[] = "/proc/self/fd/00", target[512];
		path[14] = (char)('0' + fd / 10), path[15] = (char)('0' + fd % 10);
		const char *name = path;
		if (fd < 10) path[14] = path[15], path[15] = 0;
		long n = arch_syscall(SYS_readlinkat, -100, (long)path, (long)target,
			sizeof target - 1, 0, 0);
		if (n < 0) continue;
		target[n] = 0;
		append(s, name);
		append(s, " ");
		append(s, target);
		append(s, "\n");
	}
}

static void take(struct state *s)
{
	s->size = 0;
	note_maps(s);
	note_files(s);
}

static int failed;

static void wrong(const char *what, const char *detail)
{
	tap_puts(failed ? "; " : "WRONG: ");
	tap_puts(what);
	tap_puts(detail);
	failed = 1;
}

/* Prints the lines of [a] that [b] lacks. */
static void lines_only_in(
	const char *label, const struct state *a, const struct state *b)
{
	static char line[1024];
	for (const char *p = a->text; *p; p++) {
		size_t n = 0;
		while (*p != '\n' && n < sizeof line - 1) line[n++] = *p++;
		line[n] = 0;
		if (contains(b->text, line)) continue;
		tap_puts(label);
		tap_puts(line);
	}
}

/* A number for all that is there: how many lines, and KiB mapped. */
static int sum(const struct state *s)
{
	size_t lines = 0, mapped = 0;
	for (const char *p = s->text; *p; p++, lines++) {
		uintptr_t start = hexadecimal(&p);
		if (*p == '-') p++, mapped += hexadecimal(&p) - start;
		while (*p != '\n') p++;
	}
	return (int)(lines * 1000000 + mapped / 1024);
}

static struct state before, after;

static void compare(const char *when)
{
	take(&after);
	if (same(before.text, after.text)) return;
	wrong("not as before, ", when);
	lines_only_in(" | - ", &before, &after);
	lines_only_in(" | + ", &after, &before);
}

/* ---- opening */

static const char *way, *path;
static int given = -1;
static char bytes[1 << 20];
static size_t size;

static void *open_it(void)
{
	unsigned flags = BDL_NOW | BDL_OWN;
	if (*way == 'f') return bdl_open_fd(given, path, flags);
	if (*way == 'i') return bdl_open_image(bytes, size, path, flags);
	if (*way == 's' && bdl_open("libinject-none.so", flags))
		wrong("opened what is not there", "");
	return bdl_open(path, flags);
}

static void use(void *library)
{
	int (*answer)(void) = (int (*)(void))bdl_sym(library, "library_answer");
	const void *relro = bdl_sym(library, "relro_table");
	const void *theirs = bdl_sym(library, "dependency_table");
	if (!answer || !relro || !theirs) {
		wrong("a symbol is missing: ", bdl_error());
		return;
	}
	if (answer() != 42) wrong("the library does not work", "");
	if (!same(permissions(relro), "r--p") || !same(permissions(theirs), "r--p"))
		wrong("RELRO is writable", "");
}

static void close_it(void *library)
{
	if (bdl_close(library)) wrong("close: ", bdl_error());
}

/* Once more, without a failure. */
static void again(void)
{
	void *library = open_it();
	if (!library) {
		wrong("the next open fails: ", bdl_error());
		return;
	}
	use(library);
	close_it(library);
}

static void mark(void) { arch_syscall(SYS_getpid, MARK, 0, 0, 0, 0, 0); }

/* For inject to be tested: a page that stays, after a failure. */
static void leak(void)
{
	arch_syscall(SYS_mmap, 0, 4096, 1, 0x22 /* PRIVATE, ANONYMOUS */, -1, 0);
}

int main(int argc, char **argv, char **envp)
{
	if (argc != 4) return 2;
	way = argv[1], path = argv[3];
	int cold = *argv[2] == 'c';
	if (*way == 'f' || *way == 'i') {
		given = (int)arch_syscall(
			SYS_openat, -100, (long)path, PROBE_O_CLOEXEC, 0, 0, 0);
		if (given < 0) return 2;
	}
	if (*way == 'i')
		size = (size_t)arch_syscall(
			SYS_read, given, (long)bytes, sizeof bytes, 0, 0, 0);

	if (!cold) again();
	take(&before);
	mark();
	void *library = open_it();
	mark();
	if (library) {
		use(library);
		close_it(library);
	} else {
		if (!*bdl_error()) wrong("no message", "");
		if (contains(bdl_error(), "\n")) wrong("a message of two lines", "");
		if (environment(envp, "LEAK")) leak();
	}
	if (!failed) tap_puts(library ? "opened" : "refused: ");
	if (!failed && !library) tap_puts(bdl_error());
	if (cold) {
		/* What is kept for good must not grow, and be what it always is. */
		again();
		take(&before);
		tap_puts(" [kept: ");
		tap_num(sum(&before));
		tap_puts("]");
		again();
		compare("after the third open");
	} else {
		compare("after the first open");
		again();
		compare("after the second open");
	}
	tap_puts("\n");
	return failed;
}
