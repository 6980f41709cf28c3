/* link.h - what the files of baredl's own linker share. All state is in one
 * struct linker, which struct bdl points to once it exists. */
#ifndef LINK_H
#define LINK_H

#include "../internal.h"
#include "../sys.h"

#pragma GCC visibility push(hidden)

struct linker;
struct object;

/* ---- heap.c: small memory. Under the linker's lock ---------------------------- */

void *heap_allocate(struct linker *l, size_t size); /* zeroed, or NULL */
void heap_free(struct linker *l, void *at, size_t size);
char *heap_copy(struct linker *l, const char *s);

/* A list of objects in heap memory. */
struct list {
	struct object **at;
	uint32_t count, room;
};
bool list_add(struct linker *l, struct list *list, struct object *o);
void list_remove(struct list *list, const struct object *o);
bool list_has(const struct list *list, const struct object *o);
void list_free(struct linker *l, struct list *list);

/* ---- describe.c, version.c: what an image in memory says of itself. Pure ----------- */

/* A symbol version, by its index in DT_VERSYM: defined here, or needed of [file]. */
struct version {
	const char *name; /* NULL: no such index */
	const char *file; /* NULL: defined here */
	uint32_t hash;
	uint16_t flags; /* VER_FLG_* */
};

/* Pointers into the object's memory. Each is checked: what they count is there. */
struct symbols {
	const char *strings; /* the last byte is a NUL */
	uint64_t string_size;
	const struct elf_symbol *table;
	uint32_t limit; /* indices from here on are out of bounds */
	/* DT_GNU_HASH; buckets is NULL if there is none */
	const uint64_t *bloom;
	const uint32_t *buckets, *chain;
	uint32_t bucket_count, bloom_mask, bloom_shift, first, chain_count;
	/* DT_HASH */
	const uint32_t *sysv;
	uint32_t sysv_buckets, sysv_count;
	/* DT_VERSYM, [limit] of them, or NULL */
	const uint16_t *version_index;
	struct version *versions;
	uint32_t version_count;
	bool defines_versions;
};

struct relocations {
	const struct elf_rela *plain, *plt;
	size_t plain_count, plt_count, relative_count;
	const uint64_t *relr;
	size_t relr_count;
};

/* The values of dynamic section entries, by tag; of those with large numbers here. */
enum {
	TAG_VERSYM = 40,
	TAG_RELACOUNT = 49,
	TAG_FLAGS_1 = 51,
	TAG_VERDEF,
	TAG_VERDEFNUM,
	TAG_VERNEED,
	TAG_VERNEEDNUM,
	TAG_GNU_HASH,
	TAGS
};
struct tags {
	uint64_t value[TAGS];
	uint64_t present; /* a bit each */
};

struct memory {
	const struct elf_segment *segments;
	size_t count;
	uintptr_t bias;
};
/* The address of [size] bytes at [vaddr] if they lie in one PT_LOAD that has all
 * of [flags] (PF_R ...), or NULL. */
void *memory_at(const struct memory *m, uint64_t vaddr, uint64_t size, uint32_t flags);
/* How many bytes of the segment follow from [vaddr] on. */
uint64_t memory_rest(const struct memory *m, uint64_t vaddr);

/* Everything the linker wants to know of an image. */
struct description {
	const struct elf_dynamic *dynamic;
	size_t dynamic_count;
	struct tags tags;
	struct symbols symbols;
	struct relocations relocations;
	const char *soname, *runpath, *rpath; /* or NULL */
	uintptr_t *plt_got;                   /* or NULL */
	const uintptr_t *init_array, *fini_array;
	size_t init_count, fini_count;
	uint64_t init, fini; /* vaddr, 0: none */
	uint32_t flags, flags_1;
	const struct elf_segment *tls, *relro, *eh_frame;
	bool exec_stack, landing_pads;
};
/* NULL, or what is wrong: the field and the fault. */
const char *describe(const struct memory *m, struct description *out);
/* How many versions there may be; the table to fill is the caller's. */
uint32_t describe_versions_count(const struct memory *m, const struct description *d);
const char *describe_versions(const struct memory *m, struct description *d,
	struct version *table, uint32_t count);
/* The [n]th DT_NEEDED, DT_FILTER or DT_AUXILIARY, and which; or NULL. */
const char *describe_needed(const struct description *d, size_t n, int64_t *tag);
/* How many entries the symbol table really has. */
uint32_t symbols_count(const struct symbols *s);
static inline bool has_tag(const struct description *d, unsigned tag)
{
	return d->tags.present >> tag & 1;
}

