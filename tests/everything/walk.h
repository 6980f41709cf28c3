/* walk.h - prints what a linker says of the exported symbols of an object.
 *
 * Both sides of the comparison include it: peer.c (ld.so's dlsym) and own.c
 * (bdl_sym). The walk itself asks neither: it reads the object's dynamic section in
 * memory, and calls the includer for everything else. One line a symbol, in the
 * order of the table, with what was asked for and what came:
 *
 *	name version offset	at that distance from the load address
 *	name version tls+N	thread-local; N: how far from where the first one
 *				of the object says that the block begins
 *	name version abs	the symbol's own value, it is absolute
 *	name version OTHER	in some other object
 *	name version none	not found, or NULL
 *
 * The version is - where none is asked for: for every name once, and for each of
 * its versions. */
#ifndef WALK_H
#define WALK_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

#include "baredl.h"

/* From the includer. [version] may be NULL. */
static void *look_up(const char *name, const char *version);
static void write_list(const char *bytes, size_t size);

enum { LIST = 3 }; /* the descriptor; constructors may print on any other */

static char put_text[65536];
static size_t put_size;

static void put_flush(void)
{
	write_list(put_text, put_size);
	put_size = 0;
}

static void put(const char *s)
{
	for (; *s; s++) {
		if (put_size == sizeof put_text) put_flush();
		put_text[put_size++] = *s;
	}
}

static void put_number(uint64_t value)
{
	char text[17], *p = text + sizeof text;
	*--p = 0;
	do *--p = "0123456789abcdef"[value % 16];
	while (value /= 16);
	put(p);
}

struct walk {
	const struct bdl_object *object;
	const Elf64_Sym *symbols;
	const char *strings;
	const Elf64_Versym *versions; /* one for each symbol; NULL if there are none */
	const Elf64_Verdef *definitions;
	const uint32_t *gnu_hash, *hash;
	uintptr_t end; /* of the last segment */
	uintptr_t tls; /* where the block begins, as the first symbol says; 0 */
};

/* ld.so adds the load address to what the dynamic section says, others do not. */
static const void *walk_address(const struct walk *w, uint64_t value)
{
	return (const void *)(value < w->object->bias ? w->object->bias + value
						      : value);
}

static void walk_find(struct walk *w, const struct bdl_object *object)
{
	*w = (struct walk){ .object = object };
	for (const Elf64_Dyn *d = object->dynamic; d->d_tag != DT_NULL; d++) {
		const void *at = walk_address(w, d->d_un.d_ptr);
		if (d->d_tag == DT_SYMTAB) w->symbols = at;
		if (d->d_tag == DT_STRTAB) w->strings = at;
		if (d->d_tag == DT_VERSYM) w->versions = at;
		if (d->d_tag == DT_VERDEF) w->definitions = at;
		if (d->d_tag == DT_GNU_HASH) w->gnu_hash = at;
		if (d->d_tag == DT_HASH) w->hash = at;
	}
	const Elf64_Phdr *segment = object->phdr;
	for (size_t i = 0; i < object->phnum; i++) {
		uintptr_t end = segment[i].p_vaddr + segment[i].p_memsz;
		if (segment[i].p_type == PT_LOAD && end > w->end) w->end = end;
	}
}

/* The table has no size of its own: the GNU hash table's last chain ends with it. */
static size_t walk_count(const struct walk *w)
{
	if (!w->gnu_hash) return w->hash ? w->hash[1] : 0;
	uint32_t buckets = w->gnu_hash[0], first = w->gnu_hash[1], last = 0;
	const uint32_t *bucket = w->gnu_hash + 4 + 2 * w->gnu_hash[2];
	const uint32_t *chain = bucket + buckets;
	for (uint32_t i = 0; i < buckets; i++)
		if (bucket[i] > last) last = bucket[i];
	if (last < first) return 0;
	while (!(chain[last - first] & 1)) last++;
	return last + 1;
}

/* The version of symbol [i]; NULL if it has none, "" if it is not exported. */
static const char *walk_version(const struct walk *w, size_t i)
{
	if (!w->versions) return NULL;
	unsigned index = w->versions[i] & 0x7fff;
	if (index == VER_NDX_LOCAL) return "";
	const char *at = (const char *)w->definitions;
	while (at) {
		const Elf64_Verdef *v = (const void *)at;
		const Elf64_Verdaux *name = (const void *)(at + v->vd_aux);
		if (v->vd_ndx == index)
			return v->vd_flags & VER_FLG_BASE ? NULL
							  : w->strings + name->vda_name;
		at = v->vd_next ? at + v->vd_next : NULL;
	}
	return NULL;
}

static void walk_print(struct walk *w, const Elf64_Sym *symbol, const char *version)
{
	const char *name = w->strings + symbol->st_name;
	uintptr_t found = (uintptr_t)look_up(name, version), bias = w->object->bias;

	put(name);
	put(" ");
	put(version ? version : "-");
	if (!found) {
		put(" none\n");
	} else if (ELF64_ST_TYPE(symbol->st_info) == STT_TLS) {
		uintptr_t block = found - symbol->st_value;
		if (!w->tls) w->tls = block;
		put(" tls+");
		put_number(block - w->tls);
		put("\n");
	} else if (found - bias <= w->end) { /* _end too */
		put(" ");
		put_number(found - bias);
		put("\n");
	} else {
		put(symbol->st_shndx == SHN_ABS && found == symbol->st_value
				? " abs\n"
				: " OTHER\n");
	}
}

static void walk_object(const struct bdl_object *object)
{
	struct walk w;

	walk_find(&w, object);
	size_t count = walk_count(&w);
	for (size_t i = 1; i < count; i++) {
		const Elf64_Sym *symbol = &w.symbols[i];
		const char *version = walk_version(&w, i);
		if (symbol->st_shndx == SHN_UNDEF) continue;
		if (ELF64_ST_BIND(symbol->st_info) == STB_LOCAL) continue;
		if (version && !*version) continue;
		/* of versions of one name, one is the default */
		if (!w.versions || !(w.versions[i] & 0x8000))
			walk_print(&w, symbol, NULL);
		if (version) walk_print(&w, symbol, version);
	}
}

static void walk_end(void)
{
	put("end\n");
	put_flush();
}

#endif
