/* However a program ends: its status passes, what stdio holds is written, atexit
 * functions, constructors and destructors run once, and threads stop nobody. */
#define OWN_CONFIG
#include "again.h"

int printf(const char *format, ...);
void exit(int status);
int pause(void);
int pthread_create(unsigned long *out, const void *attr, void *(*f)(void *), void *arg);
BDL_IMPORT(printf, "printf", "libc.so.6");
BDL_IMPORT(exit, "exit", "libc.so.6");
BDL_IMPORT(pause, "pause", "libc.so.6");
/* glibc has no dynamic symbol atexit */
int __cxa_atexit(void (*f)(void *), void *arg, void *dso);
BDL_IMPORT(__cxa_atexit, "__cxa_atexit", "libc.so.6");
BDL_IMPORT_ANY(pthread_create, BDL_FROM("pthread_create", "libc.so.6")
				       BDL_FROM("pthread_create", "libpthread.so.0"));

static const char *mode, *late;

/* "how", "how late": argv[1]. */
const struct bdl_config *bdl_start_config(int argc, char **argv, char **envp)
{
	test_config.interpreter = environment(envp, "TEST_INTERP");
	if (test_config.interpreter && !*test_config.interpreter)
		test_config.interpreter = NULL;
	if (argc != 3) return &test_config;
	mode = argv[1], late = argv[2];
	if (same(mode, "alone")) test_config.interpreter = "/nonexistent/ld.so";
	if (same(late, "late")) test_config.flags = BDL_LATE;
	return &test_config;
}

static int has_libc(void) { return !same(mode, "alone") && !same(mode, "unused"); }

__attribute__((constructor)) static void construct(int argc, char **argv, char **envp)
{
	if (!mode) return;
	tap_puts("constructor");
	if (argc == 3 && same(argv[1], mode) && !argv[3] &&
		environment(envp, "ARRIVES"))
		tap_puts(" with arguments");
	tap_puts("\n");
}

__attribute__((destructor)) static void destruct(void)
{
	if (!mode) return;
	if (has_libc())
		printf("destructor\n");
	else
		tap_puts("destructor\n");
}

static void at_exit(void *arg) { printf("atexit %s\n", (char *)arg); }

static void *sleep_forever(void *arg)
{
	for (;;) pause();
	return arg;
}

static int child(void)
{
	struct bdl_resident r;
	if (!has_libc()) {
		if (bdl_resident(&r) == 0) tap_puts("a resident\n");
		tap_puts("main\n");
		return 7;
	}
	__cxa_atexit(at_exit, (void *)"1", NULL);
	__cxa_atexit(at_exit, (void *)"2", NULL);
	printf("main\n");
	if (same(mode, "thread")) {
		unsigned long id;
		if (pthread_create(&id, NULL, sleep_forever, NULL)) return 1;
	}
	if (same(mode, "bdl_exit")) bdl_exit(7);
	if (same(mode, "exit")) exit(7);
	return 7;
}

static const char *emulator;
static char interpreter[1024];

static int ends(const char *how, const char *when, const char *expected)
{
	char *argv[] = { (char *)"exit", (char *)how, (char *)when, NULL };
	char *envp[] = { (char *)"ARRIVES=1", interpreter, NULL };
	char out[1024];
	int status = run_again(emulator, argv, envp, 1, out, sizeof out);
	if (status == 7 << 8 && same(out, expected)) return 1;
	note(how, when);
	tap_puts(out);
	return 0;
}

#define WITH_LIBC "constructor with arguments\nmain\natexit 2\natexit 1\ndestructor\n"
#define ALONE     "constructor with arguments\nmain\ndestructor\n"

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv;
	if (mode) return child();
	emulator = environment(envp, "EXEC");
	char *p = interpreter;
	for (const char *s = "TEST_INTERP="; *s; s++) *p++ = *s;
	for (const char *s = test_config.interpreter; s && *s; s++) *p++ = *s;

	check(ends("return", "start", WITH_LIBC));
	check(ends("return", "late", WITH_LIBC));
	check(ends("bdl_exit", "start", WITH_LIBC));
	check(ends("bdl_exit", "late", WITH_LIBC));
	check(ends("exit", "start", WITH_LIBC));
	check(ends("exit", "late", WITH_LIBC));
	check(ends("thread", "start", WITH_LIBC));
	check(ends("thread", "late", WITH_LIBC));
	/* without a resident: there is none, or it was not needed */
	check(ends("alone", "start", ALONE));
	check(ends("alone", "late", ALONE));
	check(ends("unused", "late", ALONE));
	return done();
}