/* ---- symbol.c: one object's hash tables. Pure --------------------------------------- */

struct wanted {
	const char *name;
	uint32_t hash;       /* gABI "GNU hash" */
	const char *version; /* NULL: any; then the default one or the oldest */
	const char *file;    /* which the version is needed of, or NULL */
	uint32_t version_hash;
	bool version_hidden;    /* the reference insists on the version */
	bool dry;               /* only to know whether: nothing is bound */
	struct answer *answers; /* or NULL */
	bool newest;            /* as dlsym: without a version the default one */
};

/* What a program asks for by name: without a version, the default one. */
void wanted_symbol(const char *name, const char *version, struct wanted *out);
uint32_t hash_gnu(const char *name);
uint32_t hash_sysv(const char *name);
const struct elf_symbol *symbol_find(const struct symbols *s, const struct wanted *w);
/* Copies a name, cut at [size]. */
void symbol_copy(char *to, const char *name, size_t size);
/* What the reference by symbol [index], whose name has this hash, wants. */
void symbol_wanted(
	const struct symbols *s, uint32_t index, uint32_t hash, struct wanted *out);
static inline const char *symbol_name(
	const struct symbols *s, const struct elf_symbol *symbol)
{
	return s->strings + (symbol->name < s->string_size ? symbol->name : 0);
}
/* Where a symbol of this hash is, without a look at names; 0: nowhere. */
static inline uint32_t symbol_hint(const struct symbols *s, uint32_t hash)
{
	if (!s->buckets) return 0;
	uint32_t i = s->buckets[hash % s->bucket_count];
	if (i < s->first) return 0;
	for (i -= s->first; i < s->chain_count; i++) {
		if (!((s->chain[i] ^ hash) >> 1)) return s->first + i;
		if (s->chain[i] & 1) break;
	}
	return 0;
}
/* Whether an object with this table may define a name of this hash. */
static inline bool symbol_maybe(const struct symbols *s, uint32_t hash)
{
	if (!s->buckets) return true;
	uint64_t word = s->bloom[hash / 64 & s->bloom_mask];
	return word >> hash % 64 & word >> (hash >> s->bloom_shift) % 64 & 1;
}

/* ---- the objects ------------------------------------------------------------------------ */

enum object_state {
	UNDECIDED, /* in memory; its opener may give it back to go to the resident */
	LOADED,    /* it is ours; its opener is relocating it */
	LINKED,    /* relocated */
	STARTED,   /* its opener is in its constructors */
	READY,
	FAILED, /* its opener could not relocate it: nobody may use it */
	ENDED   /* its destructors have been called, or are */
};

/* A library of the resident that objects of ours need. */
struct external {
	struct external *next;
	const char *name;
	void *handle; /* NULL: not opened yet */
};

/* A DT_NEEDED: another object, or a library of the resident; neither: a C
 * library's, and left out. Or a DT_FILTER, DT_AUXILIARY. */
struct needed {
	struct object *object;
	struct external *external;
	bool filtee; /* takes the place before the object */
};

/* A TLS descriptor's argument. */
struct tls_index {
	uint64_t module, offset; /* what DTPMOD64 and DTPOFF64 fill */
};
struct descriptor {
	struct descriptor *next;
	struct tls_index index;
};

struct object {
	struct object *next; /* in the order they were loaded */
	struct object *retired;
	struct bdl *bdl;
	uint32_t handle; /* slot of its handle */
	uint32_t state;
	uint64_t closure; /* which load_closure has loaded it */
	uintptr_t opener; /* the thread that loads or starts or ends it */
	uint32_t opens;
	uint32_t pins;    /* by orders that are being searched, and who waits for it */
	bool keep;        /* never unloaded */
	bool resident;    /* what is missing comes from the resident */
	bool lazy, deep;  /* BDL_LAZY, BDL_DEEPBIND */
	bool resolvers;   /* relocations are left that run IFUNC resolvers */
	bool constructed; /* destructors are due */
	bool mark;        /* of the walk that goes on, under the lock */
	char *path;
	struct file_id id;
	struct mapping map; /* size 0: not ours to unmap */
	struct memory memory;
	struct description d;
	struct needed *needed;
	size_t needed_count;
	struct object *loader; /* who needed it first, for DT_RPATH; NULL: opened */
	struct object *root;   /* whose opening loaded it */
	struct list roots;     /* in whose scopes it is: the local scopes of what it
				* refers to */
	struct list scope;     /* itself and all it needs, breadth first; made when
				* it is opened */
	struct list bound;     /* objects it does not need, but its symbols lead to */
	uint32_t tls;          /* module slot + 1; 0: none */
	struct descriptor *descriptors;
};

