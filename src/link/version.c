/* version.c - symbol versions: DT_VERDEF and DT_VERNEED as a table by index. Pure
 * and bounded, like describe.c. LSB "Symbol Versioning"; the GNU extensions. */
#include "describe.h"

struct verdef { /* Elf64_Verdef */
	uint16_t version, flags, index, count;
	uint32_t hash, aux, next;
};
struct verneed { /* Elf64_Verneed */
	uint16_t version, count;
	uint32_t file, aux, next;
};
struct vernaux { /* Elf64_Vernaux */
	uint32_t hash;
	uint16_t flags, index;
	uint32_t name, next;
};

/* What is called for each version; false: an index is out of range. */
typedef bool version_seen(void *context, uint32_t index, struct version v);

static const char *text(const struct description *d, uint32_t offset)
{
	return offset < d->symbols.string_size ? d->symbols.strings + offset : NULL;
}

/* Chains go forward, so each of them ends. */
static bool each_definition(const struct memory *m, const struct description *d,
	version_seen *seen, void *context)
{
	uint64_t at = d->tags.value[TAG_VERDEF];
	for (uint64_t n = d->tags.value[TAG_VERDEFNUM]; n; n--) {
		const struct verdef *v = memory_at(m, at, sizeof *v, PF_R);
		if (!v || at % 4) return false;
		const uint32_t *name = memory_at(m, at + v->aux, 8, PF_R);
		if (!name || v->aux % 4) return false;
		const char *s = text(d, name[0]);
		if (!s || !seen(context, v->index & 0x7fff,
				  (struct version){ s, NULL, v->hash, v->flags }))
			return false;
		if (!v->next) break;
		at += v->next;
	}
	return true;
}

static bool each_need(const struct memory *m, const struct description *d,
	version_seen *seen, void *context)
{
	uint64_t at = d->tags.value[TAG_VERNEED];
	for (uint64_t n = d->tags.value[TAG_VERNEEDNUM]; n; n--) {
		const struct verneed *v = memory_at(m, at, sizeof *v, PF_R);
		if (!v || at % 4) return false;
		const char *file = text(d, v->file);
		uint64_t aux = at + v->aux;
		for (unsigned k = v->count; k; k--) {
			const struct vernaux *a = memory_at(m, aux, sizeof *a, PF_R);
			if (!file || !a || aux % 4) return false;
			const char *s = text(d, a->name);
			if (!s || !seen(context, a->index & 0x7fff,
					  (struct version){ s, file, a->hash,
						  a->flags | (a->index & 0x8000) }))
				return false;
			if (!a->next) break;
			aux += a->next;
		}
		if (!v->next) break;
		at += v->next;
	}
	return true;
}

static bool count_one(void *context, uint32_t index, struct version v)
{
	uint32_t *count = context;
	(void)v;
	if (index >= *count) *count = index + 1;
	return true;
}

uint32_t describe_versions_count(const struct memory *m, const struct description *d)
{
	uint32_t count = 0;
	if (!has_tag(d, TAG_VERSYM)) return 0;
	each_definition(m, d, count_one, &count);
	each_need(m, d, count_one, &count);
	return count < 2 ? 2 : count;
}

static bool store_one(void *context, uint32_t index, struct version v)
{
	struct symbols *s = context;
	if (index >= s->version_count) return false;
	/* index 1 is the object's own name (VER_FLG_BASE), no version */
	if (v.flags & VER_FLG_BASE) return true;
	s->versions[index] = v;
	return true;
}

const char *describe_versions(const struct memory *m, struct description *d,
	struct version *table, uint32_t count)
{
	struct symbols *s = &d->symbols;
	s->versions = table;
	s->version_count = count;
	if (!s->version_count) return NULL;
	uint64_t at = d->tags.value[TAG_VERSYM];
	uint64_t rest = memory_rest(m, at) / 2;
	s->version_index = memory_at(m, at, 2, PF_R);
	if (!s->version_index || at % 2) return "DT_VERSYM: outside the PT_LOADs";
	if (s->limit > rest) s->limit = (uint32_t)rest;
	uint32_t hashed = s->limit > s->first ? s->limit - s->first : 0;
	if (s->chain_count > hashed) s->chain_count = hashed;
	if (s->sysv_count > s->limit) return "DT_VERSYM: ends before the symbols do";
	s->defines_versions = has_tag(d, TAG_VERDEF);
	if (!each_definition(m, d, store_one, s)) return "DT_VERDEF: out of range";
	if (!each_need(m, d, store_one, s)) return "DT_VERNEED: out of range";
	return NULL;
}
