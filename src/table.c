/* table.c - tables of imports made at run time: the records that BDL_IMPORT
 * makes at compile time, in one mapping that can be sealed whole.
 *
 *	struct bdl_table | imports | slots | names
 */
#include "internal.h"
#include "sys.h"

struct bdl_table {
	size_t size, count;
	uint32_t sealed;
	struct bdl_import imports[];
};

static void **slots(const struct bdl_table *t)
{
	uintptr_t end = (uintptr_t)(t->imports + t->count);
	return (void **)((end + 7) & ~(uintptr_t)7);
}

static char *put(char *to, const char *s)
{
	size_t n = s ? text_length(s) : 0;
	if (n) __builtin_memcpy(to, s, n);
	to[n] = 0;
	return to + n + 1;
}

static int32_t distance(const void *to, const int32_t *from)
{
	return (int32_t)((const char *)to - (const char *)from);
}

/* Alternatives share the index of the entry that they follow. */
static bool begins(const struct bdl_entry *e, size_t i)
{
	return i == 0 || !(e[i - 1].flags & BDL_OR);
}

static size_t size_of(const struct bdl_entry *e, size_t n, size_t *count)
{
	size_t size = sizeof(struct bdl_table) + 8;
	*count = 0;
	for (size_t i = 0; i < n; i++) {
		if (!e[i].symbol || !*e[i].symbol) return 0;
		size += text_length(e[i].symbol) + 4; /* four ends of string */
		if (e[i].library) size += text_length(e[i].library);
		if (e[i].version) size += text_length(e[i].version);
		if (!begins(e, i)) continue;
		size += sizeof(struct bdl_import) + sizeof(void *);
		++*count;
	}
	return size < INT32_MAX ? size : 0;
}

struct bdl_table *table_new(struct bdl *b, const struct bdl_entry *e, size_t n)
{
	size_t count, size = size_of(e, n, &count);
	if (!size)
		return fail(b, "table: an entry without a symbol, or too large"), NULL;
	long at = sys_allocate(size, PROT_READ | PROT_WRITE);
	if (sys_failed(at)) return fail(b, "table: %s", errno_text(at)), NULL;
	struct bdl_table *t = (struct bdl_table *)at;
	t->size = size;
	t->count = count;
	struct bdl_import *import = t->imports;
	void **slot = slots(t);
	char *names = (char *)(slot + count);
	for (size_t i = 0; i < n; i++) {
		if (begins(e, i)) {
			import->slot = distance(slot++, &import->slot);
			import->names = distance(names, &import->names);
			import->flags = e[i].flags & BDL_WEAK;
			import++;
		}
		names = put(put(put(names, e[i].symbol), e[i].library), e[i].version);
		if (!(e[i].flags & BDL_OR)) *names++ = 0;
	}
	return t;
}

/* NULL if there is no entry [i]. */
static const struct bdl_import *entry(struct bdl *b, struct bdl_table *t, size_t i)
{
	if (i < t->count) return &t->imports[i];
	fail(b, "table: no entry %u", (unsigned)i);
	return NULL;
}

void *table_get(struct bdl *b, struct bdl_table *t, size_t i)
{
	const struct bdl_import *import = entry(b, t, i);
	return import ? import_find(b, import, &t->sealed) : NULL;
}

void *table_must_get(struct bdl *b, struct bdl_table *t, size_t i)
{
	const struct bdl_import *import = entry(b, t, i);
	return import ? import_must_find(b, import, &t->sealed) : NULL;
}

size_t table_bind(struct bdl *b, struct bdl_table *t)
{
	size_t missing = import_find_all(b, t->imports, t->count, &t->sealed);
	if (!missing) import_seal(b, t, (char *)t + t->size, &t->sealed);
	return missing;
}

void *const *table_slots(const struct bdl_table *t) { return slots(t); }

void table_free(struct bdl_table *t)
{
	if (t) sys_munmap(t, t->size);
}
