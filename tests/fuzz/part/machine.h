/* machine.h - included before all else where the linker is fuzzed as a whole: nothing
 * of an image is executed, the thread pointer is a variable, and mappings are counted
 * and have inaccessible pages around them. */
#ifndef MACHINE_H
#define MACHINE_H

#include "link/link.h"

/* What is called instead of an IFUNC resolver. */
uintptr_t fuzz_resolve(uintptr_t resolver);
extern uintptr_t fuzz_tp;
static inline long fuzz_set_tp(uintptr_t tp)
{
	fuzz_tp = tp;
	return 0;
}
long fuzz_allocate(size_t size, int prot);
long fuzz_unmap(void *at, size_t size);
int fuzz_map_image(const struct image *m, const struct file *f, size_t page,
	segment_mapper *segment, struct mapping *out);
int fuzz_finish(struct linker *l, struct object *o, const struct order *order);

#define arch_resolve(resolver, hardware) ((void)(hardware), fuzz_resolve(resolver))
#define arch_get_tp()                    fuzz_tp
#define arch_self()                      fuzz_tp
#define link_self(l)                     ((void)(l), fuzz_tp)
#define arch_set_tp                      fuzz_set_tp
#define sys_allocate                     fuzz_allocate
#define sys_munmap                       fuzz_unmap

#endif
