/* iterate.c - objects by address, and all of them: for unwinders, debuggers and
 * the curious. Objects of ours, then the host itself, then the resident's. */
#include "link.h"

static const struct object *first(struct linker *l)
{
	return __atomic_load_n(&l->objects, __ATOMIC_ACQUIRE);
}
static const struct object *next(const struct object *o)
{
	return __atomic_load_n(&o->next, __ATOMIC_ACQUIRE);
}

static bool holds(const struct object *o, uintptr_t at)
{
	if (!o->map.size) return memory_at(&o->memory, at - o->memory.bias, 1, 0);
	return at - (uintptr_t)o->map.start < o->map.size;
}

const struct object *object_at(struct linker *l, uintptr_t at)
{
	for (const struct object *o = first(l); o; o = next(o))
		if (holds(o, at)) return o;
	return NULL;
}

/* ---- the nearest symbol ------------------------------------------------------------ */

static const struct elf_symbol *nearest(const struct object *o, uintptr_t at)
{
	const struct symbols *s = &o->d.symbols;
	const struct elf_symbol *best = NULL;
	uint64_t value = at - o->memory.bias;
	for (uint32_t i = 1, n = symbols_count(s); i < n; i++) {
		const struct elf_symbol *e = s->table + i;
		unsigned type = e->info & 15;
		if (e->shndx == SHN_UNDEF || !e->value || e->value > value ||
			type == STT_TLS || type == STT_SECTION || type == STT_FILE ||
			type > STT_GNU_IFUNC || e->info >> 4 == STB_LOCAL)
			continue;
		/* one with a size ends somewhere */
		if (e->size ? value - e->value >= e->size : value != e->value) continue;
		if (!best || e->value > best->value) best = e;
	}
	return best;
}

/* Where its first page is. */
static uintptr_t base(const struct object *o)
{
	const struct elf_segment *s = o->memory.segments;
	while (s->type != PT_LOAD) s++;
	return (o->memory.bias + s->vaddr) & -(uintptr_t)o->bdl->page;
}

int own_addr(struct bdl *b, const void *address, struct bdl_symbol *out)
{
	struct linker *l = (struct linker *)b->own;
	int status = -1;
	link_enter(l);
	const struct object *o = object_at(l, (uintptr_t)address);
	if (o) {
		const struct elf_symbol *e = nearest(o, (uintptr_t)address);
		*out = (struct bdl_symbol){ .file = o->path, .base = (void *)base(o) };
		if (e) {
			out->name = symbol_name(&o->d.symbols, e);
			out->address = (void *)(o->memory.bias + e->value);
		}
		status = 0;
	}
	link_leave(l);
	return status;
}

/* ---- all ------------------------------------------------------------------------------ */

int bdl_iterate(int (*each)(const struct bdl_object *, void *), void *context)
{
	struct linker *l = linker();
	int status = 0;
	if (!l) return 0;
	link_enter(l);
	for (const struct object *o = first(l); o && !status; o = next(o)) {
		const struct bdl_object copy = { o->path, o->memory.bias,
			o->memory.segments, o->memory.count, o->d.dynamic };
		status = each(&copy, context);
	}
	link_leave(l);
	return status;
}

/* <link.h> struct dl_phdr_info */
struct phdr_info {
	uintptr_t bias;
	const char *name;
	const struct elf_segment *phdr;
	uint16_t phnum;
	unsigned long long adds, removes;
	size_t tls_module;
	void *tls_data;
};
typedef int phdr_callback(struct phdr_info *info, size_t size, void *context);

static int take_first(struct phdr_info *info, size_t size, void *out)
{
	(void)size;
	*(struct phdr_info *)out = *info;
	return 1;
}

/* dl_iterate_phdr(3), for objects of ours. */
int iterate_phdr(phdr_callback *callback, void *context)
{
	struct linker *l = linker();
	struct phdr_info info, other = { 0 };
	int status = 0;
	/* unwinders keep what they have found while these two stay the same */
	int (*theirs)(phdr_callback *, void *) = resident_symbol(l, "dl_iterate_phdr");
	if (theirs) theirs(take_first, &other);
	link_enter(l);
	for (const struct object *o = first(l); o && !status; o = next(o)) {
		info = (struct phdr_info){ o->memory.bias, o->path, o->memory.segments,
			(uint16_t)o->memory.count, l->adds + other.adds,
			l->removes + other.removes, o->tls, tls_present(l, o) };
		status = callback(&info, sizeof info, context);
	}
	link_leave(l);
	if (status) return status;
	/* the resident's main program is the host */
	if (theirs) return theirs(callback, context);
	if (!l->start.phdr) return 0;
	info = (struct phdr_info){ l->start.bias, "", l->start.phdr,
		(uint16_t)l->start.phnum, l->adds, l->removes, 0, NULL };
	return callback(&info, sizeof info, context);
}

/* <dlfcn.h> struct dl_find_object */
struct find_object {
	unsigned long long flags;
	void *start, *end, *link_map, *eh_frame;
	unsigned long long reserved[7];
};

static bool find_in(const struct elf_segment *phdr, size_t phnum, uintptr_t bias,
	uintptr_t at, struct find_object *out)
{
	bool found = false;
	for (size_t i = 0; i < phnum; i++) {
		const struct elf_segment *s = phdr + i;
		if (s->type == PT_GNU_EH_FRAME)
			out->eh_frame = (void *)(bias + s->vaddr);
		if (s->type == PT_LOAD && at - bias - s->vaddr < s->memsz) found = true;
	}
	return found && out->eh_frame;
}

/* _dl_find_object of glibc 2.35 and later: the unwind table for an address. */
int find_object(void *address, struct find_object *out)
{
	struct linker *l = linker();
	uintptr_t at = (uintptr_t)address;
	*out = (struct find_object){ 0 };
	link_enter(l);
	const struct object *o = object_at(l, at);
	bool found = o && find_in(o->memory.segments, o->memory.count, o->memory.bias,
				  at, out);
	if (found && o->map.size) {
		out->start = (void *)base(o);
		out->end = (char *)o->map.start + o->map.size;
	}
	link_leave(l);
	if (found) return 0;
	int (*theirs)(void *, struct find_object *) =
		resident_symbol(l, "_dl_find_object");
	if (theirs) return theirs(address, out);
	if (resident_symbol(l, "dl_iterate_phdr")) return -1; /* that knows more */
	return find_in(l->start.phdr, l->start.phnum, l->start.bias, at, out) ? 0 : -1;
}
