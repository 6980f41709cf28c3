/* reloc.c writes what each kind of relocation means, in writable segments only, and
 * calls resolvers last of all. Symbols are resolved by this file. */
#include "library.h"

static uintptr_t called; /* the resolver that was called last */
static int calls;
static uintptr_t call(uintptr_t resolver)
{
	called = resolver;
	calls++;
	return 0x5e1ec7ed;
}
#define arch_resolve(resolver, hardware) ((void)(hardware), call(resolver))
#include "../../src/link/reloc.c"

/* ---- what it asks ----------------------------------------------------------------- */

static char text[TEXT_SIZE];
int fail(struct bdl *b, const char *format, ...)
{
	(void)b;
	snprintf(text, sizeof text, "%s", format);
	return -1;
}
const char *errno_text(long error) { return error ? "" : NULL; }
int link_no_memory(struct linker *l, const char *what)
{
	return fail(l->bdl, "%s", what);
}

/* Defined symbols lead to themselves, "other" to an address, "needed" nowhere. */
bool scope_resolve(struct linker *l, struct object *from, const struct order *order,
	uint32_t index, struct found *out)
{
	(void)l, (void)order;
	*out = (struct found){ .object = from,
		.symbol = from->d.symbols.table + index };
	if (out->symbol->shndx) return true;
	*out = (struct found){ .address = 0x77777777 };
	return index == OTHER;
}
int scope_resolve_all(struct linker *l, struct object *from, const struct order *order,
	struct found *memo, uint32_t count, void *scratch)
{
	(void)l, (void)from, (void)order, (void)memo;
	memset(scratch, 0xff, (size_t)count * PENDING_SIZE);
	return 0;
}
uintptr_t found_address(struct linker *l, const struct found *f)
{
	if (!f->object) return f->address;
	uintptr_t at = f->object->memory.bias + f->symbol->value;
	bool resolver = (f->symbol->info & 15) == STT_GNU_IFUNC;
	return resolver ? arch_resolve(at, &l->hardware) : at;
}
int object_bind(struct linker *l, struct object *from, const struct object *to)
{
	(void)l, (void)from, (void)to;
	return 0;
}
uint64_t tls_number(struct linker *l, const struct object *o)
{
	return l && o ? 42 : 0;
}
int tls_make_static(struct linker *l, struct object *o) { return l && o ? 0 : -1; }
intptr_t tls_offset(struct linker *l, const struct object *o)
{
	return l && o ? -4096 : 0;
}
int tls_describe(struct linker *l, struct object *from, struct object *o,
	uint64_t offset, uintptr_t at[2])
{
	uintptr_t pair[2] = { l && from && o ? 0x1111 : 0, offset };
	memcpy(at, pair, sizeof pair);
	return 0;
}
void arch_plt_lazy(void) {}

/* ---- one object ---------------------------------------------------------------------- */

struct opened {
	struct bdl bdl;
	struct linker l;
	struct object o;
	struct library *library;
	char before[sizeof(struct library)];
	const char *why; /* NULL, or the fault's format */
};
static struct opened now;

/* Relocates [made] and notes the fault. */
static struct library *relocated(const struct made *made, bool lazy)
{
	struct opened *n = &now;
	struct scratch scratch = { NULL, 0 };
	const struct order order = { 0 };
	if (n->library) free_library(&n->o.memory);
	memset(n, 0, sizeof *n);
	n->bdl.page = 4096;
	n->l.bdl = n->o.bdl = &n->bdl;
	n->o.path = "made";
	n->o.tls = 1;
	n->o.lazy = lazy;
	n->o.memory = place_library(made);
	n->library = (struct library *)n->o.memory.bias;
	*text = 0, calls = 0, called = 0;
	const char *why = describe(&n->o.memory, &n->o.d);
	if (why) return n->why = why, n->library;
	int status = relocate(&n->l, &n->o, &order, &scratch);
	if (!status) status = relocate_finish(&n->l, &n->o, &order);
	if (scratch.size) sys_munmap(scratch.at, scratch.size);
	if (status) n->why = *text ? text : "(without a text)";
	return n->library;
}

