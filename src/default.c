/* default.c - the public functions, over the one default instance. The only
 * writable static data of the library, and nothing else. */
#include "internal.h"
#include "sys.h"

static struct bdl instance;

struct bdl *bdl_instance(void) { return &instance; }

/* link/tls.c has another, which takes the place of this one. */
__attribute__((weak)) void bdl_tls_segment(
	struct bdl *b, struct elf_segment *s, uintptr_t bias)
{
	(void)b, (void)s, (void)bias;
}

/* ---- the program's own imports: sections that BDL_IMPORT fills ----------------- */

/* The linker defines these where the sections begin and end; the last two are
 * ours, below. */
#pragma GCC visibility push(hidden)
extern const struct bdl_import __start_bdl_imports[], __stop_bdl_imports[];
extern char __start_bdl_slots[];
extern char bdl_slots_end[];
extern const struct bdl_import bdl_import_none[];
#pragma GCC visibility pop

/* An import of nothing, so that the sections exist in every program. Aligned, it
 * also makes the real slots begin a page, and lies itself on the page behind
 * their last: bdl_bind() can make theirs read-only. */
__asm__(".pushsection bdl_slots, \"aw\", @progbits\n\t"
	".p2align 12\n"
	"bdl_slots_end:\n\t"
	".quad 0\n\t"
	".popsection\n\t"
	".pushsection bdl_imports, \"a\", @progbits\n\t"
	".p2align 2\n"
	"bdl_import_none:\n\t"
	".long 0, 0, 0, 0\n\t"
	".popsection");

void *bdl_import_find(const struct bdl_import *import)
{
	return import_find(&instance, import, &instance.sealed);
}

void *import_lazy(const struct bdl_import *import)
{
	return import_must_find(&instance, import, &instance.sealed);
}

unsigned import_vector_state(void)
{
	if (!instance.vector_state) instance.vector_state = arch_vector_state();
	return instance.vector_state;
}

size_t bdl_bind(void)
{
	size_t count = (size_t)(__stop_bdl_imports - __start_bdl_imports);
	size_t missing = import_find_all(
		&instance, __start_bdl_imports, count, &instance.sealed);
	uintptr_t page = instance.page ? instance.page : 4096;
	uintptr_t start = ((uintptr_t)__start_bdl_slots + page - 1) & -page;
	uintptr_t end = (uintptr_t)bdl_slots_end & -page;
	/* lld's --gc-sections keeps what is named, not what only lies between */
	__asm__ volatile("" : : "r"(bdl_import_none));
	if (!missing)
		import_seal(&instance, (void *)start, (void *)end, &instance.sealed);
	return missing;
}

bdl_unbound_handler *bdl_on_unbound(bdl_unbound_handler *handler)
{
	return __atomic_exchange_n(&instance.unbound, handler, __ATOMIC_ACQ_REL);
}

/* ---- libraries and symbols ----------------------------------------------------- */

/* bdl_open is in link/, which is linked only into programs that name it. */

void *bdl_sym(void *handle, const char *symbol)
{
	/* the shortest way to our own linker, for who asks by the thousand */
	if (is_own(handle) && instance.own)
		return instance.own->sym(&instance, handle, symbol, NULL);
	return dl_sym(&instance, handle, symbol, NULL);
}

void *bdl_vsym(void *handle, const char *symbol, const char *version)
{
	return dl_sym(&instance, handle, symbol, version);
}

int bdl_close(void *handle) { return dl_close(&instance, handle); }

int bdl_addr(const void *address, struct bdl_symbol *out)
{
	return dl_addr(&instance, address, out);
}

const char *bdl_error(void) { return error_text(&instance); }

/* ---- calls and tables ------------------------------------------------------------ */

/* bdl_call is in call.S. */

void call_error(struct bdl_args *args)
{
	args->error = instance.r ? *instance.r->errno_location() : 0;
}

struct bdl_table *bdl_table_new(const struct bdl_entry *entries, size_t count)
{
	return table_new(&instance, entries, count);
}

void *bdl_table_get(struct bdl_table *table, size_t index)
{
	return table_get(&instance, table, index);
}

int bdl_table_call(struct bdl_table *table, size_t index, struct bdl_args *args)
{
	void *function = table_must_get(&instance, table, index);
	if (!function) return -1;
	bdl_call(function, args);
	return 0;
}

size_t bdl_table_bind(struct bdl_table *table) { return table_bind(&instance, table); }
void *const *bdl_table_slots(const struct bdl_table *table)
{
	return table_slots(table);
}
void bdl_table_free(struct bdl_table *table) { table_free(table); }

/* ---- start and end ----------------------------------------------------------------- */

int bdl_init(const struct bdl_config *config)
{
	if (config) {
		if (load(&instance.state) != DOWN)
			return fail(&instance, "init: the resident is up already");
		instance.config = *config;
		if (config->flags & BDL_LATE) return 0;
	}
	return boot(&instance, NULL);
}

int bdl_resident(struct bdl_resident *out)
{
	*out = (struct bdl_resident){ 0 };
	if (load(&instance.state) != UP) return fail(&instance, "no resident");
	*out = (struct bdl_resident){
		.kind = instance.kind == MUSL ? "musl" : "glibc",
		.interpreter = synth_interp(instance.synth),
		.libc = instance.kind == MUSL ? synth_interp(instance.synth)
					      : synth_libc(instance.synth),
	};
	return 0;
}

long bdl_write(int fd, const void *bytes, size_t size)
{
	return sys_write(fd, bytes, size);
}

void bdl_exit(int status)
{
	if (load(&instance.state) == UP) instance.r->exit(status);
	boot_end(&instance);
	sys_exit_group(status);
}

__attribute__((weak)) const struct bdl_config *bdl_start_config(
	int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	return NULL;
}

void bdl_start(
	const void *stack, int (*main)(int, char **, char **), void (*fini)(void))
{
	struct start s;
	start_parse(stack, &s);
	instance.stack = stack;
	instance.main = main;
	instance.fini = fini;
	const struct bdl_config *config =
		bdl_start_config((int)s.argc, (char **)s.argv, (char **)s.envp);
	if (config) instance.config = *config;
	/* bdl_start_config may have called an import already */
	if (!(instance.config.flags & BDL_LATE) && !instance.state)
		boot_at_start(&instance);
	bdl_exit(main((int)s.argc, (char **)s.argv, (char **)s.envp));
}
