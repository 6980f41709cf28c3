/* symbol.c - one object's hash tables: a name (and version) -> its definition.
 * Pure; bounded by what describe.c has checked. */
#include "describe.h"

/* ---- strings, a word at a time ----------------------------------------------------
 *
 * A read may go beyond the end of a string, but never into another page. */

static bool page_ends(const char *s) { return ((uintptr_t)s & 4095) > 4096 - 8; }

/* How many words lie before the page ends. */
static size_t words_left(const char *s) { return (4096 - ((uintptr_t)s & 4095)) / 8; }

static uint64_t word_at(const char *s)
{
	uint64_t word;
	__builtin_memcpy(&word, s, sizeof word);
	return word;
}

/* The top bit of the first NUL byte in [word], and maybe of later bytes; or 0. */
static uint64_t nul_in(uint64_t word)
{
	return (word - 0x0101010101010101) & ~word & 0x8080808080808080;
}

/* The polynomial in 33 of eight characters: pairs, pairs of pairs, all. */
static uint32_t hash_word(uint64_t word)
{
	word = (word & 0x00ff00ff00ff00ff) * 33 + (word >> 8 & 0x00ff00ff00ff00ff);
	word = (word & 0x0000ffff0000ffff) * 1089 + (word >> 16 & 0x0000ffff0000ffff);
	return (uint32_t)word * 1185921u + (uint32_t)(word >> 32);
}

uint32_t hash_gnu(const char *name)
{
	/* 33 to the power of 0 to 8 */
	static const uint32_t power[] = { 1, 33, 1089, 35937, 1185921, 39135393,
		1291467969, 3963737313, 1954312449 };
	uint32_t h = 5381;
	for (;;) {
		for (size_t words = words_left(name); words; words--, name += 8) {
			uint64_t word = word_at(name), nul = nul_in(word);
			if (nul) { /* as many zeros go before the last characters */
				unsigned n = (unsigned)__builtin_ctzll(nul) / 8;
				return n ? h * power[n] +
						       hash_word(word << (64 - 8 * n))
					 : h;
			}
			h = h * power[8] + hash_word(word);
		}
		for (int i = 0; i < 8; i++) { /* over the end of the page */
			if (!*name) return h;
			h = h * 33 + (uint8_t)*name++;
		}
	}
}

static bool same_name(const char *a, const char *b)
{
	for (;;) {
		for (int i = 0; (page_ends(a) || page_ends(b)) && i < 8;
			i++, a++, b++) {
			if (*a != *b) return false;
			if (!*a) return true;
		}
		if (page_ends(a) || page_ends(b)) continue;
		uint64_t x = word_at(a), y = word_at(b), nul = nul_in(x);
		if (nul) return !((x ^ y) & (((nul & -nul) << 1) - 1));
		if (x != y) return false;
		a += 8, b += 8;
	}
}

void symbol_copy(char *to, const char *name, size_t size)
{
	char *end = to + size - 1;
	for (; end - to >= 8 && !page_ends(name); to += 8, name += 8) {
		uint64_t word = word_at(name);
		__builtin_memcpy(to, &word, sizeof word);
		if (nul_in(word)) return;
	}
	while (to < end && *name) *to++ = *name++;
	*to = 0;
}

/* ---- hashes and matches -------------------------------------------------------------- */

uint32_t hash_sysv(const char *name)
{
	uint32_t h = 0;
	for (; *name; name++) {
		h = (h << 4) + (uint8_t)*name;
		h = (h ^ (h >> 24 & 0xf0)) & 0x0fffffff;
	}
	return h;
}

void wanted_symbol(const char *name, const char *version, struct wanted *out)
{
	*out = (struct wanted){ .name = name,
		.hash = hash_gnu(name),
		.version = version,
		.version_hash = version ? hash_sysv(version) : 0,
		.version_hidden = true,
		.newest = true };
}

