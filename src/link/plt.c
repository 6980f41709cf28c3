/* plt.c - functions bound when they are first called (psABI "Procedure Linkage Table"). */
#include "link.h"

/* What arch_plt_lazy asks: where does PLT entry [index] of [o] lead? */
uintptr_t plt_lazy(struct object *o, size_t index)
{
	struct linker *l = (struct linker *)o->bdl->own;
	struct order order = { 0 };
	struct found f;
	uintptr_t address = 0;
	const struct elf_rela *r = o->d.relocations.plt + index;
	uint32_t symbol = (uint32_t)(r->info >> 32);
	link_enter(l);
	link_lock(l);
	bool ok = scope_order(l, o, &order);
	link_unlock(l);
	if (!ok)
		fail(o->bdl, "%s: %s", o->path, errno_text(ENOMEM));
	else if (scope_resolve(l, o, &order, symbol, &f)) {
		object_bind(l, o, f.object);
		address = found_address(l, &f);
		__atomic_store_n((uintptr_t *)(o->memory.bias + r->offset), address,
			__ATOMIC_RELEASE);
	} else {
		relocate_missing(o, symbol);
	}
	link_lock(l);
	scope_order_free(l, &order);
	link_unlock(l);
	link_leave(l);
	if (address) return address;
	return (uintptr_t)import_unbound(o->bdl,
		symbol_name(&o->d.symbols, o->d.symbols.table + symbol), o->path);
}
