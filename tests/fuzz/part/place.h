/* place.h - an image in memory that a sanitizer watches: only its PT_LOADs may be
 * touched. */
#ifndef PLACE_H
#define PLACE_H

#include "../../unit/described.h"

enum { PLACE_LIMIT = 1 << 20 };

/* [m] in memory, as map_image() would put it; NULL: too large. */
static inline void *place_image(const struct image *m, struct memory *out)
{
	size_t skip = m->load.start % 4096, size = skip + m->load.size;
	if (m->load.size > PLACE_LIMIT) return NULL;
	uint8_t *at = aligned_alloc(4096, (size + 4096) & ~4095ull);
	if (!at) return NULL;
	*out = (struct memory){ m->segments, m->phnum,
		(uintptr_t)at + skip - m->load.start };
	forbid(at, size + 1);
	for (unsigned i = 0; i < m->phnum; i++) {
		const struct elf_segment *s = m->segments + i;
		if (s->type != PT_LOAD) continue;
		uint8_t *to = (uint8_t *)(out->bias + s->vaddr);
		allow(to, s->memsz);
		memcpy(to, m->bytes + s->offset, s->filesz);
		memset(to + s->filesz, 0, s->memsz - s->filesz);
	}
	return at;
}

static inline void displace_image(const struct image *m, void *at)
{
	allow(at, m->load.start % 4096 + m->load.size + 1);
	free(at);
}

#endif
