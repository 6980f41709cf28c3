/* link.h - what the files of baredl's own linker share. All state is in one
 * struct linker, which struct bdl points to once it exists. */
#ifndef LINK_H
#define LINK_H

#include "../sys.h"
#include "describe.h"
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

/* What DTPMOD64 and DTPOFF64 fill; a TLS descriptor's argument. */
struct tls_index {
	uint64_t module, offset;
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

/* ---- sym.c; dlfcn.c: <dlfcn.h> for our objects ------------------------------------------------------------ */

void *link_dlopen(const char *name, int flags);
void *link_dlsym(void *handle, const char *name);
void *link_dlvsym(void *handle, const char *name, const char *version);
int link_dlclose(void *handle);
char *link_dlerror(void);
int link_dladdr(const void *address, struct bdl_symbol *out);
void *own_sym(struct bdl *b, void *handle, const char *symbol, const char *version);
void own_explain(struct bdl *b, char *text);

/* ---- segment.c, reloc.c ------------------------------------------------------------------------------------------ */

segment_mapper segment_map;
/* Whether two segments would share a page of this machine. */
bool segment_overlap(const struct image *m, size_t page);

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