/* [to] stays as long as [from] does. 0, or -1 and the error text. */
int object_bind(struct linker *l, struct object *from, const struct object *to);

/* ---- tls.c: thread-local storage ----------------------------------------------------------- */

/* Slots are used again; a module's number is its slot and, above it, a count that
 * tells the generations apart. */
enum { TLS_SLOTS = 1 << 14 };
struct module {
	uint64_t number; /* 0: free */
	const void *image;
	uint64_t filesz, memsz, align, skew; /* skew: p_vaddr modulo align */
	intptr_t offset;          /* from the thread pointer; 0: not static */
	size_t static_end;        /* in the reserve */
	bool unfilled;            /* static, and not initialised yet */
	struct tls_block *blocks; /* all threads' */
};

static inline struct module *tls_module(struct linker *l, const struct object *o);
/* Makes [o]'s PT_TLS a module. 0, or -1 and the error text. */
int tls_add(struct linker *l, struct object *o);
void tls_remove(struct linker *l, struct object *o);
uint64_t tls_number(struct linker *l, const struct object *o);
/* For the initial exec model: puts the module at a fixed distance from the thread
 * pointer, if it is not; that distance. */
int tls_make_static(struct linker *l, struct object *o);
/* Initialises those, when all relocations are done. 0, or -1 and the error text. */
int tls_fill(struct linker *l);
intptr_t tls_offset(struct linker *l, const struct object *o);
/* Fills a TLS descriptor at [at] in [from] for [offset] in [o]'s (NULL: nobody's). */
int tls_describe(struct linker *l, struct object *from, struct object *o,
	uint64_t offset, uintptr_t at[2]);
/* The address in the calling thread's block; NULL: no memory for it. */
void *tls_address(struct linker *l, uint64_t number, uint64_t offset);
/* The calling thread's block of [o], if it has been made. */
void *tls_present(struct linker *l, const struct object *o);
void tls_free_blocks(struct linker *l, struct thread *t);

/* static.c: where something at [offset] from the thread pointer is in the image that
 * ld.so copies into new threads; a module's initial bytes. */
char *static_template(struct linker *l, intptr_t offset);
void static_fill(void *at, const struct module *m);

/* thread.c: whether the calling thread's pointer is from us. */
bool thread_is_ours(struct linker *l);
/* Whether no other thread has a block that would have to be filled in. */
bool thread_alone(struct linker *l);
/* Sees to it that the calling thread has a thread pointer; takes it back. */
int tls_attach(struct linker *l);
void tls_detach(struct linker *l);
/* The resident has replaced this thread's pointer by its own. */
void tls_moved(struct bdl *b);

/* ---- scope.c: names -> definitions ----------------------------------------------------------- */

/* Where a name leads: a symbol of an object, or (object NULL) an address. */
struct found {
	const struct object *object;
	union {
		const struct elf_symbol *symbol;
		uintptr_t address;
	};
};

/* What the resident has answered during this opening: its libraries are asked for the
 * same functions again and again. A table by hash. */
enum { ANSWERS = 128 };
struct answer {
	const char *name; /* NULL: free */
	uint32_t hash, version_hash;
	uintptr_t at;
};

/* The objects in which what one refers to is looked for. */
struct order {
	struct object **at;
	uint32_t count;
	size_t size;
	bool dry;               /* only to know whether: nothing is bound */
	struct answer *answers; /* or NULL */
};
/* With the lock. false: no memory. */
bool scope_order(struct linker *l, struct object *o, struct order *out);
void scope_order_free(struct linker *l, struct order *order);
/* Without it. */
bool scope_search(struct linker *l, struct object *const *at, uint32_t count,
	const struct wanted *w, struct found *out);
/* What no object defines: from the host, from baredl, or, for [from] (NULL: whoever)
 * with BDL_USE_RESIDENT, from the resident. */
bool scope_outside(struct linker *l, const struct object *from, const struct wanted *w,
	uintptr_t *address);
/* Where symbol [index] of [from] leads; it may be its own. */
bool scope_resolve(struct linker *l, struct object *from, const struct order *order,
	uint32_t index, struct found *out);
/* The same for its undefined symbols, the first [count] ones, that other objects define,
 * into [memo]. [scratch] has PENDING_SIZE bytes for each. */
