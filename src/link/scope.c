/* scope.c - names -> definitions, through the objects in which a reference is
 * looked for: the global scope, then the scope of the opening that loaded the
 * referring object (gABI 5 "Shared Object Dependencies"); then what the host and
 * baredl give, and the resident. */
#include "link.h"

static void add(struct order *order, struct object *o)
{
	if (o->mark) return;
	o->mark = true;
	o->pins++; /* it does not go while it is searched */
	order->at[order->count++] = o;
}

static void add_all(struct order *order, const struct list *list)
{
	for (uint32_t i = 0; i < list->count; i++) add(order, list->at[i]);
}

/* What is searched, in order. The global scope is copied: nobody else's opening
 * or closing changes it under our hands. Call with the lock. */
bool scope_order(struct linker *l, struct object *o, struct order *out)
{
	uint32_t count = l->global.count + 1;
	for (uint32_t i = 0; i < o->roots.count; i++)
		count += o->roots.at[i]->scope.count;
	*out = (struct order){ .size = count * sizeof *out->at };
	out->at = heap_allocate(l, out->size);
	if (!out->at) return false;
	for (struct object *p = l->objects; p; p = p->next)
		p->mark = p->state >= FAILED;
	if (o->d.flags & DF_SYMBOLIC) add(out, o);
	for (int part = 0; part < 2; part++)
		if ((part == 0) == o->deep)
			for (uint32_t i = 0; i < o->roots.count; i++)
				add_all(out, &o->roots.at[i]->scope);
		else
			add_all(out, &l->global);
	return true;
}

void scope_order_free(struct linker *l, struct order *order)
{
	for (uint32_t i = 0; i < order->count; i++) order->at[i]->pins--;
	heap_free(l, order->at, order->size);
	if (l->unswept) life_sweep(l);
}

int object_bind(struct linker *l, struct object *from, const struct object *to)
{
	int status = 0;
	if (!to || from == to || (to->keep && to->state >= LINKED)) return 0;
	for (size_t i = 0; i < from->needed_count; i++)
		if (from->needed[i].object == to) return 0;
	link_lock(l);
	if (!list_has(&from->bound, to) &&
		!list_add(l, &from->bound, (struct object *)to))
		status = -1;
	link_unlock(l);
	return status ? link_no_memory(l, from->path) : 0;
}

/* ---- STB_GNU_UNIQUE: one definition for the whole process --------------------- */

static const char *unique_name(const struct found *f)
{
	return symbol_name(&f->object->d.symbols, f->symbol);
}

/* The entry for [name] in the table, or the free one where it belongs. */
static struct found *unique_entry(struct found *table, uint32_t room, const char *name)
{
	uint32_t i = hash_gnu(name) & (room - 1);
	while (table[i].object && !text_equal(unique_name(table + i), name))
		i = (i + 1) & (room - 1);
	return table + i;
}

static bool unique_grow(struct linker *l)
{
	uint32_t room = l->unique_room ? 2 * l->unique_room : 64;
	struct found *table = heap_allocate(l, room * sizeof *table);
	if (!table) return false;
	for (uint32_t i = 0; i < l->unique_room; i++)
		if (l->unique[i].object)
			*unique_entry(table, room, unique_name(l->unique + i)) =
				l->unique[i];
	heap_free(l, l->unique, l->unique_room * sizeof *table);
	l->unique = table;
	l->unique_room = room;
	return true;
}

/* Replaces a unique symbol by the first that was found of its name; an object
 * that gave one stays. Without memory each scope keeps its own. */
static void unique(struct linker *l, struct found *f)
{
	link_lock(l);
	if (2 * l->unique_count < l->unique_room || unique_grow(l)) {
		struct found *e =
			unique_entry(l->unique, l->unique_room, unique_name(f));
		if (!e->object) {
			*e = *f;
			l->unique_count++;
			((struct object *)f->object)->keep = true;
		}
		*f = *e;
	}
	link_unlock(l);
}

/* What [o] gave is free again. */
void scope_forget_unique(struct linker *l, const struct object *o)
{
	struct found *old = l->unique;
	uint32_t room = l->unique_room, theirs = 0;
	for (uint32_t i = 0; i < room; i++) theirs += old[i].object == o;
	if (!theirs) return;
	/* a table with holes would have to be rehashed: out and in again, beginning
	 * behind a free entry, of which there are many, so that no chain is cut */
	uint32_t start = 0;
	while (old[start].object) start++;
	for (uint32_t k = 0; k < room; k++) {
		uint32_t i = (start + k) & (room - 1);
		struct found f = old[i];
		old[i] = (struct found){ 0 };
		if (f.object && f.object != o)
			*unique_entry(old, room, unique_name(&f)) = f;
	}
	l->unique_count -= theirs;
}

static void settle(struct linker *l, struct found *f, bool dry)
{
	if (!dry && f->symbol->info >> 4 == STB_GNU_UNIQUE) unique(l, f);
}

