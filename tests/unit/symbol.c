/* version.c and symbol.c: which definition a name and a version lead to, by both kinds
 * of hash table; each fault of the versions' tables; and strings at the end of a page. */
#include "library.h"

#include <sys/mman.h>

/* A library that was changed, described whole. */
struct opened {
	struct memory m;
	struct description d;
	struct version table[16];
	const char *why;
};
static void open_library(const struct made *made, struct opened *o)
{
	o->m = place_library(made);
	memset(o->table, 0, sizeof o->table);
	o->why = describe(&o->m, &o->d);
	uint32_t n = o->why ? 0 : describe_versions_count(&o->m, &o->d);
	if (n > 16) abort();
	if (n) o->why = describe_versions(&o->m, &o->d, o->table, n);
}

static void faults(void)
{
#define FAULT(change, want) \
	do { \
		struct made m = make_library(); \
		struct opened o; \
		change; \
		open_library(&m, &o); \
		check_text(o.why, want, #change); \
		free_library(&o.m); \
	} while (0)
#define TAG(tag) (tag_of(&m, tag)->value)
	FAULT(, NULL);
	FAULT(no_tag(&m, DT_VERSYM), NULL);
	FAULT(no_tag(&m, DT_VERDEF); TAG(DT_VERDEFNUM) = 0, NULL);
	const char *text = "DT_VERSYM: outside the PT_LOADs";
	FAULT(TAG(DT_VERSYM) = sizeof m.l, text);
	FAULT(TAG(DT_VERSYM) = ~1ull, text);
	FAULT(TAG(DT_VERSYM)++, text);
	text = "DT_VERSYM: ends before the symbols do";
	FAULT(TAG(DT_VERSYM) = AT(read_only_end) - 2 * SYMBOLS + 2, text);
	text = "DT_VERDEF: out of range";
	FAULT(TAG(DT_VERDEF) = sizeof m.l, text);
	FAULT(TAG(DT_VERDEF) = ~3ull, text);
	FAULT(TAG(DT_VERDEF) += 2, text);
	FAULT(TAG(DT_VERDEF) = AT(read_only_end) - 16, text);
	FAULT(m.l.defined[0].aux = 1 << 20, text);
	FAULT(m.l.defined[0].aux = ~3u, text);
	FAULT(m.l.defined[0].aux = 18, text);
	FAULT(m.l.defined[0].next = 1 << 20, text);
	FAULT(m.l.defined[0].next = 2, text);
	FAULT(m.l.defined[2].name = sizeof m.l.strings, text);
	FAULT(m.l.defined[2].name = ~0u, text);
	text = "DT_VERNEED: out of range";
	FAULT(TAG(DT_VERNEED) = sizeof m.l, text);
	FAULT(TAG(DT_VERNEED) += 2, text);
	FAULT(m.l.need.aux = 1 << 20, text);
	FAULT(m.l.need.aux = 18, text);
	FAULT(m.l.need.file = sizeof m.l.strings, text);
	FAULT(m.l.need.aux_of[0].name = ~0u, text);
	FAULT(m.l.need.count = 2; m.l.need.aux_of[0].next = 1 << 20, text);
	FAULT(TAG(DT_VERNEEDNUM) = 9; m.l.need.next = 1 << 20, text);
	/* chains that end before their number */
	FAULT(TAG(DT_VERDEFNUM) = ~0ull; TAG(DT_VERNEEDNUM) = ~0ull, NULL);
	FAULT(m.l.need.count = 0xffff, NULL);
}

static void what_versions(void)
{
	struct made m = make_library();
	struct opened o;
	open_library(&m, &o);
	const struct symbols *s = &o.d.symbols;
	check(!o.why && s->version_count == 5 && s->defines_versions, "five versions");
	check(!s->versions[0].name && !s->versions[1].name, "0 and 1 are none");
	check_text(s->versions[2].name, "V1", "the first that is defined");
	check_text(s->versions[3].name, "V2", "the second");
	check_text(s->versions[4].name, "N1", "one that is needed");
	check_text(s->versions[4].file, "libneed.so", "and of which file");
	check(!s->versions[2].file && s->versions[2].hash == hash_sysv("V1"), "V1's");
	struct wanted w;
	symbol_wanted(s, NEEDED, 7, &w);
	check_text(w.name, "needed", "what a reference wants: name");
	check_text(w.version, "N1", "version");
	check(w.hash == 7 && w.version_hash == hash_sysv("N1") && !w.newest, "hashes");
	symbol_wanted(s, OTHER, 7, &w);
	check_text(w.name, "other", "a reference without a version");
	check_text(w.version, NULL, "wants none");
	free_library(&o.m);
}

/* Which symbol [name] with [version] is, 0: none. As a program asks (newest), or as a
 * reference that insists on its version or (weak) does not. */
enum how { ASK, REFER, REFER_WEAKLY };
static int which(
	const struct opened *o, const char *name, const char *version, enum how how)
{
	struct wanted w;
	wanted_symbol(name, version, &w);
	w.newest = how == ASK;
	w.version_hidden = how != REFER_WEAKLY;
	const struct elf_symbol *e = symbol_find(&o->d.symbols, &w);
	return e ? (int)(e - o->d.symbols.table) : 0;
}

static void look_ups(int64_t without)
{
	struct made m = make_library();
	struct opened o;
	no_tag(&m, without);
	open_library(&m, &o);
	printf("# by %s\n", without == DT_HASH ? "DT_GNU_HASH" : "DT_HASH");
	check(sound_description(&o.m, &o.d) && sound_lookups(&o.d.symbols), "sound");
	check(which(&o, "old", NULL, ASK) == NEW, "without a version: the default");
	check(which(&o, "old", "V1", ASK) == OLD, "a hidden one by its version");
	check(which(&o, "old", "V2", ASK) == NEW, "the default one by its version");
	check(!which(&o, "old", "V3", ASK), "a version that is not there");
	check(which(&o, "base", NULL, ASK) == BASE, "one of the base version");
	check(!which(&o, "base", "V1", ASK), "is of no other");
	check(which(&o, "base", "V1", REFER_WEAKLY) == BASE, "but if that will do");
	check(which(&o, "plain", NULL, ASK) == PLAIN,
		"the only one: it is the default");
	check(which(&o, "old", NULL, REFER) == OLD,
		"a reference without a version: the oldest");
	check(!which(&o, "needed", NULL, ASK), "an undefined one is not found");
	check(!which(&o, "nothing", NULL, ASK) && !which(&o, "", NULL, ASK) &&
			!which(&o, "ol", NULL, ASK) && !which(&o, "older", NULL, ASK),
		"nor other names");
	free_library(&o.m);

	/* no versions at all: the first of the name will do for any */
	no_tag(&m, DT_VERSYM);
	open_library(&m, &o);
	int first = without == DT_HASH ? OLD : NEW;
	check(which(&o, "old", NULL, ASK) == first &&
			which(&o, "old", "V9", ASK) == first,
		"an object without versions has any");
	free_library(&o.m);

#define NOT_FOUND(change) \
	do { \
		m = make_library(); \
		no_tag(&m, without); \
		change; \
		open_library(&m, &o); \
		check(!o.why && !which(&o, "plain", NULL, ASK) && \
				sound_lookups(&o.d.symbols), \
			"not found: " #change); \
		free_library(&o.m); \
	} while (0)
	struct elf_symbol *e = &m.l.symbols[PLAIN];
	NOT_FOUND(e->shndx = SHN_UNDEF);
	NOT_FOUND(e->value = 0);
	NOT_FOUND(e->info = STB_LOCAL << 4);
	NOT_FOUND(e->info = STB_GLOBAL << 4 | STT_SECTION);
	NOT_FOUND(e->info = STB_GLOBAL << 4 | STT_FILE);
	NOT_FOUND(e->other = 1); /* internal */
	NOT_FOUND(e->other = 2); /* hidden */
	NOT_FOUND(e->name = sizeof m.l.strings);
	NOT_FOUND(e->name = ~0u);
	NOT_FOUND(m.l.versym[PLAIN] |= 0x8000);
	NOT_FOUND(m.l.versym[PLAIN] = 0xffff);
	NOT_FOUND(m.l.gnu.bloom = 0; m.l.sysv.bucket[0] = 0);
	NOT_FOUND(m.l.gnu.bucket[0] = OLD - 1; m.l.sysv.bucket[0] = ~0u);
	NOT_FOUND(m.l.gnu.bucket[0] = ~0u; m.l.sysv.bucket[0] = SYMBOLS);
	NOT_FOUND(m.l.gnu.chain[0] |= 1; m.l.sysv.chain[PLAIN] = 1; e->name = 1);
	NOT_FOUND(m.l.sysv.bucket[0] = m.l.sysv.chain[OLD] = OLD;
		  m.l.gnu.chain[0] |= 1);

#define FOUND(change) \
	do { \
		m = make_library(); \
		no_tag(&m, without); \
		change; \
		open_library(&m, &o); \
		check(which(&o, "plain", NULL, ASK) == PLAIN, "found: " #change); \
		free_library(&o.m); \
	} while (0)
	FOUND(e->info = STB_WEAK << 4 | STT_OBJECT);
	FOUND(e->info = STB_GNU_UNIQUE << 4 | STT_OBJECT);
	FOUND(e->info = STB_GLOBAL << 4 | STT_GNU_IFUNC);
	FOUND(e->info = STB_GLOBAL << 4 | STT_TLS; e->value = 0);
	FOUND(e->shndx = SHN_ABS; e->value = 0);
	FOUND(e->other = STV_PROTECTED);
	FOUND(m.l.gnu.bloom = ~0ull);
}

/* Less versions than symbols, where only DT_GNU_HASH says how many these are. */
static void few_versions(void)
{
	int right = 1;
	for (unsigned n = 1; n <= SYMBOLS; n++) {
		struct made m = make_library();
		struct opened o;
		no_tag(&m, DT_HASH);
		TAG(DT_VERSYM) = AT(read_only_end) - 2 * n;
		open_library(&m, &o);
		if (o.why || o.d.symbols.limit != n ||
			!sound_symbols(&o.m, &o.d.symbols) ||
			!sound_lookups(&o.d.symbols))
			right = 0, printf("# %u versions: wrong\n", n);
		free_library(&o.m);
	}
	check(right, "DT_VERSYM with less entries than symbols");
}

static uint32_t slow_hash(const char *s)
{
	uint32_t h = 5381;
	while (*s) h = h * 33 + (uint8_t)*s++;
	return h;
}

/* A page with nothing behind it, and strings that end there. */
static void strings(void)
{
	uint64_t seed = 1;
	int hashes = 1, copies = 1, names = 1;
	char *page = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED || mprotect(page + 2 * 4096, 4096, PROT_NONE)) abort();
	char *end = page + 2 * 4096;
	for (size_t n = 0; n < 100; n++)
		for (size_t gap = 0; gap < 20; gap++) {
			char to[128], *s = end - gap - n - 1;
			for (size_t i = 0; i < n; i++)
				s[i] = (char)(1 + next_random(&seed) % 255);
			s[n] = 0;
			hashes &= hash_gnu(s) == slow_hash(s);
			/* and over the edge of two pages */
			memcpy(s - 4096, s, n + 1);
			hashes &= hash_gnu(s - 4096) == slow_hash(s);
			symbol_copy(to, s, sizeof to);
			copies &= !strcmp(to, s);
			symbol_copy(to, s, 10);
			copies &= n < 10 ? !strcmp(to, s) : !memcmp(to, s, 9) && !to[9];
			/* by a look-up: equal, and different in one place */
			struct elf_symbol e[2] = { { 0 },
				{ .info = STB_GLOBAL << 4, .shndx = 1, .value = 1 } };
			const uint32_t sysv[] = { 1, 0, 0 };
			struct symbols t = { .strings = s,
				.string_size = n + 1,
				.table = e,
				.limit = 2,
				.sysv = sysv,
				.sysv_buckets = 1,
				.sysv_count = 2 };
			char other[128];
			memcpy(other, s, n + 1);
			struct wanted w;
			wanted_symbol(other, NULL, &w);
			names &= symbol_find(&t, &w) == e + 1;
			if (!n) continue;
			other[next_random(&seed) % n] ^= 1;
			names &= !symbol_find(&t, &w);
			memcpy(other, s, n);
			other[n - 1] = 0; /* a part of the name */
			names &= !symbol_find(&t, &w);
			memcpy(other, s, n + 1);
			other[n] = 'x', other[n + 1] = 0;
			names &= !symbol_find(&t, &w);
		}
	munmap(page, 3 * 4096);
	check(hashes, "hash_gnu, whatever the length and the place");
	check(copies, "symbol_copy, whole and cut");
	check(names, "names that are equal, and that are not");
	check(hash_gnu("") == 5381 && hash_gnu("printf") == 0x156b2bb8 &&
			hash_sysv("") == 0 && hash_sysv("printf") == 0x077905a6,
		"the hashes of the gABI's examples");
}

int main(void)
{
	faults();
	what_versions();
	look_ups(DT_HASH);
	look_ups(DT_GNU_HASH);
	few_versions();
	strings();
	printf("1..%d\n", count);
	return failed;
}