enum { PENDING_SIZE = 12 };
int scope_resolve_all(struct linker *l, struct object *from, const struct order *order,
	struct found *memo, uint32_t count, void *scratch);
/* The first name that [o] needs and nobody gives, or NULL. */
const char *scope_missing(
	struct linker *l, struct object *o, const struct order *order);
/* With the lock. */
void scope_forget_unique(struct linker *l, const struct object *o);
/* As an address for the calling thread; runs IFUNC resolvers. */
uintptr_t found_address(struct linker *l, const struct found *f);
/* A symbol of the resident's global scope; NULL: none, or no resident. */
void *resident_symbol(struct linker *l, const char *name);

/* ---- builtin.c: what the host and baredl give --------------------------------------------------- */

bool provided_find(struct linker *l, const struct wanted *w, uintptr_t *address);
/* [first]: what is ours even beside a resident; else what is given last of all. */
bool builtin_find(struct linker *l, const char *name, bool first, uintptr_t *address);
/* Runs what __cxa_atexit was given by code of [o], or (NULL) by all. */
void builtin_finalize(struct linker *l, const struct object *o);
void *tls_get_addr(const struct tls_index *index);

/* ---- iterate.c: objects by address ---------------------------------------------------------------- */

struct phdr_info;
struct find_object;
/* Between link_enter() and link_leave(). */
const struct object *object_at(struct linker *l, uintptr_t address);
int own_addr(struct bdl *b, const void *address, struct bdl_symbol *out);
int iterate_phdr(int (*callback)(struct phdr_info *, size_t, void *), void *context);
int find_object(void *address, struct find_object *out);

/* ---- dlfcn.c: <dlfcn.h> for our objects ------------------------------------------------------------ */

void *link_dlopen(const char *name, int flags);
void *link_dlsym(void *handle, const char *name);
void *link_dlvsym(void *handle, const char *name, const char *version);
int link_dlclose(void *handle);
char *link_dlerror(void);
int link_dladdr(const void *address, struct bdl_symbol *out);

/* ---- sym.c ------------------------------------------------------------------------------------------ */

void *own_sym(struct bdl *b, void *handle, const char *symbol, const char *version);
void own_explain(struct bdl *b, char *text);

/* ---- reloc.c ------------------------------------------------------------------------------------------ */

/* Memory that the relocation of one object leaves to the next. */
struct scratch {
	void *at;
	size_t size;
};
/* All but what runs IFUNC resolvers. 0; or, with the error text, -ENOENT: a symbol is
 * nowhere, or -1. */
int relocate(struct linker *l, struct object *o, const struct order *order,
	struct scratch *scratch);
/* Those, and PT_GNU_RELRO. 0, or -1 and the error text. */
int relocate_finish(struct linker *l, struct object *o, const struct order *order);
/* -ENOENT, and the error text: symbol [index] is nowhere. */
int relocate_missing(const struct object *o, uint32_t index);

/* ---- segment.c ---------------------------------------------------------------------------------------- */

segment_mapper segment_map;
/* Whether two segments would share a page of this machine. */
bool segment_overlap(const struct image *m, size_t page);

/* ---- find.c, load.c: names -> objects in memory. Under the lock ----------------------------------------- */

/* As search(), for what [needer] (or NULL) needs. */
int find(struct linker *l, const struct object *needer, const char *name,
	char path[PATH_SIZE], search_try *try, void *context);

/* Lets go what the searches for one closure had in common. */
void find_done(struct linker *l);

/* Where an object's bytes are: in the file that [name] leads to, unless there is
 * an open file [fd] or an image in memory. */
struct source {
	const char *name;
	int fd; /* -1: none */
	const void *bytes;
	size_t size;
};
/* One object that is there already, or NULL. */
struct object *load_by_name(struct linker *l, const char *name);
/* One object, new if need be; NULL and the error text. *status is 0, -ENOENT or
 * -EINVAL, as for load_closure. */
struct object *load_file(struct linker *l, const struct object *needer,
	const char *name, unsigned flags, int *status);
struct object *load_given(struct linker *l, const struct source *s, unsigned flags);
struct object *load_vdso(struct linker *l, const char *name);
/* closure.c: loads an object and all it needs; [*fresh] is the first one that is new, those
 * behind it in the list with its root too. 0; -ENOENT: nobody has a usable file of
 * that name; -EAGAIN: wait for l->busy, then again; -EINVAL. Then there is the error
 * text, and nothing has changed. */
int load_closure(struct linker *l, const struct source *s, unsigned flags,
	struct object **root, struct object **fresh);
