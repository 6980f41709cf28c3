/* dlfcn.c - <dlfcn.h> for objects that our linker has opened. The resident's own
 * does not know them: who calls, what RTLD_NEXT is, which libraries are open. What is
 * not ours goes on to it. */
#include "link.h"

#define RTLD_NEXT ((void *)-1l)

/* The object that called us, or NULL. */
static struct object *caller(struct linker *l, void *return_address)
{
	return (struct object *)object_at(l, (uintptr_t)return_address);
}

/* dlerror(3) gives each error once. */
static void *failed(struct linker *l)
{
	l->dl_failed = link_self(l);
	return NULL;
}

void *link_dlopen(const char *name, int flags)
{
	struct linker *l = linker();
	const struct resident_functions *r = l->bdl->r;
	bool ours = false;
	link_enter(l);
	struct object *o = caller(l, __builtin_return_address(0));
	unsigned inherited = o && o->resident ? BDL_USE_RESIDENT : 0;
	for (o = l->objects; o && name && !ours; o = o->next)
		ours = o->state < FAILED &&
		       ((o->d.soname && text_equal(o->d.soname, name)) ||
			       text_equal(o->path, name));
	link_leave(l);
	/* beside a resident a new library is one for it, as for any caller */
	if (!ours && r && r->open) return r->open(name, flags);
	if (ours) inherited |= BDL_OWN;
	void *handle = bdl_open(name, (unsigned)flags | inherited);
	return handle ? handle : failed(l);
}

/* In the scope of [from]: from its beginning, or (RTLD_NEXT) behind [from]. */
static void *in_scope(
	struct linker *l, struct object *from, bool next, const struct wanted *w)
{
	struct order order;
	struct found f;
	void *at = NULL;
	uint32_t i = 0;
	link_lock(l);
	bool ok = scope_order(l, from, &order);
	link_unlock(l);
	if (!ok) return NULL;
	while (next && i < order.count && order.at[i++] != from)
		;
	if (scope_search(l, order.at + i, order.count - i, w, &f))
		at = (void *)found_address(l, &f);
	link_lock(l);
	scope_order_free(l, &order);
	link_unlock(l);
	return at;
}

static void *symbol(void *handle, const char *name, const char *version, void *from)
{
	struct linker *l = linker();
	const struct resident_functions *r = l->bdl->r;
	bool next = handle == RTLD_NEXT;
	struct wanted w;
	uintptr_t at = 0;
	if (is_own(handle) && !next) {
		at = (uintptr_t)own_sym(l->bdl, handle, name, version);
		return at ? (void *)at : failed(l);
	}
	if (handle && !next && !r) return failed(l);
	if (handle && !next)
		return version && r->vsym ? r->vsym(handle, name, version)
					  : r->sym(handle, name);
	wanted_symbol(name, version, &w);
	link_enter(l);
	struct object *o = caller(l, from);
	if (o) at = (uintptr_t)in_scope(l, o, next, &w);
	if (!at && !scope_outside(l, o, &w, &at)) at = 0;
	link_leave(l);
	if (at) return (void *)at;
	fail(l->bdl, "symbol %s: not found", name);
	return failed(l);
}

void *link_dlsym(void *handle, const char *name)
{
	return symbol(handle, name, NULL, __builtin_return_address(0));
}

void *link_dlvsym(void *handle, const char *name, const char *version)
{
	return symbol(handle, name, version, __builtin_return_address(0));
}

int link_dlclose(void *handle)
{
	struct linker *l = linker();
	if (!bdl_close(handle)) return 0;
	failed(l);
	return -1;
}

char *link_dlerror(void)
{
	struct linker *l = linker();
	const struct resident_functions *r = l->bdl->r;
	if (l->dl_failed == link_self(l)) {
		l->dl_failed = 0;
		return error_text(l->bdl);
	}
	return r && r->error ? r->error() : NULL;
}

/* Not 0 if an object has the address. */
int link_dladdr(const void *address, struct bdl_symbol *out)
{
	struct linker *l = linker();
	const struct resident_functions *r = l->bdl->r;
	if (!own_addr(l->bdl, address, out)) return 1;
	return r && r->addr ? r->addr(address, out) : 0;
}
