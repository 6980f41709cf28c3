/* Every variable and every argument arrives, in order, whatever their number is:
 * from blocks of our own, and from the kernel's. */
#define OWNER_OF_CONFIG
#include "child.h"
#include "again.h"

char *getenv(const char *name);
BDL_IMPORT(getenv, "getenv", "libc.so.6");
BDL_IMPORT(libc_environ_object, "environ", "libc.so.6");

enum { VARIABLES = 40, ARGUMENTS = 3 };

static char variables[VARIABLES][12];
static char arguments[ARGUMENTS][512];
static char **given_envp;
static int given_argc;
static int executed; /* this is a program that the parent has executed */

/* What the executed program must know is in argv[0], so that its environment
 * may be empty: "late" or "start", and the interpreter. */
const struct bdl_config *bdl_start_config(int argc, char **argv, char **envp)
{
	given_argc = argc;
	given_envp = envp;
	if (argc && !contains(argv[0], "late /") && !contains(argv[0], "start /") &&
		*argv[0])
		return keep_config(argv, envp);
	if (kernel_stack) return &test_config; /* a forked child's bdl_start */
	executed = 1;
	if (!argc || !*argv[0]) return NULL;
	test_config.interpreter = argv[0] + (argv[0][0] == 'l' ? 5 : 6);
	if (same(test_config.interpreter, "/")) test_config.interpreter = NULL;
	if (argv[0][0] == 'l') test_config.flags = BDL_LATE;
	return &test_config;
}

static char *number(char *to, const char *before, int n)
{
	while (*before) *to++ = *before++;
	if (n > 9) *to++ = (char)('0' + n / 10);
	*to++ = (char)('0' + n % 10);
	*to = 0;
	return to;
}

/* The exit status tells what has arrived. */
static int seen(int argc, char **argv, char **envp)
{
	char **libc = *(char ***)BDL_HAVE(libc_environ_object);
	int n, rising = 1, falling = 1, before = -1;
	must(argc == given_argc);
	must(!argv[argc]);
	for (int i = 1; i < argc; i++) {
		char expected[12];
		number(expected, "argument ", i);
		must(same(argv[i], expected));
	}
	for (n = 0; libc && libc[n]; n++) {
		char name[12];
		int v = 0, i;
		for (i = 0; libc[n][i] && libc[n][i] != '='; i++) name[i] = libc[n][i];
		name[i] = 0;
		must(given_envp[n] && same(libc[n], given_envp[n]));
		must(envp[n] && same(libc[n], envp[n]));
		must(getenv(name) == libc[n] + i + 1);
		for (i = 1; name[i]; i++) v = v * 10 + name[i] - '0';
		if (before >= 0 && v != before + 1) rising = 0;
		if (before >= 0 && v != before - 1) falling = 0;
		before = v;
	}
	must(!given_envp[n] && !envp[n]);
	must(rising || falling); /* qemu turns the order round */
	must(!getenv("V40"));
	return n | argc << 6;
}

/* Blocks of our own, in forked children. */
static int block_arrives(int late, int argc, int count)
{
	static uintptr_t block[1 + ARGUMENTS + 1 + VARIABLES + 1 + 128];
	uintptr_t *to = block;
	const uintptr_t *auxv = (const uintptr_t *)kernel_envp;
	while (*auxv++)
		;
	*to++ = (uintptr_t)argc;
	for (int i = 0; i < argc; i++) *to++ = (uintptr_t)arguments[i];
	*to++ = 0;
	for (int i = 0; i < count; i++) *to++ = (uintptr_t)variables[i];
	*to++ = 0;
	for (;; auxv += 2) {
		*to++ = auxv[0];
		*to++ = auxv[1];
		if (!auxv[0]) break;
	}
	given_argc = argc;
	given_envp = (char **)(block + 1 + argc + 1);
	int status = (late ? on_need_on : at_start_on)(block, seen);
	if (status == STATUS(count | argc << 6)) return 1;
	note(late ? "on first need," : "at start,", "a block of our own");
	return 0;
}

/* The kernel's, in executed ones. */
static int kernel_block_arrives(const char *emulator, int late, int argc, int count)
{
	static char out[4096];
	char *argv[ARGUMENTS + 1] = { NULL }, *envp[VARIABLES + 1] = { NULL };
	char *p = arguments[0];
	const char *s = test_config.interpreter;
	for (const char *how = late ? "late " : "start "; *how; how++) *p++ = *how;
	for (s = s ? s : "/"; *s; s++) *p++ = *s;
	*p = 0;
	for (int i = 0; i < argc; i++) argv[i] = arguments[i];
	for (int i = 0; i < count; i++) envp[i] = variables[i];
	int status = run_again(emulator, argv, envp, 1, out, sizeof out);
	if (status == STATUS(count | argc << 6)) return 1;
	/* Linux 5.18 has put an end to argc 0 */
	if (!argc && status == STATUS(count | 1 << 6)) return 1;
	note(late ? "on first need," : "at start,", "the kernel's block");
	tap_puts(out);
	return 0;
}

int main(int argc, char **argv, char **envp)
{
	if (executed) return seen(argc, argv, envp);
	for (int i = 0; i < VARIABLES; i++)
		number(number(variables[i], "V", i), "=", i);
	number(arguments[0], "argument ", 0);
	for (int i = 1; i < ARGUMENTS; i++) number(arguments[i], "argument ", i);

	int start = 1, late = 1;
	for (int n = 0; n <= VARIABLES; n++)
		for (int a = 0; a <= ARGUMENTS; a++) {
			start &= block_arrives(0, a, n);
			late &= block_arrives(1, a, n);
		}
	check(start);
	check(late);

	const char *emulator = from_environment("EXEC");
	start = late = 1;
	for (int n = 0; n <= VARIABLES; n++)
		for (int a = 1 + n % 2; a <= ARGUMENTS; a += 2) {
			start &= kernel_block_arrives(emulator, 0, a, n);
			late &= kernel_block_arrives(emulator, 1, a, n);
		}
	check(start);
	check(late);
	/* nothing in argv[0]: the resident is then the machine's own */
	if (!test_config.interpreter && !emulator)
		check(kernel_block_arrives(emulator, 0, 0, 0) &&
			kernel_block_arrives(emulator, 0, 0, 1));
	return done();
}
