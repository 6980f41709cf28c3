/* synth.c - the main program that ld.so is shown: the program headers and the
 * dynamic section that the host would have, had it been linked dynamically.
 *
 * ld.so never opens the main program, AT_PHDR says where its headers are; so
 * they can be made in memory:
 *
 *	PT_PHDR			tells the load bias
 *	PT_LOAD, PT_GNU_EH_FRAME the host's own: its functions have addresses and
 *				unwind tables for everyone
 *	PT_DYNAMIC		needs a libc; imports, weakly, what we want back
 *	PT_TLS			struct thread, in each thread of the resident, at
 *				a fixed distance from its thread pointer
 *	PT_GNU_STACK		or the stack would become executable
 *	PT_INTERP		glibc insists on one
 */
#include "internal.h"
#include "sys.h"

/* In the order of struct resident_functions. */
#define NAMES \
	"__libc_start_main\0dlopen\0dlsym\0dlvsym\0dlclose\0dlerror\0dladdr\0dlinfo\0" \
	"__errno_location\0__cxa_atexit\0exit\0__libc_dlopen_mode\0__libc_dlsym\0"

enum { SEGMENTS = 5, ENTRIES = 16, SYMBOLS = 1 + RESIDENT_FUNCTIONS };

struct synth {
	struct { /* the image of struct thread: only its first word is not 0 */
		_Alignas(64) struct bdl *bdl;
	} tls;
	struct resident_functions functions; /* GLOB_DAT relocations fill it */
	size_t size;
	struct elf_dynamic dynamic[ENTRIES];
	struct elf_symbol symbols[SYMBOLS];
	struct elf_rela relocations[RESIDENT_FUNCTIONS];
	struct { /* exports nothing, and its Bloom filter says so at once */
		uint32_t buckets, first, words, shift;
		uint64_t bloom[1];
		uint32_t bucket[1];
	} hash;
	struct {
		char names[sizeof "" NAMES];
		char libc[PATH_SIZE];
	} strings;
	char interp[PATH_SIZE];
	struct elf_segment segments[]; /* SEGMENTS and the host's */
};

struct synth *synth_new(size_t phnum)
{
	size_t size =
		sizeof(struct synth) + (phnum + SEGMENTS) * sizeof(struct elf_segment);
	long at = sys_allocate(size, PROT_READ | PROT_WRITE);
	if (sys_failed(at)) return NULL;
	struct synth *s = (struct synth *)at;
	s->size = size;
	return s;
}

void synth_free(struct synth *s) { sys_munmap(s, s->size); }
char *synth_interp(struct synth *s) { return s->interp; }
char *synth_libc(struct synth *s) { return s->strings.libc; }

/* A segment of ours: [size] bytes at [at]. Out of line: six times is too often. */
__attribute__((noinline)) static struct elf_segment *add(struct elf_segment *p,
	uint32_t type, const void *at, size_t size, uintptr_t bias)
{
	p->type = type;
	p->flags = PF_R | PF_W;
	p->vaddr = (uintptr_t)at - bias;
	p->filesz = p->memsz = size;
	p->align = 16;
	return p + 1;
}

/* The host's own. musl hands what is left of a writable segment's first and last
 * page to malloc; the host may be using it, or have made it read-only (RELRO):
 * leave nothing over. */
static struct elf_segment *add_host(
	struct elf_segment *p, const struct elf_segment *from, size_t page)
{
	*p = *from;
	if (p->type == PT_LOAD && p->flags & PF_W) {
		uint64_t end = (p->vaddr + p->memsz + page - 1) & -(uint64_t)page;
		p->vaddr &= -(uint64_t)page;
		p->memsz = end - p->vaddr;
	}
	return p + 1;
}

