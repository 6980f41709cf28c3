/* libc.h - the small C library that these programs give to the libraries they
 * open: what zlib, xz, zstd, SQLite, libm and Lua import of glibc, no more. One
 * locale, one errno for all threads. Structures that libraries see are as glibc has them. */
#ifndef LIBC_H
#define LIBC_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- allocate.c ---------------------------------------------------------- */

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *at, size_t size);
void free(void *at);

/* ---- string.c ------------------------------------------------------------ */

void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *s, int byte, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strchrnul(const char *s, int c);
char *strrchr(const char *s, int c);
size_t strspn(const char *s, const char *set);
size_t strcspn(const char *s, const char *set);
char *strpbrk(const char *s, const char *set);
char *strstr(const char *s, const char *part);
void qsort(void *base, size_t count, size_t size,
	int (*order)(const void *, const void *));

/* ---- ctype.c ------------------------------------------------------------- */

const uint16_t **__ctype_b_loc(void);
const int32_t **__ctype_tolower_loc(void);
const int32_t **__ctype_toupper_loc(void);

/* ---- decimal.c: exact decimal numbers ------------------------------------- */

/* 0.d[0]d[1]... * 10^point. A double has at most 767 digits. */
enum { DECIMAL_DIGITS = 800 };
struct decimal {
	int count, point;
	bool more; /* digits other than 0 were dropped behind the last */
	uint8_t digit[DECIMAL_DIGITS + 24]; /* room for what a shift to the left adds */
};
void decimal_set(struct decimal *d, uint64_t integer);
void decimal_shift(struct decimal *d, int bits);  /* times 2^bits */
void decimal_round(struct decimal *d, int count); /* half to even */

/* ---- number.c ------------------------------------------------------------ */

double strtod(const char *s, char **end);
/* mantissa * 2^exponent, rounded half to even; [sticky]: and a little more. */
double number_compose(uint64_t mantissa, bool sticky, int exponent);

/* ---- format.c ------------------------------------------------------------ */

int vsnprintf(char *to, size_t size, const char *format, va_list list);
int snprintf(char *to, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int __snprintf_chk(
	char *to, size_t size, int flag, size_t room, const char *format, ...);
int __vsnprintf_chk(
	char *to, size_t size, int flag, size_t room, const char *format, va_list list);

/* ---- stdio.c ------------------------------------------------------------- */

/* glibc's getc_unlocked looks at the first words: all zero is an empty buffer. */
typedef struct file {
	uint64_t glibc[32];
	int fd;
	bool end, error, used;
	int pushed; /* ungetc: the byte + 1 */
} FILE;
extern FILE *stdin, *stdout, *stderr;

size_t fwrite(const void *from, size_t size, size_t count, FILE *f);
size_t fread(void *to, size_t size, size_t count, FILE *f);
int fputs(const char *s, FILE *f);
int fputc(int c, FILE *f);
int getc(FILE *f);
int ungetc(int c, FILE *f);
char *fgets(char *to, int size, FILE *f);
int fflush(FILE *f);
int feof(FILE *f);
int ferror(FILE *f);
void clearerr(FILE *f);
FILE *fopen(const char *path, const char *mode);
int fclose(FILE *f);
int64_t ftello(FILE *f);
int fseeko(FILE *f, int64_t offset, int whence);
int setvbuf(FILE *f, char *buffer, int mode, size_t size);
void flockfile(FILE *f);
int __fprintf_chk(FILE *f, int flag, const char *format, ...);

/* ---- time.c -------------------------------------------------------------- */

struct timespec {
	int64_t tv_sec;
	long tv_nsec;
};
struct tm {
	int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday,
		tm_isdst;
	long tm_gmtoff;
	const char *tm_zone;
};
int clock_gettime(int which, struct timespec *out);
int gettimeofday(int64_t out[2], void *zone);
int64_t time(int64_t *out);
long clock(void);
double difftime(int64_t end, int64_t begin);
struct tm *gmtime_r(const int64_t *when, struct tm *out);
int64_t mktime(struct tm *tm);
size_t strftime(char *to, size_t size, const char *format, const struct tm *tm);

/* ---- threads.c ------------------------------------------------------------- */

void lock_take(uint32_t *word);
bool lock_try(uint32_t *word);
void lock_give(uint32_t *word);

typedef struct pthread *pthread;
typedef struct pthread_mutex pthread_mutex;
int pthread_create(
	pthread *out, const void *attributes, void *(*start)(void *), void *argument);
int pthread_join(pthread t, void **result);
int pthread_mutex_init(pthread_mutex *m, const int *recursive);
int pthread_mutex_lock(pthread_mutex *m);
int pthread_mutex_trylock(pthread_mutex *m);
int pthread_mutex_unlock(pthread_mutex *m);
int pthread_mutexattr_settype(int *attribute, int type);
int pthread_cond_init(uint32_t *c, const void *attributes);
int pthread_cond_wait(uint32_t *c, pthread_mutex *m);
int pthread_cond_signal(uint32_t *c);
int pthread_cond_broadcast(uint32_t *c);
int pthread_sigmask(int how, const void *set, void *old);
int sigfillset(void *set);

/* ---- jump-<machine>.S ------------------------------------------------------ */

int _setjmp(void *state) __attribute__((returns_twice));
__attribute__((noreturn)) void longjmp(void *state, int value);
/* A thread that calls thread_main(stack) on the stack below [stack], without a thread
 * pointer. *running becomes its id, and 0 when it ends. The id, or -errno. */
long thread_clone(void *stack, uint32_t *running);
/* Functions that call missing_called() with their number. */
enum { MISSING = 128, MISSING_SIZE = 16 };
extern const char missing_stubs[MISSING * MISSING_SIZE];

/* ---- system.c -------------------------------------------------------------- */

extern int errno_value;
int *__errno_location(void);
/* A system call's answer as C functions give it: -1 and errno, or the result. */
long answer(long result);
char *getenv(const char *name);
extern char **environ;
const char *strerror(int number);
__attribute__((noreturn)) void abort(void);
__attribute__((noreturn)) void __assert_fail(
	const char *what, const char *file, unsigned line, const char *function);

/* ---- provide.c ------------------------------------------------------------- */

/* Gives all of the above to the libraries, and a function that ends the test to
 * whatever else they import. */
void provide_libc(char **envp);

#endif
