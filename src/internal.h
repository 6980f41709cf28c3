/* internal.h - the structures and functions that src/ shares.
 *
 * No file of src/ but default.c has writable static data: all state is in one
 * struct bdl, which every function that needs it is given. */
#ifndef INTERNAL_H
#define INTERNAL_H

#include <stdarg.h>
#include <stdbool.h>

#include "baredl.h"
#include "contract.h"
#include "elf.h"

#pragma GCC visibility push(hidden)

/* Longer paths are not found. */
enum { PATH_SIZE = 1024, TEXT_SIZE = 1000 };

struct bdl;

/* ---- text.c: strings ------------------------------------------------------- */

size_t text_length(const char *s);
bool text_equal(const char *a, const char *b);
bool text_starts(const char *s, const char *prefix);
bool text_contains(const char *s, const char *part);
const char *text_after_last(const char *s, char c); /* [s] itself if c is not in it */

/* A line of text that grows in a buffer; what does not fit is cut off. */
struct text {
	char *start, *at, *end;
};
struct text text_in(char *buffer, size_t size);
/* Appends: %s string, %u unsigned. */
void text_add(struct text *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void text_add_list(struct text *t, const char *format, va_list arg);

/* ---- error.c: the text of the last failure, per thread ---------------------- */

/* What each resident thread has of ours: the main program's TLS block. */
struct thread {
	struct bdl *bdl; /* first: how code on the resident's side finds us */
	/* of objects that our own linker opened, by module slot: see link/tls.c */
	struct thread_module *modules;
	size_t count;
	char error[TEXT_SIZE];
};
struct thread_module {
	uint64_t number;
	void *at;
	struct tls_block *block;
};
#define SAME(field, number) \
	_Static_assert(offsetof(struct thread, field) == (number), #number)
SAME(modules, THREAD_MODULES);
SAME(count, THREAD_COUNT);
_Static_assert(sizeof(struct thread) == THREAD_SIZE, "THREAD_SIZE");
_Static_assert(sizeof(struct thread_module) == THREAD_MODULE_SIZE, "the same");
#undef SAME

/* The first byte of a text that is only made when it is read, see link/sym.c. */
enum { ERROR_UNREAD = 1 };
char *error_text(struct bdl *b);
/* -1 */
int fail(struct bdl *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *errno_text(long error); /* either sign */

/* ---- file.c: a file's bytes -------------------------------------------------- */

struct file {
	int fd;
	size_t size;          /* of the file */
	const uint8_t *bytes; /* its first [present] bytes */
	size_t present;
	bool mapped;
};
enum { HEAD_SIZE = 1024 };

/* Opens [path] and reads the first HEAD_SIZE bytes, which hold the headers of
 * most objects, into [head] (aligned to 8); with NULL nothing is present yet.
 * 0 or -errno. */
int file_open(const char *path, struct file *out, void *head);
/* Makes all bytes present, by a mapping. 0 or -errno. */
int file_map(struct file *f);
void file_close(struct file *f);

/* ---- image.c: ELF bytes -> what they describe. Pure ------------------------- */

struct range {
	uint64_t start, size;
};

struct image {
	const uint8_t *bytes;
	size_t present, size;
	uint16_t type, phnum;
	const struct elf_segment *segments;
	uint64_t entry;
	struct range load;    /* addresses that PT_LOADs span */
	uint64_t align;       /* the largest p_align of them */
	struct range dynamic; /* file offsets; size 0: there is none */
	struct range interp;  /* file offsets, ends with NUL; size 0: none present */
	struct range relro;   /* addresses; size 0: none */
};

/* NULL, or why the file is no object of this machine: the field and the fault.
 * Its headers must be present, and aligned to 8. */
const char *image_parse(const struct file *f, struct image *out);
/* The bytes of address [vaddr] and how many follow it in the file, or NULL. All
 * bytes of the file must be present. */
const uint8_t *image_at(const struct image *m, uint64_t vaddr, size_t *available);

/* ---- dynamic.c: the dynamic section of an image. Pure ----------------------- */

struct bytes {
	const uint8_t *at;
	size_t size;
};

struct dynamic {
	struct bytes entries, strings, symbols, hash, gnu_hash;
};

/* NULL, or what is wrong. All bytes of the file must be present. */
const char *dynamic_parse(const struct image *m, struct dynamic *out);
/* The [n]th DT_NEEDED, or NULL. */
const char *dynamic_needed(const struct dynamic *d, size_t n);
bool dynamic_defines(const struct dynamic *d, const char *symbol);
/* The first symbol that [d] needs and [provider] does not define, or NULL. */
const char *dynamic_lacks(const struct dynamic *d, const struct dynamic *provider);

/* ---- cache.c: /etc/ld.so.cache. Pure ---------------------------------------- */

/* The path of the [n]th entry for library [name], or NULL. [hwcap] is 0, or for
 * which CPU level: */
const char *cache_find(
	const void *bytes, size_t size, const char *name, uint64_t hwcap, size_t n);
/* what entries have that are for the level of this name; no entry's if there is no
 * such level. */
uint64_t cache_level(const void *bytes, size_t size, const char *name);
bool cache_has_levels(const void *bytes, size_t size);

/* ---- stack.c: the initial stack: argc, argv, envp, auxv. Pure ---------------- */

struct start {
	const uintptr_t *stack; /* where argc is */
	size_t argc;
	char *const *argv, *const *envp;
	const struct elf_auxv *auxv;
	/* by start_find(): the host's program headers, and how far from their
	 * addresses it is */
	const struct elf_segment *phdr;
	size_t phnum;
	uintptr_t bias;
};

void start_parse(const uintptr_t *stack, struct start *out);
uint64_t start_auxv(const struct start *s, uint64_t type); /* 0 if absent */
const char *start_env(const struct start *s, const char *name);

/* What a dynamic linker is told instead of what the kernel said. */
enum { CHANGES = 5 };
struct start_change {
	struct elf_auxv auxv[CHANGES];
};
/* The size in bytes, a multiple of 16, that a block like [s] with [change] takes
 * at most; building it. Variables with which ld.so would print and exit are left
 * out. */
size_t start_size(const struct start *s);
void start_build(
	uintptr_t *block, const struct start *s, const struct start_change *change);
/* The initial stack's address from the text of /proc/self/stat, or 0. */
uintptr_t start_from_stat(const char *text, size_t size);

/* ---- map.c: image -> memory --------------------------------------------------- */

struct mapping {
	void *start;
	size_t size;
	uintptr_t bias; /* address minus vaddr */
};

/* Maps one segment: 0 or -errno. */
typedef int segment_mapper(
	const struct elf_segment *s, const struct file *f, size_t page, uintptr_t bias);
segment_mapper map_segment;

/* Maps the segments of [m], which are in [f] (or, where its fd is -1, in memory), each
 * by [segment]; 0 or -errno with nothing mapped. */
int map_image(const struct image *m, const struct file *f, size_t page,
	segment_mapper *segment, struct mapping *out);

/* ---- search.c: where the file of a library is ---------------------------------- */

/* Whether the file at [path] will do: 0, or another number to go on searching. */
typedef int search_try(void *context, const char *path);

struct search {
	char *path; /* of the file that is being offered: PATH_SIZE bytes */
	search_try *try;
	void *context;
	const char *library_path; /* LD_LIBRARY_PATH, or NULL */
	const char *beside;       /* look in this file's directory too, or NULL */
	bool in_beside;           /* where the path is that is being offered */
};
/* Offers each path at which ld.so might find [name], and first the one beside,
 * until one will do; leaves that in s->path. 0, or less. */
int search(struct search *s, const char *name);
/* Its parts: [name] in a directory; in each of a list with colons. */
int search_offer(struct search *s, const char *dir, size_t length, const char *name);
int search_list(struct search *s, const char *list, const char *name);
/* Follows the links that [path] may be, in place. */
void search_resolve(char path[PATH_SIZE]);

/* ---- synth.c: the main program that ld.so is shown ------------------------------ */

/* What we want of the resident, in the order of names in synth.c. Any may be
 * NULL: dlopen and friends on glibc before 2.34, dlvsym on musl, the
 * __libc_dl* pair on everything else. */
struct resident_functions {
	int (*libc_start_main)(int (*main)(int, char **, char **), int argc,
		char **argv, void (*init)(void), void (*fini)(void),
		void (*rtld_fini)(void), void *stack_end);
	void *(*open)(const char *name, int flags);
	void *(*sym)(void *handle, const char *symbol);
	void *(*vsym)(void *handle, const char *symbol, const char *version);
	int (*close)(void *handle);
	char *(*error)(void);
	int (*addr)(const void *address, void *info);
	int (*info)(void *handle, int request, void *out);
	int *(*errno_location)(void);
	int (*cxa_atexit)(void (*fn)(void *), void *arg, void *dso);
	void (*exit)(int status) __attribute__((noreturn));
	void *(*libc_dlopen_mode)(const char *name, int flags);
	void *(*libc_dlsym)(void *handle, const char *symbol);
};
enum { RESIDENT_FUNCTIONS = sizeof(struct resident_functions) / sizeof(void *) };

enum kind { ANY = 0, GLIBC, MUSL };

struct synth; /* its layout is synth.c's business */
struct synth *synth_new(size_t phnum);
void synth_free(struct synth *s);
char *synth_interp(struct synth *s); /* PATH_SIZE bytes each, to be filled in */
char *synth_libc(struct synth *s);
/* Writes the program headers and the dynamic section of a main program that is
 * the host (as [start] has it) and needs a libc. Gives the program
 * headers' number; they are at synth_segments(). */
size_t synth_build(struct synth *s, struct bdl *b, const struct start *start);
const struct elf_segment *synth_segments(const struct synth *s);
/* What ld.so has stored; once it has run, [s] may be made read-only. */
struct resident_functions *synth_functions(struct synth *s);
/* Looks for those that are still missing in the library [handle]. */
void synth_find(
	struct synth *s, void *(*sym)(void *handle, const char *symbol), void *handle);
void synth_seal(struct synth *s);

/* ---- choose.c: which ld.so ------------------------------------------------------- */

struct ld_so {
	enum kind kind;
	char *path, *libc; /* PATH_SIZE bytes each */
	struct file file;
	struct image image;
};

/* Finds an ld.so that can be entered safely, for a library that needs a libc of
 * [want], and leaves its file open. 0, or -1 and the error text. */
int choose(struct bdl *b, const struct start *s, enum kind want, struct ld_so *out);
/* The libc that the library [name] was made for, as far as its file tells. */
enum kind choose_kind(const struct start *s, const char *name);

/* ---- boot.c: the process as the kernel started it, the resident comes up ------------------------------------------------- */

/* What the kernel gave us, with the host's own program headers. 0, or -1 and the
 * error text. */
int start_find(struct bdl *b, struct start *out);

/* Makes sure that the resident is up. 0, or -1 and the error text. [library] is
 * what it is wanted for, or NULL. */
int boot(struct bdl *b, const char *library);
/* Calls [bdl]'s destructors: the host's, then those of what our linker opened. */
void boot_end(void *bdl);
/* Runs [b]'s main in the resident, on the initial stack; returns only if the
 * resident cannot start, with the error text. */
void boot_at_start(struct bdl *b);

/* ---- dl.c: libraries and symbols, by the resident ---------------------------------- */

void *dl_open(struct bdl *b, const char *name, unsigned flags);
/* NULL version: the default one. */
void *dl_sym(struct bdl *b, void *handle, const char *symbol, const char *version);
int dl_close(struct bdl *b, void *handle);
int dl_addr(struct bdl *b, const void *address, struct bdl_symbol *out);

/* ---- import.c: imports -> addresses --------------------------------------------------- */

/* As the macro in baredl.h lays it out. Distances are from the field itself. */
struct bdl_import {
	int32_t slot, first, names;
	uint32_t flags; /* 1: weak */
};

/* The address, looked up if need be and kept in the slot unless *sealed. */
void *import_find(
	struct bdl *b, const struct bdl_import *import, const uint32_t *sealed);
/* The same; if there is none: what the handler says, or abort. */
void *import_must_find(
	struct bdl *b, const struct bdl_import *import, const uint32_t *sealed);
/* What is called instead of a missing [symbol]; [reason] is error_text(). */
void *import_unbound(struct bdl *b, const char *symbol, const char *library);
/* [line] on stderr; then as abort(3). */
__attribute__((noreturn)) void import_abort(const char *line);
/* Finds all; returns how many strong ones are missing and names them. */
size_t import_find_all(struct bdl *b, const struct bdl_import *imports, size_t count,
	const uint32_t *sealed);
/* Makes [start, end) read-only and sets *sealed, with no slot half-written. */
void import_seal(struct bdl *b, void *start, void *end, uint32_t *sealed);

/* ---- table.c: tables made at run time, see baredl.h -------------------------------------- */

struct bdl_table *table_new(struct bdl *b, const struct bdl_entry *e, size_t n);
void *table_get(struct bdl *b, struct bdl_table *t, size_t i);
void *table_must_get(struct bdl *b, struct bdl_table *t, size_t i);
size_t table_bind(struct bdl *b, struct bdl_table *t);
void *const *table_slots(const struct bdl_table *t);
void table_free(struct bdl_table *t);

/* ---- link/: our own linker, linked only into programs that name it ----------------------- */

/* What the rest of baredl calls of it; NULL until something is opened with it. */
struct own {
	void *(*sym)(
		struct bdl *b, void *handle, const char *symbol, const char *version);
	void (*explain)(struct bdl *b, char *text); /* an ERROR_UNREAD */
	int (*close)(struct bdl *b, void *handle);
	int (*addr)(struct bdl *b, const void *address, struct bdl_symbol *out);
	void (*moved)(struct bdl *b); /* the thread pointer, by the boot */
	void (*end)(struct bdl *b);   /* at exit */
};
/* Handles of its objects are odd numbers. */
static inline bool is_own(const void *handle) { return (uintptr_t)handle & 1; }

#pragma GCC visibility push(default)
/* Makes the synthetic main program's PT_TLS larger than struct thread. Does nothing
 * where our linker is not linked in. */
void bdl_tls_segment(struct bdl *b, struct elf_segment *s, uintptr_t bias);
/* The default instance. */
struct bdl *bdl_instance(void);
#pragma GCC visibility pop

/* ---- call/: signatures and callbacks, likewise ------------------------------------------ */

struct calls {
	uint32_t lock, fresh; /* how many callbacks were never given out, */
	struct callback *at, *first, *last; /* from here on; freed ones, oldest first */
	struct arena *arena;                /* where plans are made */
};

/* ---- the state ------------------------------------------------------------------------ */

enum { DOWN = 0, COMING, UP };

struct bdl {
	uint32_t state;   /* DOWN, COMING, UP; a futex */
	uint32_t lock;    /* of slots; never held while foreign code runs */
	uint32_t sealed;  /* the program's own imports are read-only */
	uint32_t threads; /* struct thread is where it should be */
	struct bdl_config config;
	const uintptr_t *stack; /* the initial stack, if known */
	int (*main)(int, char **, char **);
	void (*fini)(void);
	uintptr_t resume; /* the boot's frame, for arch_resume; 0: at start */
	size_t page;
	enum kind kind;
	struct synth *synth;
	void *libc;             /* the handle of libc */
	const uintptr_t *block; /* what ld.so was shown as the initial stack */
	const struct resident_functions *r; /* NULL: none yet */
	bdl_unbound_handler *unbound;
	struct own *own;
	void *tls_image;       /* bdl_tls_image() */
	unsigned vector_state; /* 0: not asked yet */
	struct calls calls;
	char error[TEXT_SIZE]; /* of threads that have no struct thread */
};

static inline uint32_t load(const uint32_t *p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}
static inline void store(uint32_t *p, uint32_t v)
{
	__atomic_store_n(p, v, __ATOMIC_RELEASE);
}

#pragma GCC visibility pop
#endif
