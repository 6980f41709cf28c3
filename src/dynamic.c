/* dynamic.c - the dynamic section of an image: names, symbols, hash tables.
 * Pure and bounded: an index out of range reads as nothing. gABI 5 "Dynamic
 * Section", "Hash Table"; the GNU hash as binutils and glibc have it. */
#include "internal.h"

/* Word [i] of a table, or 0. */
static uint32_t word(struct bytes b, uint64_t i)
{
	return i < b.size / 4 ? ((const uint32_t *)b.at)[i] : 0;
}

static struct bytes bytes_at(const struct image *m, uint64_t vaddr)
{
	struct bytes b;
	b.at = image_at(m, vaddr, &b.size);
	return b;
}

/* Entry [i], or NULL behind the last. */
static const struct elf_dynamic *entry(const struct dynamic *d, size_t i)
{
	const struct elf_dynamic *e = (const void *)d->entries.at;
	return i < d->entries.size / sizeof *e && e[i].tag != DT_NULL ? e + i : NULL;
}

static const struct elf_symbol *symbol(const struct dynamic *d, size_t i)
{
	const struct elf_symbol *s = (const void *)d->symbols.at;
	return i < d->symbols.size / sizeof *s ? s + i : NULL;
}

/* The string at [offset], or NULL if it does not end inside the table. */
static const char *string(const struct dynamic *d, uint64_t offset)
{
	for (uint64_t i = offset; i < d->strings.size; i++)
		if (!d->strings.at[i]) return (const char *)d->strings.at + offset;
	return NULL;
}

const char *dynamic_parse(const struct image *m, struct dynamic *out)
{
	const struct elf_dynamic *e;
	uint64_t strsz = 0;
	*out = (struct dynamic){ 0 };
	if (!m->dynamic.size) return "no dynamic section";
	out->entries = (struct bytes){ m->bytes + m->dynamic.start, m->dynamic.size };
	for (size_t i = 0; (e = entry(out, i)); i++) {
		switch (e->tag) {
		case DT_STRTAB:
			out->strings = bytes_at(m, e->value);
			break;
		case DT_STRSZ:
			strsz = e->value;
			break;
		case DT_SYMTAB:
			out->symbols = bytes_at(m, e->value);
			break;
		case DT_HASH:
			out->hash = bytes_at(m, e->value);
			break;
		case DT_GNU_HASH:
			out->gnu_hash = bytes_at(m, e->value);
			break;
		}
	}
	if (!out->strings.at) return "DT_STRTAB: missing or outside the file";
	if (!out->symbols.at) return "DT_SYMTAB: missing or outside the file";
	if (strsz > out->strings.size) return "DT_STRSZ: beyond the segment";
	out->strings.size = strsz;
	if (!out->hash.at && !out->gnu_hash.at) return "no hash table";
	if (((uintptr_t)out->symbols.at & 7) | ((uintptr_t)out->hash.at & 3) |
		((uintptr_t)out->gnu_hash.at & 3))
		return "DT_SYMTAB or hash: not aligned";
	return NULL;
}

const char *dynamic_needed(const struct dynamic *d, size_t n)
{
	const struct elf_dynamic *e;
	for (size_t i = 0; (e = entry(d, i)); i++)
		if (e->tag == DT_NEEDED && !n--) return string(d, e->value);
	return NULL;
}

static bool matches(const struct dynamic *d, uint64_t i, const char *name)
{
	const struct elf_symbol *s = symbol(d, i);
	const char *its;
	return s && s->shndx != SHN_UNDEF && (its = string(d, s->name)) &&
	       text_equal(its, name);
}

/* Header: buckets, first hashed symbol, words in the Bloom filter (64 bits
 * each), shift. The filter only saves time: left out here. */
static bool find_gnu(const struct dynamic *d, const char *name)
{
	struct bytes t = d->gnu_hash;
	uint32_t hash = 5381, buckets = word(t, 0), first = word(t, 1);
	uint64_t bucket = 4 + 2 * (uint64_t)word(t, 2), chain = bucket + buckets, i;
	for (const char *s = name; *s; s++) hash = hash * 33 + (uint8_t)*s;
	if (!buckets) return false;
	for (i = word(t, bucket + hash % buckets); i >= first && i; i++) {
		uint64_t at = chain + (i - first);
		if (at >= t.size / 4) return false;
		if ((word(t, at) | 1) == (hash | 1) && matches(d, i, name)) return true;
		if (word(t, at) & 1) return false; /* the chain's last */
	}
	return false;
}

/* Header: buckets, chain entries. Steps are counted, for a chain may be a ring. */
static bool find_sysv(const struct dynamic *d, const char *name)
{
	struct bytes t = d->hash;
	uint32_t hash = 0, buckets = word(t, 0), chains = word(t, 1), i;
	for (const char *s = name; *s; s++) {
		hash = (hash << 4) + (uint8_t)*s;
		hash = (hash ^ (hash >> 24 & 0xf0)) & 0x0fffffff;
	}
	if (!buckets) return false;
	if (chains > t.size / 4) chains = (uint32_t)(t.size / 4);
	i = word(t, 2 + (uint64_t)(hash % buckets));
	for (uint32_t step = 0; i && step < chains; step++) {
		if (matches(d, i, name)) return true;
		i = word(t, 2 + (uint64_t)buckets + i);
	}
	return false;
}

bool dynamic_defines(const struct dynamic *d, const char *name)
{
	return d->gnu_hash.at ? find_gnu(d, name) : find_sysv(d, name);
}

const char *dynamic_lacks(const struct dynamic *d, const struct dynamic *provider)
{
	/* undefined symbols are not hashed: they come before the first that is */
	uint32_t end = d->gnu_hash.at ? word(d->gnu_hash, 1) : word(d->hash, 1);
	const struct elf_symbol *s;
	for (uint32_t i = 1; i < end && (s = symbol(d, i)); i++) {
		const char *name = string(d, s->name);
		if (s->shndx == SHN_UNDEF && s->info >> 4 == STB_GLOBAL && name &&
			!dynamic_defines(provider, name))
			return name;
	}
	return NULL;
}
