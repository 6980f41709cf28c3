/* Any bytes through cache.c: what is found lies inside and ends there. With clang:
 *
 *	clang -std=c11 -g -O1 -fsanitize=fuzzer,address,undefined -Iinclude -Iarch \
 *		-Iarch/x86_64 -Isrc -o fuzz-cache tests/fuzz/cache.c src/cache.c src/text.c
 *	./fuzz-cache -max_len=4096 -max_total_time=60 CORPUS
 *
 * A corpus: /etc/ld.so.cache, cut.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size + !size); /* aligned, as a mapping is */
	if (!copy) return 0;
	memcpy(copy, data, size);
	const char *path = "";
	uint64_t level = cache_level(copy, size, "x86-64-v3");
	cache_has_levels(copy, size);
	for (size_t n = 0; path; n++) {
		path = cache_find(copy, size, "libc.so.6", n & 1 ? level : 0, n / 2);
		if (!path) continue;
		if (path < copy || path >= copy + size) abort();
		if (!memchr(path, 0, (size_t)(copy + size - path))) abort();
		if (n / 2 > size / 24) abort(); /* more than there are entries */
	}
	free(copy);
	return 0;
}
