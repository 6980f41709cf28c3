/* thread.c - threads without a C runtime: a thread pointer from us, with a TCB as the
 * psABI has it, and what becomes of it when the resident starts. */
#include "link.h"

/* The mapping that a thread gets from us where there is no resident. */
struct own_block {
	struct own_block *next;
	uint32_t thread, process;
	uintptr_t tp;
};
enum {
	OWN_TP = (int)sizeof(struct own_block) + 2 * TLS_ALIGN +
		 (ARCH_TLS_ABOVE ? ARCH_TCB_ROOM : TLS_RESERVE + THREAD_SIZE),
	OWN_BLOCK = OWN_TP + (ARCH_TLS_ABOVE ? TLS_ALIGN + THREAD_SIZE + TLS_RESERVE
					     : ARCH_TCB_ROOM)
};

/* This thread's block out of the list, or NULL. */
static struct own_block *take_block(struct linker *l)
{
	uint32_t self = sys_thread();
	link_lock(l);
	struct own_block **link = &l->blocks, *found;
	while ((found = *link) && found->thread != self) link = &found->next;
	if (found) *link = found->next;
	link_unlock(l);
	return found;
}

/* Whether the calling thread has one; clone(2) may have left its maker's to it. */
static bool has_pointer(struct linker *l)
{
	uintptr_t tp = arch_get_tp();
	bool has = tp;
	link_lock(l);
	for (struct own_block *b = l->blocks; b && has; b = b->next) {
		if (b->tp != tp) continue;
		/* the only thread of a fork's child is its parent's caller */
		if (b->process != sys_process()) {
			b->process = sys_process();
			b->thread = sys_thread();
		}
		has = b->thread == sys_thread();
	}
	link_unlock(l);
	return has;
}

/* A thread pointer as the psABI wants it, from us. */
int tls_attach(struct linker *l)
{
	struct bdl *b = l->bdl;
	if (has_pointer(l)) return 0;
	if (load(&b->state) == UP)
		return fail(b, "thread: not made by the resident, which is up");
	long at = sys_allocate(OWN_BLOCK, PROT_READ | PROT_WRITE);
	if (sys_failed(at)) return fail(b, "thread: %s", errno_text(at));
	struct own_block *mine = (struct own_block *)at;
	uintptr_t tp = ((uintptr_t)at + OWN_TP) & -(uintptr_t)TLS_ALIGN;
	struct thread *t = arch_tls_block(tp, sizeof *t);
	t->bdl = b;
	__builtin_memcpy(t->error, b->error, TEXT_SIZE);
	mine->thread = sys_thread();
	mine->process = sys_process();
	mine->tp = tp;
	arch_tcb_init(tp, l->guard);
	link_lock(l);
	for (uint32_t i = 0; i < l->module_end; i++)
		if (l->modules[i].number && l->modules[i].offset)
			static_fill((char *)tp + l->modules[i].offset, l->modules + i);
	long r = arch_set_tp(tp);
	if (!r) {
		mine->next = l->blocks;
		l->blocks = mine;
		store(&b->threads, 1);
	}
	link_unlock(l);
	if (!r) return 0;
	sys_munmap(mine, OWN_BLOCK);
	return fail(b, "thread pointer: %s", errno_text(r));
}

void tls_detach(struct linker *l)
{
	struct own_block *mine = take_block(l);
	if (!mine) return;
	tls_free_blocks(l, arch_tls_block(mine->tp, THREAD_SIZE));
	arch_set_tp(0);
	sys_munmap(mine, OWN_BLOCK);
}

/* The resident has given this thread its own thread pointer: everything of ours is
 * at the same distance from it, so it moves along. Frames that are active have the
 * canary that we chose. */
void tls_moved(struct bdl *b)
{
	struct linker *l = (struct linker *)b->own;
	uintptr_t tp = arch_get_tp();
	struct thread *to = arch_tls_block(tp, sizeof *to), *from;
	struct own_block *mine = take_block(l);
	if (!mine) return; /* it had none of us */
	from = arch_tls_block(mine->tp, sizeof *from);
	const char *reserve =
		(char *)from + (ARCH_TLS_ABOVE ? THREAD_SIZE : -TLS_RESERVE);
	__builtin_memcpy((char *)to + (reserve - (char *)from), reserve, TLS_RESERVE);
	*to = *from;
	/* static modules are found by address, and that has changed */
	for (size_t i = 0; i < to->count; i++)
		if (to->modules[i].number && !to->modules[i].block)
			to->modules[i].at = (char *)to->modules[i].at - mine->tp + tp;
	/* at start the frames that have ours are given up, libc's are not */
	if (b->resume) arch_tcb_canary(tp, mine->tp);
	/* and who is known by the old one */
	link_lock(l);
	for (struct object *o = l->objects; o; o = o->next)
		if (o->opener == mine->tp) o->opener = tp;
	link_unlock(l);
	/* the old block stays: somebody may have kept an address in it */
}

/* Whether this thread's pointer is from us: the resident must not see it. */
bool thread_is_ours(struct linker *l)
{
	uintptr_t tp = arch_self();
	bool ours = false;
	link_lock(l);
	for (struct own_block *b = l->blocks; b && !ours; b = b->next)
		ours = b->tp == tp;
	link_unlock(l);
	return ours;
}

int bdl_thread_attach(void)
{
	struct linker *l = linker();
	return l ? tls_attach(l) : -1;
}

void bdl_thread_detach(void)
{
	struct linker *l = linker();
	if (l) tls_detach(l);
}

/* Whether no thread but this one has a block that would have to be filled in. */
bool thread_alone(struct linker *l)
{
	char text[1024];
	if (load(&l->bdl->state) != UP) return !l->blocks || !l->blocks->next;
	int fd = sys_open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
	long n = fd < 0 ? fd : sys_read(fd, text, sizeof text - 1);
	if (fd >= 0) sys_close(fd);
	if (n <= 0) return false;
	text[n] = 0;
	/* field 20, where the name ends field 2 */
	const char *s = text_after_last(text, ')');
	for (int field = 2; field < 20 && *s; s++) field += *s == ' ';
	return s[0] == '1' && s[1] == ' ';
}
