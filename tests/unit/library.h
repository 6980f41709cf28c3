/* library.h - a small library as it lies in memory, made by hand: what the tests of
 * describe.c, version.c and symbol.c break. Its addresses are offsets in here. */
#ifndef LIBRARY_H
#define LIBRARY_H

#include "described.h"

static int count, failed;
static inline void check(int ok, const char *what)
{
	printf("%sok %d - %s\n", ok ? "" : "not ", ++count, what);
	failed |= !ok;
}

/* Both NULL, or the same text. */
static inline void check_text(const char *got, const char *want, const char *what)
{
	int ok = got && want ? !strcmp(got, want) : got == want;
	check(ok, what);
	if (!ok) printf("# got: %s\n", got ? got : "(none)");
}

static inline uint64_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 24;
}

enum { DT_VERDEF = 0x6ffffffc, DT_VERDEFNUM, DT_VERNEED };

/* Elf64_Verdef and _Verdaux; _Verneed and _Vernaux. */
struct definition {
	uint16_t version, flags, index, count;
	uint32_t hash, aux, next, name, aux_next;
};
struct need {
	uint16_t version, count;
	uint32_t file, aux, next;
	struct {
		uint32_t hash;
		uint16_t flags, index;
		uint32_t name, next;
	} aux_of[2];
};

/* The symbols, by index. "old" has a hidden and a default version, "base" none in an
 * object that has versions, "plain" the default one of the second. */
enum { NEEDED = 1, OTHER, OLD, NEW, BASE, PLAIN, SYMBOLS };
enum { TAGS_ROOM = 32 };

struct library {
	/* a readable PT_LOAD */
	struct elf_symbol symbols[SYMBOLS];
	char strings[128];
	struct {
		uint32_t buckets, first, words, shift;
		uint64_t bloom;
		uint32_t bucket[1], chain[SYMBOLS - OLD];
	} gnu;
	struct {
		uint32_t buckets, chains, bucket[1], chain[SYMBOLS];
	} sysv;
	uint16_t versym[SYMBOLS + 1];
	struct definition defined[3];
	struct need need;
	_Alignas(8) uint32_t note[8];
	struct elf_rela plain[3], plt[1];
	uint64_t relr[2];
	char read_only_end[64]; /* nobody's, and watched */
	/* a writable one */
	struct elf_dynamic dynamic[TAGS_ROOM];
	uintptr_t got[3], init_array[2], fini_array[1];
	uint64_t data[8];
	char writable_end[64];
	/* an executable one */
	uint8_t code[64];
};
#define AT(field) offsetof(struct library, field)

/* Program headers: the PT_LOADs and what else there is. */
enum { TEXT, WRITABLE, CODE, DYNAMIC, TLS, RELRO, EH_FRAME, STACK, PROPERTY, SEGMENTS };

struct made {
	struct library l;
	struct elf_segment segments[SEGMENTS];
};

static inline void add_tag(struct library *l, int64_t tag, uint64_t value)
{
	struct elf_dynamic *e = l->dynamic;
	while (e->tag != DT_NULL) e++;
	*e = (struct elf_dynamic){ tag, value };
}

static inline struct elf_dynamic *tag_of(struct made *m, int64_t tag)
{
	struct elf_dynamic *e = m->l.dynamic;
	while (e->tag != tag && e->tag != DT_NULL) e++;
	return e;
}

static inline void no_tag(struct made *m, int64_t tag) { tag_of(m, tag)->tag = 99; }

/* The name at [s], which begins with a NUL and ends with another. */
static inline uint32_t name_at(const struct library *l, const char *s)
{
	size_t size = strlen(s) + 1;
	for (uint32_t i = 1; i + size <= sizeof l->strings; i++)
		if (!l->strings[i - 1] && !memcmp(l->strings + i, s, size)) return i;
	abort();
}

static inline void add_symbol(struct library *l, int index, const char *name,
	unsigned section, unsigned version)
{
	l->symbols[index] = (struct elf_symbol){ .name = name_at(l, name),
		.info = STB_GLOBAL << 4 | STT_FUNC,
		.shndx = (uint16_t)section,
		.value = section ? AT(code) + (unsigned)index : 0,
		.size = 1 };
	l->versym[index] = (uint16_t)version;
	l->sysv.chain[index] = (uint32_t)index - 1; /* one chain of all, backwards */
	if (index < OLD) return;
	uint32_t hash = hash_gnu(name);
	l->gnu.chain[index - OLD] = (hash & ~1u) | (index == SYMBOLS - 1);
	l->gnu.bloom |= 1ull << hash % 64 | 1ull << (hash >> 6) % 64;
}

