/* describe.c - what an image in memory says of itself. Pure: no system call, and
 * every address, size and index is checked here or where it is used, so that any
 * bytes give a description or a fault. gABI 5 "Dynamic Section", "Hash Table". */
#include "describe.h"

void *memory_at(const struct memory *m, uint64_t vaddr, uint64_t size, uint32_t flags)
{
	for (const struct elf_segment *s = m->segments; s < m->segments + m->count;
		s++) {
		uint64_t offset = vaddr - s->vaddr;
		if (s->type == PT_LOAD && offset <= s->memsz &&
			size <= s->memsz - offset && (s->flags & flags) == flags)
			return (void *)(m->bias + vaddr);
	}
	return NULL;
}

uint64_t memory_rest(const struct memory *m, uint64_t vaddr)
{
	for (const struct elf_segment *s = m->segments; s < m->segments + m->count; s++)
		if (s->type == PT_LOAD && vaddr - s->vaddr < s->memsz)
			return s->memsz - (vaddr - s->vaddr);
	return 0;
}

/* Where the value of a tag is kept: the small tags as they are, those around
 * 0x6ffffff0 behind them. */
static unsigned tag_index(int64_t tag)
{
	if (tag >= 0 && tag < 40) return (unsigned)tag;
	if (tag >= DT_VERSYM && tag <= DT_VERNEEDNUM)
		return 40 + (unsigned)(tag - DT_VERSYM);
	return tag == DT_GNU_HASH ? TAG_GNU_HASH : TAGS;
}

static void read_tags(struct description *d)
{
	const struct elf_dynamic *e = d->dynamic;
	size_t i;
	for (i = 0; i < d->dynamic_count && e[i].tag != DT_NULL; i++) {
		unsigned at = tag_index(e[i].tag);
		if (at >= TAGS) continue;
		d->tags.value[at] = e[i].value;
		d->tags.present |= 1ull << at;
	}
	d->dynamic_count = i;
}

/* [size] bytes at the address that [tag] gives, aligned, or NULL. */
static const void *tag_at(const struct memory *m, const struct description *d,
	unsigned tag, uint64_t size, uint64_t align)
{
	if (!has_tag(d, tag) || d->tags.value[tag] % align) return NULL;
	return memory_at(m, d->tags.value[tag], size, PF_R);
}

/* ---- segments ------------------------------------------------------------------- */

/* NT_GNU_PROPERTY_TYPE_0: does the code have landing pads throughout? */
static bool landing_pads(const struct memory *m, const struct elf_segment *s)
{
	const uint32_t *note = memory_at(m, s->vaddr, s->memsz, PF_R);
	uint64_t words = s->memsz / 4;
	/* name size, description size, type, "GNU"; then type, size, data each */
	if (!note || s->vaddr % 8 || words < 4 || note[0] != 4 || note[2] != 5)
		return false;
	uint64_t end = 4 + note[1] / 4;
	if (end > words) end = words;
	for (uint64_t i = 4; i + 3 <= end;) {
		uint32_t size = note[i + 1];
		if (note[i] == ARCH_FEATURE_1_AND && size == 4)
			return note[i + 2] & ARCH_FEATURE_BITS;
		i += 2 + 2 * (((uint64_t)size + 7) / 8);
	}
	return false;
}

static const char *read_segments(const struct memory *m, struct description *d)
{
	for (const struct elf_segment *s = m->segments; s < m->segments + m->count;
		s++) {
		switch (s->type) {
		case PT_LOAD:
			if ((s->flags & (PF_W | PF_X)) == (PF_W | PF_X))
				return "PT_LOAD: writable and executable";
			break;
		case PT_DYNAMIC:
			d->dynamic = memory_at(m, s->vaddr, s->memsz, PF_R);
			d->dynamic_count = s->memsz / sizeof *d->dynamic;
			if (!d->dynamic || s->vaddr % 8)
				return "PT_DYNAMIC: outside the PT_LOADs, or not "
				       "aligned";
			break;
		case PT_TLS:
			d->tls = s;
			if (s->filesz > s->memsz)
				return "PT_TLS: p_filesz exceeds p_memsz";
			if (s->memsz > UINT32_MAX || s->align > 1 << 21 ||
				s->align & (s->align - 1))
				return "PT_TLS: p_memsz or p_align out of range";
			if (s->filesz && !memory_at(m, s->vaddr, s->filesz, PF_R))
				return "PT_TLS: outside the PT_LOADs";
			break;
		case PT_GNU_RELRO:
			d->relro = s;
			if (!memory_at(m, s->vaddr, 0, PF_R))
				return "PT_GNU_RELRO: outside the PT_LOADs";
			break;
		case PT_GNU_EH_FRAME:
			if (memory_at(m, s->vaddr, s->memsz, PF_R)) d->eh_frame = s;
			break;
		case PT_GNU_STACK:
			d->exec_stack = s->flags & PF_X;
			break;
		case PT_GNU_PROPERTY:
			d->landing_pads = landing_pads(m, s);
			break;
		}
	}
	return d->dynamic ? NULL : "no dynamic section";
}

