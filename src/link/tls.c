/* tls.c - thread-local storage of the objects that our linker opens (Drepper, "ELF
 * Handling For Thread-Local Storage"; Oliva, "TLS Descriptors").
 *
 * Each thread of the resident has a struct thread of ours, and behind it (seen
 * from the thread pointer) a reserve for modules that want to be at a fixed
 * distance: the initial exec model, static.c. All other blocks are made when a thread first
 * asks. struct thread has the table of both, by module slot.
 *
 *	x86-64	 ... reserve | struct thread | TP: TCB
 *	arm64	 TP: TCB | struct thread | reserve ...
 *
 * Where there is no resident, a thread that opens a library gets the same from us,
 * with a TCB as the psABI has it: thread.c. */
#include "link.h"

/* A block that was made for one thread, at the start of its mapping. */
struct tls_block {
	struct tls_block *next, **link; /* of its module's */
	size_t size;
};

static struct thread *this_thread(void)
{
	return arch_tls_block(arch_self(), sizeof(struct thread));
}

/* ---- modules ------------------------------------------------------------------------ */

uint64_t tls_number(struct linker *l, const struct object *o)
{
	return o->tls ? tls_module(l, o)->number : 0;
}

intptr_t tls_offset(struct linker *l, const struct object *o)
{
	return tls_module(l, o)->offset;
}

int tls_add(struct linker *l, struct object *o)
{
	const struct elf_segment *s = o->d.tls;
	if (!s || !s->memsz) return 0;
	uint32_t i = 0;
	while (i < l->module_end && l->modules[i].number) i++;
	if (i == TLS_SLOTS) return fail(l->bdl, "%s: too many PT_TLS", o->path);
	if (i == l->module_end) l->module_end++;
	uint64_t align = s->align ? s->align : 1;
	l->modules[i] = (struct module){
		.number = ++l->module_serial << 16 | i,
		.image = (const void *)(o->memory.bias + s->vaddr),
		.filesz = s->filesz,
		.memsz = s->memsz,
		.align = align,
		.skew = s->vaddr & (align - 1),
	};
	o->tls = i + 1;
	return 0;
}

static void free_descriptors(struct linker *l, struct object *o)
{
	for (struct descriptor *d = o->descriptors, *next; d; d = next) {
		next = d->next;
		heap_free(l, d, sizeof *d);
	}
	o->descriptors = NULL;
}

void tls_remove(struct linker *l, struct object *o)
{
	free_descriptors(l, o);
	if (!o->tls) return;
	struct module *m = tls_module(l, o);
	for (struct tls_block *b = m->blocks, *next; b; b = next) {
		next = b->next;
		sys_munmap(b, b->size);
	}
	if (m->offset && l->bdl->tls_image)
		__builtin_memset(static_template(l, m->offset), 0, m->memsz);
	*m = (struct module){ 0 };
	o->tls = 0;
	l->static_used = 0;
	for (uint32_t i = 0; i < l->module_end; i++)
		if (l->modules[i].static_end > l->static_used)
			l->static_used = l->modules[i].static_end;
}

/* ---- a thread's blocks --------------------------------------------------------------- */

/* What is left of a thread that ends. */
void tls_free_blocks(struct linker *l, struct thread *t)
{
	link_lock(l);
	for (size_t i = 0; i < t->count; i++) {
		struct thread_module *e = t->modules + i;
		struct module *m = l->modules + i;
		if (!e->number || e->number != m->number || m->offset) continue;
		struct tls_block *block = e->block;
		*block->link = block->next;
		if (block->next) block->next->link = block->link;
		sys_munmap(block, block->size);
	}
	link_unlock(l);
	if (t->modules) sys_munmap(t->modules, t->count * sizeof *t->modules);
	t->modules = NULL;
	t->count = 0;
}

/* What the resident calls at the end of a thread. */
static void thread_ends(void *thread)
{
	struct thread *t = thread;
	tls_free_blocks((struct linker *)t->bdl->own, t);
}

/* Has the resident call thread_ends() for this thread. */
static void announce(struct linker *l, struct thread *t)
{
	const struct resident_functions *r = l->bdl->r;
	if (!r || !r->sym || thread_is_ours(l)) return;
	if (!__atomic_load_n(&l->set_specific, __ATOMIC_ACQUIRE)) {
		int (*create)(unsigned *, void (*)(void *)) =
			r->sym(NULL, "pthread_key_create");
		int (*set)(unsigned, const void *) =
			r->sym(NULL, "pthread_setspecific");
		unsigned key;
		if (!create || !set || create(&key, thread_ends)) return;
		l->thread_key = key;
		__atomic_store_n(&l->set_specific, set, __ATOMIC_RELEASE);
	}
	l->set_specific(l->thread_key, t);
}

