/* reloc.c - relocation: the one loop for both machines, over the meanings that
 * arch_relocation() gives to their types. Every place that is written to lies in
 * a writable segment, every symbol index in the table. */
#include "link.h"

enum { AHEAD = 16 }; /* relocations, to fetch symbols for */

/* One object's relocation. */
struct work {
	struct linker *l;
	struct object *o;
	const struct order *order;
	struct found *memo; /* by symbol index; undefined symbols found so far */
	uint32_t memo_count;
	const struct object *bound; /* the last that was told to object_bind() */
	bool resolvers;             /* now those that run foreign code, left for last */
	size_t left;                /* how many there are */
	/* the one writable segment that most objects have: vaddr, bytes */
	uint64_t start, size;
};

static void *place(const struct work *w, uint64_t vaddr, size_t size)
{
	uint64_t offset = vaddr - w->start;
	if (offset < w->size && size <= w->size - offset)
		return (void *)(w->o->memory.bias + vaddr);
	return memory_at(&w->o->memory, vaddr, size, PF_W);
}

static int outside(const struct work *w)
{
	return fail(w->l->bdl, "%s: a relocation outside the writable segments",
		w->o->path);
}

/* Unaligned places are legal. */
static void put64(void *at, uint64_t value)
{
	__builtin_memcpy(at, &value, sizeof value);
}
static uint64_t get64(const void *at)
{
	uint64_t value;
	__builtin_memcpy(&value, at, sizeof value);
	return value;
}

/* ---- without symbols ----------------------------------------------------------- */

static int relocate_relative(const struct work *w)
{
	const struct elf_rela *r = w->o->d.relocations.plain;
	uintptr_t bias = w->o->memory.bias;
	for (size_t n = w->o->d.relocations.relative_count; n; n--, r++) {
		void *at = place(w, r->offset, 8);
		if (!at || (uint32_t)r->info != ARCH_R_RELATIVE) return outside(w);
		put64(at, bias + (uint64_t)r->addend);
	}
	return 0;
}

/* gABI "Relative Relocation Table": an even word is an address to relocate, an
 * odd one a bitmap of the 63 words that follow the last. */
static int relocate_relr(const struct work *w)
{
	const uint64_t *r = w->o->d.relocations.relr;
	uintptr_t bias = w->o->memory.bias;
	uint64_t next = 0;
	for (size_t n = w->o->d.relocations.relr_count; n; n--, r++) {
		uint64_t word = *r;
		if (!(word & 1)) {
			void *at = place(w, word, 8);
			if (!at) return outside(w);
			put64(at, get64(at) + bias);
			next = word + 8;
			continue;
		}
		for (uint64_t at = next; word >>= 1; at += 8) {
			if (!(word & 1)) continue;
			void *p = place(w, at, 8);
			if (!p) return outside(w);
			put64(p, get64(p) + bias);
		}
		next += 63 * 8;
	}
	return 0;
}

/* ---- with symbols ----------------------------------------------------------------- */

int relocate_missing(const struct object *o, uint32_t index)
{
	struct wanted want;
	symbol_wanted(&o->d.symbols, index, 0, &want);
	fail(o->bdl, "%s: symbol %s%s%s: not found", o->path, want.name,
		want.version ? "@" : "", want.version ? want.version : "");
	return -ENOENT;
}

/* 0; -ENOENT or -1, and the error text. A weak one that is nowhere is an address of 0. */
static int resolve(struct work *w, uint32_t index, struct found *out)
{
	const struct symbols *s = &w->o->d.symbols;
	if (!index) { /* the object itself, as for local-dynamic TLS */
		*out = (struct found){ .object = w->o, .symbol = s->table };
		return 0;
	}
	if (index >= s->limit)
		return fail(w->l->bdl, "%s: a relocation's symbol %u: out of range",
			w->o->path, index);
	struct found *memo = index < w->memo_count ? w->memo + index : NULL;
	if (memo && (memo->object || memo->address)) {
		*out = *memo;
		return 0;
	}
	if (!scope_resolve(w->l, w->o, w->order, index, out)) {
		if (s->table[index].info >> 4 != STB_WEAK)
			return relocate_missing(w->o, index);
		*out = (struct found){ .object = NULL, .address = 0 };
		return 0;
	}
	if (out->object != w->bound) {
		if (object_bind(w->l, w->o, out->object)) return -1;
		w->bound = out->object;
	}
	if (memo) *memo = *out;
	return 0;
}

static bool is_resolver(const struct found *f)
{
	return f->object && (f->symbol->info & 15) == STT_GNU_IFUNC;
}

static uintptr_t value_of(const struct work *w, const struct found *f)
{
	if (f->object && (f->symbol->info & 15) != STT_TLS && !is_resolver(f))
		return f->symbol->value +
		       (f->symbol->shndx == SHN_ABS ? 0 : f->object->memory.bias);
	return found_address(w->l, f);
}