static inline void add_tables(struct library *l)
{
	static const char names[] =
		"\0libneed.so\0libmade.so\0/run\0/r\0needed\0other\0"
		"old\0base\0plain\0V1\0V2\0N1";
	memcpy(l->strings, names, sizeof names);
	l->gnu.buckets = 1, l->gnu.first = OLD, l->gnu.words = 1, l->gnu.shift = 6;
	l->gnu.bucket[0] = OLD;
	l->sysv.buckets = 1, l->sysv.chains = SYMBOLS, l->sysv.bucket[0] = SYMBOLS - 1;
	add_symbol(l, NEEDED, "needed", 0, 4);
	add_symbol(l, OTHER, "other", 0, 0x8001);
	add_symbol(l, OLD, "old", 1, 0x8002);
	add_symbol(l, NEW, "old", 1, 3);
	add_symbol(l, BASE, "base", 1, 1);
	add_symbol(l, PLAIN, "plain", 1, 3);
	const char *const versions[] = { "libmade.so", "V1", "V2" };
	for (unsigned i = 0; i < 3; i++)
		l->defined[i] = (struct definition){ 1, i ? 0 : VER_FLG_BASE,
			(uint16_t)(i + 1), 1, hash_sysv(versions[i]), 20,
			i < 2 ? sizeof *l->defined : 0, name_at(l, versions[i]), 0 };
	l->need = (struct need){ 1, 1, name_at(l, "libneed.so"), 16, 0,
		{ { hash_sysv("N1"), 0, 4, name_at(l, "N1"), 0 } } };
	const uint32_t note[] = { 4, 16, 5, 0x554e47, ARCH_FEATURE_1_AND, 4,
		ARCH_FEATURE_BITS, 0 };
	memcpy(l->note, note, sizeof note);
}

static inline void add_tags(struct library *l)
{
	const struct elf_dynamic all[] = { { DT_NEEDED, name_at(l, "libneed.so") },
		{ DT_SONAME, name_at(l, "libmade.so") },
		{ DT_RUNPATH, name_at(l, "/run") }, { DT_RPATH, name_at(l, "/r") },
		{ DT_STRTAB, AT(strings) }, { DT_STRSZ, sizeof l->strings },
		{ DT_SYMTAB, AT(symbols) }, { DT_SYMENT, 24 }, { DT_GNU_HASH, AT(gnu) },
		{ DT_HASH, AT(sysv) }, { DT_VERSYM, AT(versym) },
		{ DT_VERDEF, AT(defined) }, { DT_VERDEFNUM, 3 },
		{ DT_VERNEED, AT(need) }, { DT_VERNEEDNUM, 1 }, { DT_RELA, AT(plain) },
		{ DT_RELASZ, sizeof l->plain }, { DT_RELAENT, 24 }, { DT_RELACOUNT, 2 },
		{ DT_JMPREL, AT(plt) }, { DT_PLTRELSZ, sizeof l->plt },
		{ DT_PLTREL, DT_RELA }, { DT_RELR, AT(relr) },
		{ DT_RELRSZ, sizeof l->relr }, { DT_PLTGOT, AT(got) },
		{ DT_INIT, AT(code) }, { DT_INIT_ARRAY, AT(init_array) },
		{ DT_INIT_ARRAYSZ, 16 }, { DT_FINI_ARRAY, AT(fini_array) },
		{ DT_FINI_ARRAYSZ, 8 }, { DT_FLAGS, DF_BIND_NOW } };
	memcpy(l->dynamic, all, sizeof all);
}

static inline struct elf_segment segment(
	uint32_t type, uint32_t flags, uint64_t at, uint64_t size)
{
	return (struct elf_segment){ type, flags, at, at, at, size, size, 8 };
}

static inline struct made make_library(void)
{
	static struct made m;
	memset(&m, 0, sizeof m);
	add_tables(&m.l);
	add_tags(&m.l);
	const struct elf_segment all[] = {
		segment(PT_LOAD, PF_R, 0, AT(read_only_end)),
		segment(PT_LOAD, PF_R | PF_W, AT(dynamic),
			AT(writable_end) - AT(dynamic)),
		segment(PT_LOAD, PF_R | PF_X, AT(code), sizeof m.l.code),
		segment(PT_DYNAMIC, PF_R | PF_W, AT(dynamic), sizeof m.l.dynamic),
		segment(PT_TLS, PF_R, AT(data), 16),
		segment(PT_GNU_RELRO, PF_R, AT(dynamic), sizeof m.l.dynamic),
		segment(PT_GNU_EH_FRAME, PF_R, AT(note), 8),
		segment(PT_GNU_STACK, PF_R | PF_W, 0, 0),
		segment(PT_GNU_PROPERTY, PF_R, AT(note), sizeof m.l.note),
	};
	memcpy(m.segments, all, sizeof all);
	return m;
}

/* It in memory of its own, in which a sanitizer watches what is nobody's. */
static inline struct memory place_library(const struct made *m)
{
	struct library *l = malloc(sizeof *l);
	if (!l) abort();
	*l = m->l;
	forbid(l->read_only_end, sizeof l->read_only_end);
	forbid(l->writable_end, sizeof l->writable_end);
	return (struct memory){ m->segments, SEGMENTS, (uintptr_t)l };
}

static inline void free_library(const struct memory *m)
{
	struct library *l = (struct library *)m->bias;
	allow(l, sizeof *l);
	free(l);
}

#endif
