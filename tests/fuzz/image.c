/* Any bytes through image.c and dynamic.c: what they give lies inside the file,
 * and PT_LOADs are in order. With clang:
 *
 *	clang -std=c11 -g -O1 -fsanitize=fuzzer,address,undefined -Iinclude -Iarch \
 *		-Iarch/x86_64 -Isrc -o fuzz-image tests/fuzz/image.c src/image.c \
 *		src/dynamic.c src/text.c
 *	./fuzz-image -max_len=4096 -max_total_time=60 CORPUS
 *
 * A corpus: small shared objects (ld -shared, -z noseparate-code).
 */
#include "../unit/object.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image whole, first;
	void *copy = copy_of(data, size); /* aligned, as a mapping is */
	size_t present = size < HEAD_SIZE ? size : HEAD_SIZE;
	void *head = copy_of(data, present);

	if (!read_all_of(copy, size)) abort();
	/* a head that is enough says what the whole file says (but of a PT_INTERP that
	 * it does not reach) */
	const char *why = parse(copy, size, size, &whole);
	bool far = why && !strcmp(why, "PT_INTERP: not ended by NUL");
	if (!parse(head, present, size, &first) && !far) {
		if (!sound(&first) || why || first.phnum != whole.phnum ||
			first.entry != whole.entry ||
			first.load.size != whole.load.size ||
			first.dynamic.start != whole.dynamic.start)
			abort();
	}
	free(head);
	free(copy);
	return 0;
}
