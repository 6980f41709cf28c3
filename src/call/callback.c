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
#include "classify.h" /* found by -Iarch/$(MACHINE) */
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

/* ---- two ways to copy ----------------------------------------------------------- */

/* From the program's file: which may be another by now, so the bytes are compared. */
static bool copy_file(const struct site *s, const struct start *start, const char *path)
{
	uintptr_t from = (uintptr_t)s->original - start->bias;
	struct file_id id;
	bool done = false;
	if (!path) return false;
	int fd = sys_open(path, O_RDONLY | O_CLOEXEC);
	if (sys_failed(fd)) return false;
	for (size_t i = 0; i < start->phnum && !done; i++) {
		const struct elf_segment *p = &start->phdr[i];
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
		done = !sys_failed(at) && same(s);
	}
	sys_close(fd);
	return done;
}

static long remap(void *from, void *to, size_t size, int flags)
{
	return arch_syscall(SYS_mremap, (long)from, (long)size, (long)size,
		MREMAP_MAYMOVE | MREMAP_FIXED | flags, (long)to, 0);
}

/* From memory, by Linux 5.13 and later: the pages move, and those of a file come again
 * where they were. Where they do not (the program is in no file) they are moved back. */
static bool copy_memory(const struct site *s)
{
	/* nothing else may be on those pages: it could be what runs just now */
	if (s->table || s->size != TABLE_SIZE) return false;
	if (sys_failed(remap(s->original, s->at, s->size, MREMAP_DONTUNMAP)))
		return false;
	/* qemu believes that nothing is left there; the kernel has nothing to do */
	sys_mprotect(s->original, s->size, s->prot);
	if (same(s)) return true;
	remap(s->at, s->original, s->size, 0);
	return false;
}

/* ---- more entries --------------------------------------------------------------- */

/* The first of CALLBACKS new records, or NULL and the error text. */
static __attribute__((noinline)) struct callback *map_entries(struct bdl *b)
{
	struct start start = { .phnum = 0 };
	bool known = !start_find(b, &start);
	size_t page = known ? start_auxv(&start, AT_PAGESZ) : TABLE_ALIGN;
	size_t table = (uintptr_t)arch_callbacks & (page - 1);
	size_t size = (table + TABLE_SIZE + page - 1) & -page;
	int guard = known && start_auxv(&start, AT_HWCAP2) & ARCH_HWCAP2_GUARD
			    ? ARCH_PROT_GUARD
			    : 0;
	size_t all = CALLBACK_DISTANCE + size; /* records are as large as entries */
	long at = sys_allocate(all, PROT_READ | PROT_WRITE);
	if (sys_failed(at)) return fail(b, "callback: %s", errno_text(at)), NULL;
	const struct site s = { .at = (char *)at,
		.original = (char *)(uintptr_t)arch_callbacks - table,
		.size = size,
		.table = table,
		.prot = PROT_READ | PROT_EXEC | guard };
	if ((known && copy_file(&s, &start,
			      (const char *)start_auxv(&start, AT_EXECFN))) ||
		(known && copy_file(&s, &start, "/proc/self/exe")) || copy_memory(&s)) {
		sys_munmap(s.at + size, CALLBACK_DISTANCE - size);
		return record_of(s.at + table);
	}
	sys_munmap(s.at, all);
	fail(b, "callback: no more entries, because the program's file cannot be "
		"mapped "
		"and Linux before 5.13 cannot copy them from memory");
	return NULL;
}

/* ---- the public functions ------------------------------------------------------------ */

static void callback_freed(void)
{
	import_abort("baredl: a callback was called after it was freed\n");
}

void *bdl_callback_new(const struct bdl_plan *plan, bdl_handler *handler, void *user)
{
	struct bdl *b = bdl_instance();
	struct calls *c = &b->calls;
	struct callback *record;
	lock_take(&c->lock);
	if (c->first) {
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
	__atomic_store_n(&record->go, arch_callback_for(plan), __ATOMIC_RELEASE);
	return entry_of(record);
}

int bdl_callback_free(void *callback)
{
	struct bdl *b = bdl_instance();
	struct calls *c = &b->calls;
	struct callback *record = record_of(callback);
	if (!callback) return 0;
	lock_take(&c->lock);
	if (!record->handler) {
		lock_give(&c->lock);
		return fail(b, "callback: freed twice");
	}
	record->go = (void *)callback_freed;
	record->handler = NULL;
	record->user = NULL;
	if (c->first)
		c->last->user = record;
	else
		c->first = record;
	c->last = record;
	lock_give(&c->lock);
	return 0;
}
