/* segment.c - one segment of an object in memory. */
#include "link.h"

bool segment_overlap(const struct image *m, size_t page)
{
	uint64_t end = 0;
	for (const struct elf_segment *s = m->segments; s < m->segments + m->phnum;
		s++) {
		if (s->type != PT_LOAD || !s->memsz) continue;
		if ((s->vaddr & -(uint64_t)page) < end) return true;
		end = (s->vaddr + s->memsz + page - 1) & -(uint64_t)page;
	}
	return false;
}

/* Writable segments that are in a file, too, are its pages, all of them made ours at
 * once: most are about to be relocated. What is left of the last one is cleared. */
int segment_map(
	const struct elf_segment *s, const struct file *f, size_t page, uintptr_t bias)
{
	uintptr_t at = bias + s->vaddr, start = at & -page, tail = at + s->filesz;
	uintptr_t next = (tail + page - 1) & -page;
	uintptr_t end = (at + s->memsz + page - 1) & -page;
	uint64_t offset = s->offset - (at - start);
	const int prot = PROT_READ | PROT_WRITE, flags = MAP_PRIVATE | MAP_FIXED;
	if (!(s->flags & PF_W) || s->flags & PF_X || !s->filesz || f->fd < 0 ||
		offset & (page - 1))
		return map_segment(s, f, page, bias);
	long r = sys_mmap(
		(void *)start, next - start, prot, flags | MAP_POPULATE, f->fd, offset);
	if (sys_failed(r)) return (int)r;
	if (next < end)
		r = sys_mmap(
			(void *)next, end - next, prot, flags | MAP_ANONYMOUS, -1, 0);
	if (sys_failed(r)) return (int)r;
	if (s->memsz > s->filesz) __builtin_memset((void *)tail, 0, next - tail);
	return 0;
}
