/* heap.c - small memory: cells of powers of two, cut from chunks that stay. Used
 * under the linker's lock. Larger pieces are mappings of their own. */
#include "link.h"

enum { CHUNK = 1 << 16, SMALLEST = 5, LARGEST = SMALLEST + CELL_SIZES - 1 };

struct chunk { /* at its beginning */
	struct chunk *next;
	size_t used;
};
struct cell {
	struct cell *next;
};

/* The exponent of the cell that holds [size]. */
static unsigned cell_of(size_t size)
{
	unsigned n = SMALLEST;
	while ((size_t)1 << n < size) n++;
	return n;
}

static struct cell *cut(struct linker *l, size_t size)
{
	struct chunk *c = l->chunks;
	if (!c || CHUNK - c->used < size) {
		long at = sys_allocate(CHUNK, PROT_READ | PROT_WRITE);
		if (sys_failed(at)) return NULL;
		c = (struct chunk *)at;
		c->next = l->chunks;
		c->used = 64;
		l->chunks = c;
	}
	struct cell *cell = (struct cell *)((char *)c + c->used);
	c->used += size;
	return cell;
}

void *heap_allocate(struct linker *l, size_t size)
{
	unsigned n = cell_of(size);
	if (n > LARGEST) {
		long at = sys_allocate(size, PROT_READ | PROT_WRITE);
		return sys_failed(at) ? NULL : (void *)at;
	}
	struct cell **cells = l->cells + (n - SMALLEST), *cell = *cells;
	if (!cell) return cut(l, (size_t)1 << n); /* fresh, so zero */
	*cells = cell->next;
	__builtin_memset(cell, 0, (size_t)1 << n);
	return cell;
}

void heap_free(struct linker *l, void *at, size_t size)
{
	unsigned n = cell_of(size);
	if (!at) return;
	if (n > LARGEST) {
		sys_munmap(at, size);
		return;
	}
	struct cell *cell = at;
	cell->next = l->cells[n - SMALLEST];
	l->cells[n - SMALLEST] = cell;
}

char *heap_copy(struct linker *l, const char *s)
{
	size_t size = text_length(s) + 1;
	char *copy = heap_allocate(l, size);
	if (copy) __builtin_memcpy(copy, s, size);
	return copy;
}

bool list_add(struct linker *l, struct list *list, struct object *o)
{
	if (list->count == list->room) {
		uint32_t room = list->room ? 2 * list->room : 4;
		struct object **at = heap_allocate(l, room * sizeof *at);
		if (!at) return false;
		if (list->count)
			__builtin_memcpy(at, list->at, list->count * sizeof *at);
		heap_free(l, list->at, list->room * sizeof *at);
		list->at = at;
		list->room = room;
	}
	list->at[list->count++] = o;
	return true;
}

void list_remove(struct list *list, const struct object *o)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < list->count; i++)
		if (list->at[i] != o) list->at[kept++] = list->at[i];
	list->count = kept;
}

bool list_has(const struct list *list, const struct object *o)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (list->at[i] == o) return true;
	return false;
}

void list_free(struct linker *l, struct list *list)
{
	heap_free(l, list->at, list->room * sizeof *list->at);
	*list = (struct list){ 0 };
}
