/* start.c - a bare program from its entry to main. With start.S an archive
 * member of its own, linked only into programs that have no _start. */
#include "contract.h"
#include "elf.h"

int main(int argc, char **argv, char **envp);

typedef void start_function(int argc, char **argv, char **envp);

/* The linker defines these. */
#pragma GCC visibility push(hidden)
extern start_function *__preinit_array_start[], *__preinit_array_end[];
extern start_function *__init_array_start[], *__init_array_end[];
extern void (*__fini_array_start[])(void), (*__fini_array_end[])(void);
#pragma GCC visibility pop

static void relocate_rela(uintptr_t bias, const struct elf_rela *r, size_t size)
{
	for (size_t i = 0; i < size / sizeof *r; i++)
		if ((uint32_t)r[i].info == ARCH_R_RELATIVE)
			*(uint64_t *)(bias + r[i].offset) =
				bias + (uint64_t)r[i].addend;
}

/* gABI "RELR": an even word is an address to relocate, an odd one a bitmap of
 * the 63 words that follow the last. */
static void relocate_relr(uintptr_t bias, const uint64_t *r, size_t size)
{
	uint64_t *where = NULL;
	for (size_t i = 0; i < size / sizeof *r; i++) {
		if (!(r[i] & 1)) {
			where = (uint64_t *)(bias + r[i]);
			*where++ += bias;
			continue;
		}
		for (unsigned bit = 1; bit < 64; bit++)
			if (r[i] >> bit & 1) where[bit - 1] += bias;
		where += 63;
	}
}

static uint64_t auxv(const uintptr_t *stack, uint64_t type)
{
	const uintptr_t *p = stack + 1 + *stack + 1;
	while (*p++)
		;
	for (; p[0] != AT_NULL; p += 2)
		if (p[0] == type) return p[1];
	return 0;
}

static uint64_t tag(const struct elf_dynamic *d, int64_t which)
{
	for (; d->tag != DT_NULL; d++)
		if (d->tag == which) return d->value;
	return 0;
}

/* A static-pie program has nobody else to relocate it. Until this is done no
 * address that lies in memory may be used. */
static void relocate_self(const uintptr_t *stack)
{
	uint64_t at = auxv(stack, AT_PHDR);
	const struct elf_header *header = (const void *)(at - sizeof *header);
	const struct elf_segment *phdr = (const void *)at;
	if (!at || header->type != ET_DYN) return;
	uintptr_t bias = auxv(stack, AT_ENTRY) - header->entry;
	for (unsigned i = 0; i < header->phnum; i++) {
		if (phdr[i].type != PT_DYNAMIC) continue;
		const struct elf_dynamic *d = (const void *)(bias + phdr[i].vaddr);
		relocate_rela(bias, (const void *)(bias + tag(d, DT_RELA)),
			tag(d, DT_RELASZ));
		relocate_relr(bias, (const void *)(bias + tag(d, DT_RELR)),
			tag(d, DT_RELRSZ));
	}
}

/* The constructors run once a C library is there, as in a dynamic program. */
static int run_main(int argc, char **argv, char **envp)
{
	for (start_function **f = __preinit_array_start; f < __preinit_array_end; f++)
		(*f)(argc, argv, envp);
	for (start_function **f = __init_array_start; f < __init_array_end; f++)
		(*f)(argc, argv, envp);
	return main(argc, argv, envp);
}

static void run_destructors(void)
{
	for (void (**f)(void) = __fini_array_end; f-- > __fini_array_start;) (*f)();
}

void start_process(const uintptr_t *stack)
{
	relocate_self(stack);
	bdl_start(stack, run_main, run_destructors);
}