/* Takes back what load_closure loaded for [root]. */
void load_undo(struct linker *l, struct object *fresh, const struct object *root);
/* Makes root->scope. */
int load_scope(struct linker *l, struct object *root);
/* Whether a library of this name is a C library, or belongs to one and shares its
 * secrets. */
bool load_is_runtime(const char *name);
void load_forget(struct linker *l, struct object *o);

/* ---- life.c: constructors, destructors, unloading ----------------------------------------------------------- */

/* With the lock. */
void life_set_state(struct linker *l, struct object *o, uint32_t state);
/* Waits, unless that waits for ourselves, until [o] has reached [state]. With the lock,
 * which is let go meanwhile. */
void life_wait(struct linker *l, struct object *o, uint32_t state);
/* Waits until other threads have relocated what they load. 0, or -EAGAIN: one could
 * not, so load anew. */
int life_wait_linked(struct linker *l, struct object *root);
/* Constructors; [fresh]: this opening has loaded something. Without the lock. 0, or -1
 * and the error text. */
int life_start(struct linker *l, struct object *root, bool fresh);
/* Unloads what nothing needs. With the lock, which is let go for destructors. */
void life_sweep(struct linker *l);
/* At the end of the process. */
void life_end(struct linker *l);

/* ---- state.c: the state ------------------------------------------------------------------------------------------ */

/* Handles are odd numbers: a slot, and how often it was used before. */
enum { HANDLES = 1 << 15 };
struct handle {
	struct object *object; /* NULL: free */
	uint32_t age, next;
};
uint32_t handle_new(struct linker *l, struct object *o);
void handle_free(struct linker *l, uint32_t slot);
struct object *handle_object(struct linker *l, void *handle); /* NULL: stale */
void *handle_of(struct linker *l, const struct object *o);
int close_handle(struct bdl *b, void *handle); /* open.c */

struct waiter {
	struct waiter *next;
	uintptr_t thread;
	const struct object *object;
	uint32_t state; /* that it waits for */
};

enum { CELL_SIZES = 9 };

struct linker {
	struct own own; /* first: what the rest of baredl calls */
	struct bdl *bdl;
	uint32_t lock;    /* 0 free, 1 taken, 2 and somebody waits */
	uint32_t readers; /* who walk the objects without it */
	struct object *objects, *retired;
	uint64_t adds, removes; /* of objects, ever */
	struct list global;
	struct handle *handles;
	uint32_t handle_end, handle_free;
	struct external *externals;
	struct provider *providers;
	struct exit_call *exit_calls;
	struct waiter *waiters;
	bool unswept;        /* something closed was pinned */
	uintptr_t dl_failed; /* the thread whose dlerror() is ours to give */
	uint32_t sweeps;     /* asked for since the one that goes on began */
	struct file cache;   /* /etc/ld.so.cache, while a closure is loaded */
	uint64_t closure;    /* how many load_closure there were */
	struct object *busy; /* load_closure met another thread's that is UNDECIDED */
	bool runtime;        /* load_closure met the name of a C library */
	/* the process */
	struct start start;
	struct arch_hardware hardware;
	uint64_t guard;     /* __stack_chk_guard */
	const char *levels; /* NULL: not asked yet */
	/* tls.c */
	struct module *modules;
	uint32_t module_end;
	char *template;           /* of what each thread of the resident has of us */
	struct own_block *blocks; /* of threads that have their pointer from us */
	uint64_t module_serial;
	size_t static_used, static_dirty;
	unsigned thread_key;
	int (*set_specific)(unsigned key, const void *value);
	/* scope.c: STB_GNU_UNIQUE */
	struct found *unique;
	uint32_t unique_count, unique_room;
	/* heap.c */
	struct chunk *chunks;
	struct cell *cells[CELL_SIZES];
};

/* Which thread this is: its thread pointer. */
static inline uintptr_t link_self(const struct linker *l)
{
	return arch_quick_tp(&l->hardware);
}

static inline struct module *tls_module(struct linker *l, const struct object *o)
{
	return l->modules + (o->tls - 1);
}

struct linker *linker(void); /* the default instance's; NULL: no memory */
void link_lock(struct linker *l);
void link_unlock(struct linker *l);
void link_enter(struct linker *l);
void link_leave(struct linker *l);
void link_reclaim(struct linker *l);                    /* with the lock */
int link_no_memory(struct linker *l, const char *what); /* -1, and the error text */

#pragma GCC visibility pop
#endif
