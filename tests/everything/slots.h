/* slots.h - prints what an object's references were bound to.
 *
 * A line for each relocation with a symbol whose word nobody writes to once it is
 * relocated (in PT_GNU_RELRO, or of a PLT), but for thread-local ones:
 *
 *	slot OFFSET name object+offset	where the word leads
 *	slot OFFSET name host		to the program, or nowhere
 *	slot OFFSET name null
 *	slot OFFSET name given		baredl gives its own
 *
 * Both sides note the objects that are there, and then call slots_print(). */
#ifndef SLOTS_H
#define SLOTS_H

#include "walk.h"

static struct module {
	const char *name; /* without the directory */
	uintptr_t bias, end;
} modules[1024];
static size_t module_count;

static int equal(const char *a, const char *b)
{
	while (*a && *a == *b) a++, b++;
	return *a == *b;
}

static void slots_note(const char *path, uintptr_t bias, const void *phdr, size_t phnum)
{
	const Elf64_Phdr *segment = phdr;
	const char *name = path;
	uintptr_t end = 0;

	for (; *path; path++)
		if (*path == '/') name = path + 1;
	for (size_t i = 0; i < phnum; i++)
		if (segment[i].p_type == PT_LOAD)
			end = segment[i].p_vaddr + segment[i].p_memsz;
	/* one without a name is the program */
	if (*name && module_count < sizeof modules / sizeof modules[0])
		modules[module_count++] = (struct module){ name, bias, end };
}

/* What has another job under our linker than under ld.so: baredl's own, whatever
 * the C library has. */
static int given(const char *name)
{
	static const char *const names[] = { "__tls_get_addr", "__cxa_atexit",
		"__cxa_finalize", "dl_iterate_phdr", "_dl_find_object", "dladdr",
		"dlopen", "dlsym", "dlvsym", "dlclose", "dlerror",
		"__cxa_thread_atexit_impl" };
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (equal(name, names[i])) return 1;
	return 0;
}

static void slots_target(uintptr_t value)
{
	static size_t last; /* mostly the same one again */

	for (size_t n = 0; n < module_count; n++) {
		size_t i = (last + n) % module_count;
		if (value - modules[i].bias > modules[i].end) continue;
		last = i;
		put(modules[i].name);
		put("+");
		put_number(value - modules[i].bias);
		return;
	}
	put(value ? "host" : "null");
}

static void slots_table(const struct walk *w, const Elf64_Rela *at, size_t size,
	const Elf64_Phdr *within)
{
	for (size_t i = 0; i < size / sizeof *at; i++) {
		const Elf64_Sym *symbol = &w->symbols[ELF64_R_SYM(at[i].r_info)];
		const char *name = w->strings + symbol->st_name;
		if (symbol == w->symbols || ELF64_ST_TYPE(symbol->st_info) == STT_TLS)
			continue;
		if (within && at[i].r_offset - within->p_vaddr >= within->p_memsz)
			continue;
		put("slot ");
		put_number(at[i].r_offset);
		put(" ");
		put(name);
		put(" ");
		if (given(name))
			put("given");
		else
			slots_target(*(uintptr_t *)(w->object->bias + at[i].r_offset));
		put("\n");
	}
}

static void slots_print(const struct bdl_object *object)
{
	const Elf64_Phdr *segment = object->phdr;
	const Elf64_Rela *rela = NULL, *plt = NULL;
	size_t size = 0, plt_size = 0;
	struct walk w;

	walk_find(&w, object);
	for (const Elf64_Dyn *d = object->dynamic; d->d_tag != DT_NULL; d++) {
		if (d->d_tag == DT_RELA) rela = walk_address(&w, d->d_un.d_ptr);
		if (d->d_tag == DT_RELASZ) size = d->d_un.d_val;
		if (d->d_tag == DT_JMPREL) plt = walk_address(&w, d->d_un.d_ptr);
		if (d->d_tag == DT_PLTRELSZ) plt_size = d->d_un.d_val;
	}
	for (size_t i = 0; i < object->phnum; i++)
		if (segment[i].p_type == PT_GNU_RELRO)
			slots_table(&w, rela, size, &segment[i]);
	slots_table(&w, plt, plt_size, NULL);
}

#endif
