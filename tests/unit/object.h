/* object.h - a small object file, made by hand: what the tests of image.c and
 * dynamic.c break. And copies that a sanitizer can watch. */
#ifndef OBJECT_H
#define OBJECT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static int count, failed;
static inline void check(int ok, const char *what)
{
	printf("%sok %d - %s\n", ok ? "" : "not ", ++count, what);
	failed |= !ok;
}

/* Both NULL, or the same text. */
static inline void check_text(const char *got, const char *want, const char *what)
{
	int ok = got && want ? !strcmp(got, want) : got == want;
	check(ok, what);
	if (!ok) printf("# got: %s\n", got ? got : "(none)");
}

/* Header, program headers, dynamic section, tables, and one PT_LOAD over all of
 * it. Defines "defined", needs "needed" and libneed.so. */
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
	struct {
		uint32_t buckets, chains, bucket[1], chain[3];
	} sysv;
	char strings[64];
};
enum { STRTAB = 1, STRSZ, SYMTAB, GNU_HASH, HASH }; /* which in dynamic[] */

static inline uint32_t gnu_hash(const char *s)
{
	uint32_t h = 5381;
	while (*s) h = h * 33 + (uint8_t)*s++;
	return h;
}

static inline struct object make_object(void)
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
	o.sysv.buckets = 1, o.sysv.chains = 3, o.sysv.bucket[0] = 2;
	return o;
}

/* Memory of exactly [size] bytes, so that a sanitizer sees any read outside. */
static inline void *copy_of(const void *bytes, size_t size)
{
	void *copy = malloc(size ? size : 1);
	if (!copy) abort();
	return memcpy(copy, bytes, size);
}

/* [size]: of the file, of which [present] bytes are at [bytes]. */
static inline const char *parse(
	const void *bytes, size_t present, size_t size, struct image *m)
{
	struct file f = { .size = size, .bytes = bytes, .present = present };
	return image_parse(&f, m);
}

/* What is promised of an image that was taken, whatever the bytes. */
static inline int sound(const struct image *m)
{
	uint64_t end = 0;
	size_t available;
	if (m->dynamic.size > m->size || m->dynamic.start > m->size - m->dynamic.size ||
		m->dynamic.start % 8)
		return 0;
	if (m->interp.size && (m->interp.size > m->present ||
				      m->interp.start > m->present - m->interp.size ||
				      m->bytes[m->interp.start + m->interp.size - 1]))
		return 0;
	for (unsigned i = 0; i < m->phnum; i++) {
		const struct elf_segment *s = &m->segments[i];
		if (s->type != PT_LOAD) continue;
		if (s->vaddr < end || s->filesz > s->memsz || s->filesz > m->size ||
			s->offset > m->size - s->filesz)
			return 0;
		end = s->vaddr + s->memsz;
		if (end < s->vaddr) return 0;
		if (!s->filesz) continue;
		if (image_at(m, s->vaddr, &available) != m->bytes + s->offset ||
			available != s->filesz)
			return 0;
	}
	return end == m->load.start + m->load.size && !image_at(m, end, &available) &&
	       !available;
}

static inline int has(const struct image *m, const void *at, size_t size)
{
	const uint8_t *p = at;
	return p >= m->bytes && p <= m->bytes + m->size &&
	       size <= (size_t)(m->bytes + m->size - p);
}

/* Everything that reads the bytes of a whole file; the sanitizers watch. Whether
 * what came out lies inside. */
static inline int read_all_of(const void *bytes, size_t size)
{
	struct image m;
	struct dynamic d;
	const char *s;
	if (parse(bytes, size, size, &m)) return 1;
	if (!sound(&m)) return 0;
	if (dynamic_parse(&m, &d)) return 1;
	const struct bytes all[] = { d.entries, d.strings, d.symbols, d.hash,
		d.gnu_hash };
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
		if (all[i].at && !has(&m, all[i].at, all[i].size)) return 0;
	for (size_t i = 0; (s = dynamic_needed(&d, i)); i++)
		if (!has(&m, s, strlen(s) + 1)) return 0;
	dynamic_defines(&d, "__tls_get_addr");
	dynamic_defines(&d, "defined");
	dynamic_defines(&d, "");
	s = dynamic_lacks(&d, &d);
	return !s || has(&m, s, strlen(s) + 1);
}

static inline uint64_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 24;
}

/* A real file that nobody made for this test: ld.so, which runs this program. */
static inline uint8_t *read_real(size_t *size)
{
	static uint8_t file[1 << 22];
	uint8_t *copy = NULL;
	struct image m;
	const char *path = "/proc/self/exe";
	*size = 0;
	for (int step = 0; step < 2; step++) {
		FILE *f = fopen(path, "rb");
		if (!f) break;
		size_t n = fread(file, 1, sizeof file, f);
		fclose(f);
		if (!n || n == sizeof file) break;
		free(copy);
		copy = copy_of(file, *size = n);
		if (parse(copy, n, n, &m) || !m.interp.size) break;
		path = (const char *)copy + m.interp.start;
		printf("# real: %s\n", path);
	}
	return copy;
}

#endif