/* ---- symbols ---------------------------------------------------------------------- */

static const char *read_strings(const struct memory *m, struct description *d)
{
	struct symbols *s = &d->symbols;
	uint64_t size = d->tags.value[DT_STRSZ];
	s->strings = tag_at(m, d, DT_STRTAB, size, 1);
	s->string_size = size;
	if (!s->strings || !size) return "DT_STRTAB: missing or outside the PT_LOADs";
	/* relocations could overwrite the last byte */
	if (memory_at(m, d->tags.value[DT_STRTAB], size, PF_W))
		return "DT_STRTAB: in a writable segment";
	if (s->strings[size - 1]) return "DT_STRTAB: its last byte is no NUL";
	return NULL;
}

/* Nothing tells how long the symbol table is. It ends with its segment, and
 * before the string table if that follows. */
static const char *read_symbols(const struct memory *m, struct description *d)
{
	struct symbols *s = &d->symbols;
	uint64_t at = d->tags.value[DT_SYMTAB], strings = d->tags.value[DT_STRTAB];
	s->table = tag_at(m, d, DT_SYMTAB, sizeof *s->table, 8);
	if (!s->table) return "DT_SYMTAB: missing, outside the PT_LOADs or not aligned";
	if (has_tag(d, DT_SYMENT) && d->tags.value[DT_SYMENT] != sizeof *s->table)
		return "DT_SYMENT: not 24";
	uint64_t rest = memory_rest(m, at);
	if (strings > at && strings - at < rest) rest = strings - at;
	rest /= sizeof *s->table;
	s->limit = rest < UINT32_MAX ? (uint32_t)rest : UINT32_MAX;
	return NULL;
}

/* Header: buckets, first hashed symbol, words of the Bloom filter, shift. */
static const char *read_gnu_hash(const struct memory *m, struct description *d)
{
	struct symbols *s = &d->symbols;
	const uint32_t *t = tag_at(m, d, TAG_GNU_HASH, 16, 8);
	uint64_t rest = memory_rest(m, d->tags.value[TAG_GNU_HASH]) / 4;
	if (!t) return "DT_GNU_HASH: outside the PT_LOADs or not aligned";
	uint64_t chain = 4 + 2 * (uint64_t)t[2] + t[0];
	if (!t[0] || !t[2] || t[2] & (t[2] - 1) || t[3] > 31 || chain > rest)
		return "DT_GNU_HASH: its header is out of range";
	s->bucket_count = t[0];
	s->first = t[1];
	s->bloom_mask = t[2] - 1;
	s->bloom_shift = t[3];
	s->bloom = (const uint64_t *)(t + 4);
	s->buckets = t + 4 + 2 * (uint64_t)t[2];
	s->chain = t + chain;
	rest -= chain;
	uint64_t symbols = s->limit > s->first ? s->limit - s->first : 0;
	s->chain_count = (uint32_t)(rest < symbols ? rest : symbols);
	return NULL;
}

/* Header: buckets, chain entries, which are as many as symbols. */
static const char *read_sysv_hash(const struct memory *m, struct description *d)
{
	struct symbols *s = &d->symbols;
	const uint32_t *t = tag_at(m, d, DT_HASH, 8, 4);
	if (!t) return "DT_HASH: outside the PT_LOADs or not aligned";
	uint64_t size = 2 + (uint64_t)t[0] + t[1];
	if (!t[0] || t[1] > s->limit ||
		!memory_at(m, d->tags.value[DT_HASH], 4 * size, PF_R))
		return "DT_HASH: its header is out of range";
	s->sysv_buckets = t[0];
	s->sysv_count = t[1];
	s->sysv = t + 2;
	return NULL;
}

static const char *read_hashes(const struct memory *m, struct description *d)
{
	const char *why = NULL;
	if (!has_tag(d, TAG_GNU_HASH) && !has_tag(d, DT_HASH)) return "no hash table";
	if (has_tag(d, TAG_GNU_HASH)) why = read_gnu_hash(m, d);
	if (!why && has_tag(d, DT_HASH)) why = read_sysv_hash(m, d);
	return why;
}

uint32_t symbols_count(const struct symbols *s)
{
	uint32_t last = 0;
	if (s->sysv) return s->sysv_count;
	for (uint32_t i = 0; i < s->bucket_count; i++)
		if (s->buckets[i] > last) last = s->buckets[i];
	if (last < s->first) return s->first < s->limit ? s->first : s->limit;
	while (last - s->first < s->chain_count && !(s->chain[last - s->first] & 1))
		last++;
	return last < s->limit ? last + 1 : s->limit;
}

