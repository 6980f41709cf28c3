/* image.c and dynamic.c take any bytes: each fault has its name, and nothing is
 * read outside the file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static int count, failed;
static void check(int ok, const char *what)
{
	printf("%sok %d - %s\n", ok ? "" : "not ", ++count, what);
	failed |= !ok;
}

/* A small object: header, program headers, dynamic section, tables, one PT_LOAD
 * over all of it. Defines "defined", needs "needed" and libneed.so. */
struct object {
	struct elf_header header;
	struct elf_segment load, dynamic_segment, interp;
	struct elf_dynamic dynamic[8];
	struct elf_symbol symbols[3];
	struct {
		uint32_t buckets, first, words, shift;
		uint64_t bloom;
		uint32_t bucket[1], chain[1];
	} gnu;
	uint32_t sysv[2 + 1 + 3];
	char strings[64];
};

static uint32_t gnu_hash(const char *s)
{
	uint32_t h = 5381;
	while (*s) h = h * 33 + (uint8_t)*s++;
	return h;
}

static struct object make(void)
{
	struct object o = { .header = { .magic = ELF_MAGIC,
				    .class = ELFCLASS64,
				    .data = ELFDATA2LSB,
				    .type = ET_DYN,
				    .machine = ARCH_ELF_MACHINE,
				    .phoff = offsetof(struct object, load),
				    .phentsize = sizeof(struct elf_segment),
				    .phnum = 3 } };
	o.load = (struct elf_segment){ .type = PT_LOAD,
		.flags = PF_R,
		.filesz = sizeof o,
		.memsz = sizeof o,
		.align = 4096 };
	o.dynamic_segment = (struct elf_segment){ .type = PT_DYNAMIC,
		.offset = offsetof(struct object, dynamic),
		.vaddr = offsetof(struct object, dynamic),
		.filesz = sizeof o.dynamic,
		.memsz = sizeof o.dynamic };
	o.interp = (struct elf_segment){ .type = PT_INTERP,
		.offset = offsetof(struct object, strings) + 16,
		.filesz = 7 };
	memcpy(o.strings, "\0libneed.so\0\0\0\0\0ld.so.\0\0defined\0needed", 39);
	const struct elf_dynamic d[] = { { DT_NEEDED, 1 },
		{ DT_STRTAB, offsetof(struct object, strings) },
		{ DT_STRSZ, sizeof o.strings },
		{ DT_SYMTAB, offsetof(struct object, symbols) },
		{ DT_GNU_HASH, offsetof(struct object, gnu) },
		{ DT_HASH, offsetof(struct object, sysv) }, { DT_NULL, 0 } };
	memcpy(o.dynamic, d, sizeof d);
	o.symbols[1] = (struct elf_symbol){ .name = 32, .info = STB_GLOBAL << 4 };
	o.symbols[2] =
		(struct elf_symbol){ .name = 24, .info = STB_GLOBAL << 4, .shndx = 1 };
	o.gnu.buckets = 1, o.gnu.first = 2, o.gnu.words = 1, o.gnu.bloom = ~0ull;
	o.gnu.bucket[0] = 2, o.gnu.chain[0] = gnu_hash("defined") | 1;
	o.sysv[0] = 1, o.sysv[1] = 3, o.sysv[2] = 2;
	return o;
}

/* Parses a copy of exactly [size] bytes, so that a sanitizer sees any other read. */
static const char *parse(const void *bytes, size_t size, struct image *m, void **copy)
{
	*copy = malloc(size ? size : 1);
	memcpy(*copy, bytes, size);
	struct file f = { .size = size, .bytes = *copy, .present = size };
	return image_parse(&f, m);
}

static const char *fault(const struct object *o)
{
	struct image m;
	void *copy;
	const char *why = parse(o, sizeof *o, &m, &copy);
	free(copy);
	return why;
}

static void faults(void)
{
#define FAULT(change, text) \
	do { \
		struct object o = make(); \
		change; \
		const char *why = fault(&o); \
		check(why && !strcmp(why, text), text); \
		if (why && strcmp(why, text)) printf("# got: %s\n", why); \
	} while (0)
	struct object good = make();
	check(!fault(&good), "the object itself is right");
	FAULT(o.header.magic++, "not an ELF file");
	FAULT(o.header.class = 1, "EI_CLASS: not a 64-bit object");
	FAULT(o.header.data = 2, "EI_DATA: not little-endian");
	FAULT(o.header.machine ^= 1, "e_machine: made for another machine");
	FAULT(o.header.type = 1, "e_type: no executable or shared object");
	FAULT(o.header.phentsize = 32, "e_phentsize: not 56");
	FAULT(o.header.phoff = 4, "e_phoff: not a multiple of 8");
	FAULT(o.header.phoff = ~7ull, "truncated: ends inside the program headers");
	FAULT(o.header.phnum = 0xffff, "truncated: ends inside the program headers");
	FAULT(o.header.phnum = 0, "no PT_LOAD segment");
	FAULT(o.load.type = 0, "no PT_LOAD segment");
	FAULT(o.load.filesz++, "truncated: ends inside a PT_LOAD");
	FAULT(o.load.offset = ~0xfffull, "truncated: ends inside a PT_LOAD");
	FAULT(o.load.memsz--, "PT_LOAD: p_filesz exceeds p_memsz");
	FAULT(o.load.memsz = ~0ull, "PT_LOAD: out of range");
	FAULT(o.load.vaddr = ~0xfffull, "PT_LOAD: out of range");
	FAULT(o.load.align = 3, "PT_LOAD: p_align is no power of two");
	FAULT(o.load.vaddr = 8, "PT_LOAD: p_vaddr and p_offset disagree");
	FAULT(o.interp = o.load, "PT_LOAD: out of order");
	FAULT(o.dynamic_segment.offset = sizeof o, "PT_DYNAMIC: outside the file");
	FAULT(o.dynamic_segment.offset++, "PT_DYNAMIC: not aligned");
	FAULT(o.interp.offset = ~0ull, "PT_INTERP: outside the file");
	FAULT(o.interp.filesz--, "PT_INTERP: not ended by NUL");
}

