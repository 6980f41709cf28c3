/* boot.c - the resident comes up, once.
 *
 * ld.so is mapped, shown a main program that is the host (synth.c) and entered
 * as the kernel would enter it. It loads libc and jumps to AT_ENTRY, which is
 * ours; __libc_start_main is called there with a main of ours. Two moments:
 *
 *	at start	The new block lies on the initial stack, whose old frames
 *			are given up; our main calls the program's main and
 *			returns its status to libc, as in any dynamic program.
 *	on first need	ld.so gets a stack of its own, which stays (libc keeps
 *			pointers into the block); our main switches back to
 *			the frame that began the boot and never returns.
 *
 * Nothing of it can be undone once ld.so runs, so prepare() does all that can
 * fail, and unprepare() leaves no trace of it. */
#include "internal.h"
#include "sys.h"

enum { BOOT_STACK = 1 << 20, BOOT_GUARD = 1 << 16 };
enum { RTLD_DLOPEN_INTERNAL = (int)0x80000000 };

struct boot {
	struct bdl *b;
	struct start start; /* as ld.so shall see it */
	struct synth *synth;
	struct ld_so linker;
	struct mapping mapping; /* of ld.so */
	struct start_change change;
	void *guard; /* NULL: none */
	void *stack; /* what ld.so runs on, on first need; NULL: none yet */
	size_t stack_size;
};

/* ---- the process as the kernel started it ------------------------------------ */

/* The host's program headers lie behind its ELF header. */
static int find_host(struct bdl *b, struct start *s)
{
	uint64_t at = start_auxv(s, AT_PHDR);
	const struct elf_header *h = (const void *)(at - sizeof *h);
	s->phnum = start_auxv(s, AT_PHNUM);
	if (!at || !s->phnum || h->magic != ELF_MAGIC || h->phoff != sizeof *h)
		return fail(b, "AT_PHDR: no ELF header before the program headers");
	s->phdr = (const struct elf_segment *)at;
	s->bias = start_auxv(s, AT_ENTRY) - h->entry;
	/* the resident would put its own, and ours, where the program's are */
	for (size_t i = 0; i < s->phnum; i++)
		if (s->phdr[i].type == PT_TLS)
			return fail(b, "PT_TLS in this program");
	return 0;
}

int start_find(struct bdl *b, struct start *out)
{
	const uintptr_t *stack = b->config.stack ? b->config.stack : b->stack;
	if (!stack) {
		char text[1024];
		int fd = sys_open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
		long n = fd < 0 ? fd : sys_read(fd, text, sizeof text);
		if (fd >= 0) sys_close(fd);
		if (n > 0) stack = (const uintptr_t *)start_from_stat(text, (size_t)n);
		if (!stack || (uintptr_t)stack % sizeof *stack)
			return fail(b, "/proc/self/stat: %s (and no bdl_config.stack)",
				n < 0 ? errno_text(n) : "no startstack");
	}
	b->stack = stack;
	start_parse(stack, out);
	if (b->config.argv) {
		out->argv = b->config.argv;
		for (out->argc = 0; out->argv[out->argc]; out->argc++)
			;
	}
	if (b->config.envp) out->envp = b->config.envp;
	b->page = start_auxv(out, AT_PAGESZ);
	if (!b->page) b->page = 4096;
	return find_host(b, out);
}

/* ---- everything that can fail -------------------------------------------------- */

/* One inaccessible page behind the program break. Two C libraries that both
 * move it would unmap each other's heap; so the resident's cannot. */
