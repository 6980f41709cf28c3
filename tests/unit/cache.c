/* cache.c reads /etc/ld.so.cache in both of ldconfig's layouts, and any bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static int count, failed;
static void check(int ok, const char *what)
{
	printf("%sok %d - %s\n", ok ? "" : "not ", ++count, what);
	failed |= !ok;
}

struct cache {
	char magic[20];
	uint32_t entries, strings, unused[5];
	struct {
		int32_t flags;
		uint32_t key, value, osversion;
		uint64_t hwcap;
	} entry[4];
	char text[128];
};

enum { TEXT = offsetof(struct cache, text) };

static struct cache make(void)
{
	struct cache c = { .entries = 4, .strings = 128 };
	memcpy(c.magic, "glibc-ld.so.cache1.1", 20);
	memcpy(c.text, "libx.so.1\0/a/libx.so.1\0/b/libx.so.1\0liby.so\0/c/liby.so",
		55);
	c.entry[0].flags = ARCH_CACHE_FLAGS, c.entry[0].key = TEXT,
	c.entry[0].value = TEXT + 10;
	c.entry[0].hwcap = 1ull << 62; /* for another level of the CPU */
	c.entry[1] = c.entry[0], c.entry[1].hwcap = 0, c.entry[1].value = TEXT + 23;
	c.entry[2] = c.entry[1], c.entry[2].flags = 0x001; /* another machine's */
	c.entry[3] = c.entry[1], c.entry[3].key = TEXT + 36,
	c.entry[3].value = TEXT + 44;
	return c;
}

/* The path, or "none" if there is none; "outside" if it does not end in the bytes.
 * [level]: for that CPU level, or NULL. */
static const char *find_level(
	const void *bytes, size_t size, const char *name, const char *level, size_t n)
{
	static char found[64];
	void *copy = malloc(size ? size : 1); /* for the sanitizers */
	memcpy(copy, bytes, size);
	uint64_t hwcap = level ? cache_level(copy, size, level) : 0;
	const char *path = cache_find(copy, size, name, hwcap, n);
	const char *end = (char *)copy + size;
	int inside = !path || (path >= (char *)copy && path < end &&
				      memchr(path, 0, (size_t)(end - path)));
	if (path && inside) snprintf(found, sizeof found, "%s", path);
	free(copy);
	return !inside ? "outside" : path ? found : "none";
}

static const char *find(const void *bytes, size_t size, const char *name, size_t n)
{
	return find_level(bytes, size, name, NULL, n);
}

/* Levels of the CPU: an extension that the header leads to. */
static void levels(void)
{
	struct {
		struct cache c;
		uint32_t magic, count, tag, flags, offset, size, names[2];
	} l = { make(), 0xeaa42174, 1, 1, 0, 0, 8, { TEXT + 100, TEXT + 104 } };
	enum { EXTENSION = sizeof(struct cache) };
	_Static_assert(offsetof(__typeof__(l), magic) == EXTENSION, "");
	l.c.unused[1] = EXTENSION;
	l.offset = EXTENSION + 24;
	memcpy(l.c.text + 100, "low\0high", 9);
	l.c.entry[0].hwcap = 1ull << 62 | 1;
	check(cache_has_levels(&l, sizeof l) && !cache_has_levels(&l.c, sizeof l.c),
		"a cache with levels, one cut before");
	check(!strcmp(find_level(&l, sizeof l, "libx.so.1", "high", 0), "/a/libx.so.1"),
		"the entry for a level");
	check(!strcmp(find_level(&l, sizeof l, "libx.so.1", "low", 0), "none") &&
			!strcmp(find_level(&l, sizeof l, "libx.so.1", "no", 0), "none"),
		"none for another, or for one that nobody has heard of");
	int inside = 1;
	uint64_t seed = 9;
	for (size_t n = 0; n < sizeof l; n++)
		inside &= strcmp(find_level(&l, n, "libx.so.1", "high", 0),
				  "outside") != 0;
	for (int i = 0; i < 100000; i++) {
		__typeof__(l) bad = l;
		for (int k = 0; k < 2; k++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			((uint8_t *)&bad.magic)[(seed >> 33) % 32] =
				(uint8_t)(seed >> 25);
		}
		inside &= strcmp(find_level(&bad, sizeof bad, "libx.so.1", "high", 0),
				  "outside") != 0;
	}
	check(inside, "cut, and 100000 times two other bytes (seed 9): inside");
}

/* Whether the cache was made on a machine whose ld.so is ours: it lists that. */
static int is_ours(const uint8_t *bytes, size_t size)
{
	const char *name = strrchr(ARCH_LD_SO, '/') + 1; /* of the first path */
	size_t n = strlen(name) + 1;
	for (size_t i = 0; i + n <= size; i++)
		if (!memcmp(bytes + i, name, n)) return 1;
	return 0;
}

