/* map.c - an image's segments in memory, or nothing mapped at all. */
#include "internal.h"
#include "sys.h"

static int protection(const struct elf_segment *s)
{
	return (s->flags & PF_R ? PROT_READ : 0) | (s->flags & PF_W ? PROT_WRITE : 0) |
	       (s->flags & PF_X ? PROT_EXEC : 0);
}

static int read_all(const struct file *f, uint8_t *to, size_t size, uint64_t offset)
{
	if (f->fd < 0) {
		__builtin_memcpy(to, f->bytes + offset, size);
		return 0;
	}
	while (size) {
		long n = sys_pread(f->fd, to, size, offset);
		if (n == -EINTR) continue;
		if (n <= 0) return n < 0 ? (int)n : -EINVAL;
		to += n, offset += (uint64_t)n, size -= (size_t)n;
	}
	return 0;
}

/* Read-only segments are the file's pages. Writable ones are anonymous memory
 * with the bytes copied in: right for every page size, and small. */
int map_segment(
	const struct elf_segment *s, const struct file *f, size_t page, uintptr_t bias)
{
	uintptr_t at = bias + s->vaddr, start = at & -page;
	size_t size = ((at + s->memsz + page - 1) & -page) - start;
	int prot = protection(s), fd = f->fd, flags = MAP_PRIVATE | MAP_FIXED;
	uint64_t offset = s->offset - (at - start);
	bool copy = prot & PROT_WRITE || s->filesz != s->memsz || fd < 0;
	if (!s->memsz) return 0;
	if ((prot & PROT_WRITE) && (prot & PROT_EXEC)) return -EACCES;
	if (copy)
		fd = -1, offset = 0, flags |= MAP_ANONYMOUS;
	else if (offset & (page - 1))
		return -EINVAL;
	long r = sys_mmap((void *)start, size, copy ? PROT_READ | PROT_WRITE : prot,
		flags, fd, offset);
	if (sys_failed(r)) return (int)r;
	r = copy ? read_all(f, (uint8_t *)at, s->filesz, s->offset) : 0;
	if (!r && copy && !(prot & PROT_WRITE))
		r = sys_mprotect((void *)start, size, prot);
	return (int)r;
}

int map_image(const struct image *m, const struct file *f, size_t page,
	segment_mapper *segment, struct mapping *out)
{
	uint64_t low = m->load.start & -(uint64_t)page;
	size_t size = (m->load.start + m->load.size - low + page - 1) & -page;
	/* larger by the alignment, so that there is a place for it */
	if (m->align > page) size += m->align - page;
	long at = sys_allocate(size, PROT_NONE);
	if (sys_failed(at)) return (int)at;
	uintptr_t bias = (uintptr_t)at - low;
	if (m->align > page) bias = (bias + m->align - 1) & -m->align;
	*out = (struct mapping){ (void *)at, size, bias };
	int r = 0;
	for (unsigned i = 0; i < m->phnum && !r; i++)
		if (m->segments[i].type == PT_LOAD)
			r = segment(&m->segments[i], f, page, out->bias);
	if (r) sys_munmap(out->start, out->size);
	return r;
}
