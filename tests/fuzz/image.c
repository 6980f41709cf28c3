/* Any bytes through image.c and dynamic.c. With clang:
 *
 *	clang -std=c11 -g -fsanitize=fuzzer,address,undefined -Iinclude -Iarch \
 *		-Iarch/x86_64 -Isrc tests/fuzz/image.c src/image.c src/dynamic.c src/text.c
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image m;
	struct dynamic d;
	void *copy = malloc(size + !size); /* aligned, as a mapping is */
	if (!copy) return 0;
	memcpy(copy, data, size);
	struct file f = { .size = size, .bytes = copy, .present = size };
	if (!image_parse(&f, &m)) {
		uint64_t end = 0;
		for (unsigned i = 0; i < m.phnum; i++) {
			const struct elf_segment *s = &m.segments[i];
			if (s->type != PT_LOAD) continue;
			if (s->vaddr < end || s->offset + s->filesz > size) abort();
			end = s->vaddr + s->memsz;
		}
		if (end != m.load.start + m.load.size) abort();
		if (!dynamic_parse(&m, &d)) {
			dynamic_defines(&d, "__tls_get_addr");
			for (size_t i = 0; i < 3; i++) {
				const char *needed = dynamic_needed(&d, i);
				if (needed && strlen(needed) > size) abort();
			}
			dynamic_lacks(&d, &d);
		}
	}
	free(copy);
	return 0;
}
