/* Any bytes through cache.c. With clang:
 *
 *	clang -std=c11 -g -fsanitize=fuzzer,address,undefined -Iinclude -Iarch \
 *		-Iarch/x86_64 -Isrc tests/fuzz/cache.c src/cache.c src/text.c
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	void *copy = malloc(size + !size); /* aligned, as a mapping is */
	if (!copy) return 0;
	memcpy(copy, data, size);
	for (size_t n = 0; n < 3; n++) {
		const char *path = cache_find(copy, size, "libc.so.6", n);
		if (path && strlen(path) > size) abort();
	}
	free(copy);
	return 0;
}
