/* map.c - an image's segments in memory, or nothing mapped at all. */
#include "internal.h"
#include "sys.h"

static int protection(const struct elf_segment *s)
{
	return (s->flags & PF_R ? PROT_READ : 0) | (s->flags & PF_W ? PROT_WRITE : 0) |
	       (s->flags & PF_X ? PROT_EXEC : 0);
}

static int read_all(int fd, uint8_t *to, size_t size, uint64_t offset)
{
	while (size) {
		long n = sys_pread(fd, to, size, offset);
		if (n == -EINTR) continue;
		if (n <= 0) return n < 0 ? (int)n : -EINVAL;
		to += n, offset += (uint64_t)n, size -= (size_t)n;
	}
	return 0;
}

/* Read-only segments are the file's pages. Writable ones are anonymous memory
 * with the bytes copied in: right for every page size, where mapping the file
 * and clearing the last page's tail is not; they are written to anyway. */
static int map_segment(
	const struct elf_segment *s, const struct file *f, size_t page, uintptr_t bias)
{
	uintptr_t start = (bias + s->vaddr) & -page;
	uintptr_t end = (bias + s->vaddr + s->memsz + page - 1) & -page;
	int prot = protection(s);
	long r;
	if (!s->memsz) return 0;
	if ((prot & PROT_WRITE) && (prot & PROT_EXEC)) return -EACCES;
	if (!(prot & PROT_WRITE) && s->filesz == s->memsz) {
		uint64_t offset = s->offset - (bias + s->vaddr - start);
		if ((s->offset - s->vaddr) & (page - 1)) return -EINVAL;
		r = sys_mmap((void *)start, end - start, prot, MAP_PRIVATE | MAP_FIXED,
			f->fd, offset);
		return sys_failed(r) ? (int)r : 0;
	}
	r = sys_mmap((void *)start, end - start, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0);
	if (sys_failed(r)) return (int)r;
	r = read_all(f->fd, (uint8_t *)bias + s->vaddr, s->filesz, s->offset);
	if (!r && prot != (PROT_READ | PROT_WRITE))
		r = sys_mprotect((void *)start, end - start, prot);
	return (int)r;
}

int map_image(
	const struct image *m, const struct file *f, size_t page, struct mapping *out)
{
	uint64_t low = m->load.start & -(uint64_t)page;
	size_t size = (m->load.start + m->load.size - low + page - 1) & -page;
	long at = sys_allocate(size, PROT_NONE);
	if (sys_failed(at)) return (int)at;
	*out = (struct mapping){ (void *)at, size, (uintptr_t)at - low };
	int r = 0;
	for (unsigned i = 0; i < m->phnum && !r; i++)
		if (m->segments[i].type == PT_LOAD)
			r = map_segment(&m->segments[i], f, page, out->bias);
	if (r) sys_munmap(out->start, out->size);
	return r;
}