/* ---- one name ------------------------------------------------------------------- */

bool scope_search(struct linker *l, struct object *const *at, uint32_t count,
	const struct wanted *w, struct found *out)
{
	for (uint32_t i = 0; i < count; i++) {
		const struct symbols *s = &at[i]->d.symbols;
		if (!symbol_maybe(s, w->hash) || !(out->symbol = symbol_find(s, w)))
			continue;
		out->object = at[i];
		settle(l, out, w->dry);
		return true;
	}
	return false;
}

void *resident_symbol(struct linker *l, const char *name)
{
	const struct resident_functions *r = l->bdl->r;
	return r && r->sym ? r->sym(NULL, name) : NULL;
}

/* In the resident's global scope, where its libc is; then in the libraries that our
 * objects need of it, first in the one that the version is needed of. */
static uintptr_t resident_ask(struct linker *l, const struct wanted *w)
{
	const struct resident_functions *r = l->bdl->r;
	void *at;
	if (!r || !r->sym) return 0;
	bool versioned = w->version && r->vsym;
	at = versioned ? r->vsym(NULL, w->name, w->version) : r->sym(NULL, w->name);
	for (int first = versioned && w->file; !at && first >= 0; first--)
		for (struct external *e = l->externals; e && !at; e = e->next) {
			if (!e->handle || (first && !text_equal(e->name, w->file)))
				continue;
			at = versioned ? r->vsym(e->handle, w->name, w->version)
				       : r->sym(e->handle, w->name);
		}
	return (uintptr_t)at;
}

static uintptr_t resident_find(struct linker *l, const struct wanted *w)
{
	struct answer none, *a = &none;
	if (w->answers) {
		a = w->answers + (w->hash ^ w->version_hash) % ANSWERS;
		if (a->name && a->hash == w->hash &&
			a->version_hash == w->version_hash &&
			text_equal(a->name, w->name))
			return a->at;
	}
	*a = (struct answer){ w->name, w->hash, w->version_hash, resident_ask(l, w) };
	return a->at;
}

bool scope_outside(struct linker *l, const struct object *from, const struct wanted *w,
	uintptr_t *address)
{
	return builtin_find(l, w->name, true, address) ||
	       provided_find(l, w, address) ||
	       ((!from || from->resident) && (*address = resident_find(l, w))) ||
	       builtin_find(l, w->name, false, address);
}

/* Symbols that nobody else's definition can take the place of. */
static bool binds_locally(const struct elf_symbol *e)
{
	return e->info >> 4 == STB_LOCAL || (e->other & 3) != STV_DEFAULT;
}

/* Whether an object before [from] in the order may define its own symbol [index]:
 * by the hash in its own table, of which only the last bit is missing. */
static bool maybe_before(struct object *from, const struct order *order, uint32_t index,
	uint32_t *before)
{
	const struct symbols *s = &from->d.symbols;
	uint32_t i = index - s->first;
	bool maybe = false;
	bool known = s->buckets && index >= s->first && i < s->chain_count;
	uint32_t hash = known ? s->chain[i] : 0;
	for (*before = 0; *before < order->count; ++*before) {
		const struct object *o = order->at[*before];
		if (o == from) return maybe;
		maybe |= !known || symbol_maybe(&o->d.symbols, hash & ~1u) ||
			 symbol_maybe(&o->d.symbols, hash | 1);
	}
	return maybe;
}

bool scope_resolve(struct linker *l, struct object *from, const struct order *order,
	uint32_t index, struct found *out)
{
	const struct symbols *s = &from->d.symbols;
	const struct elf_symbol *e = s->table + index;
	struct wanted w;
	*out = (struct found){ .object = from, .symbol = e };
	if (e->shndx != SHN_UNDEF) {
		uint32_t before;
		if (binds_locally(e)) return true;
		if (maybe_before(from, order, index, &before)) {
			symbol_wanted(s, index, hash_gnu(symbol_name(s, e)), &w);
			w.dry = order->dry;
			w.answers = order->answers;
			if (scope_search(l, order->at, before, &w, out)) return true;
			*out = (struct found){ .object = from, .symbol = e };
		}
		settle(l, out, order->dry);
		return true;
	}
	symbol_wanted(s, index, hash_gnu(symbol_name(s, e)), &w);
	w.dry = order->dry;
	w.answers = order->answers;
	if (scope_search(l, order->at, order->count, &w, out)) return true;
	out->object = NULL;
	return scope_outside(l, from, &w, &out->address);
}

/* ---- all undefined symbols of an object -------------------------------------------
 *
 * Object by object instead of symbol by symbol: the Bloom filter and the tables of one
 * stay in the cache meanwhile, and what is looked at is fetched before. */

enum { AHEAD = 32 };
struct pending {
	uint32_t index, hash; /* index 0: found */
};
_Static_assert(
	PENDING_SIZE == sizeof(struct pending) + sizeof(uint32_t), "with [hits]");

/* Those that [s] may define: their places in [p]. Without branches that nobody can
 * predict. */