static void dynamics(void)
{
#define DYNAMIC(change, text) \
	do { \
		struct object o = make(); \
		struct image m; \
		struct dynamic d; \
		void *copy; \
		change; \
		const char *why = parse(&o, sizeof o, &m, &copy); \
		if (!why) why = dynamic_parse(&m, &d); \
		check(why && !strcmp(why, text), text); \
		if (why && strcmp(why, text)) printf("# got: %s\n", why); \
		free(copy); \
	} while (0)
	DYNAMIC(o.dynamic_segment.type = 0, "no dynamic section");
	DYNAMIC(o.dynamic[1].tag = 99, "DT_STRTAB: missing or outside the file");
	DYNAMIC(o.dynamic[3].value = sizeof o,
		"DT_SYMTAB: missing or outside the file");
	DYNAMIC(o.dynamic[2].value = 9999, "DT_STRSZ: beyond the segment");
	DYNAMIC(o.dynamic[3].value++, "DT_SYMTAB or hash: not aligned");
	DYNAMIC(o.dynamic[4].tag = o.dynamic[5].tag = 99, "no hash table");

	for (int sysv = 0; sysv < 2; sysv++) {
		struct object o = make();
		struct image m;
		struct dynamic d;
		void *copy;
		if (sysv) o.dynamic[4].tag = 99;
		check(!parse(&o, sizeof o, &m, &copy) && !dynamic_parse(&m, &d),
			sysv ? "with DT_HASH" : "with DT_GNU_HASH");
		check(dynamic_defines(&d, "defined"), "finds what is defined");
		check(!dynamic_defines(&d, "needed"), "not what is undefined");
		check(!dynamic_defines(&d, "other"), "nor what is not there");
		check(!strcmp(dynamic_needed(&d, 0), "libneed.so") &&
				!dynamic_needed(&d, 1),
			"DT_NEEDED");
		const char *lacks = dynamic_lacks(&d, &d);
		check(lacks && !strcmp(lacks, "needed"),
			"what itself does not provide");
		free(copy);
	}
	struct object o = make(); /* a chain that is a ring */
	struct image m;
	struct dynamic d;
	void *copy;
	o.dynamic[4].tag = 99;
	o.sysv[3 + 2] = 2;
	parse(&o, sizeof o, &m, &copy);
	dynamic_parse(&m, &d);
	check(!dynamic_defines(&d, "nothing"), "a hash chain that is a ring ends");
	free(copy);
}

/* Everything that reads the bytes; the sanitizers watch. */
static void read_all_of(const void *bytes, size_t size)
{
	struct image m;
	struct dynamic d;
	void *copy;
	if (!parse(bytes, size, &m, &copy) && !dynamic_parse(&m, &d)) {
		dynamic_defines(&d, "__tls_get_addr");
		dynamic_defines(&d, "defined");
		for (size_t i = 0; i < 4; i++) dynamic_needed(&d, i);
		dynamic_lacks(&d, &d);
	}
	free(copy);
}

static void broken_files(void)
{
	static uint8_t file[1 << 22];
	struct object o = make();
	for (size_t n = 0; n <= sizeof o; n++) read_all_of(&o, n);
	check(1, "cut at each length");

	uint64_t seed = 20261124;
	for (int i = 0; i < 200000; i++) {
		struct object bad = make();
		for (int k = 0; k < 3; k++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			((uint8_t *)&bad)[(seed >> 33) % sizeof bad] =
				(uint8_t)(seed >> 25);
		}
		read_all_of(&bad, sizeof bad);
	}
	check(1, "200000 times three bytes are others (seed 20261124)");

	FILE *f = fopen("/proc/self/exe", "rb");
	size_t size = f ? fread(file, 1, sizeof file, f) : 0;
	check(size > 10000, "a real program");
	for (size_t n = 0; n < size; n += size / 150) read_all_of(file, n);
	for (int i = 0; i < 300; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		size_t at = (seed >> 33) % 4096;
		uint8_t was = file[at];
		file[at] = (uint8_t)(seed >> 25);
		read_all_of(file, size);
		file[at] = was;
	}
	check(1, "cut at 150 lengths, 300 times another byte in its headers");
}

int main(void)
{
	faults();
	dynamics();
	broken_files();
	printf("1..%d\n", count);
	return failed;
}
