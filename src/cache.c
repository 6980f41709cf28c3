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

const char *cache_find(const void *bytes, size_t size, const char *name, size_t n)
{
	const uint8_t *at = bytes;
	if (size >= OLD_HEADER_SIZE && has(at, size, "ld.so-1.7.0")) {
		uint64_t skip = OLD_HEADER_SIZE +
				(uint64_t)OLD_ENTRY_SIZE * ((const uint32_t *)at)[3];
		skip = (skip + 7) & ~(uint64_t)7;
		if (skip > size) return NULL;
		at += skip;
		size -= skip;
	}
	if (size < HEADER_SIZE || !has(at, size, "glibc-ld.so.cache1.1")) return NULL;
	uint32_t count = ((const uint32_t *)at)[5];
	const struct cache_entry *e = (const void *)(at + HEADER_SIZE);
	if (count > (size - HEADER_SIZE) / sizeof *e) return NULL;
	for (; count--; e++) {
		/* variants for one CPU level have bits in hwcap: not for us */
		if (e->flags != ARCH_CACHE_FLAGS || e->hwcap) continue;
		const char *key = string(at, size, e->key);
		if (key && text_equal(key, name) && !n--)
			return string(at, size, e->value);
	}
	return NULL;
}
