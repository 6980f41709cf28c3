/* state.c - the linker's one state: how it comes to be, its lock, its handles. */
#include "link.h"
#include "../lock.h"

/* Not inline: so lock.h's functions are, once. */
__attribute__((noinline)) void link_lock(struct linker *l) { lock_take(&l->lock); }
__attribute__((noinline)) void link_unlock(struct linker *l) { lock_give(&l->lock); }

/* Between these two no object goes out of memory. */
void link_enter(struct linker *l)
{
	link_lock(l);
	l->readers++;
	link_unlock(l);
}

void link_leave(struct linker *l)
{
	link_lock(l);
	l->readers--;
	link_reclaim(l);
	link_unlock(l);
}

int link_no_memory(struct linker *l, const char *what)
{
	fail(l->bdl, "%s: %s", what, errno_text(ENOMEM));
	return -1;
}

static void own_end(struct bdl *b) { life_end((struct linker *)b->own); }

static struct linker *make_linker(struct bdl *b)
{
	const size_t IMAGE = THREAD_SIZE + TLS_RESERVE;
	const size_t size = sizeof(struct linker) + HANDLES * sizeof(struct handle) +
			    TLS_SLOTS * sizeof(struct module) + IMAGE + TLS_ALIGN;
	long at = sys_allocate(size, PROT_READ | PROT_WRITE);
	if (sys_failed(at)) return fail(b, "linker: %s", errno_text(at)), NULL;
	struct linker *l = (struct linker *)at, *other = NULL;
	l->modules = (struct module *)(l + 1);
	l->handles = (struct handle *)(l->modules + TLS_SLOTS);
	l->template = (void *)((at + (long)size - IMAGE) & -(long)TLS_ALIGN);
	l->handle_end = 1;
	l->own.sym = own_sym;
	l->own.explain = own_explain;
	l->own.close = close_handle;
	l->own.addr = own_addr;
	l->own.moved = tls_moved;
	l->own.end = own_end;
	l->bdl = b;
	if (start_find(b, &l->start) && !l->start.auxv) {
		static const uintptr_t none[5]; /* argc, argv, envp, auxv */
		start_parse(none, &l->start);
	}
	if (!b->page) b->page = 4096;
	l->hardware = (struct arch_hardware){ start_auxv(&l->start, AT_HWCAP),
		start_auxv(&l->start, AT_HWCAP2) };
	const uint64_t *random = (const uint64_t *)start_auxv(&l->start, AT_RANDOM);
	l->guard = random ? *random & ~(uint64_t)0xff : (uintptr_t)l << 8;
	if (__atomic_compare_exchange_n(&b->own, (struct own **)&other, &l->own, false,
		    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		return l;
	sys_munmap(l, size);
	return other;
}

struct linker *linker(void)
{
	struct bdl *b = bdl_instance();
	struct own *own = __atomic_load_n(&b->own, __ATOMIC_ACQUIRE);
	return own ? (struct linker *)own : make_linker(b);
}

/* ---- handles: odd numbers, which no resident's are; slot and age ---------------------- */

uint32_t handle_new(struct linker *l, struct object *o)
{
	uint32_t i = l->handle_free;
	if (i)
		l->handle_free = l->handles[i].next;
	else if (l->handle_end < HANDLES)
		i = l->handle_end++;
	else
		return 0;
	l->handles[i].age++;
	l->handles[i].object = o;
	return i;
}

void handle_free(struct linker *l, uint32_t i)
{
	l->handles[i].object = NULL;
	l->handles[i].next = l->handle_free;
	l->handle_free = i;
}

void *handle_of(struct linker *l, const struct object *o)
{
	return (void *)((uintptr_t)l->handles[o->handle].age << 32 | o->handle << 1 |
			1);
}

struct object *handle_object(struct linker *l, void *handle)
{
	uint32_t i = (uint32_t)(uintptr_t)handle >> 1;
	if (i >= l->handle_end || l->handles[i].age != (uintptr_t)handle >> 32)
		return NULL;
	return l->handles[i].object;
}
