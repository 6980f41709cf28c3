/* own.h - the driver's commands by baredl's own linker. No resident is started
 * but in the mode "mixed". */
#ifndef OWN_H
#define OWN_H

static unsigned how = BDL_OWN;
static int from_memory, from_descriptor;

static const struct bdl_provided host[] = { { "note", (void *)note },
	{ "note_int", (void *)note_int }, { "note_place", (void *)note_place },
	{ "note_rights", (void *)note_rights }, { "host_open", (void *)host_open },
	{ "host_sym", (void *)host_sym }, { "host_close", (void *)host_close } };

const struct bdl_config *bdl_start_config(int argc, char **argv, char **envp)
{
	static const struct bdl_config late = { .flags = BDL_LATE };
	(void)argc, (void)argv, (void)envp;
	return &late;
}

static void x_init(int argc, char **argv, char **envp)
{
	(void)envp;
	if (argc > 2 && same(argv[2], "mixed")) how = BDL_USE_RESIDENT;
	if (argc > 2 && same(argv[2], "memory")) from_memory = 1;
	if (argc > 2 && same(argv[2], "descriptor")) from_descriptor = 1;
	if (bdl_provide(host, sizeof host / sizeof host[0])) x_exit(98);
}

/* The file's bytes, in a place that is given back as soon as it is open: the
 * linker has to copy them. */
static void *open_image(const char *name, unsigned flags)
{
	const long size = 32 << 20; /* as much as any guest has */
	long at = arch_syscall(SYS_mmap, 0, size, 3, 0x22, -1, 0);
	if (at < 0 && at > -4096) x_exit(98);
	size_t n = file_read(name, (char *)at, (size_t)size);
	void *h = bdl_open_image((void *)at, n, name, flags);
	arch_syscall(SYS_munmap, at, size, 0, 0, 0, 0);
	return h;
}

static void *open_descriptor(const char *name, unsigned flags)
{
	long fd = arch_syscall(SYS_openat, -100, (long)name, 0, 0, 0, 0);
	void *h = fd < 0 ? NULL : bdl_open_fd((int)fd, name, flags);
	if (fd >= 0) arch_syscall(SYS_close, fd, 0, 0, 0, 0, 0);
	return h;
}

static void *x_open(const char *name, unsigned flags)
{
	int load = name && !(flags & BDL_NOLOAD);
	if (from_memory && load) return open_image(name, flags);
	if (from_descriptor && load) return open_descriptor(name, flags);
	return bdl_open(name, flags | how);
}

static int x_close(void *handle) { return bdl_close(handle); }
static void *x_sym(void *handle, const char *name) { return bdl_sym(handle, name); }

static void *x_vsym(void *handle, const char *name, const char *version)
{
	return bdl_vsym(handle, name, version);
}

static int x_addr(const void *address, struct bdl_symbol *out)
{
	return bdl_addr(address, out);
}

static int listed_object(const struct bdl_object *object, void *each)
{
	return (*(int (**)(const char *))each)(object->name);
}

static void x_list(int (*each)(const char *file)) { bdl_iterate(listed_object, &each); }

/* ---- threads ----------------------------------------------------------------
 *
 * With a resident its own; else by clone, as a bare host makes them: without a
 * thread pointer until bdl_thread_attach. */

typedef int create_function(unsigned long *, const void *, void *(*)(void *), void *);
typedef int join_function(unsigned long, void **);

#include CLONE_H /* clone-MACHINE.h */

static struct {
	void *(*f)(void *);
	void *arg;
} start;

static void thread_main(void)
{
	if (bdl_thread_attach()) x_exit(98);
	start.f(start.arg);
	bdl_thread_detach();
}

/* CLONE_VM FS FILES SIGHAND THREAD SYSVSEM SETTLS (to 0) CHILD_CLEARTID */
#define CLONE_THREAD \
	(0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x40000 | 0x80000 | 0x200000)

static void bare_thread(int *tid)
{
	static char stack[1 << 18] __attribute__((aligned(16)));
	void (**top)(void) = (void (**)(void))(stack + sizeof stack - 16);
	top[0] = top[1] = thread_main;
	clone_at(CLONE_THREAD, top, tid);
}

static void x_thread(void *(*f)(void *), void *arg)
{
	start.f = f, start.arg = arg;
	if (how == BDL_USE_RESIDENT) {
		unsigned long thread;
		void *libc = bdl_open("libc.so.6", BDL_RESIDENT);
		create_function *create =
			(create_function *)bdl_sym(libc, "pthread_create");
		join_function *join = (join_function *)bdl_sym(libc, "pthread_join");
		if (!create || !join || create(&thread, NULL, f, arg)) x_exit(98);
		join(thread, NULL);
		return;
	}
	static int tid;
	tid = 1;
	bare_thread(&tid);
	while (__atomic_load_n(&tid, __ATOMIC_ACQUIRE)) /* the kernel clears it */
		arch_syscall(SYS_futex, (long)&tid, 0 /* WAIT */, 1, 0, 0, 0);
}

static void x_says(const char *part)
{
	const char *text = bdl_error();
	for (const char *s = text; *s; s++)
		if (begins(s, part)) return;
	put("  bdl_error() lacks ");
	put(part);
	put(": ");
	put(text);
	put("\n");
}

static void x_explain(void)
{
	const char *text = bdl_error();
	size_t n = 0;
	while (text[n]) n++;
	bdl_write(2, text, n);
	bdl_write(2, "\n", 1);
}

static void x_exit(int status) { bdl_exit(status); }

#endif
