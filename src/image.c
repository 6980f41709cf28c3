/* image.c - ELF bytes -> what they describe. Pure: no system call, and the only
 * reader of headers that nobody has checked yet, so every offset is suspected.
 * The bytes are aligned to 8, as a mapping is. gABI chapters 4 and 5. */
#include "internal.h"

/* Whether [r] lies inside [size] bytes, without overflow. */
static bool inside(struct range r, uint64_t size)
{
	return r.start <= size && r.size <= size - r.start;
}

static const char *parse_header(struct image *m)
{
	const struct elf_header *h = (const void *)m->bytes;
	if (m->present < 4 || h->magic != ELF_MAGIC) return "not an ELF file";
	if (m->present < sizeof *h) return "truncated: ends inside the ELF header";
	if (h->class != ELFCLASS64) return "EI_CLASS: not a 64-bit object";
	if (h->data != ELFDATA2LSB) return "EI_DATA: not little-endian";
	if (h->machine != ARCH_ELF_MACHINE)
		return "e_machine: made for another machine";
	if (h->type != ET_EXEC && h->type != ET_DYN)
		return "e_type: no executable or shared object";
	if (h->phentsize != sizeof(struct elf_segment)) return "e_phentsize: not 56";
	if (h->phoff % 8) return "e_phoff: not a multiple of 8";
	if (!inside((struct range){ h->phoff, (uint64_t)h->phnum * h->phentsize },
		    m->present))
		return "truncated: ends inside the program headers";
	m->type = h->type;
	m->phnum = h->phnum;
	m->segments = (const void *)(m->bytes + h->phoff);
	m->entry = h->entry;
	return NULL;
}

/* [end] is where the PT_LOAD before this one ended; gABI wants them in order. */
static const char *check_load(
	const struct image *m, const struct elf_segment *s, uint64_t end)
{
	if (!inside((struct range){ s->offset, s->filesz }, m->size))
		return "truncated: ends inside a PT_LOAD";
	if (s->filesz > s->memsz) return "PT_LOAD: p_filesz exceeds p_memsz";
	if (s->memsz > UINT64_MAX / 4 || s->vaddr > UINT64_MAX / 4)
		return "PT_LOAD: out of range";
	if (s->vaddr < end) return "PT_LOAD: out of order";
	if (s->align & (s->align - 1)) return "PT_LOAD: p_align is no power of two";
	if ((s->vaddr - s->offset) & 0xfff)
		return "PT_LOAD: p_vaddr and p_offset disagree";
	return NULL;
}

static const char *parse_segments(struct image *m)
{
	uint64_t end = 0;
	bool any = false;
	for (const struct elf_segment *s = m->segments; s < m->segments + m->phnum;
		s++) {
		struct range file = { s->offset, s->filesz };
		const char *why;
		switch (s->type) {
		case PT_LOAD:
			if ((why = check_load(m, s, end))) return why;
			if (!any) m->load.start = s->vaddr;
			any = true;
			end = s->vaddr + s->memsz;
			m->load.size = end - m->load.start;
			if (s->align > m->align) m->align = s->align;
			break;
		case PT_DYNAMIC:
			if (!inside(file, m->size))
				return "PT_DYNAMIC: outside the file";
			if (file.start % 8) return "PT_DYNAMIC: not aligned";
			m->dynamic = file;
			break;
		case PT_INTERP:
			if (!inside(file, m->size) || !file.size)
				return "PT_INTERP: outside the file";
			if (!inside(file, m->present)) break;
			if (m->bytes[file.start + file.size - 1])
				return "PT_INTERP: not ended by NUL";
			m->interp = file;
			break;
		case PT_GNU_RELRO:
			m->relro = (struct range){ s->vaddr, s->memsz };
			break;
		}
	}
	return any ? NULL : "no PT_LOAD segment";
}

const char *image_parse(const struct file *f, struct image *out)
{
	*out = (struct image){
		.bytes = f->bytes, .present = f->present, .size = f->size
	};
	const char *why = parse_header(out);
	return why ? why : parse_segments(out);
}

const uint8_t *image_at(const struct image *m, uint64_t vaddr, size_t *available)
{
	for (const struct elf_segment *s = m->segments; s < m->segments + m->phnum;
		s++) {
		uint64_t offset = vaddr - s->vaddr;
		if (s->type != PT_LOAD || vaddr < s->vaddr || offset >= s->filesz)
			continue;
		*available = s->filesz - offset;
		return m->bytes + s->offset + offset;
	}
	*available = 0;
	return NULL;
}
