/* provide.c - the small C library's names, as libraries import them. */
#include "baredl.h"
#include "libc.h"
#include "linux.h"
#include "system.h"

/* Functions that glibc gives a second name when it is asked to check. */
static void *memcpy_chk(void *to, const void *from, size_t n, size_t room)
{
	if (n > room) abort();
	return memcpy(to, from, n);
}

static void *memset_chk(void *to, int byte, size_t n, size_t room)
{
	if (n > room) abort();
	return memset(to, byte, n);
}

/* What older glibcs call stat and its kin; a version comes first. */
static int xstat(int v, const char *path, void *out)
{
	return (void)v, stat(path, out);
}
static int lxstat(int v, const char *path, void *out)
{
	return (void)v, lstat(path, out);
}
static int fxstat(int v, int fd, void *out) { return (void)v, fstat(fd, out); }

/* Where there is nothing to do. */
static long nothing(void) { return 0; }
static char *setlocale(int category, const char *name)
{
	(void)category;
	return !name || !*name || !strcmp(name, "C") ? (char *)"C" : NULL;
}
static const void *localeconv(void)
{
	/* decimal_point, thousands_sep, ...; only the first is looked at */
	static const char *const conventions[12] = { ".", "", "" };
	return conventions;
}

/* What libm's choice of implementations reads: no CPU features, so that it takes
 * the baseline. */
static const uint64_t rtld_global_ro[512];

/* clang-format off */
#define SAME(name)	    { #name, (const void *)name }
#define NAMED(symbol, name) { symbol, (const void *)name }
/* clang-format on */
static const struct bdl_provided table[] = {
	SAME(malloc),
	SAME(calloc),
	SAME(realloc),
	SAME(free),
	SAME(memcpy),
	SAME(memmove),
	SAME(memset),
	SAME(memcmp),
	SAME(memchr),
	NAMED("__memcpy_chk", memcpy_chk),
	NAMED("__memset_chk", memset_chk),
	SAME(strlen),
	SAME(strcmp),
	SAME(strncmp),
	SAME(strchr),
	SAME(strchrnul),
	SAME(strrchr),
	SAME(strspn),
	SAME(strcspn),
	SAME(strpbrk),
	SAME(strstr),
	NAMED("strcoll", strcmp),
	SAME(qsort),
	SAME(strtod),
	SAME(strerror),
	SAME(__ctype_b_loc),
	SAME(__ctype_tolower_loc),
	SAME(__ctype_toupper_loc),
	SAME(snprintf),
	SAME(__snprintf_chk),
	SAME(__vsnprintf_chk),
	NAMED("stdin", &stdin),
	NAMED("stdout", &stdout),
	NAMED("stderr", &stderr),
	SAME(fwrite),
	SAME(fread),
	SAME(fputs),
	SAME(fputc),
	SAME(getc),
	SAME(ungetc),
	SAME(fgets),
	SAME(fflush),
	SAME(feof),
	SAME(ferror),
	SAME(clearerr),
	NAMED("fopen64", fopen),
	SAME(fclose),
	NAMED("ftello64", ftello),
	NAMED("fseeko64", fseeko),
	SAME(setvbuf),
	SAME(flockfile),
	NAMED("funlockfile", flockfile),
	NAMED("__uflow", getc),
	SAME(__fprintf_chk),
	SAME(clock_gettime),
	SAME(gettimeofday),
	SAME(time),
	SAME(clock),
	SAME(difftime),
	SAME(gmtime_r),
	NAMED("localtime_r", gmtime_r),
	SAME(mktime),
	SAME(strftime),
	SAME(_setjmp),
	SAME(longjmp),
	NAMED("__longjmp_chk", longjmp),
	SAME(__errno_location),
	SAME(getenv),
	SAME(abort),
	SAME(__assert_fail),
	SAME(exit),
	SAME(sysconf),
	SAME(open),
	NAMED("open64", open),
	SAME(close),
	SAME(read),
	SAME(write),
	NAMED("lseek64", lseek),
	NAMED("pread64", pread),
	NAMED("pwrite64", pwrite),
	NAMED("fcntl64", fcntl),
	NAMED("stat64", stat),
	NAMED("lstat64", lstat),
	NAMED("fstat64", fstat),
	NAMED("__xstat64", xstat),
	NAMED("__lxstat64", lxstat),
	NAMED("__fxstat64", fxstat),
	NAMED("ftruncate64", ftruncate),
	SAME(fdatasync),
	SAME(access),
	SAME(unlink),
	SAME(readlink),
	SAME(getcwd),
	SAME(getpid),
	SAME(geteuid),
	SAME(fchown),
	NAMED("mmap64", mmap),
	SAME(munmap),
	SAME(setlocale),
	SAME(localeconv),
	NAMED("_rtld_global_ro", rtld_global_ro),
	SAME(pthread_create),
	SAME(pthread_join),
	SAME(pthread_mutex_init),
	NAMED("pthread_mutex_destroy", nothing),
	SAME(pthread_mutex_lock),
	SAME(pthread_mutex_trylock),
	SAME(pthread_mutex_unlock),
	NAMED("pthread_mutexattr_init", nothing),
	SAME(pthread_mutexattr_settype),
	NAMED("pthread_mutexattr_destroy", nothing),
	SAME(pthread_cond_init),
	NAMED("pthread_cond_destroy", nothing),
	SAME(pthread_cond_wait),
	SAME(pthread_cond_signal),
	SAME(pthread_cond_broadcast),
	NAMED("pthread_condattr_init", nothing),
	NAMED("pthread_condattr_setclock", nothing),
	NAMED("pthread_condattr_destroy", nothing),
	SAME(pthread_sigmask),
	SAME(sigfillset),
};

/* Other functions are not called. Should one be, the test ends and says which. */
static const char *missing[MISSING];
static unsigned missing_count;

__attribute__((noreturn, used)) void missing_called(unsigned number);
void missing_called(unsigned number)
{
	fputs("not provided, but called: ", stderr);
	fputs(missing[number], stderr);
	fputs("\n", stderr);
	abort();
}

static const void *catch_all(const char *symbol, const char *version, void *context)
{
	/* Weak, and looked at before they are called: to be absent. */
	static const char *const absent[] = { "_ITM_", "__gmon_start__",
		"ZSTD_trace_" };
	/* What baredl itself gives is found after this, so it is not to be caught. */
	static const char *const baredls[] = { "__tls_get_addr", "__stack_chk_fail",
		"__stack_chk_guard", "__cxa_atexit", "__cxa_finalize",
		"dl_iterate_phdr", "_dl_find_object", "dladdr" };
	(void)version, (void)context;
	for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
		if (!strncmp(symbol, absent[i], strlen(absent[i]))) return NULL;
	for (size_t i = 0; i < sizeof baredls / sizeof *baredls; i++)
		if (!strcmp(symbol, baredls[i])) return NULL;
	if (!strcmp(symbol, "errno")) return NULL; /* thread-local: see libm.h */
	unsigned i = 0;
	while (i < missing_count && strcmp(missing[i], symbol)) i++;
	if (i == MISSING) return NULL;
	if (i == missing_count) {
		char *copy = malloc(strlen(symbol) + 1);
		if (!copy) return NULL;
		missing[missing_count++] = memcpy(copy, symbol, strlen(symbol) + 1);
	}
	return missing_stubs + i * MISSING_SIZE;
}

void provide_libc(char **envp)
{
	environ = envp;
	/* later tables are asked first */
	if (bdl_provide_by(catch_all, NULL) ||
		bdl_provide(table, sizeof table / sizeof *table))
		abort();
}
