/* callback.c - callbacks: entries of machine code, and the records behind them.
 *
 * An entry cannot be written at run time, so all are copies of one table that is
 * assembled with the library (callback.S). Mapped once more, it is CALLBACKS more; each
 * finds its record at CALLBACK_DISTANCE behind itself, in memory that is not executable.
 *
 *	| entries, RX |   nothing   | records, RW |
 *	|<-- CALLBACK_DISTANCE ---->|
 */
#include "call.h"
#include "../lock.h"

enum { TABLE_SIZE = CALLBACKS * CALLBACK_SIZE, TABLE_ALIGN = 4096 };
enum { MREMAP_MAYMOVE = 1, MREMAP_FIXED = 2, MREMAP_DONTUNMAP = 4 };

/* Where a copy of the table is made. */
struct site {
	char *at;       /* of its first page */
	char *original; /* likewise */
	size_t size;    /* of its pages */
	size_t table;   /* from the first page to the table */
	int prot;
};

static struct callback *record_of(const char *entry)
{
	return (struct callback *)(uintptr_t)(entry + CALLBACK_DISTANCE);
}
static char *entry_of(const struct callback *record)
{
	return (char *)(uintptr_t)record - CALLBACK_DISTANCE;
}

static bool same(const struct site *s)
{
	const char *copy = s->at + s->table;
	for (size_t i = 0; i < TABLE_SIZE; i++)
		if (copy[i] != arch_callbacks[i]) return false;
	return true;
}

/* ---- two ways to copy: 0 or -errno ----------------------------------------------- */

enum { EXDEV = 18 }; /* it is not the same */

static long remap(void *from, void *to, size_t size)
{
	return arch_syscall(SYS_mremap, (long)from, (long)size, (long)size,
		MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, (long)to, 0);
}

/* From memory, by Linux 5.13 and later: the pages move, and those of a file come again
 * where they were. Where they do not (the program is in no file) they are moved back. */
static int copy_memory(const struct site *s)
{
	/* nothing else may be on those pages: it could be what runs just now */
	if (s->table || s->size != TABLE_SIZE) return -EINVAL;
	long r = remap(s->original, s->at, s->size);
	if (sys_failed(r)) return (int)r;
	/* qemu believes that nothing is left there; the kernel has nothing to do */
	sys_mprotect(s->original, s->size, s->prot);
	if (same(s)) return 0;
	remap(s->at, s->original, s->size);
	return -EXDEV;
}

/* From the program's file. Not by its name: that could be another file by now, which
 * somebody else may write to. */
static int copy_file(const struct site *s, const struct start *start)
{
	uintptr_t from = (uintptr_t)s->original - start->bias;
	int r = -EXDEV, fd = sys_open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (sys_failed(fd)) return fd;
	for (size_t i = 0; i < start->phnum; i++) {
		const struct elf_segment *p = &start->phdr[i];
		struct file_id id;
		if (p->type != PT_LOAD || from + s->size <= p->vaddr ||
			from >= p->vaddr + p->filesz)
			continue;
		uint64_t offset = p->offset + (from - p->vaddr);
		/* the last page may end behind the file's end, the table not */
		if (sys_failed(sys_identify(fd, &id)) ||
			id.size < offset + s->table + TABLE_SIZE)
			break;
		long at = sys_mmap(
			s->at, s->size, s->prot, MAP_PRIVATE | MAP_FIXED, fd, offset);
		r = sys_failed(at) ? (int)at : same(s) ? 0 : -EXDEV;
		break;
	}
	sys_close(fd);
	return r;
}

/* ---- more entries --------------------------------------------------------------- */

static const char *why(int error)
{
	return error == -EXDEV ? "not what is in memory" : errno_text(error);
}

/* The first of CALLBACKS new records, or NULL and the error text. */
static __attribute__((noinline)) struct callback *map_entries(struct bdl *b)
{
	struct start start;
	if (start_find(b, &start)) start = (struct start){ .phnum = 0 };
	size_t page = start.phnum ? start_auxv(&start, AT_PAGESZ) : TABLE_ALIGN;
	bool guard = start.phnum && start_auxv(&start, AT_HWCAP2) & ARCH_HWCAP2_GUARD;
	size_t table = (uintptr_t)arch_callbacks & (page - 1);
	size_t size = (table + TABLE_SIZE + page - 1) & -page;
	size_t all = CALLBACK_DISTANCE + size; /* records are as large as entries */
	long at = sys_allocate(all, PROT_READ | PROT_WRITE);
	if (sys_failed(at)) return fail(b, "callback: %s", errno_text(at)), NULL;
	const struct site s = { .at = (char *)at,
		.original = (char *)(uintptr_t)arch_callbacks - table,
		.size = size,
		.table = table,
		.prot = PROT_READ | PROT_EXEC | (guard ? ARCH_PROT_GUARD : 0) };
	int memory = copy_memory(&s), file = memory ? copy_file(&s, &start) : 0;
	if (!memory || !file) {
		sys_munmap(s.at + size, CALLBACK_DISTANCE - size);
		return record_of(s.at + table);
	}
	sys_munmap(s.at, all);
	fail(b,
		"callback: no more entries: memory cannot be copied (%s), "
		"nor /proc/self/exe mapped (%s)",
		why(memory), why(file));
	return NULL;
}

/* ---- the public functions ------------------------------------------------------------ */

static void callback_freed(void)
{
	import_abort("baredl: a callback was called after it was freed\n");
}

static void callback_late(void *user, void *result, void *const *argv)
{
	(void)user, (void)result, (void)argv;
	callback_freed();
}

void *bdl_callback_new(const struct bdl_plan *plan, bdl_handler *handler, void *user)
{
	struct bdl *b = bdl_instance();
	struct calls *c = &b->calls;
	struct callback *record;
	if (!plan || !handler) return fail(b, "callback: no plan, or no handler"), NULL;
	lock_take(&c->lock);
	if (!c->fresh && c->first) {
		record = c->first;
		c->first = record->user;
	} else {
		if (!c->fresh) {
			c->at = map_entries(b);
			if (!c->at) return lock_give(&c->lock), NULL;
			c->fresh = CALLBACKS;
		}
		record = c->at++;
		c->fresh--;
	}
	lock_give(&c->lock);
	record->plan = plan;
	record->handler = handler;
	record->user = user;
	record->go = (void *)arch_callback;
	return entry_of(record);
}

int bdl_callback_free(void *callback)
{
	struct bdl *b = bdl_instance();
	struct calls *c = &b->calls;
	struct callback *record = record_of(callback);
	if (!callback) return 0;
	lock_take(&c->lock);
	if (record->go != (void *)arch_callback) {
		lock_give(&c->lock);
		return fail(b, "callback: freed twice");
	}
	record->go = (void *)callback_freed;
	record->handler = callback_late; /* for who is between the two just now */
	record->user = NULL;
	if (c->first)
		c->last->user = record;
	else
		c->first = record;
	c->last = record;
	lock_give(&c->lock);
	return 0;
}
