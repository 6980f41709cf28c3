/* What is missing is counted, named, can be asked for and can be replaced; an
 * unhandled call of it ends with one line and SIGABRT. */
#include "again.h"

int missing_symbol(int n);
int missing_library(int n);
int missing_anywhere(int n);
int missing_weak(int n);
void *wrong_version(void *to, const void *from, size_t size);
size_t strlen(const char *s);
char *found_second(const char *s, int c);
char *found_weak(const char *s, int c);
BDL_IMPORT(missing_symbol, "bdl_missing", "libc.so.6");
BDL_IMPORT(missing_library, "bdl_missing", "libbdl-missing.so.3");
BDL_IMPORT_ANY(missing_anywhere,
	BDL_FROM("bdl_first", "libc.so.6") BDL_FROM("bdl_second", "libm.so.6")
		BDL_FROM("bdl_third", ""));
BDL_IMPORT_WEAK(missing_weak, "bdl_weak", "libc.so.6");
BDL_IMPORT(wrong_version, "memcpy", "libc.so.6", "NOPE_1.0");
BDL_IMPORT(strlen, "strlen", "libc.so.6");
BDL_IMPORT_ANY(found_second,
	BDL_FROM("bdl_none", "libc.so.6") BDL_FROM("strchr", "libbdl-missing.so.3")
		BDL_FROM("strchr", "libc.so.6"));
BDL_IMPORT_ANY_WEAK(found_weak, BDL_FROM("bdl_none", "") BDL_FROM("strrchr", ""));

static int glibc;
static const char *libc;
static char asked[4][256];

static char *put(char *to, const char *s)
{
	while (*s) *to++ = *s++;
	*to = 0;
	return to;
}

/* bdl_error() is exactly the three parts. */
static int error_is(const char *a, const char *b, const char *c)
{
	char expected[1024];
	put(put(put(expected, a), b), c);
	if (same(bdl_error(), expected)) return 1;
	note("expected:", expected);
	note("have:", bdl_error());
	return 0;
}

static int seven(int n) { return n == 6 ? 7 : 0; }

static void *handler(const char *symbol, const char *library, const char *reason)
{
	put(asked[0], symbol);
	put(asked[1], library);
	put(asked[2], reason);
	return (void *)seven;
}

static void *refuse(const char *symbol, const char *library, const char *reason)
{
	(void)symbol, (void)library, (void)reason;
	return NULL;
}

/* What a child that calls a missing function writes to stderr, and how it ends. */
static int dies(bdl_unbound_handler *with, char *out, size_t size)
{
	int fds[2], status = 0;
	size_t n = 0;
	if (pipe(fds)) return -1;
	long pid = arch_syscall(SYS_clone, 17, 0, 0, 0, 0, 0);
	if (!pid) {
		uint64_t no_core[2] = { 0, 0 };
		arch_syscall(
			SYS_prlimit64, 0, 4 /* RLIMIT_CORE */, (long)no_core, 0, 0, 0);
		arch_syscall(SYS_dup3, fds[1], 2, 0, 0, 0, 0);
		arch_syscall(SYS_close, fds[1], 0, 0, 0, 0, 0);
		bdl_on_unbound(with);
		missing_symbol(6);
		arch_syscall(SYS_exit_group, 0, 0, 0, 0, 0, 0);
	}
	arch_syscall(SYS_close, fds[1], 0, 0, 0, 0, 0);
	for (long got = 1; got > 0; n += (size_t)got)
		got = arch_syscall(SYS_read, fds[0], (long)(out + n),
			(long)(size - 1 - n), 0, 0, 0);
	out[n] = 0;
	arch_syscall(SYS_close, fds[0], 0, 0, 0, 0, 0);
	arch_syscall(SYS_wait4, pid, (long)&status, 0, 0, 0, 0);
	return status & 0x7f;
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv;
	struct bdl_resident r;
	check(bdl_resident(&r) == 0);
	glibc = same(r.kind, "glibc");
	libc = r.libc;
	check(same(bdl_error(), ""));

	check(BDL_HAVE(missing_symbol) == NULL);
	check(error_is(libc, ": symbol bdl_missing: not found", ""));
	check(BDL_HAVE(missing_weak) == NULL);
	check(error_is(libc, ": symbol bdl_weak: not found", ""));
	check(BDL_HAVE(missing_library) == NULL);
	check(glibc ? error_is("libbdl-missing.so.3: cannot open shared object file: ",
			      "No such file or directory", "")
		    : error_is("Error loading shared library libbdl-missing.so.3: ",
			      "No such file or directory", ""));
	check(BDL_HAVE(wrong_version) == NULL);
	check(error_is(libc, ": symbol memcpy@NOPE_1.0: ",
		glibc ? "not found" : "musl has no symbol versions"));
	/* all alternatives are named */
	check(BDL_HAVE(missing_anywhere) == NULL);
	check(contains(bdl_error(), ": symbol bdl_first: not found; "));
	check(contains(bdl_error(), ": symbol bdl_second: not found; "));
	check(contains(bdl_error(), "global scope: symbol bdl_third: not found"));

	/* the first alternative that there is */
	const char *text = "abcabc";
	check(BDL_HAVE(found_second) != NULL);
	check(found_second(text, 'b') == text + 1);
	check(BDL_HAVE(found_weak) != NULL);
	check(found_weak(text, 'b') == text + 4);

	/* four strong ones; the weak one does not count */
	check(bdl_bind() == 4);
	const char *e = bdl_error();
	check(e[0] == '4' && contains(e, "4 missing: "));
	check(contains(e, ": symbol bdl_missing: not found"));
	check(contains(e, "libbdl-missing.so.3"));
	check(contains(e, "bdl_first") && contains(e, "bdl_second") &&
		contains(e, "bdl_third"));
	check(contains(e, "memcpy@NOPE_1.0"));
	check(!contains(e, "bdl_weak") && !contains(e, "strlen") && !contains(e, "\n"));
	check(bdl_bind() == 4);
	check(strlen("four") == 4);

	check(bdl_on_unbound(handler) == NULL);
	check(missing_symbol(6) == 7);
	check(same(asked[0], "bdl_missing") && same(asked[1], "libc.so.6"));
	check(contains(asked[2], ": symbol bdl_missing: not found"));
	check(missing_library(6) == 7);
	check(same(asked[1], "libbdl-missing.so.3"));
	/* the first alternative's names */
	check(missing_anywhere(6) == 7);
	check(same(asked[0], "bdl_first") && same(asked[1], "libc.so.6"));
	check(missing_weak(6) == 7);
	check(same(asked[0], "bdl_weak"));
	check(bdl_on_unbound(NULL) == handler);
	check(bdl_on_unbound(NULL) == NULL);

	static char out[2048], expected[1024];
	char *end =
		put(put(expected, "baredl: call of missing bdl_missing (libc.so.6): "),
			libc);
	put(end, ": symbol bdl_missing: not found\n");
	check(dies(NULL, out, sizeof out) == 6);
	/* an emulator adds that the child has died */
	int emulated = environment(envp, "EXEC") && *environment(envp, "EXEC");
	check(emulated ? contains(out, expected) : same(out, expected));
	check(dies(refuse, out, sizeof out) == 6);
	check(contains(out, expected));
	return done();
}
