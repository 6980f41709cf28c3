/* scope.c keeps one definition of each STB_GNU_UNIQUE name for the process, whoever
 * comes and goes: against a list that this file keeps. Nothing of it needs memory. */
#include "library.h"

static char heap[1 << 16];
void *heap_allocate(struct linker *l, size_t size)
{
	static size_t used;
	(void)l;
	if (used + size > sizeof heap) used = 0; /* the table before is not used now */
	used += (size + 15) & ~(size_t)15;
	return memset(heap + used - ((size + 15) & ~(size_t)15), 0, size);
}
void heap_free(struct linker *l, void *at, size_t size)
{
	(void)l, (void)at, (void)size;
}
void life_sweep(struct linker *l) { (void)l; }
bool list_has(const struct list *list, const struct object *o) { return !list || !o; }
bool list_add(struct linker *l, struct list *list, struct object *o)
{
	return l && list && o;
}
void link_lock(struct linker *l) { (void)l; }
void link_unlock(struct linker *l) { (void)l; }
int link_no_memory(struct linker *l, const char *what) { return l && what ? -1 : -1; }
void *tls_address(struct linker *l, uint64_t number, uint64_t offset)
{
	return l ? (void *)(number + offset) : NULL;
}
uint64_t tls_number(struct linker *l, const struct object *o) { return l && o; }
bool builtin_find(struct linker *l, const char *name, bool first, uintptr_t *address)
{
	return l && name && first && !address;
}
bool provided_find(struct linker *l, const struct wanted *w, uintptr_t *address)
{
	return l && w && !address;
}

#include "../../src/link/scope.c"

/* Objects that define names of the same small set, all of them unique. */
enum { OBJECTS = 8, NAMES = 24 };
static char names[NAMES * 8];
static struct elf_symbol tables[OBJECTS][NAMES + 1];
static uint32_t chains[NAMES + 3];
static struct object objects[OBJECTS];

static void make_objects(void)
{
	chains[0] = NAMES; /* one bucket, one chain of all */
	for (int i = 0, n = 0; i < NAMES; n++) {
		snprintf(names + 8 * i, 8, "u%d", n % 100000);
		/* at the edge of a table of 64, so that it has to go round */
		if ((hash_gnu(names + 8 * i) + 8) % 64 >= 10) continue;
		chains[1 + i + 1] = (uint32_t)i;
		i++;
	}
	for (int k = 0; k < OBJECTS; k++) {
		for (int i = 0; i < NAMES; i++)
			tables[k][i + 1] =
				(struct elf_symbol){ .name = 8u * (unsigned)i,
					.info = STB_GNU_UNIQUE << 4 | STT_OBJECT,
					.shndx = 1,
					.value = 1 };
		objects[k].d.symbols = (struct symbols){ .strings = names,
			.string_size = sizeof names,
			.table = tables[k],
			.limit = NAMES + 1,
			.sysv = chains,
			.sysv_buckets = 1,
			.sysv_count = NAMES + 1 };
	}
}

int main(void)
{
	static struct linker l;
	const struct object *owner[NAMES] = { 0 };
	uint64_t seed = 3;
	int right = 1;
	make_objects();
	for (int i = 0; i < 20000; i++) {
		uint64_t r = next_random(&seed);
		struct object *o = objects + r / 64 % OBJECTS;
		int name = (int)(r / 1024 % NAMES);
		if (r % 8 == 0) { /* it is unloaded */
			scope_forget_unique(&l, o);
			for (int k = 0; k < NAMES; k++)
				if (owner[k] == o) owner[k] = NULL;
			continue;
		}
		struct wanted w;
		struct found f;
		wanted_symbol(names + 8 * name, NULL, &w);
		right &= scope_search(&l, &o, 1, &w, &f);
		if (!owner[name]) owner[name] = o;
		right &= f.object == owner[name] &&
			 !strcmp(unique_name(&f), names + 8 * name);
	}
	check(right, "the first that gave a unique name, until it goes (seed 3)");
	printf("1..%d\n", count);
	return failed;
}
