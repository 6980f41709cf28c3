/* described.h - what describe.c, version.c and symbol.c promise, whatever the bytes:
 * every pointer that they give leads into a PT_LOAD, with all that it counts. For
 * unit tests and fuzzers. */
#ifndef DESCRIBED_H
#define DESCRIBED_H

#include "link/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes that a sanitizer, if there is one, lets nobody touch; and again. */
void __asan_poison_memory_region(const volatile void *at, size_t size)
	__attribute__((weak));
void __asan_unpoison_memory_region(const volatile void *at, size_t size)
	__attribute__((weak));
static inline void forbid(const void *at, size_t size)
{
	if (__asan_poison_memory_region) __asan_poison_memory_region(at, size);
}
static inline void allow(const void *at, size_t size)
{
	if (__asan_unpoison_memory_region) __asan_unpoison_memory_region(at, size);
}

/* Whether [size] bytes at [at] lie in one PT_LOAD with [flags]. */
static inline int within(
	const struct memory *m, const void *at, uint64_t size, uint32_t flags)
{
	for (size_t i = 0; i < m->count; i++) {
		const struct elf_segment *s = m->segments + i;
		uintptr_t start = m->bias + s->vaddr, p = (uintptr_t)at;
		if (s->type == PT_LOAD && (s->flags & flags) == flags && p >= start &&
			p - start <= s->memsz && size <= s->memsz - (p - start))
			return 1;
	}
	return 0;
}

static inline int sound_text(const struct symbols *s, const char *text)
{
	return text >= s->strings && text < s->strings + s->string_size;
}

