/* file.c - the bytes of a file: its head by a read, all of it by a mapping (which
 * costs more than many reads once its pages are touched). */
#include "internal.h"
#include "sys.h"

int file_open(const char *path, struct file *out, void *head)
{
	/* a FIFO or a terminal in the place of a file must not keep us waiting */
	int fd = sys_open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0) return fd;
	long size = sys_size(fd), n = head ? sys_pread(fd, head, HEAD_SIZE, 0) : 0;
	*out = (struct file){ fd, (size_t)size, head, (size_t)n, false };
	if (!sys_failed(size) && !sys_failed(n)) return 0;
	sys_close(fd);
	return (int)(sys_failed(size) ? size : n);
}

int file_map(struct file *f)
{
	if (!f->size) return 0; /* nothing to map, and mmap would not */
	long at = sys_mmap(NULL, f->size, PROT_READ, MAP_PRIVATE, f->fd, 0);
	if (sys_failed(at)) return (int)at;
	f->bytes = (const uint8_t *)at;
	f->present = f->size;
	f->mapped = true;
	return 0;
}

void file_close(struct file *f)
{
	if (f->mapped) sys_munmap((void *)f->bytes, f->size);
	sys_close(f->fd);
}