/* ---- the rest ----------------------------------------------------------------------- */

static const char *string(const struct description *d, unsigned tag)
{
	if (!has_tag(d, tag) || d->tags.value[tag] >= d->symbols.string_size)
		return NULL;
	return d->symbols.strings + d->tags.value[tag];
}

/* The table of [tag], of as many bytes as [size] says, in [*count] entries. */
static const void *table(const struct memory *m, const struct description *d,
	unsigned tag, unsigned size, size_t entry, size_t *count, bool *fault)
{
	uint64_t bytes = has_tag(d, tag) ? d->tags.value[size] : 0;
	const void *at = bytes ? tag_at(m, d, tag, bytes, 8) : NULL;
	*count = bytes / entry;
	*fault |= bytes && !at;
	return at;
}

static const char *read_relocations(const struct memory *m, struct description *d)
{
	struct relocations *r = &d->relocations;
	bool fault = false;
	if (d->tags.value[DT_REL] ||
		(has_tag(d, DT_PLTREL) && d->tags.value[DT_PLTREL] != DT_RELA))
		return "DT_REL: this machine has RELA only";
	if (has_tag(d, DT_TEXTREL) || d->flags & DF_TEXTREL)
		return "DT_TEXTREL: text relocations are refused";
	if (has_tag(d, DT_RELAENT) && d->tags.value[DT_RELAENT] != sizeof *r->plain)
		return "DT_RELAENT: not 24";
	r->plain = table(
		m, d, DT_RELA, DT_RELASZ, sizeof *r->plain, &r->plain_count, &fault);
	r->plt = table(
		m, d, DT_JMPREL, DT_PLTRELSZ, sizeof *r->plt, &r->plt_count, &fault);
	r->relr = table(m, d, DT_RELR, DT_RELRSZ, 8, &r->relr_count, &fault);
	if (fault) return "DT_RELA, DT_JMPREL or DT_RELR: outside the PT_LOADs";
	r->relative_count = d->tags.value[TAG_RELACOUNT];
	if (r->relative_count > r->plain_count) r->relative_count = r->plain_count;
	d->plt_got = memory_at(m, d->tags.value[DT_PLTGOT], 24, PF_R | PF_W);
	if (!has_tag(d, DT_PLTGOT) || d->tags.value[DT_PLTGOT] % 8) d->plt_got = NULL;
	return NULL;
}

static const char *read_functions(const struct memory *m, struct description *d)
{
	bool fault = false;
	d->init_array =
		table(m, d, DT_INIT_ARRAY, DT_INIT_ARRAYSZ, 8, &d->init_count, &fault);
	d->fini_array =
		table(m, d, DT_FINI_ARRAY, DT_FINI_ARRAYSZ, 8, &d->fini_count, &fault);
	d->init = d->tags.value[DT_INIT];
	d->fini = d->tags.value[DT_FINI];
	if (fault || (d->init && !memory_at(m, d->init, 1, PF_X)) ||
		(d->fini && !memory_at(m, d->fini, 1, PF_X)))
		return "DT_INIT, DT_FINI or their arrays: outside the PT_LOADs";
	return NULL;
}

const char *describe(const struct memory *m, struct description *d)
{
	const char *why;
	*d = (struct description){ 0 };
	if ((why = read_segments(m, d))) return why;
	read_tags(d);
	d->flags = (uint32_t)d->tags.value[DT_FLAGS];
	d->flags_1 = (uint32_t)d->tags.value[TAG_FLAGS_1];
	if (has_tag(d, DT_SYMBOLIC)) d->flags |= DF_SYMBOLIC;
	if ((why = read_strings(m, d)) || (why = read_symbols(m, d)) ||
		(why = read_hashes(m, d)) || (why = read_relocations(m, d)) ||
		(why = read_functions(m, d)))
		return why;
	d->soname = string(d, DT_SONAME);
	d->rpath = string(d, DT_RPATH);
	d->runpath = string(d, DT_RUNPATH);
	return NULL;
}

const char *describe_needed(const struct description *d, size_t n, int64_t *tag)
{
	for (size_t i = 0; i < d->dynamic_count; i++) {
		const struct elf_dynamic *e = d->dynamic + i;
		*tag = e->tag;
		if (e->tag != DT_NEEDED && e->tag != DT_FILTER &&
			e->tag != DT_AUXILIARY)
			continue;
		if (!n--)
			return e->value < d->symbols.string_size
				       ? d->symbols.strings + e->value
				       : "";
	}
	return NULL;
}
