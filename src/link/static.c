/* static.c - thread-local storage at a fixed distance from the thread pointer: the
 * initial exec model. Its place is the reserve behind struct thread, see tls.c. */
#include "link.h"

/* Where the image of all threads' part begins, which ld.so copies into new ones;
 * and where something at [offset] from the thread pointer is in there. */
char *static_template(struct linker *l, intptr_t offset)
{
	return (char *)l->bdl->tls_image +
	       (ARCH_TLS_ABOVE ? offset - ARCH_TLS_GAP
			       : offset + (intptr_t)sizeof(struct thread) +
					 TLS_RESERVE);
}

void static_fill(void *at, const struct module *m)
{
	__builtin_memcpy(at, m->image, m->filesz);
	__builtin_memset((char *)at + m->filesz, 0, m->memsz - m->filesz);
}

static bool is_zero(const char *at, size_t size)
{
	while (size && !*at) at++, size--;
	return !size;
}

/* A module's place in the reserve; it is filled when it is relocated. Where blocks of
 * unloaded modules were, other threads have their remains. */
int tls_make_static(struct linker *l, struct object *o)
{
	struct module *m = tls_module(l, o);
	struct bdl *b = l->bdl;
	int status = 0;
	link_lock(l);
	if (m->offset) {
		link_unlock(l);
		return 0;
	}
	if (thread_alone(l)) l->static_dirty = l->static_used;
	size_t start = l->static_used;
	if (start < l->static_dirty) start = l->static_dirty;
	/* distances from the near end of the reserve, so that the variable's address
	 * is congruent to its p_vaddr */
	size_t mask = m->align - 1, at, end;
	if (ARCH_TLS_ABOVE) {
		at = ((start + mask) & ~mask) + m->skew;
		end = at + m->memsz;
	} else {
		end = at = ((start + m->memsz + m->skew + mask) & ~mask) - m->skew;
	}
	if (m->blocks) {
		status = fail(
			b, "%s: PT_TLS: in use, and wanted as static TLS", o->path);
	} else if (m->align > TLS_ALIGN || end > TLS_RESERVE ||
		   (load(&b->state) == UP && !b->tls_image)) {
		status = fail(b, "%s: PT_TLS: no room for %u bytes of static TLS",
			o->path, (unsigned)m->memsz);
	} else {
		m->static_end = l->static_used = end;
		if (end > l->static_dirty) l->static_dirty = end;
		m->offset = ARCH_TLS_ABOVE ? (intptr_t)(ARCH_TLS_GAP + THREAD_SIZE + at)
					   : -(intptr_t)(THREAD_SIZE + at);
		m->unfilled = true;
	}
	link_unlock(l);
	return status;
}

int tls_fill(struct linker *l)
{
	struct bdl *b = l->bdl;
	int status = 0;
	link_lock(l);
	for (const struct object *o = l->objects; o; o = o->next) {
		struct module *m = o->tls ? tls_module(l, o) : NULL;
		if (!m || !m->unfilled) continue;
		/* what another thread still relocates is that one's to fill */
		if (o->state == LOADED && o->opener != link_self(l)) continue;
		m->unfilled = false;
		if (!thread_alone(l) && !is_zero(m->image, m->filesz))
			status = fail(b,
				"%s: PT_TLS: static TLS with initial values, and other "
				"threads run already",
				o->path);
		if (b->tls_image) static_fill(static_template(l, m->offset), m);
		static_fill((char *)arch_self() + m->offset, m);
	}
	link_unlock(l);
	return status;
}

/* What ld.so copies into each new thread: a template of ours, which goes on
 * changing as static modules come and go. */
void bdl_tls_segment(struct bdl *b, struct elf_segment *s, uintptr_t bias)
{
	struct linker *l = linker();
	if (!l) return; /* then there is no room for static modules */
	b->tls_image = l->template;
	struct thread *t = (void *)(l->template + (ARCH_TLS_ABOVE ? 0 : TLS_RESERVE));
	t->bdl = b;
	for (uint32_t i = 0; i < l->module_end; i++)
		if (l->modules[i].offset)
			static_fill(static_template(l, l->modules[i].offset),
				l->modules + i);
	s->vaddr = (uintptr_t)l->template - bias;
	s->filesz = s->memsz = THREAD_SIZE + TLS_RESERVE;
}
