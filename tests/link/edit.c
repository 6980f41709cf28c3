/* edit.c - changes one field of an ELF file, for what no linker would write.
 *
 *	edit FILE ehdr FIELD N           class data machine type phnum ...
 *	edit FILE phdr TYPE FIELD N      the first of p_type TYPE
 *	edit FILE dyn TAG FIELD N        tag, val
 *	edit FILE symbol NAME FIELD N    of .dynsym: value size info other shndx
 *	edit FILE rela INDEX type N      of DT_RELA
 *	edit FILE need VERSION FIELD N   of .gnu.version_r: flags hash
 *
 * Numbers as for strtol. Little-endian, 64-bit, like the machines we have. */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned char bytes[64 << 20];
static long size;

static void die(const char *why)
{
	fprintf(stderr, "edit: %s\n", why);
	exit(1);
}

static void set(void *field, size_t width, const char *n)
{
	unsigned long long value = strtoull(n, NULL, 0);
	memcpy(field, &value, width);
}

#define SET(name, place) \
	if (!strcmp(field, name)) return set(&(place), sizeof(place), n)

static void header(const char *field, const char *n)
{
	Elf64_Ehdr *e = (void *)bytes;
	SET("class", e->e_ident[EI_CLASS]);
	SET("data", e->e_ident[EI_DATA]);
	SET("identversion", e->e_ident[EI_VERSION]);
	SET("osabi", e->e_ident[EI_OSABI]);
	SET("version", e->e_version);
	SET("machine", e->e_machine);
	SET("type", e->e_type);
	SET("phentsize", e->e_phentsize);
	SET("phnum", e->e_phnum);
	SET("shnum", e->e_shnum);
	SET("shstrndx", e->e_shstrndx);
	SET("shoff", e->e_shoff);
	die(field);
}

static Elf64_Phdr *program_header(unsigned type)
{
	Elf64_Ehdr *e = (void *)bytes;
	Elf64_Phdr *p = (void *)(bytes + e->e_phoff);
	for (int i = 0; i < e->e_phnum; i++)
		if (p[i].p_type == type) return p + i;
	die("no such program header");
	return NULL;
}

static void segment(const char *type, const char *field, const char *n)
{
	Elf64_Phdr *p = program_header((unsigned)strtoul(type, NULL, 0));
	SET("type", p->p_type);
	SET("flags", p->p_flags);
	SET("offset", p->p_offset);
	SET("vaddr", p->p_vaddr);
	SET("filesz", p->p_filesz);
	SET("memsz", p->p_memsz);
	SET("align", p->p_align);
	die(field);
}

static void dynamic(const char *tag, const char *field, const char *n)
{
	Elf64_Dyn *d = (void *)(bytes + program_header(PT_DYNAMIC)->p_offset);
	Elf64_Sxword want = strtol(tag, NULL, 0);
	while (d->d_tag != want) {
		if (d->d_tag == DT_NULL) die("no such tag");
		d++;
	}
	SET("tag", d->d_tag);
	SET("val", d->d_un.d_val);
	die(field);
}

static Elf64_Shdr *section(unsigned type)
{
	Elf64_Ehdr *e = (void *)bytes;
	Elf64_Shdr *s = (void *)(bytes + e->e_shoff);
	for (int i = 0; i < e->e_shnum; i++)
		if (s[i].sh_type == type) return s + i;
	die("no such section");
	return NULL;
}

static const char *string(const Elf64_Shdr *of, unsigned offset)
{
	const Elf64_Ehdr *e = (void *)bytes;
	const Elf64_Shdr *s = (void *)(bytes + e->e_shoff);
	return (const char *)bytes + s[of->sh_link].sh_offset + offset;
}

static void symbol(const char *name, const char *field, const char *n)
{
	Elf64_Shdr *table = section(SHT_DYNSYM);
	Elf64_Sym *s = (void *)(bytes + table->sh_offset);
	for (size_t i = 0; i < table->sh_size / sizeof *s; i++, s++) {
		if (strcmp(string(table, s->st_name), name)) continue;
		SET("value", s->st_value);
		SET("size", s->st_size);
		SET("info", s->st_info);
		SET("other", s->st_other);
		SET("shndx", s->st_shndx);
		die(field);
	}
	die("no such symbol");
}

static void need(const char *version, const char *field, const char *n)
{
	Elf64_Shdr *table = section(SHT_GNU_verneed);
	unsigned char *at = bytes + table->sh_offset;
	for (unsigned i = 0; i < table->sh_info; i++) {
		Elf64_Verneed *v = (void *)at;
		unsigned char *aux = at + v->vn_aux;
		for (unsigned k = 0; k < v->vn_cnt; k++) {
			Elf64_Vernaux *a = (void *)aux;
			if (!strcmp(string(table, a->vna_name), version)) {
				SET("flags", a->vna_flags);
				SET("hash", a->vna_hash);
				die(field);
			}
			aux += a->vna_next;
		}
		at += v->vn_next;
	}
	die("no such version");
}

static void relocation(const char *index, const char *field, const char *n)
{
	Elf64_Rela *r = (void *)(bytes + section(SHT_RELA)->sh_offset);
	r += strtoul(index, NULL, 0);
	if (strcmp(field, "type")) die(field);
	r->r_info = ELF64_R_INFO(ELF64_R_SYM(r->r_info), strtoul(n, NULL, 0));
}

int main(int argc, char **argv)
{
	if (argc < 5) die("arguments?");
	FILE *f = fopen(argv[1], "r+b");
	if (!f) die(argv[1]);
	size = (long)fread(bytes, 1, sizeof bytes, f);
	if (argc == 5)
		header(argv[3], argv[4]);
	else if (!strcmp(argv[2], "phdr"))
		segment(argv[3], argv[4], argv[5]);
	else if (!strcmp(argv[2], "dyn"))
		dynamic(argv[3], argv[4], argv[5]);
	else if (!strcmp(argv[2], "symbol"))
		symbol(argv[3], argv[4], argv[5]);
	else if (!strcmp(argv[2], "rela"))
		relocation(argv[3], argv[4], argv[5]);
	else
		need(argv[3], argv[4], argv[5]);
	rewind(f);
	if (fwrite(bytes, 1, (size_t)size, f) != (size_t)size || fclose(f))
		die("write");
	return 0;
}