#define DEMAND(what) \
	do \
		if (!(what)) \
			return printf("# not so: %s\n", #what), fflush(stdout), 0; \
	while (0)

static inline int sound_symbols(const struct memory *m, const struct symbols *s)
{
	DEMAND(s->string_size && within(m, s->strings, s->string_size, PF_R));
	DEMAND(!s->strings[s->string_size - 1]);
	DEMAND(within(m, s->table, s->limit * sizeof *s->table, PF_R));
	DEMAND((uintptr_t)s->table % 8 == 0);
	DEMAND(s->buckets || s->sysv);
	if (s->buckets) {
		uint64_t words = (uint64_t)s->bloom_mask + 1;
		DEMAND(s->bucket_count && !(words & (words - 1)));
		DEMAND(s->bloom_shift < 32);
		DEMAND(within(m, s->bloom, words * 8, PF_R));
		DEMAND(within(m, s->buckets, s->bucket_count * 4ull, PF_R));
		DEMAND(within(m, s->chain, s->chain_count * 4ull, PF_R));
		DEMAND(!s->chain_count ||
			(uint64_t)s->first + s->chain_count <= s->limit);
	}
	if (s->sysv) {
		DEMAND(s->sysv_buckets && s->sysv_count <= s->limit);
		DEMAND(within(m, s->sysv,
			((uint64_t)s->sysv_buckets + s->sysv_count) * 4, PF_R));
	}
	DEMAND(symbols_count(s) <= s->limit);
	DEMAND(!s->version_index || within(m, s->version_index, s->limit * 2ull, PF_R));
	for (uint32_t i = 0; s->version_index && i < s->version_count; i++) {
		const struct version *v = s->versions + i;
		DEMAND(!v->name || sound_text(s, v->name));
		DEMAND(!v->file || sound_text(s, v->file));
	}
	return 1;
}

static inline int sound_description(const struct memory *m, const struct description *d)
{
	const struct relocations *r = &d->relocations;
	const char *name;
	int64_t tag;
	DEMAND(within(m, d->dynamic, d->dynamic_count * sizeof *d->dynamic, PF_R));
	DEMAND(!r->plain_count || within(m, r->plain, r->plain_count * 24, PF_R));
	DEMAND(!r->plt_count || within(m, r->plt, r->plt_count * 24, PF_R));
	DEMAND(!r->relr_count || within(m, r->relr, r->relr_count * 8, PF_R));
	DEMAND(r->relative_count <= r->plain_count);
	DEMAND(!d->soname || sound_text(&d->symbols, d->soname));
	DEMAND(!d->rpath || sound_text(&d->symbols, d->rpath));
	DEMAND(!d->runpath || sound_text(&d->symbols, d->runpath));
	DEMAND(!d->plt_got || within(m, d->plt_got, 24, PF_R | PF_W));
	DEMAND(!d->init_count || within(m, d->init_array, d->init_count * 8, PF_R));
	DEMAND(!d->fini_count || within(m, d->fini_array, d->fini_count * 8, PF_R));
	DEMAND(!d->init || within(m, (void *)(m->bias + d->init), 1, PF_X));
	DEMAND(!d->fini || within(m, (void *)(m->bias + d->fini), 1, PF_X));
	if (d->tls) {
		DEMAND(!d->tls->filesz || within(m, (void *)(m->bias + d->tls->vaddr),
						  d->tls->filesz, PF_R));
		DEMAND(d->tls->filesz <= d->tls->memsz);
		DEMAND(!(d->tls->align & (d->tls->align - 1)));
	}
	if (d->eh_frame)
		DEMAND(within(m, (void *)(m->bias + d->eh_frame->vaddr),
			d->eh_frame->memsz, PF_R));
	size_t n = 0;
	while ((name = describe_needed(d, n, &tag))) {
		DEMAND(!*name || sound_text(&d->symbols, name));
		DEMAND(tag == DT_NEEDED || tag == DT_FILTER || tag == DT_AUXILIARY);
		n++;
	}
	DEMAND(n <= d->dynamic_count);
	return sound_symbols(m, &d->symbols);
}

/* What a look-up gives is a definition of that name in the table. */
static inline int sound_find(const struct symbols *s, const struct wanted *w)
{
	const struct elf_symbol *e = symbol_find(s, w);
	if (!e) return 1;
	DEMAND(e >= s->table && e < s->table + s->limit);
	DEMAND(((uintptr_t)e - (uintptr_t)s->table) % sizeof *e == 0);
	DEMAND(e->shndx != SHN_UNDEF && e->info >> 4 != STB_LOCAL);
	DEMAND(!strcmp(symbol_name(s, e), w->name));
	DEMAND(symbol_maybe(s, w->hash));
	return 1;
}

/* All names of the table, as its references want them and by name, and some that
 * are not there. */
static inline int sound_lookups(const struct symbols *s)
{
	const char *const others[] = { "", "defined", "needed", "memcpy" };
	uint32_t end = s->limit < 64 ? s->limit : 64;
	struct wanted w;
	for (uint32_t i = 0; i < end; i++) {
		uint32_t hash = hash_gnu(symbol_name(s, s->table + i));
		symbol_wanted(s, i, hash, &w);
		DEMAND(sound_text(s, w.name));
		DEMAND(!w.version || sound_text(s, w.version));
		DEMAND(!w.file || sound_text(s, w.file));
		DEMAND(symbol_hint(s, hash) < s->limit);
		if (!sound_find(s, &w)) return 0;
		wanted_symbol(w.name, w.version, &w);
		if (!sound_find(s, &w)) return 0;
	}
	for (unsigned i = 0; i < sizeof others / sizeof *others; i++) {
		wanted_symbol(others[i], i & 1 ? "V1" : NULL, &w);
		if (!sound_find(s, &w)) return 0;
	}
	return 1;
}

/* An image in memory through all of it. [table] as versions want it, of just the
 * size that was asked for. Whether all is as promised; [*why] is the fault. */
static inline int sound_memory(const struct memory *m, const char **why)
{
	struct description d;
	struct version *table = NULL;
	int good;
	if ((*why = describe(m, &d))) return 1;
	if (!sound_description(m, &d)) return 0;
	uint32_t n = describe_versions_count(m, &d);
	if (n && !(table = calloc(n, sizeof *table))) return 1;
	if (n) *why = describe_versions(m, &d, table, n);
	good = *why || (sound_description(m, &d) && sound_lookups(&d.symbols));
	free(table);
	return good;
}

#endif
