/* dynamic.c finds names, symbols and hash tables, and takes any: each fault has its
 * name, an index out of range reads as nothing, and every chain ends. */
#include "object.h"

/* An object that was changed, parsed. */
struct parsed {
	struct image m;
	struct dynamic d;
	const char *why;
	void *copy;
};
static struct parsed parse_object(const struct object *o)
{
	struct parsed p = { .copy = copy_of(o, sizeof *o) };
	p.why = parse(p.copy, sizeof *o, sizeof *o, &p.m);
	if (!p.why) p.why = dynamic_parse(&p.m, &p.d);
	return p;
}

static void faults(void)
{
#define FAULT(change, text) \
	do { \
		struct object o = make_object(); \
		change; \
		struct parsed p = parse_object(&o); \
		check_text(p.why, text, #change ": " text); \
		free(p.copy); \
	} while (0)
	FAULT(o.dynamic_segment.type = 0, "no dynamic section");
	FAULT(o.dynamic_segment.filesz = 0, "no dynamic section");
	FAULT(o.dynamic_segment.filesz = 15, "DT_STRTAB: missing or outside the file");
	FAULT(o.dynamic[0].tag = DT_NULL, "DT_STRTAB: missing or outside the file");
	FAULT(o.dynamic[STRTAB].tag = 99, "DT_STRTAB: missing or outside the file");
	FAULT(o.dynamic[STRTAB].value = sizeof o,
		"DT_STRTAB: missing or outside the file");
	FAULT(o.dynamic[SYMTAB].tag = 99, "DT_SYMTAB: missing or outside the file");
	FAULT(o.dynamic[SYMTAB].value = ~0ull,
		"DT_SYMTAB: missing or outside the file");
	FAULT(o.dynamic[STRSZ].value++, "DT_STRSZ: beyond the segment");
	FAULT(o.dynamic[STRSZ].value = ~0ull, "DT_STRSZ: beyond the segment");
	FAULT(o.dynamic[SYMTAB].value++, "DT_SYMTAB or hash: not aligned");
	FAULT(o.dynamic[HASH].value++, "DT_SYMTAB or hash: not aligned");
	FAULT(o.dynamic[GNU_HASH].value += 2, "DT_SYMTAB or hash: not aligned");
	FAULT(o.dynamic[GNU_HASH].tag = o.dynamic[HASH].tag = 99, "no hash table");
	FAULT(o.dynamic[GNU_HASH].value = o.dynamic[HASH].value = sizeof o,
		"no hash table");
}

static void what_it_tells(int sysv)
{
	struct object o = make_object();
	if (sysv) o.dynamic[GNU_HASH].tag = 99;
	struct parsed p = parse_object(&o);
	check_text(p.why, NULL, sysv ? "with DT_HASH" : "with DT_GNU_HASH");
	check(dynamic_defines(&p.d, "defined"), "finds what is defined");
	check(!dynamic_defines(&p.d, "needed"), "not what is undefined");
	check(!dynamic_defines(&p.d, "other"), "nor what is not there");
	check(!dynamic_defines(&p.d, "define"), "nor a part of a name");
	check(!dynamic_defines(&p.d, ""), "nor the empty name");
	check_text(dynamic_needed(&p.d, 0), "libneed.so", "DT_NEEDED");
	check_text(dynamic_needed(&p.d, 1), NULL, "and no other");
	check_text(dynamic_lacks(&p.d, &p.d), "needed", "what it does not have itself");

	struct object provider = make_object(); /* with the two names exchanged */
	memcpy(provider.strings + 24, "needed\0\0defined", 16);
	provider.symbols[1].name = 32, provider.symbols[2].name = 24;
	provider.gnu.chain[0] = gnu_hash("needed") | 1;
	struct parsed q = parse_object(&provider);
	check_text(dynamic_lacks(&p.d, &q.d), NULL, "what another object has");
	free(p.copy), free(q.copy);

	o.symbols[1].info = STB_WEAK << 4;
	p = parse_object(&o);
	check_text(dynamic_lacks(&p.d, &p.d), NULL, "a weak symbol is not lacked");
	free(p.copy);
}

/* Tables that lie. [change] is made in an object with that table only; nothing
 * there is found any more, and all ends inside. */
static void lies(void)
{
#define LIE(other, change) \
	do { \
		struct object o = make_object(); \
		o.dynamic[other].tag = 99; \
		change; \
		struct parsed p = parse_object(&o); \
		check(!p.why && !dynamic_defines(&p.d, "defined") && \
				read_all_of(p.copy, sizeof o), \
			"not found, no end missed: " #change); \
		free(p.copy); \
	} while (0)
	LIE(HASH, o.gnu.buckets = 0);
	LIE(HASH, o.gnu.buckets = ~0u);
	LIE(HASH, o.gnu.words = ~0u);
	LIE(HASH, o.gnu.first = ~0u);
	LIE(HASH, o.gnu.first = 0);
	LIE(HASH, o.gnu.bucket[0] = 0);
	LIE(HASH, o.gnu.bucket[0] = ~0u);
	LIE(HASH, o.gnu.chain[0] ^= 2);
	LIE(HASH, o.symbols[2].name = 64);
	LIE(HASH, o.symbols[2].name = ~0u);
	LIE(HASH, o.symbols[2].shndx = SHN_UNDEF);
	LIE(HASH, o.dynamic[SYMTAB].value = sizeof o - 8);
	LIE(HASH, o.dynamic[GNU_HASH].value = sizeof o - 4);
	LIE(GNU_HASH, o.sysv.buckets = 0);
	LIE(GNU_HASH, o.sysv.buckets = ~0u);
	LIE(GNU_HASH, o.sysv.chains = 0);
	LIE(GNU_HASH, o.sysv.bucket[0] = 0);
	LIE(GNU_HASH, o.sysv.bucket[0] = ~0u);
	LIE(GNU_HASH, o.sysv.bucket[0] = o.sysv.chain[1] = 1);
	LIE(GNU_HASH, o.sysv.chains = ~0u; o.symbols[2].name = 0; o.sysv.chain[2] = 0);
	LIE(GNU_HASH, o.dynamic[STRSZ].value = 31);
	LIE(GNU_HASH, o.dynamic[HASH].value = sizeof o - 4);
}

static void names(void)
{
	struct object o = make_object();
	o.dynamic[0].value = 64;
	struct parsed p = parse_object(&o);
	check_text(dynamic_needed(&p.d, 0), NULL, "DT_NEEDED behind the strings");
	free(p.copy);
	o.dynamic[0].value = 1;
	o.dynamic[STRSZ].value = 11;
	p = parse_object(&o);
	check_text(dynamic_needed(&p.d, 0), NULL, "DT_NEEDED not ended by NUL");
	free(p.copy);
	o = make_object();
	o.dynamic[6] = (struct elf_dynamic){ DT_NEEDED, 24 };
	o.dynamic[7] = (struct elf_dynamic){ DT_NEEDED, 32 };
	p = parse_object(&o);
	check_text(dynamic_needed(&p.d, 1), "defined", "the second DT_NEEDED");
	check_text(dynamic_needed(&p.d, 2), "needed", "the third, with no DT_NULL");
	check_text(dynamic_needed(&p.d, 3), NULL, "and no fourth");
	free(p.copy);
}

/* The program that runs and its ld.so. */
static void real_files(void)
{
	size_t size;
	uint8_t *file = read_real(&size);
	struct image m;
	struct dynamic d;
	check(file && !parse(file, size, size, &m) && !dynamic_parse(&m, &d),
		"a real ld.so");
	if (!file) return;
	check(dynamic_defines(&d, "__tls_get_addr"), "it defines __tls_get_addr");
	check(!dynamic_defines(&d, "no_such_symbol"), "and not anything");
	check_text(dynamic_lacks(&d, &d), NULL, "it lacks nothing");
	check_text(dynamic_needed(&d, 0), NULL, "and needs no library");
	free(file);
}

int main(void)
{
	faults();
	what_it_tells(0);
	what_it_tells(1);
	lies();
	names();
	real_files();
	printf("1..%d\n", count);
	return failed;
}