/* A definition that others may use: its type, binding and visibility say so. */
static bool is_definition(const struct elf_symbol *e)
{
	const unsigned types = 1 << STT_NOTYPE | 1 << STT_OBJECT | 1 << STT_FUNC |
			       1 << STT_COMMON | 1 << STT_TLS | 1 << STT_GNU_IFUNC;
	const unsigned bindings = 1 << STB_GLOBAL | 1 << STB_WEAK | 1 << STB_GNU_UNIQUE;
	unsigned type = e->info & 15, visibility = e->other & 3;
	if (e->shndx == SHN_UNDEF) return false;
	if (!e->value && e->shndx != SHN_ABS && type != STT_TLS) return false;
	return types >> type & 1 && bindings >> (e->info >> 4) & 1 &&
	       (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
}

enum match { NO, MAYBE, YES };

/* With a version: that one, or an object's without versions; the unversioned
 * symbols of one that has some only if the reference doesn't insist. Without: the
 * base version, or (newest: the default one only; else) the only one there is. */
static enum match version_match(
	const struct symbols *s, uint32_t index, const struct wanted *w)
{
	if (!s->version_index) return YES;
	uint32_t raw = s->version_index[index], v = raw & 0x7fff;
	bool hidden = raw & 0x8000;
	const struct version *its = v < s->version_count ? s->versions + v : NULL;
	if (its && (!its->name || its->file))
		its = NULL; /* base, or not defined here */
	if (w->version) {
		if (its && its->hash == w->version_hash &&
			text_equal(its->name, w->version))
			return YES;
		return !its && !hidden && !w->version_hidden ? YES : NO;
	}
	if (v < (w->newest ? 2 : 3)) return YES;
	return hidden ? NO : MAYBE;
}

/* Takes symbol [index] into account. [*maybe] is the versioned one for a name that
 * was asked for without a version. */
static const struct elf_symbol *consider(const struct symbols *s, uint32_t index,
	const struct wanted *w, const struct elf_symbol **maybe)
{
	const struct elf_symbol *e = s->table + index;
	if (!is_definition(e) || !same_name(symbol_name(s, e), w->name)) return NULL;
	switch (version_match(s, index, w)) {
	case YES:
		return e;
	case MAYBE:
		if (!*maybe) *maybe = e;
		/* fall through */
	default:
		return NULL;
	}
}

static const struct elf_symbol *find_gnu(
	const struct symbols *s, const struct wanted *w)
{
	const struct elf_symbol *found, *maybe = NULL;
	if (!symbol_maybe(s, w->hash)) return NULL;
	uint32_t i = s->buckets[w->hash % s->bucket_count];
	if (i < s->first) return NULL;
	__builtin_prefetch(s->table + i);
	for (i -= s->first; i < s->chain_count; i++) {
		uint32_t hash = s->chain[i];
		if (!((hash ^ w->hash) >> 1) &&
			(found = consider(s, s->first + i, w, &maybe)))
			return found;
		if (hash & 1) break;
	}
	return maybe;
}

/* Steps are counted, for a chain may be a ring. */
static const struct elf_symbol *find_sysv(
	const struct symbols *s, const struct wanted *w)
{
	const struct elf_symbol *found, *maybe = NULL;
	uint32_t i = s->sysv[hash_sysv(w->name) % s->sysv_buckets];
	for (uint32_t n = s->sysv_count; i && i < s->sysv_count && n; n--) {
		if ((found = consider(s, i, w, &maybe))) return found;
		i = s->sysv[s->sysv_buckets + i];
	}
	return maybe;
}

const struct elf_symbol *symbol_find(const struct symbols *s, const struct wanted *w)
{
	return s->buckets ? find_gnu(s, w) : find_sysv(s, w);
}

void symbol_wanted(
	const struct symbols *s, uint32_t index, uint32_t hash, struct wanted *out)
{
	*out = (struct wanted){ .name = symbol_name(s, s->table + index),
		.hash = hash };
	if (!s->version_index) return;
	uint32_t v = s->version_index[index] & 0x7fff;
	if (v < 2 || v >= s->version_count || !s->versions[v].name) return;
	out->version = s->versions[v].name;
	out->file = s->versions[v].file;
	out->version_hash = s->versions[v].hash;
	out->version_hidden = s->versions[v].flags & 0x8000;
}
