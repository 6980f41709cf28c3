/* dl.c - libraries and symbols, by the resident's dlopen and friends. */
#include "internal.h"

enum { RTLD_DI_LINKMAP = 2 };

/* <link.h>: what a handle can be asked for in both libcs. */
struct link_map {
	uintptr_t bias;
	const char *name;
};

/* <dlfcn.h> Dl_info */
struct dl_info {
	const char *file;
	void *base;
	const char *name;
	void *address;
};

/* glibc before 2.34 without its libdl.so.2. */
static void *no_libdl(struct bdl *b, const char *name)
{
	fail(b, "%s: no libdl.so.2", name ? name : "the program");
	return NULL;
}

void *dl_open(struct bdl *b, const char *name, unsigned flags)
{
	if (boot(b, name)) return NULL;
	if (!b->r->open) return no_libdl(b, name);
	if (!(flags & (BDL_LAZY | BDL_NOW))) flags |= BDL_NOW;
	void *handle = b->r->open(name, (int)flags);
	if (handle) return handle;
	const char *why = b->r->error();
	if (!name) name = "the program";
	if (!why) why = "not loaded"; /* BDL_NOLOAD */
	if (text_contains(why, name))
		fail(b, "%s", why);
	else
		fail(b, "%s: %s", name, why);
	return NULL;
}

/* The file of [handle]; both libcs' handles are asked in the same way. */
static const char *file_name(struct bdl *b, void *handle)
{
	struct link_map *map;
	if (!handle || b->r->info(handle, RTLD_DI_LINKMAP, &map) || !*map->name)
		return "global scope";
	return map->name;
}

void *dl_sym(struct bdl *b, void *handle, const char *symbol, const char *version)
{
	if (b->own && (is_own(handle) || !handle)) {
		void *address = b->own->sym(b, handle, symbol, version);
		if (address || handle) return address;
	}
	if (boot(b, NULL)) return NULL;
	if (!b->r->sym) return no_libdl(b, symbol);
	const char *why = "musl has no symbol versions";
	if (!version || b->r->vsym) {
		void *address = version ? b->r->vsym(handle, symbol, version)
					: b->r->sym(handle, symbol);
		if (address) return address;
		why = b->r->error() ? "not found" : "its value is 0";
	}
	fail(b, "%s: symbol %s%s%s: %s", file_name(b, handle), symbol,
		version ? "@" : "", version ? version : "", why);
	return NULL;
}

int dl_close(struct bdl *b, void *handle)
{
	if (b->own && is_own(handle)) return b->own->close(b, handle);
	if (!handle || load(&b->state) != UP) return fail(b, "close: no library");
	if (!b->r->close(handle)) return 0;
	const char *why = b->r->error();
	return fail(b, "close: %s", why ? why : "not an open library");
}

int dl_addr(struct bdl *b, const void *address, struct bdl_symbol *out)
{
	struct dl_info info;
	*out = (struct bdl_symbol){ 0 };
	if (b->own && !b->own->addr(b, address, out)) return 0;
	if (boot(b, NULL)) return -1;
	if (!b->r->addr || !b->r->addr(address, &info))
		return fail(b, "no library holds this address");
	*out = (struct bdl_symbol){ info.file, info.base, info.name, info.address };
	return 0;
}
