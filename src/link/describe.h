/* describe.h - what is known of an image in memory, and its symbol tables: the pure
 * parts, which read what nobody has checked. */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include "../internal.h"

#pragma GCC visibility push(hidden)

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

#pragma GCC visibility pop
#endif