/* The thread-local variable that [f] is, [addend] behind its start: its module's
 * object and the offset there. NULL object: weak and nowhere. */
static int tls_of(const struct work *w, uint32_t index, const struct found *f,
	uint64_t *offset, struct object **object)
{
	*object = (struct object *)f->object;
	if (!f->object && !f->address) return 0;
	if (!f->object || !f->object->tls)
		return fail(w->l->bdl,
			"%s: symbol %s: only an object of ours can give a thread-local "
			"one",
			w->o->path,
			symbol_name(&w->o->d.symbols, w->o->d.symbols.table + index));
	if (f->symbol->shndx != SHN_UNDEF) *offset += f->symbol->value;
	return 0;
}

static int relocate_tls(const struct work *w, enum arch_relocation kind,
	const struct elf_rela *r, const struct found *f, void *at)
{
	uint64_t offset = (uint64_t)r->addend;
	struct object *o;
	if (tls_of(w, (uint32_t)(r->info >> 32), f, &offset, &o)) return -1;
	struct linker *l = w->l;
	switch (kind) {
	case RELOC_TLS_MODULE:
		put64(at, o ? tls_number(l, o) : 0);
		return 0;
	case RELOC_TLS_OFFSET:
		put64(at, offset);
		return 0;
	case RELOC_TLS_TP:
		if (o && tls_make_static(l, o)) return -1;
		put64(at, o ? (uint64_t)tls_offset(l, o) + offset : offset);
		return 0;
	default:
		return tls_describe(l, w->o, o, offset, at);
	}
}

static int narrow(const struct work *w, void *at, int64_t value, bool sign)
{
	if (sign ? value != (int32_t)value : value != (uint32_t)value)
		return fail(w->l->bdl, "%s: a 32-bit relocation overflows", w->o->path);
	uint32_t low = (uint32_t)value;
	__builtin_memcpy(at, &low, sizeof low);
	return 0;
}

static int unsupported(const struct work *w, uint32_t type, enum arch_relocation kind)
{
	return fail(w->l->bdl, "%s: relocation type %u: %s", w->o->path, type,
		kind == RELOC_COPY ? "COPY, which only executables may have"
				   : "not known");
}

static int relocate_one(struct work *w, const struct elf_rela *r)
{
	uint32_t type = (uint32_t)r->info;
	enum arch_relocation kind = arch_relocation(type);
	struct found f;
	void *at;
	if (kind == RELOC_NONE) return 0;
	if (kind >= RELOC_COPY) return unsupported(w, type, kind);
	if (!(at = place(w, r->offset, kind < RELOC_32 ? 8 : 4))) return outside(w);
	if (kind == RELOC_TLS_DESCRIPTOR && !place(w, r->offset, 16)) return outside(w);
	if (kind == RELOC_RELATIVE) {
		if (!w->resolvers) put64(at, w->o->memory.bias + (uint64_t)r->addend);
		return 0;
	}
	if (kind == RELOC_RESOLVER) {
		uint64_t code = (uint64_t)r->addend;
		if (!memory_at(&w->o->memory, code, 1, PF_X)) return outside(w);
		if (w->resolvers)
			put64(at, arch_resolve(
					  w->o->memory.bias + code, &w->l->hardware));
		else
			w->left++;
		return 0;
	}
	int status = resolve(w, (uint32_t)(r->info >> 32), &f);
	if (status) return status;
	if (kind >= RELOC_TLS_MODULE && kind <= RELOC_TLS_DESCRIPTOR)
		return w->resolvers ? 0 : relocate_tls(w, kind, r, &f, at);
	if (is_resolver(&f) != w->resolvers) {
		w->left += !w->resolvers;
		return 0;
	}
	uint64_t addend = (uint64_t)r->addend, size = f.object ? f.symbol->size : 0;
	switch (kind) {
	case RELOC_SLOT:
		put64(at, value_of(w, &f));
		return 0;
	case RELOC_ADDRESS:
		put64(at, value_of(w, &f) + addend);
		return 0;
	case RELOC_PLACE:
		put64(at, value_of(w, &f) + addend - (uintptr_t)at);
		return 0;
	case RELOC_SIZE:
		put64(at, size + addend);
		return 0;
	case RELOC_32:
		return narrow(w, at, (int64_t)(value_of(w, &f) + addend), false);
	case RELOC_PLACE_32:
		return narrow(w, at,
			(int64_t)(value_of(w, &f) + addend - (uintptr_t)at), true);
	default:
		return narrow(w, at, (int64_t)(size + addend), false);
	}
}

static int relocate_table(struct work *w, const struct elf_rela *r, size_t count)
{
	const struct elf_symbol *table = w->o->d.symbols.table;
	for (; count; count--, r++) {
		if (count > AHEAD) __builtin_prefetch(table + (r[AHEAD].info >> 32));
		int status = relocate_one(w, r);
		if (status) return status;
	}
	return 0;
}