static uint32_t type_of(enum arch_relocation kind)
{
	for (uint32_t type = 0; type < 2048; type++)
		if (arch_relocation(type) == kind) return type;
	return ~0u; /* not on this machine */
}

static struct elf_rela rela(
	enum arch_relocation kind, uint64_t at, uint64_t symbol, int64_t addend)
{
	return (struct elf_rela){ at, symbol << 32 | type_of(kind), addend };
}

/* The library without relocations but the third of DT_RELA. */
static struct made with(struct elf_rela r)
{
	struct made m = make_library();
	no_tag(&m, DT_JMPREL), no_tag(&m, DT_RELR), no_tag(&m, DT_RELACOUNT);
	m.l.plain[2] = r;
	memset(m.l.data, 0x55, sizeof m.l.data);
	return m;
}

static void meanings(void)
{
	const uint64_t at = AT(data) + 3; /* unaligned is legal */
	uint64_t got;
	struct library *l;
#define GIVES(kind, symbol, addend, want) \
	do { \
		struct made m = with(rela(kind, at, symbol, addend)); \
		l = relocated(&m, false); \
		memcpy(&got, (char *)l + at, sizeof got); \
		check(!now.why && got == (uint64_t)(want), #kind ", " #symbol); \
		if (now.why) printf("# %s\n", now.why); \
	} while (0)
	GIVES(RELOC_NONE, 0, 5, 0x5555555555555555);
	GIVES(RELOC_RELATIVE, 0, 5, (uintptr_t)l + 5);
	GIVES(RELOC_RELATIVE, 0, -5, (uintptr_t)l - 5);
	GIVES(RELOC_SLOT, OTHER, 0, 0x77777777);
	GIVES(RELOC_SLOT, PLAIN, 0, (uintptr_t)l->code + PLAIN);
	GIVES(RELOC_ADDRESS, OTHER, 1, 0x77777778);
	GIVES(RELOC_ADDRESS, PLAIN, -1, (uintptr_t)l->code + PLAIN - 1);
	GIVES(RELOC_PLACE, PLAIN, 2, AT(code) + PLAIN + 2 - at);
	GIVES(RELOC_RESOLVER, 0, AT(code) + 9, 0x5e1ec7ed);
	check(calls == 1 && called == (uintptr_t)l->code + 9, "called once");
	GIVES(RELOC_TLS_MODULE, PLAIN, 0, 42);
	GIVES(RELOC_TLS_MODULE, 0, 0, 42);
	GIVES(RELOC_TLS_OFFSET, PLAIN, 3, AT(code) + PLAIN + 3);
	GIVES(RELOC_TLS_OFFSET, 0, 3, 3);
	GIVES(RELOC_TLS_TP, PLAIN, 3, AT(code) + PLAIN + 3 - 4096);
	GIVES(RELOC_TLS_DESCRIPTOR, PLAIN, 3, 0x1111);
	if (type_of(RELOC_SIZE) != ~0u) {
		GIVES(RELOC_SIZE, PLAIN, 3, 4);
		GIVES(RELOC_SIZE, OTHER, 3, 3);
		GIVES(RELOC_SIZE_32, PLAIN, 3, 0x5555555500000004);
		GIVES(RELOC_32, OTHER, 1, 0x5555555577777778);
		GIVES(RELOC_PLACE_32, PLAIN, 2,
			0x5555555500000000 | (uint32_t)(AT(code) + PLAIN + 2 - at));
	}
	/* a weak symbol that is nowhere is 0 */
	struct made m = with(rela(RELOC_ADDRESS, at, NEEDED, 7));
	m.l.symbols[NEEDED].info = STB_WEAK << 4;
	l = relocated(&m, false);
	memcpy(&got, (char *)l + at, sizeof got);
	check(!now.why && got == 7, "a weak symbol that is nowhere");
	m = with(rela(RELOC_ADDRESS, at, PLAIN, 1));
	m.l.symbols[PLAIN].shndx = SHN_ABS;
	l = relocated(&m, false);
	memcpy(&got, (char *)l + at, sizeof got);
	check(got == AT(code) + PLAIN + 1, "an absolute symbol");
	m = with(rela(RELOC_ADDRESS, at, PLAIN, 1));
	m.l.symbols[PLAIN].info = STB_GLOBAL << 4 | STT_GNU_IFUNC;
	l = relocated(&m, false);
	memcpy(&got, (char *)l + at, sizeof got);
	check(got == 0x5e1ec7ee && calls == 1, "what a resolver returns");
}

static void relative(void)
{
	struct made m = make_library();
	struct library *l;
	no_tag(&m, DT_JMPREL);
	m.l.plain[0] = rela(RELOC_RELATIVE, AT(data[0]), 0, 1);
	m.l.plain[1] = rela(RELOC_RELATIVE, AT(data[1]), 0, 2);
	m.l.plain[2] = rela(RELOC_SLOT, AT(data[2]), OTHER, 0);
	m.l.relr[0] = AT(data[3]);
	m.l.relr[1] = 1 | 2 | 8; /* data[4], data[6] */
	for (unsigned i = 3; i < 8; i++) m.l.data[i] = i;
	l = relocated(&m, false);
	uintptr_t bias = (uintptr_t)l;
	check(!now.why && l->data[0] == bias + 1 && l->data[1] == bias + 2 &&
			l->data[2] == 0x77777777,
		"DT_RELACOUNT, and what follows");
	check(l->data[3] == bias + 3 && l->data[4] == bias + 4 && l->data[5] == 5 &&
			l->data[6] == bias + 6 && l->data[7] == 7,
		"DT_RELR: an address and a bitmap");
}

static void lazily(void)
{
	struct made m = with((struct elf_rela){ 0 });
	add_tag(&m.l, DT_JMPREL, AT(plt));
	m.l.plt[0] = rela(RELOC_SLOT, AT(data[1]), OTHER, 0);
	m.l.data[1] = AT(code) + 6;
	struct library *l = relocated(&m, true);
	check(!now.why && l->data[1] == (uintptr_t)l->code + 6, "a slot leads back");
	check(l->got[1] == (uintptr_t)&now.o && l->got[2] == (uintptr_t)arch_plt_lazy,
		"and DT_PLTGOT has the object and the way to plt_lazy");
	l = relocated(&m, false);
	check(!now.why && l->data[1] == 0x77777777, "or at once");
}

static void faults(void)
{
#define FAULT(relocation, want) \
	do { \
		struct made m = with(relocation); \
		relocated(&m, false); \
		check_text(now.why, want, #relocation); \
	} while (0)
	const char *outside_text = "%s: a relocation outside the writable segments";
	const uint64_t places[] = { AT(strings), AT(dynamic) - 1, AT(writable_end) - 7,
		AT(code), sizeof(struct library), ~0ull, ~7ull, 1ull << 63 };
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		printf("# place %zu\n", i);
		FAULT(rela(RELOC_RELATIVE, places[i], 0, 0), outside_text);
		FAULT(rela(RELOC_ADDRESS, places[i], PLAIN, 0), outside_text);
		struct made m = with((struct elf_rela){ 0 });
		add_tag(&m.l, DT_JMPREL, AT(plt));
		m.l.plt[0] = rela(RELOC_SLOT, places[i], OTHER, 0);
		relocated(&m, true);
		check_text(now.why, outside_text, "a slot");
		if (places[i] & 1) continue; /* a bitmap of DT_RELR, then */
		m = make_library();
		m.l.relr[0] = places[i];
		relocated(&m, false);
		check_text(now.why, outside_text, "DT_RELR");
	}
	FAULT(rela(RELOC_TLS_DESCRIPTOR, AT(writable_end) - 8, PLAIN, 0), outside_text);
	FAULT(rela(RELOC_RELATIVE, AT(writable_end) - 8, 0, 0), NULL);
	FAULT(rela(RELOC_RELATIVE, AT(dynamic), 0, 0), NULL);
	const char *range = "%s: a relocation's symbol %u: out of range";
	FAULT(rela(RELOC_ADDRESS, AT(data), SYMBOLS, 0), range);
	FAULT(rela(RELOC_ADDRESS, AT(data), ~0u, 0), range);
	FAULT(rela(RELOC_TLS_OFFSET, AT(data), ~0u, 0), range);
	FAULT(rela(RELOC_RESOLVER, AT(data), 0, AT(data)), outside_text);
	FAULT(rela(RELOC_RESOLVER, AT(data), 0, -1), outside_text);
	FAULT(rela(RELOC_COPY, AT(data), PLAIN, 0), "%s: relocation type %u: %s");
	FAULT(rela(RELOC_UNKNOWN, AT(data), PLAIN, 0), "%s: relocation type %u: %s");
	FAULT(rela(RELOC_ADDRESS, AT(data), NEEDED, 0), "%s: symbol %s%s%s: not found");
	FAULT(rela(RELOC_TLS_OFFSET, AT(data), OTHER, 0),
		"%s: symbol %s: only an object of ours can give a thread-local one");
	const char *overflow = "%s: a 32-bit relocation overflows";
	if (type_of(RELOC_32) != ~0u) {
		FAULT(rela(RELOC_32, AT(data), PLAIN, 0), overflow);
		FAULT(rela(RELOC_32, AT(data), OTHER, -0x77777778), overflow);
		FAULT(rela(RELOC_32, AT(data), OTHER, -0x77777777), NULL);
		FAULT(rela(RELOC_PLACE_32, AT(data), OTHER, 0), overflow);
		FAULT(rela(RELOC_32, AT(writable_end) - 4, OTHER, 0), NULL);
		FAULT(rela(RELOC_32, AT(writable_end) - 3, OTHER, 0), outside_text);
	}
	struct made m = make_library();
	m.l.plain[0] = rela(RELOC_SLOT, AT(data), OTHER, 0);
	relocated(&m, false);
	check_text(now.why, outside_text, "DT_RELACOUNT counts another type");
}

/* Other bytes in the relocations and what they refer to; then nothing has changed but
 * what may be written to. (The sanitizers watch what is between.) */
static void mutations(void)
{
	struct made m = make_library();
	uint64_t seed = 42;
	int kept = 1, faults = 0;
	for (unsigned i = 0; i < 3; i++)
		m.l.plain[i] = rela(RELOC_RELATIVE, AT(data[i]), 0, 1);
	m.l.plt[0] = rela(RELOC_SLOT, AT(data[4]), OTHER, 0);
	m.l.relr[0] = AT(data), m.l.relr[1] = 3;
	for (int i = 0; i < 100000; i++) {
		static struct made n;
		n = m;
		for (int k = 0; k < 4; k++) {
			uint64_t r = next_random(&seed);
			size_t start = AT(plain), size = AT(read_only_end) - start;
			if (k == 3) start = 0, size = sizeof m.l;
			((uint8_t *)&n.l)[start + (r >> 8) % size] = (uint8_t)r;
		}
		/* types that are known: other numbers say nothing new */
		uint64_t r = next_random(&seed);
		n.l.plain[2].info = (r >> 8) % 8 << 32 | type_of(r % RELOC_UNKNOWN);
		struct library *l = relocated(&n, r >> 40 & 1);
		faults += now.why != NULL;
		kept &= !memcmp(l, &n.l, AT(read_only_end)) &&
			!memcmp(l->code, n.l.code, sizeof l->code);
	}
	check(kept, "100000 times four other bytes (seed 42): no other is written to");
	check(faults > 10000 && faults < 99000, "some of them faults, some not");
	printf("# %d faults\n", faults);
}

int main(void)
{
	meanings();
	relative();
	lazily();
	faults();
	mutations();
	if (now.library) free_library(&now.o.memory);
	printf("1..%d\n", count);
	return failed;
}