static bool grow(struct thread *t, size_t slot)
{
	size_t count = 4096 / sizeof *t->modules;
	if (slot < t->count) return true;
	while (count <= slot) count *= 2;
	long at = sys_allocate(count * sizeof *t->modules, PROT_READ | PROT_WRITE);
	if (sys_failed(at)) return false;
	if (t->modules) {
		__builtin_memcpy((void *)at, t->modules, t->count * sizeof *t->modules);
		sys_munmap(t->modules, t->count * sizeof *t->modules);
	}
	t->modules = (struct thread_module *)at;
	t->count = count;
	return true;
}

static bool make_block(struct module *m, struct thread_module *e)
{
	size_t size = sizeof(struct tls_block) + m->memsz + 2 * m->align;
	long at = sys_allocate(size, PROT_READ | PROT_WRITE);
	if (sys_failed(at)) return false;
	struct tls_block *block = (struct tls_block *)at;
	uintptr_t start = (uintptr_t)(block + 1);
	start = ((start + m->align - 1) & -m->align) + m->skew;
	__builtin_memcpy((void *)start, m->image, m->filesz);
	block->size = size;
	block->link = &m->blocks;
	if ((block->next = m->blocks)) m->blocks->link = &block->next;
	m->blocks = block;
	*e = (struct thread_module){ m->number, (void *)start, block };
	return true;
}

/* The first time in this thread. */
static void *first_address(struct linker *l, uint64_t number)
{
	struct thread *t = this_thread();
	struct module *m = l->modules + (uint16_t)number;
	bool fresh = !t->modules;
	if (!grow(t, (uint16_t)number)) return NULL;
	struct thread_module *e = t->modules + (uint16_t)number;
	link_lock(l);
	if (m->number != number)
		*e = (struct thread_module){ 0 };
	else if (m->offset)
		*e = (struct thread_module){ number, (char *)arch_self() + m->offset,
			NULL };
	else
		make_block(m, e);
	link_unlock(l);
	if (fresh) announce(l, t);
	return e->number == number ? e->at : NULL;
}

/* The start of module [number]'s block in this thread, or NULL: no memory. */
static void *block_of(struct linker *l, uint64_t number)
{
	struct thread *t = this_thread();
	size_t slot = (uint16_t)number;
	if (slot < t->count && t->modules[slot].number == number)
		return t->modules[slot].at;
	return first_address(l, number);
}

void *tls_address(struct linker *l, uint64_t number, uint64_t offset)
{
	char *at = block_of(l, number);
	return at ? at + offset : NULL;
}

void *tls_present(struct linker *l, const struct object *o)
{
	struct thread *t;
	size_t slot = o->tls - 1;
	if (!o->tls || !arch_get_tp()) return NULL;
	t = this_thread();
	if (slot < t->count && t->modules[slot].number == tls_number(l, o))
		return t->modules[slot].at;
	return tls_module(l, o)->offset ? block_of(l, tls_number(l, o)) : NULL;
}

/* __tls_get_addr, and the slow way of arch_tlsdesc_dynamic. It cannot fail by
 * definition. */
void *tls_get_addr(const struct tls_index *index)
{
	struct bdl *b = bdl_instance();
	void *at = tls_address((struct linker *)b->own, index->module, index->offset);
	if (!at) import_abort("baredl: thread-local storage: out of memory\n");
	return at;
}

int tls_describe(struct linker *l, struct object *from, struct object *o,
	uint64_t offset, uintptr_t at[2])
{
	uintptr_t pair[2];
	if (!o) {
		pair[0] = (uintptr_t)arch_tlsdesc_weak;
		pair[1] = offset;
	} else if (tls_offset(l, o)) {
		pair[0] = (uintptr_t)arch_tlsdesc_static;
		pair[1] = (uintptr_t)tls_offset(l, o) + offset;
	} else {
		link_lock(l);
		struct descriptor *d = heap_allocate(l, sizeof *d);
		if (d) {
			d->next = from->descriptors;
			from->descriptors = d;
		}
		link_unlock(l);
		if (!d) return link_no_memory(l, from->path);
		d->index = (struct tls_index){ tls_number(l, o), offset };
		pair[0] = (uintptr_t)arch_tlsdesc_dynamic;
		pair[1] = (uintptr_t)&d->index;
	}
	__builtin_memcpy(at, pair, sizeof pair);
	return 0;
}