/* This machine's own cache. Under an emulator it is another machine's. */
static void real_cache(void)
{
	static uint8_t bytes[1 << 21];
	FILE *f = fopen("/etc/ld.so.cache", "rb");
	size_t size = f ? fread(bytes, 1, sizeof bytes, f) : 0;
	if (f) fclose(f);
	int ours = is_ours(bytes, size);
	printf("# /etc/ld.so.cache: %zu bytes, %s\n", size, ours ? "ours" : "not ours");
	const char *path = find(bytes, size, "libc.so.6", 0);
	check(ours ? *path == '/' && strstr(path, "/libc.so.6") : !strcmp(path, "none"),
		"the real cache has a path of libc.so.6, if it is for this machine");
	check(!strcmp(find(bytes, size, "libc.so.6", 100), "none") &&
			!strcmp(find(bytes, size, "libno.so.6", 0), "none"),
		"and no more than there are");
	int inside = 1;
	for (size_t n = 0; n < size; n += 1 + size / 500)
		inside &= strcmp(find(bytes, n, "libc.so.6", 0), "outside") != 0;
	check(inside, "cut at 500 lengths: inside");
}

int main(void)
{
	struct cache c = make();
	struct {
		char magic[12];
		uint32_t entries;
		char table[24];
		struct cache c;
	} old = { "ld.so-1.7.0", 2, { 0 }, c };
	_Static_assert(offsetof(__typeof__(old), c) == 40, "");

	check(!strcmp(find(&c, sizeof c, "libx.so.1", 0), "/b/libx.so.1"),
		"the entry for every CPU of this machine");
	check(!strcmp(find(&c, sizeof c, "libx.so.1", 1), "none"), "and no other");
	check(!strcmp(find(&c, sizeof c, "liby.so", 0), "/c/liby.so"),
		"another library");
	check(!strcmp(find(&c, sizeof c, "libz.so", 0), "none"),
		"none that is not there");
	check(!strcmp(find(&old, sizeof old, "liby.so", 0), "/c/liby.so"),
		"behind a table in the old layout");
	old.entries = 0xffffffff;
	check(!strcmp(find(&old, sizeof old, "liby.so", 0), "none"),
		"an old table too long");
	c.entries = 0xffffffff;
	check(!strcmp(find(&c, sizeof c, "liby.so", 0), "none"),
		"more entries than fit");
	c = make();
	c.entries = 5;
	check(!strcmp(find(&c, TEXT, "liby.so", 0), "none"), "one more than fits");
	c = make();
	c.entries = 3;
	check(!strcmp(find(&c, sizeof c, "liby.so", 0), "none"),
		"behind the last entry");
	const uint32_t lies[] = { sizeof c, sizeof c - 1, 0x7fffffff, 0xfffffff0,
		0xffffffff };
	int inside = 1;
	for (unsigned i = 0; i < sizeof lies / sizeof *lies; i++) {
		c = make();
		memset(c.text + 64, 'x', sizeof c.text - 64); /* no NUL at the end */
		c.entry[3].value = lies[i];
		inside &= !strcmp(find(&c, sizeof c, "liby.so", 0), "none");
		c.entry[3].value = TEXT, c.entry[3].key = lies[i];
		inside &= !strcmp(find(&c, sizeof c, "liby.so", 0), "none");
	}
	check(inside, "names and paths outside, or not ended");
	c = make();
	c.magic[19] = '2';
	check(!strcmp(find(&c, sizeof c, "liby.so", 0), "none"), "another version");

	c = make();
	inside = 1;
	for (size_t n = 0; n < sizeof c; n++)
		inside &= strcmp(find(&c, n, "liby.so", 0), "outside") != 0;
	old.entries = 2;
	for (size_t n = 0; n < sizeof old; n++)
		inside &= strcmp(find(&old, n, "liby.so", 0), "outside") != 0;
	check(inside, "cut at each length, both layouts: inside");
	uint64_t seed = 7;
	for (int i = 0; i < 100000; i++) {
		struct cache bad = make();
		for (int k = 0; k < 3; k++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			((uint8_t *)&bad)[(seed >> 33) % sizeof bad] =
				(uint8_t)(seed >> 25);
		}
		inside &= strcmp(find(&bad, sizeof bad, "libx.so.1", seed >> 63),
				  "outside") != 0;
	}
	check(inside, "100000 times three other bytes (seed 7): inside");
	levels();
	real_cache();
	printf("1..%d\n", count);
	return failed;
}
