/* Any bytes as the memory of a library with one PT_LOAD, which begins with its
 * dynamic section: version.c and symbol.c get to see more than through a whole file.
 * All that is read and given lies in there. See run.sh.
 *
 * The first byte is how many entries the dynamic section has, the second the
 * segment's bytes behind the given ones, which are 0.
 */
#include "../unit/described.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2) return 0;
	size_t room = size - 2 + data[1];
	uint8_t *memory = malloc(room + !room);
	if (!memory) return 0;
	memcpy(memory, data + 2, size - 2);
	memset(memory + size - 2, 0, data[1]);
	struct elf_segment segments[] = {
		{ .type = PT_LOAD, .flags = PF_R | PF_W, .memsz = room },
		{ .type = PT_DYNAMIC, .memsz = 16u * data[0] },
	};
	struct memory m = { segments, 2, (uintptr_t)memory };
	const char *why;
	if (!sound_memory(&m, &why)) abort();
	free(memory);
	return 0;
}
