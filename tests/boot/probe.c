/* probe.c - says what a program sees after the boot; ../boot.sh asks.
 *
 * usage: probe start|late INTERP|- COMMAND
 * With fewer arguments: the default interpreter, at start, command "env". */
#define OWN_CONFIG
#include "bare.h"

int printf(const char *, ...);
char *getenv(const char *);
unsigned long getauxval(unsigned long type);
void exit(int);
int pause(void);
unsigned long pthread_self(void);
int pthread_create(unsigned long *, const void *, void *(*)(void *), void *);
int pthread_join(unsigned long, void **);
int pthread_getattr_np(unsigned long, void *);
int pthread_attr_getstack(const void *, void **, size_t *);
int *errno_here(void);
char *secure_getenv(const char *);
BDL_IMPORT(printf, "printf", "libc.so.6");
BDL_IMPORT(getenv, "getenv", "libc.so.6");
BDL_IMPORT(secure_getenv, "secure_getenv", "libc.so.6");
BDL_IMPORT(getauxval, "getauxval", "libc.so.6");
BDL_IMPORT(exit, "exit", "libc.so.6");
BDL_IMPORT(pause, "pause", "libc.so.6");
BDL_IMPORT(errno_here, "__errno_location", "libc.so.6");
BDL_IMPORT_WEAK(environ_, "environ", "libc.so.6");
BDL_IMPORT_WEAK(name_, "program_invocation_name", "libc.so.6");
BDL_IMPORT(cxa_atexit, "__cxa_atexit", "libc.so.6");
int cxa_atexit(void (*)(void *), void *, void *);
/* glibc before 2.34 has threads in a library of their own */
#define THREADS(name) BDL_FROM(name, "libc.so.6") BDL_FROM(name, "libpthread.so.0")
BDL_IMPORT_ANY(pthread_self, THREADS("pthread_self"));
BDL_IMPORT_ANY(pthread_create, THREADS("pthread_create"));
BDL_IMPORT_ANY(pthread_join, THREADS("pthread_join"));
BDL_IMPORT_ANY(pthread_getattr_np, THREADS("pthread_getattr_np"));
BDL_IMPORT_ANY(pthread_attr_getstack, THREADS("pthread_attr_getstack"));

const struct bdl_config *bdl_start_config(int argc, char **argv, char **envp)
{
	(void)envp;
	if (argc < 3) return NULL;
	if (same(argv[1], "late")) test_config.flags = BDL_LATE;
	if (!same(argv[2], "-")) test_config.interpreter = argv[2];
	return &test_config;
}

static void say(const char *text) { bdl_write(1, text, length(text)); }

static int constructed;
__attribute__((constructor)) static void construct(int argc, char **argv, char **envp)
{
	constructed += argc && argv[argc] == NULL && envp == argv + argc + 1;
}

static int constructed_times(void) { return constructed; }

static const char *last_word;
__attribute__((destructor)) static void destruct(void)
{
	if (last_word) say(last_word);
}

static void at_exit(void *text) { say(text); }

static int environment_as_libc_has_it(void)
{
	char **e = *(char ***)BDL_HAVE(environ_);
	for (; *e; e++) printf("%s\n", *e);
	return 0;
}

static int arguments(int argc, char **argv)
{
	printf("%d", argc);
	for (int i = 0; i < argc; i++) printf(" <%s>", argv[i]);
	printf("%s\n", argv[argc] ? " not ended" : "");
	return 0;
}

static char child_error[200];
static void *in_thread(void *errno_of_main)
{
	*errno_here() = 77;
	bdl_open("libnothing-thread.so", BDL_NOW);
	for (int i = 0; i < 199 && bdl_error()[i]; i++) child_error[i] = bdl_error()[i];
	return errno_of_main == errno_here() ? NULL : (void *)17;
}

static int facts(char **argv)
{
	uint64_t attr[16];
	void *low;
	size_t size;
	int here;
	check(constructed == 1);
	check(same(*(char **)BDL_HAVE(name_), argv[0]));
	check(getauxval(6) >= 4096); /* AT_PAGESZ */
	check(getauxval(25) != 0);   /* AT_RANDOM */
	check(getauxval(31) != 0);   /* AT_EXECFN */
	check(getenv("NO_SUCH_VARIABLE") == NULL);

	check(pthread_getattr_np(pthread_self(), attr) == 0);
	check(pthread_attr_getstack(attr, &low, &size) == 0);
	check((char *)&here >= (char *)low && (char *)&here < (char *)low + size);
	check(size >= 65536);

	unsigned long thread;
	void *result = NULL;
	check(BDL_HAVE(pthread_create) &&
		BDL_HAVE(pthread_join)); /* 2.31: not in libc.so.6 */
	bdl_open("libnothing-main.so", BDL_NOW);
	*errno_here() = 5;
	check(pthread_create(&thread, NULL, in_thread, errno_here()) == 0);
	check(pthread_join(thread, &result) == 0);
	check(result == (void *)17);
	check(*errno_here() == 5);
	check(contains(bdl_error(), "libnothing-main.so"));
	check(contains(child_error, "libnothing-thread.so"));
	return done();
}

static void *sleep_forever(void *arg)
{
	for (;;) pause();
	return arg;
}

int main(int argc, char **argv, char **envp)
{
	unsigned long thread;
	const char *command = argc > 3 ? argv[3] : "env";
	if (same(command, "env")) return environment_as_libc_has_it();
	if (same(command, "args")) return arguments(argc, argv);
	if (same(command, "facts")) return facts(argv);
	if (same(command, "call")) {
		static const uint64_t stack[3];
		static struct bdl_args args = { .stack = stack, .nstack = 3 };
		args.flags = BDL_CALL_X87;
		bdl_call((void *)constructed_times, &args);
		return args.gpr[0] != 1;
	}
	if (same(command, "secure")) return secure_getenv("HOME") != NULL;
	if (same(command, "without")) {
		/* no resident can start: main runs, and everything that needs none */
		last_word = "[destructor]";
		if (constructed != 1 || !environment(envp, "PATH")) return 1;
		say(bdl_error());
		say("\n");
		return 9;
	}
	/* ways to end: what is in stdio's buffer comes out, in this order */
	last_word = "[destructor]";
	cxa_atexit(at_exit, "[atexit]", NULL);
	printf("[buffered]");
	if (same(command, "return")) return 7;
	if (same(command, "bdl_exit")) bdl_exit(7);
	if (same(command, "exit")) exit(7);
	if (same(command, "thread")) {
		pthread_create(&thread, NULL, sleep_forever, NULL);
		return 7;
	}
	return 99;
}