static void guard_break(struct boot *t)
{
	size_t page = t->b->page;
	long end = sys_brk();
	void *at = (void *)(((uintptr_t)end + page - 1) & -page);
	long r = sys_mmap(at, page, PROT_NONE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (sys_failed(r)) return; /* taken: as good as a guard */
	if (r == (long)at)
		t->guard = at;
	else /* a kernel before 4.17 took it for a hint */
		sys_munmap((void *)r, page);
}

static void unprepare(struct boot *t)
{
	if (t->stack) sys_munmap(t->stack, t->stack_size);
	if (t->guard) sys_munmap(t->guard, t->b->page);
	if (t->mapping.size) sys_munmap(t->mapping.start, t->mapping.size);
	if (t->synth) synth_free(t->synth);
}

static int prepare(struct boot *t, const char *library)
{
	struct bdl *b = t->b;
	if (start_find(b, &t->start)) return -1;
	enum kind want = library ? choose_kind(&t->start, library) : ANY;
	t->synth = synth_new(t->start.phnum);
	if (!t->synth) return fail(b, "%s", errno_text(ENOMEM));
	t->linker.path = synth_interp(t->synth);
	t->linker.libc = synth_libc(t->synth);
	if (choose(b, &t->start, want, &t->linker)) return unprepare(t), -1;

	struct ld_so *l = &t->linker;
	int r = map_image(&l->image, &l->file, b->page, map_segment, &t->mapping);
	l->image.entry += t->mapping.bias;
	l->image.relro.start += t->mapping.bias;
	file_close(&l->file);
	if (r) {
		fail(b, "%s: cannot be mapped: %s", l->path, errno_text(r));
		t->mapping.size = 0;
		return unprepare(t), -1;
	}
	b->kind = l->kind;
	b->synth = t->synth;
	size_t phnum = synth_build(t->synth, b, &t->start);
	t->change = (struct start_change){ {
		{ AT_PHDR, (uintptr_t)synth_segments(t->synth) },
		{ AT_PHENT, sizeof(struct elf_segment) },
		{ AT_PHNUM, phnum },
		{ AT_BASE, t->mapping.bias },
		{ AT_ENTRY, (uintptr_t)arch_landing },
	} };
	if (!(b->config.flags & BDL_NO_BRK_GUARD)) guard_break(t);
	return 0;
}

/* With an inaccessible part below it, which an overflow meets. */
static int make_stack(struct boot *t)
{
	size_t block = start_size(&t->start);
	size_t size = (BOOT_STACK + BOOT_GUARD + block + t->b->page - 1) & -t->b->page;
	long at = sys_allocate(size, PROT_READ | PROT_WRITE);
	if (sys_failed(at)) return fail(t->b, "%s", errno_text(at));
	t->stack = (void *)at;
	t->stack_size = size;
	sys_mprotect(t->stack, BOOT_GUARD, PROT_NONE);
	return 0;
}

/* ---- entering and coming back ---------------------------------------------------- */

/* glibc before 2.34 has dlopen and threads in libraries of their own. libdl keeps
 * its error texts apart by thread only if it finds libpthread in global scope. */
static void find_libdl(struct synth *s)
{
	struct resident_functions *r = synth_functions(s);
	if (r->open || !r->libc_dlopen_mode || !r->libc_dlsym) return;
	r->libc_dlopen_mode(
		"libpthread.so.0", BDL_NOW | BDL_GLOBAL | RTLD_DLOPEN_INTERNAL);
	void *handle =
		r->libc_dlopen_mode("libdl.so.2", BDL_NOW | RTLD_DLOPEN_INTERNAL);
	if (handle) synth_find(s, r->libc_dlsym, handle);
}

/* At exit: the host's destructors, then those of libraries that our own linker
 * opened. */
void boot_end(void *bdl)
{
	struct bdl *b = bdl;
	if (b->fini) b->fini();
	if (b->own) b->own->end(b);
}

static struct bdl *landed_bdl(void)
{
	struct thread *t = arch_tls_block(arch_get_tp(), sizeof *t);
	return t->bdl;
}

static void set_state(struct bdl *b, uint32_t state)
{
	store(&b->state, state);
	sys_futex_wake(&b->state);
}

/* What libc takes for main. */
static int resident_main(int argc, char **argv, char **envp)
{
	struct bdl *b = landed_bdl();
	find_libdl(b->synth);
	b->r = synth_functions(b->synth);
	synth_seal(b->synth);
	if (b->own) b->own->moved(b);
	store(&b->threads, 1);
	if (b->r->open) b->libc = b->r->open("libc.so.6", BDL_LAZY);
	b->r->cxa_atexit(boot_end, b, NULL);
	if (b->resume) arch_resume(b->resume);
	set_state(b, UP);
	return b->main(argc, argv, envp);
}

void boot_landed(uintptr_t *stack, void (*rtld_fini)(void))
{
	struct bdl *b = landed_bdl();
	struct start s;
	b->block = stack;
	start_parse(stack, &s);
	/* musl takes the initial thread's stack to end where the auxv is that
	 * follows the argv it is given: give it the kernel's */
	if (b->resume && b->kind == MUSL) start_parse(b->stack, &s);
	const struct resident_functions *r = synth_functions(b->synth);
	if (!r->libc_start_main) {
		fail(b, "%s: no symbol __libc_start_main", synth_libc(b->synth));
		if (b->resume) arch_resume(b->resume);
		set_state(b, DOWN);
		bdl_exit(b->main((int)s.argc, (char **)s.argv, (char **)s.envp));
	}
	r->libc_start_main(resident_main, (int)s.argc, (char **)s.argv, NULL, NULL,
		rtld_fini, stack);
	__builtin_trap();
}

static void enter(void *boot)
{
	struct boot *t = boot;
	char *top = (char *)t->stack + t->stack_size;
	uintptr_t *block = (uintptr_t *)(top - start_size(&t->start));
	start_build(block, &t->start, &t->change);
	arch_enter(&t->b->resume, block, t->linker.image.entry);
}

/* [enter] in a child process: how did ld.so end there? */
static int rehearse(struct boot *t)
{
	char why[TEXT_SIZE / 2];
	if (!t->b->config.rehearse(enter, t, why, sizeof why)) return 0;
	return fail(t->b, "%s: %s", t->linker.path, why);
}

/* ---- on first need --------------------------------------------------------------- */

/* glibc finds the initial thread's stack by this variable, which ld.so sets to
 * the stack that it was entered on. It is in ld.so's RELRO. */
static void correct_stack_end(struct boot *t)
{
	struct bdl *b = t->b;
	uintptr_t *end = b->r->sym ? b->r->sym(NULL, "__libc_stack_end") : NULL;
	if (!end) return;
	void *page = (void *)((uintptr_t)end & -b->page);
	struct range relro = t->linker.image.relro;
	bool sealed = (uintptr_t)page >= (relro.start & -(uint64_t)b->page) &&
		      (uintptr_t)page + b->page <= relro.start + relro.size;
	if (sealed && sys_mprotect(page, b->page, PROT_READ | PROT_WRITE)) return;
	*end = (uintptr_t)b->stack;
	if (sealed) sys_mprotect(page, b->page, PROT_READ);
}

/* musl was shown the kernel's argv and envp: now the ones that are wanted. */
static void correct_environment(struct boot *t)
{
	struct bdl *b = t->b;
	struct start s;
	if (!b->r->sym) return;
	start_parse(b->block, &s);
	char *const **environ = b->r->sym(NULL, "environ");
	const char **name = b->r->sym(NULL, "program_invocation_name");
	const char **last = b->r->sym(NULL, "program_invocation_short_name");
	if (environ) *environ = s.envp;
	if (!b->config.argv || !s.argc) return;
	if (name) *name = s.argv[0];
	if (last) *last = text_after_last(s.argv[0], '/');
}

static int boot_on_need(struct bdl *b, const char *library)
{
	struct boot t = { .b = b };
	if (prepare(&t, library)) return -1;
	if (make_stack(&t) || (b->config.rehearse && rehearse(&t)))
		return unprepare(&t), -1;
	enter(&t);
	if (!b->r) return -1;
	if (b->kind == GLIBC)
		correct_stack_end(&t);
	else
		correct_environment(&t);
	return 0;
}

int boot(struct bdl *b, const char *library)
{
	for (;;) {
		uint32_t state = load(&b->state);
		if (state == UP) return 0;
		if (state == COMING)
			sys_futex_wait(&b->state, COMING);
		else if (__atomic_compare_exchange_n(&b->state, &state, COMING, 0,
				 __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			break;
	}
	int r = boot_on_need(b, library);
	set_state(b, r ? DOWN : UP);
	return r;
}

/* ---- at start ----------------------------------------------------------------------- */

void boot_at_start(struct bdl *b)
{
	struct boot t = { .b = b };
	if (prepare(&t, NULL)) return;
	if (b->config.rehearse) {
		if (make_stack(&t) || rehearse(&t)) return unprepare(&t);
		sys_munmap(t.stack, t.stack_size);
	}
	/* below this frame and all before it, on the kernel's own stack: none of
	 * them is returned to */
	uintptr_t *block = __builtin_alloca_with_align(start_size(&t.start), 128);
	start_build(block, &t.start, &t.change);
	uintptr_t never;
	b->state = COMING;
	arch_enter(&never, block, t.linker.image.entry);
	__builtin_unreachable();
}
