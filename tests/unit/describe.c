/* describe.c tells what an image in memory says of itself: each fault has its name,
 * and what is given lies inside. */
#include "library.h"

static const char *described(const struct made *made, struct description *d)
{
	struct memory m = place_library(made);
	const char *why = describe(&m, d);
	free_library(&m);
	return why;
}

static void segment_faults(void)
{
	struct description d;
#define FAULT(change, want) \
	do { \
		struct made m = make_library(); \
		change; \
		check_text(described(&m, &d), want, #change); \
	} while (0)
#define SEGMENT_OUT(n, want) \
	FAULT(m.segments[n].vaddr = sizeof m.l + 8, want); \
	FAULT(m.segments[n].vaddr = ~7ull, want)
	FAULT(m.segments[CODE].flags |= PF_W, "PT_LOAD: writable and executable");
	FAULT(m.segments[WRITABLE].flags |= PF_X, "PT_LOAD: writable and executable");
	FAULT(m.segments[DYNAMIC].type = 0, "no dynamic section");
	const char *text = "PT_DYNAMIC: outside the PT_LOADs, or not aligned";
	SEGMENT_OUT(DYNAMIC, text);
	FAULT(m.segments[DYNAMIC].memsz = 1 << 20, text);
	FAULT(m.segments[DYNAMIC].memsz = ~0ull, text);
	FAULT(m.segments[DYNAMIC].vaddr += 4; m.segments[DYNAMIC].memsz -= 4, text);
	FAULT(m.segments[WRITABLE].flags = PF_W, text);
	FAULT(m.segments[WRITABLE].type = 0, text);
	FAULT(m.segments[TLS].memsz = 15, "PT_TLS: p_filesz exceeds p_memsz");
	text = "PT_TLS: p_memsz or p_align out of range";
	FAULT(m.segments[TLS].memsz = 1ull << 32, text);
	FAULT(m.segments[TLS].align = 3, text);
	FAULT(m.segments[TLS].align = 1 << 22, text);
	SEGMENT_OUT(TLS, "PT_TLS: outside the PT_LOADs");
	SEGMENT_OUT(RELRO, "PT_GNU_RELRO: outside the PT_LOADs");
}

static void symbol_faults(void)
{
	struct description d;
#define TAG(tag) (tag_of(&m, tag)->value)
#define TAG_OUT(tag, want) \
	FAULT(TAG(tag) = sizeof m.l, want); \
	FAULT(TAG(tag) = ~7ull, want)
#define TAG_BAD(tag, want) \
	TAG_OUT(tag, want); \
	FAULT(no_tag(&m, tag), want)
	const char *text = "DT_STRTAB: missing or outside the PT_LOADs";
	TAG_BAD(DT_STRTAB, text);
	FAULT(no_tag(&m, DT_STRSZ), text);
	FAULT(TAG(DT_STRSZ) = 0, text);
	FAULT(TAG(DT_STRSZ) = 1 << 20, text);
	FAULT(TAG(DT_STRSZ) = ~0ull, text);
	FAULT(m.l.dynamic[0].tag = DT_NULL, text);
	FAULT(m.segments[DYNAMIC].memsz = 0, text);
	FAULT(m.segments[TEXT].flags = 0, text);
	text = "DT_STRTAB: its last byte is no NUL";
	FAULT(TAG(DT_STRSZ) = 2, text);
	text = "DT_SYMTAB: missing, outside the PT_LOADs or not aligned";
	TAG_BAD(DT_SYMTAB, text);
	FAULT(TAG(DT_SYMTAB) += 4, text);
	FAULT(TAG(DT_SYMTAB) = AT(read_only_end) - 16, text);
	FAULT(TAG(DT_SYMENT) = 16, "DT_SYMENT: not 24");
	text = "DT_GNU_HASH: outside the PT_LOADs or not aligned";
	TAG_OUT(DT_GNU_HASH, text);
	FAULT(TAG(DT_GNU_HASH) += 4, text);
	FAULT(TAG(DT_GNU_HASH) = AT(read_only_end) - 8, text);
	text = "DT_GNU_HASH: its header is out of range";
	FAULT(m.l.gnu.buckets = 0, text);
	FAULT(m.l.gnu.buckets = ~0u, text);
	FAULT(m.l.gnu.words = 0, text);
	FAULT(m.l.gnu.words = 3, text);
	FAULT(m.l.gnu.words = 1u << 31, text);
	FAULT(m.l.gnu.shift = 32, text);
	text = "DT_HASH: outside the PT_LOADs or not aligned";
	TAG_OUT(DT_HASH, text);
	FAULT(TAG(DT_HASH) += 2, text);
	text = "DT_HASH: its header is out of range";
	FAULT(m.l.sysv.buckets = 0, text);
	FAULT(m.l.sysv.buckets = ~0u, text);
	FAULT(m.l.sysv.buckets = 1 << 20, text);
	FAULT(m.l.sysv.chains = SYMBOLS + 1, text);
	FAULT(m.l.sysv.chains = ~0u, text);
	FAULT(no_tag(&m, DT_HASH); no_tag(&m, DT_GNU_HASH), "no hash table");
}

static void other_faults(void)
{
	struct description d;
	const char *text = "DT_REL: this machine has RELA only";
	FAULT(add_tag(&m.l, DT_REL, 8), text);
	FAULT(TAG(DT_PLTREL) = DT_REL, text);
	text = "DT_TEXTREL: text relocations are refused";
	FAULT(add_tag(&m.l, DT_TEXTREL, 0), text);
	FAULT(TAG(DT_FLAGS) |= DF_TEXTREL, text);
	FAULT(TAG(DT_RELAENT) = 16, "DT_RELAENT: not 24");
	text = "DT_RELA, DT_JMPREL or DT_RELR: outside the PT_LOADs";
	const int64_t tables[] = { DT_RELA, DT_JMPREL, DT_RELR };
	const int64_t sizes[] = { DT_RELASZ, DT_PLTRELSZ, DT_RELRSZ };
	for (int i = 0; i < 3; i++) {
		printf("# table %d\n", i);
		TAG_OUT(tables[i], text);
		FAULT(TAG(tables[i]) += 4, text);
		FAULT(TAG(sizes[i]) = 1 << 20, text);
		FAULT(TAG(sizes[i]) = ~7ull, text);
	}
	text = "DT_INIT, DT_FINI or their arrays: outside the PT_LOADs";
	TAG_OUT(DT_INIT, text);
	FAULT(TAG(DT_INIT) = AT(data), text);
	FAULT(add_tag(&m.l, DT_FINI, AT(code) + sizeof m.l.code), text);
	TAG_OUT(DT_INIT_ARRAY, text);
	TAG_OUT(DT_FINI_ARRAY, text);
	FAULT(TAG(DT_INIT_ARRAYSZ) = 1 << 20, text);
	FAULT(TAG(DT_FINI_ARRAYSZ) = ~7ull, text);
}

/* Not there, or more than there can be: no fault. */
static void harmless(void)
{
	struct description d;
#undef FAULT
#define FAULT(change) \
	do { \
		struct made m = make_library(); \
		change; \
		check_text(described(&m, &d), NULL, "no fault: " #change); \
	} while (0)
	FAULT(no_tag(&m, DT_RELA); no_tag(&m, DT_JMPREL); no_tag(&m, DT_RELR));
	check(!d.relocations.plain && !d.relocations.plt && !d.relocations.relr &&
			!d.relocations.plain_count,
		"no relocations");
	FAULT(TAG(DT_RELACOUNT) = ~0ull);
	check(d.relocations.relative_count == 3, "DT_RELACOUNT is cut");
	FAULT(TAG(DT_PLTGOT)++);
	check(!d.plt_got, "DT_PLTGOT that is not aligned");
	FAULT(TAG(DT_PLTGOT) = AT(strings));
	check(!d.plt_got, "DT_PLTGOT that is not writable");
	FAULT(TAG(DT_SONAME) = sizeof m.l.strings);
	check(!d.soname, "DT_SONAME behind the strings");
	FAULT(m.segments[EH_FRAME].memsz = 1 << 20);
	check(!d.eh_frame, "PT_GNU_EH_FRAME outside");
	FAULT(m.segments[STACK].flags |= PF_X);
	check(d.exec_stack, "an executable stack is told");
	FAULT(no_tag(&m, DT_HASH); TAG(DT_GNU_HASH) = AT(gnu));
	check(d.symbols.buckets && !d.symbols.sysv, "DT_GNU_HASH alone");
	FAULT(no_tag(&m, DT_GNU_HASH));
	check(!d.symbols.buckets && d.symbols.sysv, "DT_HASH alone");
	FAULT(m.l.gnu.first = ~0u);
	check(!d.symbols.chain_count, "hashed symbols behind the table");
	FAULT(m.l.note[1] = ~0u);
	FAULT(m.l.note[5] = ~0u);
	check(!d.landing_pads, "a property without end");
	FAULT(m.segments[PROPERTY].memsz = ~0ull);
	FAULT(m.segments[PROPERTY].memsz = 27);
	check(!d.landing_pads, "a property that is cut");
	FAULT(m.l.note[4]++);
	check(!d.landing_pads, "another property");
	FAULT(m.l.dynamic[0].value = sizeof m.l.strings);
	FAULT(m.l.dynamic[0] = m.l.dynamic[1]);
}

static void what_it_tells(void)
{
	struct made made = make_library();
	struct memory m = place_library(&made);
	struct description d;
	struct library *l = (struct library *)m.bias;
	int64_t tag;
	check_text(describe(&m, &d), NULL, "a whole library");
	check(sound_description(&m, &d), "what it tells lies inside");
	check_text(d.soname, "libmade.so", "DT_SONAME");
	check_text(d.runpath, "/run", "DT_RUNPATH");
	check_text(d.rpath, "/r", "DT_RPATH");
	check(d.dynamic == l->dynamic && d.dynamic_count == 31, "dynamic section");
	check(d.symbols.table == l->symbols && d.symbols.limit == SYMBOLS,
		"symbols, up to the strings");
	check(symbols_count(&d.symbols) == SYMBOLS, "how many they are");
	check(d.relocations.plain == l->plain && d.relocations.plain_count == 3 &&
			d.relocations.relative_count == 2 &&
			d.relocations.plt == l->plt && d.relocations.plt_count == 1 &&
			d.relocations.relr == l->relr && d.relocations.relr_count == 2,
		"relocations");
	check(d.plt_got == l->got && d.init == AT(code) && !d.fini &&
			d.init_array == l->init_array && d.init_count == 2 &&
			d.fini_array == l->fini_array && d.fini_count == 1,
		"DT_PLTGOT, constructors, destructors");
	check(d.tls == &made.segments[TLS] && d.relro == &made.segments[RELRO] &&
			d.eh_frame == &made.segments[EH_FRAME],
		"segments");
	check(!d.exec_stack && d.landing_pads && d.flags == DF_BIND_NOW && !d.flags_1,
		"flags");
	check_text(describe_needed(&d, 0, &tag), "libneed.so", "DT_NEEDED");
	check(tag == DT_NEEDED, "which is that");
	check_text(describe_needed(&d, 1, &tag), NULL, "and no other");
	check(memory_at(&m, 0, AT(read_only_end), PF_R) == l &&
			!memory_at(&m, 0, AT(read_only_end) + 1, PF_R) &&
			!memory_at(&m, 0, 1, PF_W) && !memory_at(&m, ~0ull, 1, 0) &&
			!memory_at(&m, 1, ~0ull, 0),
		"memory_at: one segment with these flags");
	check(memory_rest(&m, 1) == AT(read_only_end) - 1 &&
			memory_rest(&m, AT(read_only_end)) == 0,
		"memory_rest: to its end");
	free_library(&m);

	made = make_library();
	made.l.dynamic[0] = (struct elf_dynamic){ DT_FILTER, 1 };
	made.l.dynamic[2] = (struct elf_dynamic){ DT_AUXILIARY, 1 << 20 };
	made.l.dynamic[3] = (struct elf_dynamic){ DT_NEEDED, name_at(&made.l, "/r") };
	m = place_library(&made);
	describe(&m, &d);
	check_text(describe_needed(&d, 0, &tag), "libneed.so", "DT_FILTER");
	check(tag == DT_FILTER, "which is that");
	check_text(describe_needed(&d, 1, &tag), "", "DT_AUXILIARY without a name");
	check(tag == DT_AUXILIARY, "which is that");
	check_text(describe_needed(&d, 2, &tag), "/r", "the third");
	check(d.flags == DF_BIND_NOW, "and DT_FLAGS");
	free_library(&m);
}

static void counts(void)
{
	struct description d;
	struct made made = make_library();
#define COUNT(change, want, what) \
	do { \
		made = make_library(); \
		no_tag(&made, DT_HASH); \
		change; \
		struct memory m = place_library(&made); \
		check(!describe(&m, &d) && symbols_count(&d.symbols) == (want), what); \
		free_library(&m); \
	} while (0)
	COUNT(, SYMBOLS, "symbols by DT_GNU_HASH");
	COUNT(made.l.gnu.bucket[0] = PLAIN, SYMBOLS, "a chain of one");
	COUNT(made.l.gnu.bucket[0] = 0, OLD, "no hashed symbols");
	COUNT(made.l.gnu.bucket[0] = ~0u, SYMBOLS, "a bucket behind the symbols");
	COUNT(made.l.gnu.chain[1] |= 1, OLD + 2, "a chain that ends early");
	COUNT(made.l.gnu.chain[PLAIN - OLD] &= ~1u, SYMBOLS, "one that does not end");
	COUNT(made.l.gnu.bucket[0] = 0;
		made.l.gnu.first = ~0u, SYMBOLS, "all of them before the hashed ones");
}

/* Other bytes anywhere, three at a time; half of the changes are in the dynamic
 * section and the program headers. */
static void mutations(void)
{
	const struct made made = make_library();
	uint64_t seed = 20261124;
	int inside = 1, faults = 0;
	for (int i = 0; i < 200000 && inside; i++) {
		static struct made m;
		const char *why;
		m = made;
		for (int k = 0; k < 3; k++) {
			uint64_t r = next_random(&seed);
			uint8_t *at = (uint8_t *)&m;
			size_t size = sizeof m;
			if (r >> 8 & 1) at += AT(dynamic), size = sizeof m.l.dynamic;
			if (r >> 9 & 1)
				at = (uint8_t *)m.segments + sizeof *m.segments * 3;
			if (r >> 9 & 1) size = sizeof *m.segments * (SEGMENTS - 3);
			at[(r >> 16) % size] = (uint8_t)r;
		}
		for (int k = 0; k < DYNAMIC; k++) { /* image.c sees to these */
			m.segments[k].vaddr = made.segments[k].vaddr;
			m.segments[k].memsz = made.segments[k].memsz;
		}
		struct memory memory = place_library(&m);
		inside = sound_memory(&memory, &why);
		faults += why != NULL;
		free_library(&memory);
	}
	check(inside, "200000 times three other bytes (seed 20261124): all inside");
	check(faults > 20000 && faults < 180000, "some of them faults, some not");
	printf("# %d faults\n", faults);
}

int main(void)
{
	segment_faults();
	symbol_faults();
	other_faults();
	what_it_tells();
	counts();
	mutations();
	harmless();
	printf("1..%d\n", count);
	return failed;
}
