/* Opening, looking up, closing and asking what an address is, with the exact
 * error text of each failure. */
#include "bare.h"
#include "memory.h"

int main(int argc, char **argv, char **envp);

static struct bdl_resident resident;
static int glibc;

static int error_is(const char *expected)
{
	if (same(bdl_error(), expected)) return 1;
	note("expected:", expected);
	note("have:", bdl_error());
	return 0;
}

/* The error is the C library's path and [rest]. */
static int libc_error_is(const char *rest)
{
	static char expected[2048];
	size_t n = 0;
	for (const char *s = resident.libc; *s;) expected[n++] = *s++;
	for (; *rest;) expected[n++] = *rest++;
	expected[n] = 0;
	return error_is(expected);
}

static void symbols(void *libc)
{
	check(bdl_sym(libc, "getenv") != NULL);
	check(bdl_sym(NULL, "getenv") == bdl_sym(libc, "getenv"));
	check(bdl_sym(libc, "bdl_none") == NULL);
	check(libc_error_is(": symbol bdl_none: not found"));
	check(bdl_sym(NULL, "bdl_none") == NULL);
	check(error_is("global scope: symbol bdl_none: not found"));
	/* a success leaves the text */
	check(bdl_sym(libc, "getenv") != NULL);
	check(error_is("global scope: symbol bdl_none: not found"));

	/* has this version on both machines */
	void *getentropy = bdl_vsym(libc, "getentropy", "GLIBC_2.25");
	check(glibc ? getentropy == bdl_sym(libc, "getentropy") : !getentropy);
	if (!glibc)
		check(libc_error_is(": symbol getentropy@GLIBC_2.25: "
				    "musl has no symbol versions"));
	check(bdl_vsym(libc, "getenv", "NOPE_1.0") == NULL);
	check(libc_error_is(
		glibc ? ": symbol getenv@NOPE_1.0: not found"
		      : ": symbol getenv@NOPE_1.0: musl has no symbol versions"));
	check(bdl_vsym(NULL, "getenv", "NOPE_1.0") == NULL);
	check(contains(bdl_error(), "global scope: symbol getenv@NOPE_1.0: "));
}

static void libraries(void)
{
	check(bdl_open("libbdl-none.so.1", BDL_NOW) == NULL);
	check(error_is(glibc ? "libbdl-none.so.1: cannot open shared object file: "
			       "No such file or directory"
			     : "Error loading shared library libbdl-none.so.1: "
			       "No such file or directory"));
	check(bdl_open("/nonexistent/libbdl-none.so.1", BDL_NOW) == NULL);
	check(contains(bdl_error(), "/nonexistent/libbdl-none.so.1"));
	check(bdl_open("libbdl-none.so.2", BDL_NOW | BDL_NOLOAD) == NULL);
	check(contains(bdl_error(), "libbdl-none.so.2"));

	/* musl has it in itself */
	void *libm = bdl_open("libm.so.6", BDL_NOLOAD);
	check(glibc == !libm);
	if (glibc) check(error_is("libm.so.6: not loaded"));
	if (glibc) check(bdl_sym(NULL, "cos") == NULL);
	libm = bdl_open("libm.so.6", BDL_LAZY);
	check(libm != NULL);
	double (*cos)(double) = (double (*)(double))bdl_sym(libm, "cos");
	check(cos && cos(0) == 1);
	if (glibc) check(bdl_sym(NULL, "cos") == NULL); /* BDL_LOCAL */
	check(bdl_open("libm.so.6", BDL_NOLOAD) == libm);
	check(bdl_close(libm) == 0);
	check(bdl_sym(libm, "cos") != NULL); /* one handle is left */
	check(bdl_open("libm.so.6", BDL_GLOBAL) == libm);
	check(bdl_sym(NULL, "cos") == (void *)cos);
	check(bdl_close(libm) == 0);
	check(bdl_open("libm.so.6", BDL_NODELETE | BDL_DEEPBIND) == libm);
	check(bdl_close(libm) == 0 && bdl_close(libm) == 0);
	check(cos(0) == 1);
	check(bdl_open("libm.so.6", BDL_NOLOAD) == libm);

	check(bdl_close(NULL) == -1);
	check(error_is("close: no library"));
	void *libc = bdl_open("libc.so.6", 0);
	check(libc != NULL);
	check(bdl_close(libc) == 0);

	/* a line that is cut */
	static char name[1500];
	for (size_t i = 0; i < sizeof name - 1; i++) name[i] = 'x';
	check(bdl_open(name, BDL_NOW) == NULL);
	check(length(bdl_error()) > 500 && length(bdl_error()) < 1000);
	check(!contains(bdl_error(), "\n"));
}

static void addresses(void *libc, const char *program)
{
	struct bdl_symbol s;
	char *getenv = bdl_sym(libc, "getenv");
	check(bdl_addr(getenv, &s) == 0);
	check(same(s.file, resident.libc));
	check(s.name && same(s.name, "getenv"));
	check(s.address == getenv);
	check((char *)s.base < getenv);
	const char *base = s.base;
	check(base[0] == 0x7f && base[1] == 'E' && base[2] == 'L' && base[3] == 'F');
	/* inside */
	check(bdl_addr(getenv + 3, &s) == 0 && s.address == getenv);

	static const struct bdl_symbol garbage = { "", &glibc, "", &glibc };
	s = garbage;
	check(bdl_addr((void *)16, &s) == -1);
	check(error_is("no library holds this address"));
	check(!s.file && !s.base && !s.name && !s.address);

	/* the host itself */
	check(bdl_addr((void *)main, &s) == 0);
	check(s.file && (same(s.file, program) || same(s.file, "")));
	note("the host is", s.file);
	check(!s.name && !s.address);
	check(bdl_addr(&resident, &s) == 0);
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)envp;
	check(same(bdl_error(), ""));
	check(bdl_resident(&resident) == 0);
	glibc = same(resident.kind, "glibc");
	check(same(bdl_error(), ""));
	void *program = bdl_open(NULL, BDL_NOW), *libc = bdl_open("libc.so.6", BDL_NOW);
	check(program != NULL && libc != NULL);
	check(bdl_sym(program, "getenv") == bdl_sym(libc, "getenv"));
	check(bdl_sym(program, "bdl_none") == NULL);
	/* musl names the handle after the program */
	check(contains(bdl_error(), ": symbol bdl_none: not found"));
	check(!glibc || error_is("global scope: symbol bdl_none: not found"));
	check(bdl_close(program) == 0);

	symbols(libc);
	libraries();
	addresses(libc, argv[0]);

	/* it is up */
	static const struct bdl_config other = { .flags = BDL_LATE };
	check(bdl_init(NULL) == 0);
	check(bdl_init(&other) == -1);
	check(error_is("init: the resident is up already"));
	check(bdl_resident(&resident) == 0);
	return done();
}
