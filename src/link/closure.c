/* closure.c - an object and all that it needs, in memory; and the scope that it makes
 * for them. Under the linker's lock. */
#include "link.h"

/* Libraries that are a C library, or belong to one and share its secrets. */
bool load_is_runtime(const char *name)
{
	static const char starts[] =
		"libc.so\0libm.so.\0libpthread.so.\0libdl.so.\0librt.so.\0libutil.so.\0"
		"libresolv.so.\0libanl.so.\0libnsl.so.1\0libthread_db.so.\0libmvec.so."
		"\0"
		"libBrokenLocale.so.\0ld-linux\0ld-musl-\0libc.musl-\0ld64.so\0"
		"libnss_compat.\0libnss_hesiod.\0libc_malloc_debug.\0";
	name = text_after_last(name, '/');
	for (const char *s = starts; *s; s += text_length(s) + 1)
		if (text_starts(name, s)) return true;
	return false;
}

static int load_external(struct linker *l, struct needed *n, const char *name)
{
	for (struct external *e = l->externals; e; e = e->next)
		if (text_equal(e->name, name)) return n->external = e, 0;
	struct external *e = heap_allocate(l, sizeof *e);
	if (!e || !(e->name = heap_copy(l, name))) return link_no_memory(l, name);
	e->next = l->externals;
	l->externals = n->external = e;
	return 0;
}

static int load_needed(struct linker *l, struct object *o, unsigned flags)
{
	const unsigned inherited = flags & ~(unsigned)(BDL_NODELETE | BDL_NOLOAD);
	int status;
	int64_t tag;
	for (size_t i = 0; i < o->needed_count; i++) {
		struct needed *n = o->needed + i;
		const char *name = describe_needed(&o->d, i, &tag);
		n->filtee = tag != DT_NEEDED;
		n->object = load_by_name(l, name);
		if (!n->object && load_is_runtime(name)) {
			l->runtime = true;
			if (o->resident && load_external(l, n, name)) return -EINVAL;
			continue;
		}
		if (n->object) continue;
		uint64_t before = l->adds;
		n->object = load_file(l, o, name, inherited, &status);
		if (!n->object && tag == DT_AUXILIARY) continue;
		if (!n->object) return status;
		if (l->adds == before) continue;
		n->object->loader = o;
		n->object->root = o->root;
	}
	return 0;
}

static bool add_to_scope(struct linker *l, struct list *list, struct object *o)
{
	if (!o || o->mark) return true;
	o->mark = true;
	for (size_t i = 0; i < o->needed_count; i++)
		if (o->needed[i].filtee && !add_to_scope(l, list, o->needed[i].object))
			return false;
	return list_add(l, list, o);
}

/* Itself and all it needs, breadth first; each learns whose scope it is in. */
int load_scope(struct linker *l, struct object *root)
{
	struct list list = { 0 };
	for (struct object *o = l->objects; o; o = o->next) o->mark = false;
	bool whole = add_to_scope(l, &list, root);
	for (uint32_t i = 0; i < list.count && whole; i++)
		for (size_t k = 0; k < list.at[i]->needed_count && whole; k++)
			whole = add_to_scope(l, &list, list.at[i]->needed[k].object);
	uint32_t told = 0;
	while (whole && told < list.count) {
		whole = list_add(l, &list.at[told]->roots, root);
		told += whole;
	}
	if (whole) return root->scope = list, 0;
	while (told--) list_remove(&list.at[told]->roots, root);
	list_free(l, &list);
	return link_no_memory(l, root->path);
}

/* Versions that one object needs of another must be defined there, unless it
 * defines none at all. */
static int check_versions(struct linker *l, const struct object *o)
{
	const struct symbols *s = &o->d.symbols;
	for (uint32_t i = 0; i < s->version_count; i++) {
		const struct version *v = s->versions + i;
		if (!v->name || !v->file || v->flags & VER_FLG_WEAK) continue;
		const struct object *from = load_by_name(l, v->file);
		if (!from || !from->d.symbols.defines_versions) continue;
		bool found = false;
		const struct symbols *t = &from->d.symbols;
		for (uint32_t k = 0; k < t->version_count && !found; k++)
			found = t->versions[k].name && !t->versions[k].file &&
				text_equal(t->versions[k].name, v->name);
		if (!found)
			return fail(l->bdl, "%s: version %s, needed by %s: not found",
				from->path, v->name, o->path);
	}
	return 0;
}

int load_closure(struct linker *l, const struct source *s, unsigned flags,
	struct object **root, struct object **fresh)
{
	struct object *before = l->objects, *o;
	int status = 0;
	while (before && before->next) before = before->next;
	l->runtime = false;
	l->busy = NULL;
	l->closure++;
	if (s->fd >= 0 || s->bytes)
		o = load_given(l, s, flags);
	else if (!(o = load_by_name(l, s->name))) {
		if (text_equal(s->name, "linux-vdso.so.1"))
			o = load_vdso(l, s->name);
		else
			o = load_file(l, NULL, s->name, flags, &status);
	}
	if (!o) return find_done(l), status ? status : -EINVAL;
	if (l->busy) return find_done(l), -EAGAIN;
	*root = o;
	*fresh = before ? before->next : l->objects;
	if (*fresh) (*fresh)->root = *root;
	for (o = *fresh; o && !status; o = o->next) {
		status = load_needed(l, o, flags);
		if (!status && l->busy) status = -EAGAIN;
	}
	find_done(l);
	if (!status && !(*root)->scope.count) status = load_scope(l, *root);
	for (o = *fresh; o && !status; o = o->next) status = check_versions(l, o);
	if (!status) return 0;
	load_undo(l, *fresh, *root);
	return status == -ENOENT || status == -EAGAIN ? status : -EINVAL;
}

void load_undo(struct linker *l, struct object *fresh, const struct object *root)
{
	while (fresh) {
		struct object *next = fresh->next;
		if (fresh->root == root && fresh->state == UNDECIDED) {
			life_set_state(l, fresh, FAILED);
			load_forget(l, fresh);
		}
		fresh = next;
	}
}
