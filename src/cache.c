/* cache.c - /etc/ld.so.cache as glibc's ldconfig writes it. Pure; the bytes are
 * aligned to 8, as a mapping is.
 *
 * A header ("glibc-ld.so.cache" "1.1", entry count, string bytes, padding to 48
 * bytes), entries of 24 bytes, strings. Offsets count from the header, which
 * in caches of ldconfig before 2.32 follows an older format's table. */
#include "internal.h"

struct cache_entry {
	int32_t flags;
	uint32_t key, value, osversion;
	uint64_t hwcap;
};

/* hwcap of entries for a level: this and the level's index. */
#define LEVEL           (1ull << 62)
#define NO_LEVEL        (1ull << 63)
#define EXTENSION_MAGIC 0xeaa42174u
enum { HWCAPS_SECTION = 1 };
enum { HEADER_SIZE = 48, OLD_HEADER_SIZE = 16, OLD_ENTRY_SIZE = 12 };

static bool has(const uint8_t *at, size_t size, const char *magic)
{
	for (; *magic; magic++, at++, size--)
		if (!size || *at != (uint8_t)*magic) return false;
	return true;
}

/* The string at [offset], or NULL if it does not end inside. */
static const char *string(const uint8_t *at, size_t size, uint32_t offset)
{
	for (size_t i = offset; i < size; i++)
		if (!at[i]) return (const char *)at + offset;
	return NULL;
}

/* Past the table that some caches begin with; NULL: it's no cache. */
static const uint8_t *header(const void *bytes, size_t *size)
{
	const uint8_t *at = bytes;
	if (*size >= OLD_HEADER_SIZE && has(at, *size, "ld.so-1.7.0")) {
		uint64_t skip = OLD_HEADER_SIZE +
				(uint64_t)OLD_ENTRY_SIZE * ((const uint32_t *)at)[3];
		skip = (skip + 7) & ~(uint64_t)7;
		if (skip > *size) return NULL;
		at += skip;
		*size -= skip;
	}
	if (*size < HEADER_SIZE || !has(at, *size, "glibc-ld.so.cache1.1")) return NULL;
	return at;
}

const char *cache_find(
	const void *bytes, size_t size, const char *name, uint64_t hwcap, size_t n)
{
	const uint8_t *at = header(bytes, &size);
	if (!at) return NULL;
	uint32_t count = ((const uint32_t *)at)[5];
	const struct cache_entry *e = (const void *)(at + HEADER_SIZE);
	if (count > (size - HEADER_SIZE) / sizeof *e) return NULL;
	for (; count--; e++) {
		if (e->flags != ARCH_CACHE_FLAGS || e->hwcap != hwcap) continue;
		const char *key = string(at, size, e->key);
		if (key && text_equal(key, name) && !n--)
			return string(at, size, e->value);
	}
	return NULL;
}

/* Behind the strings there may be an extension: magic, number of sections; tag,
 * flags, offset and size of each. One of them lists the levels' names. */
static const uint32_t *level_names(const uint8_t *at, size_t size, uint32_t *count)
{
	uint64_t extension = ((const uint32_t *)at)[8];
	const uint32_t *e = (const void *)(at + extension);
	if (!extension || extension % 4 || extension + 8 > size ||
		e[0] != EXTENSION_MAGIC || e[1] > (size - extension - 8) / 16)
		return NULL;
	for (const uint32_t *s = e + 2; s < e + 2 + 4 * (uint64_t)e[1]; s += 4) {
		if (s[0] != HWCAPS_SECTION || s[2] % 4 || s[2] > size ||
			s[3] > size - s[2])
			continue;
		*count = s[3] / 4;
		return *count ? (const void *)(at + s[2]) : NULL;
	}
	return NULL;
}

bool cache_has_levels(const void *bytes, size_t size)
{
	uint32_t count;
	const uint8_t *at = header(bytes, &size);
	return at && level_names(at, size, &count);
}

uint64_t cache_level(const void *bytes, size_t size, const char *name)
{
	uint32_t count;
	const uint8_t *at = header(bytes, &size);
	const uint32_t *names = at ? level_names(at, size, &count) : NULL;
	for (uint32_t i = 0; names && i < count; i++) {
		const char *its = string(at, size, names[i]);
		if (its && text_equal(its, name)) return LEVEL | i;
	}
	return NO_LEVEL;
}
