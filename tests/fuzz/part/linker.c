/* linker.c - what the linker has around it when it is fuzzed: memory that is watched,
 * and of the rest of baredl as much as has to be there. */
#include "linker.h"
#include "../../unit/described.h"

#include <sys/mman.h>

/* ---- memory ----------------------------------------------------------------------- */

enum { PAGE = 4096, MAPPINGS = 4096, WATCHED = 1 << 24 };
static struct mapping live[MAPPINGS];
static size_t live_count;

static size_t whole(size_t size) { return (size + PAGE - 1) & -(size_t)PAGE; }

/* With an inaccessible page on both sides. */
long fuzz_allocate(size_t size, int prot)
{
	if (size > 1ull << 34 || live_count == MAPPINGS) return -ENOMEM;
	uint8_t *at = mmap(NULL, whole(size) + 2 * PAGE, PROT_NONE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (!size || at == MAP_FAILED) return size ? -ENOMEM : -EINVAL;
	if (mprotect(at + PAGE, whole(size), prot)) abort();
	live[live_count++] = (struct mapping){ at + PAGE, size, (uintptr_t)prot };
	return (long)(at + PAGE);
}

long fuzz_unmap(void *at, size_t size)
{
	for (size_t i = live_count; i--;) {
		if (live[i].start != at) continue;
		if (live[i].size != size) abort(); /* not what was asked for */
		if (size <= WATCHED) allow(at, size);
		live[i] = live[--live_count];
		return munmap((uint8_t *)at - PAGE, whole(size) + 2 * PAGE);
	}
	return munmap(at, size); /* of a file */
}

size_t fuzz_images(void)
{
	size_t n = 0;
	for (size_t i = 0; i < live_count; i++) n += live[i].bias == PROT_NONE;
	return n;
}

static void unmap_all(void)
{
	while (live_count) fuzz_unmap(live[0].start, live[0].size);
}

/* Only the PT_LOADs may be touched. */
int fuzz_map_image(const struct image *m, const struct file *f, size_t page,
	segment_mapper *segment, struct mapping *out)
{
	int r = map_image(m, f, page, segment, out);
	uint8_t *at = out->start;
	if (r || out->size > WATCHED) return r;
	for (unsigned i = 0; i < m->phnum; i++) {
		const struct elf_segment *s = m->segments + i;
		uint8_t *start = (uint8_t *)(out->bias + s->vaddr);
		if (s->type != PT_LOAD) continue;
		forbid(at, (size_t)(start - at));
		at = start + s->memsz;
	}
	forbid(at, (size_t)((uint8_t *)out->start + out->size - at));
	return r;
}

/* ---- the process --------------------------------------------------------------------- */

uintptr_t fuzz_tp;
static struct bdl instance;
struct bdl *bdl_instance(void) { return &instance; }

void fuzz_start(void)
{
	memset(&instance, 0, sizeof instance);
	instance.page = PAGE;
	fuzz_tp = 0;
}

void fuzz_end(void)
{
	unmap_all();
	fuzz_start();
}

uintptr_t fuzz_resolve(uintptr_t resolver)
{
	struct linker *l = (struct linker *)instance.own;
	for (struct object *o = l->objects; o; o = o->next)
		if (within(&o->memory, (void *)resolver, 1, PF_X)) return 0x1234;
	abort(); /* that would have been executed */
}

int start_find(struct bdl *b, struct start *out)
{
	static const uintptr_t stack[] = { 1, (uintptr_t) "fuzz", 0, 0, AT_PAGESZ, PAGE,
		0, 0 };
	(void)b;
	start_parse(stack, out);
	return 0;
}

static int no(void) { return fail(&instance, "there is no resident"); }
int boot(struct bdl *b, const char *library)
{
	(void)b, (void)library;
	return no();
}
void *dl_open(struct bdl *b, const char *name, unsigned flags)
{
	(void)b, (void)name, (void)flags;
	return no(), NULL;
}
void import_abort(const char *line)
{
	fprintf(stderr, "%s\n", line);
	abort();
}
void *import_unbound(struct bdl *b, const char *symbol, const char *library)
{
	(void)b, (void)symbol, (void)library;
	return NULL;
}

int bdl_close(void *handle) { return instance.own->close(&instance, handle); }

/* What PLT entries and TLS descriptors lead to; never called. */
void arch_plt_lazy(void) { abort(); }
void arch_tlsdesc_static(void) { abort(); }
void arch_tlsdesc_weak(void) { abort(); }
void arch_tlsdesc_dynamic(void) { abort(); }
