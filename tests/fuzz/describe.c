/* Any bytes through image.c, describe.c, version.c and symbol.c: whatever they say,
 * all that is read lies in the PT_LOADs, and all that is given. See run.sh.
 *
 * A corpus: small shared objects.
 */
#include "part/place.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + !size); /* aligned, as a mapping is */
	if (!copy) return 0;
	memcpy(copy, data, size);
	struct file f = { -1, size, copy, size, false };
	struct image m;
	struct memory memory;
	const char *why;
	void *at = NULL;
	if (!image_parse(&f, &m)) at = place_image(&m, &memory);
	if (at) {
		if (!sound_memory(&memory, &why)) abort();
		displace_image(&m, at);
	}
	free(copy);
	return 0;
}
