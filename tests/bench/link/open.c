/* open open|mixed LIBRARY FUNCTION - time one opening, in this fresh process
 * open names LIBRARY NAMES       - time looking up the names in a file, one a line
 * open pairs LIBRARY COUNT       - time opening and closing, again and again
 *
 * One source for all sides: bare and static with baredl's own linker, or, with
 * PEER defined, an ordinary dynamic program with its C library's dlopen. Clock,
 * files and output are system calls on every side, so that the three functions
 * below are the only difference. Prints one line,
 *
 *	NANOSECONDS PAGE-FAULTS KIB-MAPPED RESULT
 *
 * the middle two grown meanwhile; RESULT is what FUNCTION(100, 100) returned, how
 * many names were found, or COUNT: it has to be the same on all sides. "mixed" is
 * a library that needs a C library: baredl's resident then runs before the clock
 * starts, as a dynamic program's C library does. */
#include "arch.h"

int main(int argc, char **argv);

#ifdef PEER
#include <dlfcn.h>
static void *open_library(const char *path, int mixed)
{
	(void)mixed;
	return dlopen(path, RTLD_NOW);
}
static void *symbol(void *library, const char *name) { return dlsym(library, name); }
static int close_library(void *library) { return dlclose(library); }
static const char *error(void) { return dlerror(); }
static int start_c_library(void) { return 0; }
#else
#include "baredl.h"
static void *open_library(const char *path, int mixed)
{
	return bdl_open(path, BDL_NOW | (mixed ? BDL_USE_RESIDENT : BDL_OWN));
}
static void *symbol(void *library, const char *name) { return bdl_sym(library, name); }
static int close_library(void *library) { return bdl_close(library); }
static const char *error(void) { return bdl_error(); }
static int start_c_library(void) { return bdl_init(NULL) || bdl_bind() ? -1 : 0; }

const struct bdl_config *bdl_start_config(int argc, char **argv, char **envp)
{
	static const struct bdl_config config = { .flags = BDL_LATE };

	(void)argc, (void)argv, (void)envp;
	return &config;
}
#endif

/* ---- The machine ---------------------------------------------------------- */

enum { GETRUSAGE = 98, CLOCK_GETTIME = 228, CLOCK_MONOTONIC = 1, MINOR_FAULTS = 8 };
enum { OPEN_HERE = -100, READ_WRITE = 3, PRIVATE = 2 };

static long nanoseconds(void)
{
	long t[2];

	arch_syscall3(CLOCK_GETTIME, CLOCK_MONOTONIC, (long)t, 0);
	return t[0] * 1000000000 + t[1];
}

static long page_faults(void)
{
	long usage[18];

	arch_syscall3(GETRUSAGE, 0, (long)usage, 0);
	return usage[MINOR_FAULTS];
}

static int open_file(const char *path)
{
	return (int)arch_syscall3(SYS_openat, OPEN_HERE, (long)path, 0);
}

static long number(const char *s)
{
	long n = 0;

	while (*s >= '0' && *s <= '9') n = 10 * n + *s++ - '0';
	return n;
}

/* Of the whole process. */
static long kib_mapped(void)
{
	static char text[128];
	int fd = open_file("/proc/self/statm");

	arch_syscall3(SYS_read, fd, (long)text, sizeof text - 1);
	arch_syscall3(SYS_close, fd, 0, 0);
	return number(text) * 4;
}

static void put(int fd, const char *s)
{
	long n = 0;

	while (s[n]) n++;
	arch_syscall3(SYS_write, fd, (long)s, n);
}

static void put_number(long n, const char *after)
{
	char text[24], *s = text + sizeof text;

	*--s = 0;
	if (n < 0) put(1, "-"), n = -n;
	do *--s = (char)('0' + n % 10);
	while (n /= 10);
	put(1, s);
	put(1, after);
}

static int failed(const char *what)
{
	const char *why = error();

	put(2, what);
	put(2, ": ");
	put(2, why ? why : "no reason given");
	put(2, "\n");
	return 1;
}

/* ---- What is measured ----------------------------------------------------- */

static long began, faults, kib;

static void start_clock(void)
{
	kib = kib_mapped();
	faults = page_faults();
	began = nanoseconds();
}

static long stop_clock(void)
{
	long took = nanoseconds() - began;

	faults = page_faults() - faults;
	kib = kib_mapped() - kib;
	return took;
}

static int report(long took, long result)
{
	put_number(took, " ");
	put_number(faults, " ");
	put_number(kib, " ");
	put_number(result, "\n");
	return 0;
}

static int time_open(const char *path, const char *function, int mixed)
{
	if (mixed && start_c_library()) return failed("the C library");
	start_clock();
	void *library = open_library(path, mixed);
	long took = stop_clock();
	if (!library) return failed(path);

	int (*f)(long, long) = (int (*)(long, long))symbol(library, function);
	if (!f) return failed(function);
	return report(took, f(100, 100));
}

enum { MOST_NAMES = 1 << 16, ROUNDS = 8 };
static const char *names[MOST_NAMES];

/* Fills [names] from the file [path], one a line. How many, 0: it cannot be read. */
static long read_names(const char *path)
{
	int fd = open_file(path);
	long n = 0, size = arch_syscall3(SYS_lseek, fd, 0, 2);
	if (fd < 0 || size <= 0) return 0;
	long at = arch_syscall(SYS_mmap, 0, size, READ_WRITE, PRIVATE, fd, 0);
	if (at < 0 && at > -4096) return 0;

	char *s = (char *)at, *end = s + size;
	while (s < end && n < MOST_NAMES) {
		names[n++] = s;
		while (*s != '\n') s++;
		*s++ = 0;
	}
	return n;
}

static long look_up(void *library, long count)
{
	long found = 0;

	for (long i = 0; i < count; i++) found += symbol(library, names[i]) != NULL;
	return found;
}

static int time_names(const char *path, const char *file)
{
	long count = read_names(file);
	if (!count) return failed(file);
	void *library = open_library(path, 0);
	if (!library) return failed(path);

	long found = look_up(library, count); /* all pages are there from now on */
	start_clock();
	for (int i = 0; i < ROUNDS; i++) found += look_up(library, count);
	return report(stop_clock() / ROUNDS, found / (ROUNDS + 1));
}

static int time_pairs(const char *path, long count)
{
	start_clock();
	for (long i = 0; i < count; i++) {
		void *library = open_library(path, 0);
		if (!library || close_library(library)) return failed(path);
	}
	return report(stop_clock(), count);
}

int main(int argc, char **argv)
{
	if (argc != 4) return failed("usage: open open|mixed|names|pairs LIBRARY ARG");
	switch (argv[1][0]) {
	case 'o':
		return time_open(argv[2], argv[3], 0);
	case 'm':
		return time_open(argv[2], argv[3], 1);
	case 'n':
		return time_names(argv[2], argv[3]);
	default:
		return time_pairs(argv[2], number(argv[3]));
	}
}
