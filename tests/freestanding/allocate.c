/* allocate.c - malloc: a free list for each of a few sizes, never coalesced; large
 * blocks are mappings of their own. */
#include "libc.h"
#include "linux.h"

/* Before each block; 16 bytes, so that blocks are aligned as malloc promises. */
struct block {
	size_t size;        /* of what follows */
	struct block *next; /* while it is free */
};

enum { LARGE = 256 << 10, ARENA = 1 << 20, CLASSES = 80, PAGE = 64 << 10 };
static struct block *lists[CLASSES];
static char *arena, *arena_end;
static uint32_t lock;

/* The index of the smallest size that holds [size], and that size: multiples of
 * 16, from 64 on four sizes between a power of two and the next. */
static unsigned class_of(size_t *size)
{
	if (*size <= 64) {
		*size = *size ? (*size + 15) & ~(size_t)15 : 16;
		return (unsigned)(*size / 16);
	}
	unsigned shift = 61 - (unsigned)__builtin_clzl(*size - 1);
	size_t steps = ((*size - 1) >> shift) + 1; /* 5 to 8 */
	*size = steps << shift;
	return (shift - 4) * 4 + (unsigned)steps;
}

static struct block *map(size_t size)
{
	long r = sys_mmap(
		NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (sys_failed(r)) {
		errno_value = ENOMEM;
		return NULL;
	}
	return (struct block *)r;
}

static struct block *take(struct block **list, size_t size)
{
	struct block *b = *list;
	if (b) {
		*list = b->next;
		return b;
	}
	if ((size_t)(arena_end - arena) < size + sizeof *b) {
		struct block *fresh = map(ARENA);
		if (!fresh) return NULL;
		arena = (char *)fresh;
		arena_end = arena + ARENA;
	}
	b = (struct block *)arena;
	arena += size + sizeof *b;
	b->size = size;
	return b;
}

void *malloc(size_t size)
{
	if (size > PTRDIFF_MAX - PAGE) {
		errno_value = ENOMEM;
		return NULL;
	}
	if (size >= LARGE) {
		size = (size + sizeof(struct block) + PAGE - 1) & ~(size_t)(PAGE - 1);
		struct block *b = map(size);
		if (!b) return NULL;
		b->size = size - sizeof *b;
		return b + 1;
	}
	struct block **list = &lists[class_of(&size)];
	lock_take(&lock);
	struct block *b = take(list, size);
	lock_give(&lock);
	return b ? b + 1 : NULL;
}

void free(void *at)
{
	if (!at) return;
	struct block *b = (struct block *)at - 1;
	size_t size = b->size;
	if (size > LARGE) {
		sys_munmap(b, size + sizeof *b);
		return;
	}
	struct block **list = &lists[class_of(&size)];
	lock_take(&lock);
	b->next = *list;
	*list = b;
	lock_give(&lock);
}

void *calloc(size_t count, size_t size)
{
	size_t total;
	if (__builtin_mul_overflow(count, size, &total)) {
		errno_value = ENOMEM;
		return NULL;
	}
	void *at = malloc(total);
	return at && total < LARGE ? memset(at, 0, total) : at;
}

void *realloc(void *at, size_t size)
{
	if (!at) return malloc(size);
	size_t old = ((struct block *)at - 1)->size;
	if (size <= old && (size > old / 2 || old <= 64)) return at;
	void *fresh = malloc(size);
	if (!fresh) return NULL;
	memcpy(fresh, at, old < size ? old : size);
	free(at);
	return fresh;
}
