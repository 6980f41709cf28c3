/* sym.c - bdl_sym: a name in a library of ours. A look-up that finds nothing is an
 * answer that programs ask for by the thousand: its error text is only made when
 * somebody reads it. */
#include "link.h"

static void *global_sym(struct linker *l, const struct wanted *w)
{
	struct list copy = { 0 };
	struct found f;
	void *at = NULL;
	link_lock(l);
	l->readers++;
	for (uint32_t i = 0; i < l->global.count; i++)
		if (!list_add(l, &copy, l->global.at[i])) link_no_memory(l, w->name);
	link_unlock(l);
	if (scope_search(l, copy.at, copy.count, w, &f))
		at = (void *)found_address(l, &f);
	link_lock(l);
	list_free(l, &copy);
	l->readers--;
	link_reclaim(l);
	link_unlock(l);
	return at;
}

/* What stands in the place of an error text until it is read. */
struct unread {
	char mark; /* ERROR_UNREAD */
	char name[TEXT_SIZE - 16];
	void *handle;
};
_Static_assert(sizeof(struct unread) <= TEXT_SIZE, "it has to fit");

static void *miss(struct linker *l, void *handle, const char *symbol)
{
	struct bdl *b = l->bdl;
	uintptr_t tp = link_self(l);
	struct unread *u = (struct unread *)b->error;
	if (tp && load(&b->threads))
		u = (void *)((struct thread *)arch_tls_block(tp, THREAD_SIZE))->error;
	symbol_copy(u->name, symbol, sizeof u->name);
	u->handle = handle;
	u->mark = ERROR_UNREAD;
	return NULL;
}

void own_explain(struct bdl *b, char *text)
{
	struct linker *l = (struct linker *)b->own;
	struct unread u;
	__builtin_memcpy(&u, text, sizeof u);
	const struct object *o = handle_object(l, u.handle);
	struct text t = text_in(text, TEXT_SIZE);
	text_add(&t, "%s: symbol %s: not found", o ? o->path : "a closed library",
		u.name);
}

void *own_sym(struct bdl *b, void *handle, const char *symbol, const char *version)
{
	struct linker *l = (struct linker *)b->own;
	struct wanted w;
	struct found f;
	wanted_symbol(symbol, version, &w);
	if (!handle) return global_sym(l, &w);
	struct object *o = handle_object(l, handle);
	if (!o) return fail(b, "symbol %s: not an open library", symbol), NULL;
	bool found = scope_search(l, o->scope.at, o->scope.count, &w, &f);
	if (!found && !version) return miss(l, handle, symbol);
	void *at = found ? (void *)found_address(l, &f) : NULL;
	if (!at)
		fail(b, "%s: symbol %s%s%s: %s", o->path, symbol, version ? "@" : "",
			version ? version : "", found ? "its value is 0" : "not found");
	return at;
}