/* ---- the procedure linkage table ---------------------------------------------------- */

/* Lazily: each slot leads back into its PLT entry, which leads to arch_plt_lazy. */
static int prepare_lazy(struct work *w)
{
	const struct relocations *t = &w->o->d.relocations;
	for (size_t i = 0; i < t->plt_count; i++) {
		const struct elf_rela *r = t->plt + i;
		uint32_t index = (uint32_t)(r->info >> 32);
		bool now = arch_relocation((uint32_t)r->info) != RELOC_SLOT ||
			   index >= w->o->d.symbols.limit ||
			   arch_bind_now(w->o->d.symbols.table[index].other);
		if (now) {
			int status = relocate_one(w, r);
			if (status) return status;
			continue;
		}
		if (w->resolvers) continue;
		void *at = place(w, r->offset, 8);
		if (!at) return outside(w);
		put64(at, get64(at) + w->o->memory.bias);
	}
	w->o->d.plt_got[1] = (uintptr_t)w->o;
	w->o->d.plt_got[2] = (uintptr_t)arch_plt_lazy;
	return 0;
}

/* ---- one object ---------------------------------------------------------------------- */

static int relocate_all(struct work *w)
{
	const struct relocations *r = &w->o->d.relocations;
	bool lazy = w->o->lazy && w->o->d.plt_got;
	if (!w->resolvers && (relocate_relr(w) || relocate_relative(w))) return -1;
	size_t count = r->plain_count - r->relative_count;
	int status = count ? relocate_table(w, r->plain + r->relative_count, count) : 0;
	if (status) return status;
	return lazy ? prepare_lazy(w) : relocate_table(w, r->plt, r->plt_count);
}

static void find_writable(struct work *w)
{
	const struct memory *m = &w->o->memory;
	for (size_t i = 0; i < m->count; i++) {
		const struct elf_segment *s = m->segments + i;
		if (s->type != PT_LOAD || !(s->flags & PF_W)) continue;
		w->start = s->vaddr;
		w->size = s->memsz;
		return;
	}
}

/* PT_GNU_RELRO: whole pages only, the rest of the last one stays writable. */
static int protect(const struct work *w)
{
	const struct elf_segment *s = w->o->d.relro;
	uintptr_t page = w->l->bdl->page, bias = w->o->memory.bias;
	if (!s || !w->o->map.size) return 0;
	uintptr_t start = (bias + s->vaddr) & -page;
	uintptr_t end = (bias + s->vaddr + s->memsz) & -page;
	uintptr_t limit = (uintptr_t)w->o->map.start + w->o->map.size;
	if (end > limit) end = limit;
	if (end <= start) return 0;
	int r = (int)sys_mprotect((void *)start, end - start, PROT_READ);
	if (r) fail(w->l->bdl, "%s: PT_GNU_RELRO: %s", w->o->path, errno_text(r));
	return r ? -1 : 0;
}

/* Room for [size] bytes, of which the first [clear] are zero. */
static void *take(struct scratch *s, size_t size, size_t clear)
{
	if (s->size >= size) {
		__builtin_memset(s->at, 0, clear);
		return s->at;
	}
	if (s->size) sys_munmap(s->at, s->size);
	s->size = size + size / 2; /* for the next, too */
	long at = sys_allocate(s->size, PROT_READ | PROT_WRITE);
	if (sys_failed(at)) s->size = 0;
	s->at = sys_failed(at) ? NULL : (void *)at;
	return s->at;
}

int relocate(struct linker *l, struct object *o, const struct order *order,
	struct scratch *scratch)
{
	struct work w = { .l = l, .o = o, .order = order };
	const struct symbols *s = &o->d.symbols;
	const struct relocations *r = &o->d.relocations;
	int status = 0;
	find_writable(&w);
	/* only undefined symbols are worth remembering: they come first, where there
	 * is a DT_GNU_HASH */
	uint32_t count = s->first < s->limit ? s->first : s->limit;
	if (!s->buckets) count = s->sysv_count;
	if (count > 1 && (r->plain_count > r->relative_count || r->plt_count)) {
		size_t memo = count * sizeof *w.memo;
		w.memo = take(scratch, memo + (size_t)count * PENDING_SIZE, memo);
		if (!w.memo) return link_no_memory(l, o->path);
		w.memo_count = count;
		if (!o->lazy)
			status = scope_resolve_all(
				l, o, order, w.memo, count, (char *)w.memo + memo);
	}
	if (!status) status = relocate_all(&w);
	o->resolvers = w.left;
	return status;
}

int relocate_finish(struct linker *l, struct object *o, const struct order *order)
{
	struct work w = { .l = l, .o = o, .order = order, .resolvers = true };
	int status = 0;
	find_writable(&w);
	if (o->resolvers) status = relocate_all(&w);
	return status ? status : protect(&w);
}