static size_t build_segments(struct synth *s, struct bdl *b, const struct start *start)
{
	const struct elf_segment *phdr = start->phdr;
	uintptr_t bias = start->bias;
	struct elf_segment *p = add(s->segments, PT_PHDR, s->segments, 0, bias);
	for (; phdr < start->phdr + start->phnum; phdr++)
		if (phdr->type == PT_LOAD || phdr->type == PT_GNU_EH_FRAME)
			p = add_host(p, phdr, b->page);
	p = add(p, PT_DYNAMIC, s->dynamic, sizeof s->dynamic, bias);
	p = add(p, PT_TLS, &s->tls, sizeof s->tls.bdl, bias);
	p[-1].memsz = sizeof(struct thread);
	p[-1].align = TLS_ALIGN;
	bdl_tls_segment(b, p - 1, bias);
	p = add(p, PT_GNU_STACK, NULL, 0, 0);
	p = add(p, PT_INTERP, s->interp, text_length(s->interp) + 1, bias);
	s->segments[0].filesz = s->segments[0].memsz =
		(uint64_t)((char *)p - (char *)s->segments);
	return (size_t)(p - s->segments);
}

/* musl's ld.so is its libc and knows it by this name; glibc's gets the path
 * that was checked, so that what it loads is what we looked at. */
static void build_dynamic(struct synth *s, enum kind kind, uintptr_t bias)
{
	static const char names[] = "" NAMES;
	__builtin_memcpy(s->strings.names + 1, names, sizeof names - 1);
	if (kind == MUSL) __builtin_memcpy(s->strings.libc, "libc.so", 8);

	uint32_t name = 1;
	for (uint32_t i = 0; i < RESIDENT_FUNCTIONS; i++) {
		/* weak: if there is none it becomes NULL, and nothing ends */
		s->symbols[1 + i].name = name;
		s->symbols[1 + i].info = STB_WEAK << 4;
		s->relocations[i].offset =
			(uintptr_t)((void **)&s->functions + i) - bias;
		s->relocations[i].info = (uint64_t)(1 + i) << 32 | ARCH_R_GLOB_DAT;
		name += (uint32_t)text_length(s->strings.names + name) + 1;
	}
	s->hash.buckets = s->hash.words = 1;
	s->hash.first = SYMBOLS;

	/* addresses as distances from [s], to be completed */
	static const struct elf_dynamic entries[] = {
		{ DT_NEEDED, offsetof(struct synth, strings.libc) -
				     offsetof(struct synth, strings) },
		{ DT_STRSZ, sizeof s->strings },
		{ DT_SYMENT, sizeof s->symbols[0] },
		{ DT_RELASZ, sizeof s->relocations },
		{ DT_RELAENT, sizeof s->relocations[0] },
		{ DT_FLAGS, DF_BIND_NOW },
		{ DT_FLAGS_1, DF_1_NOW },
		{ DT_DEBUG, 0 },
#define ADDRESSES 8 /* from here on */
		{ DT_GNU_HASH, offsetof(struct synth, hash) },
		{ DT_STRTAB, offsetof(struct synth, strings) },
		{ DT_SYMTAB, offsetof(struct synth, symbols) },
		{ DT_RELA, offsetof(struct synth, relocations) },
		{ DT_NULL, 0 },
	};
	_Static_assert(sizeof entries <= sizeof s->dynamic, "ENTRIES");
	__builtin_memcpy(s->dynamic, entries, sizeof entries);
	for (struct elf_dynamic *d = s->dynamic + ADDRESSES; d->tag != DT_NULL; d++)
		d->value += (uintptr_t)s - bias;
}

size_t synth_build(struct synth *s, struct bdl *b, const struct start *start)
{
	s->tls.bdl = b;
	build_dynamic(s, b->kind, start->bias);
	return build_segments(s, b, start);
}

const struct elf_segment *synth_segments(const struct synth *s) { return s->segments; }

struct resident_functions *synth_functions(struct synth *s) { return &s->functions; }

void synth_find(
	struct synth *s, void *(*sym)(void *handle, const char *symbol), void *handle)
{
	void **function = (void **)&s->functions;
	const char *name = s->strings.names + 1;
	for (size_t i = 0; i < RESIDENT_FUNCTIONS; i++, name += text_length(name) + 1)
		if (!function[i]) function[i] = sym(handle, name);
}

void synth_seal(struct synth *s) { sys_mprotect(s, s->size, PROT_READ); }
