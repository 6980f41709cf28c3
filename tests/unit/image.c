/* image.c takes any bytes: each fault has its name, and what it gives lies inside
 * the file. */
#include "object.h"

static void faults(void)
{
#define FAULT(change, text) \
	do { \
		struct object o = make_object(); \
		struct image m; \
		change; \
		void *copy = copy_of(&o, sizeof o); \
		check_text( \
			parse(copy, sizeof o, sizeof o, &m), text, #change ": " text); \
		free(copy); \
	} while (0)
	FAULT(o.header.magic++, "not an ELF file");
	FAULT(o.header.class = 1, "EI_CLASS: not a 64-bit object");
	FAULT(o.header.data = 2, "EI_DATA: not little-endian");
	FAULT(o.header.machine ^= 1, "e_machine: made for another machine");
	FAULT(o.header.type = 0, "e_type: no executable or shared object");
	FAULT(o.header.type = 1, "e_type: no executable or shared object");
	FAULT(o.header.type = 4, "e_type: no executable or shared object");
	FAULT(o.header.phentsize = 32, "e_phentsize: not 56");
	FAULT(o.header.phoff = 4, "e_phoff: not a multiple of 8");
	FAULT(o.header.phoff = ~7ull, "truncated: ends inside the program headers");
	FAULT(o.header.phoff = sizeof o, "truncated: ends inside the program headers");
	FAULT(o.header.phnum = 0xffff, "truncated: ends inside the program headers");
	FAULT(o.header.phnum = 0, "no PT_LOAD segment");
	FAULT(o.load.type = 0, "no PT_LOAD segment");
	FAULT(o.load.filesz++, "truncated: ends inside a PT_LOAD");
	FAULT(o.load.filesz = ~0ull, "truncated: ends inside a PT_LOAD");
	FAULT(o.load.offset = 4096, "truncated: ends inside a PT_LOAD");
	FAULT(o.load.offset = ~0xfffull, "truncated: ends inside a PT_LOAD");
	FAULT(o.load.memsz--, "PT_LOAD: p_filesz exceeds p_memsz");
	FAULT(o.load.memsz = ~0ull, "PT_LOAD: out of range");
	FAULT(o.load.vaddr = ~0xfffull, "PT_LOAD: out of range");
	FAULT(o.load.align = 3, "PT_LOAD: p_align is no power of two");
	FAULT(o.load.vaddr = 8, "PT_LOAD: p_vaddr and p_offset disagree");
	FAULT(o.interp = o.load, "PT_LOAD: out of order");
	FAULT(o.dynamic_segment.offset = sizeof o, "PT_DYNAMIC: outside the file");
	FAULT(o.dynamic_segment.filesz = ~0ull, "PT_DYNAMIC: outside the file");
	FAULT(o.dynamic_segment.offset++, "PT_DYNAMIC: not aligned");
	FAULT(o.interp.offset = ~0ull, "PT_INTERP: outside the file");
	FAULT(o.interp.filesz = 0, "PT_INTERP: outside the file");
	FAULT(o.interp.filesz--, "PT_INTERP: not ended by NUL");
}

static void what_it_tells(void)
{
	struct object o = make_object();
	struct image m;
	size_t available;
	o.header.entry = 0x123;
	o.load.vaddr = 0x10000, o.load.memsz += 0x500;
	check_text(parse(&o, sizeof o, sizeof o, &m), NULL, "a whole object");
	check(sound(&m), "what it has lies inside");
	check(m.type == ET_DYN && m.phnum == 3 && m.entry == 0x123, "header");
	check(m.load.start == 0x10000 && m.load.size == sizeof o + 0x500,
		"the span of PT_LOADs counts memory, not bytes of the file");
	check(m.dynamic.start == offsetof(struct object, dynamic) &&
			m.dynamic.size == sizeof o.dynamic,
		"PT_DYNAMIC");
	check_text((const char *)m.bytes + m.interp.start, "ld.so.", "PT_INTERP");
	check(!m.relro.size, "no PT_GNU_RELRO");
	check(image_at(&m, 0x10010, &available) == (uint8_t *)&o + 0x10 &&
			available == sizeof o - 0x10,
		"an address inside");
	check(image_at(&m, 0x10000 + sizeof o - 1, &available) && available == 1,
		"the last byte");
	check(!image_at(&m, 0x10000 + sizeof o, &available) && !available,
		"none behind the file's bytes, though memory goes on");
	check(!image_at(&m, 0xffff, &available) && !available, "none before");

	o.interp = (struct elf_segment){
		.type = PT_GNU_RELRO, .vaddr = 0x10100, .memsz = 0x200
	};
	check(!parse(&o, sizeof o, sizeof o, &m) && m.relro.start == 0x10100 &&
			m.relro.size == 0x200 && !m.interp.size,
		"PT_GNU_RELRO; no PT_INTERP");
}

/* Only the first bytes of a file are there. */
static void heads(void)
{
	struct object o = make_object();
	struct image m;
	size_t headers = offsetof(struct object, dynamic);
	void *head = copy_of(&o, headers);
	check_text(parse(head, headers, sizeof o, &m), NULL, "the headers are enough");
	check(m.dynamic.size && !m.interp.size,
		"an interpreter's name that is not there is none");
	check_text(parse(head, headers, sizeof o - 1, &m),
		"truncated: ends inside a PT_LOAD", "and tell that the rest is short");
	free(head);
	head = copy_of(&o, --headers);
	check_text(parse(head, headers, sizeof o, &m),
		"truncated: ends inside the program headers", "a byte less is not");
	free(head);
}

/* Cut at each length: the reason depends on where. */
static void cuts(void)
{
	struct object o = make_object();
	struct image m;
	int named = 1;
	for (size_t n = 0; n < sizeof o; n++) {
		const char *want =
			n < 4                 ? "not an ELF file"
			: n < sizeof o.header ? "truncated: ends inside the ELF header"
			: n < offsetof(struct object, dynamic)
				? "truncated: ends inside the program headers"
				: "truncated: ends inside a PT_LOAD";
		void *copy = copy_of(&o, n);
		const char *got = parse(copy, n, n, &m);
		if (!got || strcmp(got, want)) {
			named = 0;
			printf("# cut at %zu: %s\n", n, got ? got : "(none)");
		}
		free(copy);
	}
	check(named, "cut at each length: the reason is named");
}

static void broken_objects(void)
{
	uint64_t seed = 20261124;
	int inside = 1;
	for (int i = 0; i < 200000; i++) {
		struct object bad = make_object();
		for (int k = 0; k < 3; k++) {
			uint64_t r = next_random(&seed);
			((uint8_t *)&bad)[r / 256 % sizeof bad] = (uint8_t)r;
		}
		void *copy = copy_of(&bad, sizeof bad);
		inside &= read_all_of(copy, sizeof bad);
		free(copy);
	}
	check(inside, "200000 times three other bytes (seed 20261124): all inside");
}

static void broken_files(void)
{
	size_t size;
	uint8_t *file = read_real(&size);
	uint64_t seed = 7;
	check(size > 10000, "a real ld.so");
	if (!size) return;
	int inside = read_all_of(file, size);
	for (size_t n = 0; n < size; n += n < 4096 ? 61 : 1 + size / 200) {
		void *copy = copy_of(file, n);
		inside &= read_all_of(copy, n);
		free(copy);
	}
	check(inside, "cut at 250 lengths: all inside");

	/* half of the bytes that change are in the headers or the dynamic section */
	struct image m;
	parse(file, size, size, &m);
	struct range some[] = { { 0, 64 + 56u * m.phnum }, m.dynamic, { 0, size },
		{ 0, size } };
	for (int i = 0; i < 100000; i++) {
		uint64_t r = next_random(&seed);
		struct range in = some[i % 4];
		size_t at = (size_t)(in.start + r / 256 % in.size);
		uint8_t was = file[at];
		file[at] = (uint8_t)r;
		if (!read_all_of(file, size)) {
			inside = 0;
			printf("# not inside: byte %zu is %d\n", at, file[at]);
		}
		file[at] = was;
	}
	check(inside, "100000 times another byte (seed 7): all inside");
	free(file);
}

int main(void)
{
	faults();
	what_it_tells();
	heads();
	cuts();
	broken_objects();
	broken_files();
	printf("1..%d\n", count);
	return failed;
}