static uint32_t filter(
	const struct symbols *s, const struct pending *p, uint32_t n, uint32_t *hits)
{
	uint32_t m = 0;
	for (uint32_t i = 0; i < n; i++) {
		hits[m] = i;
		m += symbol_maybe(s, p[i].hash);
	}
	return m;
}

static void fetch(const char *name)
{
	__builtin_prefetch(name);
	__builtin_prefetch(name + 48);
}

/* Fetches what the comparison of names will read. */
static void fetch_all(const struct symbols *from, const struct symbols *to,
	const struct pending *p, const uint32_t *hits, uint32_t m)
{
	uint32_t hint[AHEAD];
	for (uint32_t j = 0; j < m; j++) {
		hint[j] = symbol_hint(to, p[hits[j]].hash);
		__builtin_prefetch(to->table + hint[j]);
	}
	for (uint32_t j = 0; j < m; j++) {
		if (!hint[j]) continue;
		fetch(symbol_name(to, to->table + hint[j]));
		fetch(symbol_name(from, from->table + p[hits[j]].index));
	}
}

/* What [o] defines of the first [n]; how many are left. */
static uint32_t resolve_in(struct linker *l, struct object *from,
	const struct object *o, struct found *memo, struct pending *p, uint32_t n,
	uint32_t *hits)
{
	uint32_t m = filter(&o->d.symbols, p, n, hits), found = 0, kept = 0;
	for (uint32_t j = 0; j < m; j++) {
		struct pending *this = p + hits[j];
		struct wanted w;
		struct found f = { .object = o };
		if (j % AHEAD == 0)
			fetch_all(&from->d.symbols, &o->d.symbols, p, hits + j,
				m - j < AHEAD ? m - j : AHEAD);
		symbol_wanted(&from->d.symbols, this->index, this->hash, &w);
		if (!(f.symbol = symbol_find(&o->d.symbols, &w))) continue;
		settle(l, &f, false);
		memo[this->index] = f;
		this->index = 0;
		found++;
	}
	if (!found) return n;
	for (uint32_t i = 0; i < n; i++) {
		p[kept] = p[i];
		kept += p[i].index != 0;
	}
	return kept;
}

int scope_resolve_all(struct linker *l, struct object *from, const struct order *order,
	struct found *memo, uint32_t count, void *scratch)
{
	const struct symbols *s = &from->d.symbols;
	struct pending *p = scratch;
	uint32_t *hits = (uint32_t *)(p + count), n = 0;
	for (uint32_t i = 1; i < count; i++) {
		const struct elf_symbol *e = s->table + i;
		if (i + 8 < count) fetch(symbol_name(s, e + 8));
		if (e->shndx == SHN_UNDEF && !binds_locally(e))
			p[n++] = (struct pending){ i, hash_gnu(symbol_name(s, e)) };
	}
	for (uint32_t k = 0; k < order->count && n; k++) {
		const struct object *o = order->at[k];
		if (o == from) continue; /* they are undefined in it */
		uint32_t left = resolve_in(l, from, o, memo, p, n, hits);
		if (left != n && object_bind(l, from, o)) return -1;
		n = left;
	}
	return 0;
}

/* ---- who decides -------------------------------------------------------------------- */

/* The undefined symbols come first, where there is a DT_GNU_HASH; unless it is empty,
 * as in an object that exports nothing, and says nothing. */
static uint32_t undefined_end(const struct symbols *s)
{
	if (!s->buckets) return symbols_count(s);
	for (uint32_t i = 0; i < s->bucket_count; i++)
		if (s->buckets[i]) return s->first < s->limit ? s->first : s->limit;
	return s->limit;
}

const char *scope_missing(struct linker *l, struct object *o, const struct order *order)
{
	const struct symbols *s = &o->d.symbols;
	for (uint32_t i = 1, end = undefined_end(s); i < end; i++) {
		const struct elf_symbol *e = s->table + i;
		struct found f;
		if (e->shndx == SHN_UNDEF && e->info >> 4 == STB_GLOBAL &&
			!scope_resolve(l, o, order, i, &f))
			return symbol_name(s, e);
	}
	return NULL;
}

/* ---- what is found ------------------------------------------------------------------ */

/* An address in the calling thread; runs IFUNC resolvers. 0: no memory. */
uintptr_t found_address(struct linker *l, const struct found *f)
{
	if (!f->object) return f->address;
	const struct elf_symbol *e = f->symbol;
	uintptr_t at = e->value + (e->shndx == SHN_ABS ? 0 : f->object->memory.bias);
	switch (e->info & 15) {
	case STT_GNU_IFUNC:
		if (!memory_at(&f->object->memory, e->value, 1, PF_X)) return 0;
		return arch_resolve(at, &l->hardware);
	case STT_TLS:
		if (!f->object->tls) return 0;
		return (uintptr_t)tls_address(l, tls_number(l, f->object), e->value);
	}
	return at;
}
