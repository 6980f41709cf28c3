/* import.c - imports -> addresses.
 *
 * A slot holds where an import leads: first of all the code that comes here (a
 * table made at run time: 0), then the symbol. It is one word and changes once,
 * so a call needs no lock; the lock is between that store and sealing. */
#include "internal.h"
#include "sys.h"

/* The library of the look-up before: imports tend to come in runs. */
struct opened {
	const char *name;
	void *handle;
};

static void lock(struct bdl *b)
{
	while (__atomic_exchange_n(&b->lock, 1, __ATOMIC_ACQUIRE))
		sys_futex_wait(&b->lock, 1);
}

static void unlock(struct bdl *b)
{
	store(&b->lock, 0);
	sys_futex_wake(&b->lock);
}

/* What lies [*distance] bytes from the field [distance]. */
static void *at(const int32_t *distance) { return (char *)distance + *distance; }

/* libc has been open since the boot: musl opens nothing any more once the process
 * is exiting, and destructors call libc for the first time, too. */
static void *open_library(struct bdl *b, const char *name, struct opened *last)
{
	if (b->libc && text_equal(name, "libc.so.6")) return b->libc;
	if (last->handle && text_equal(name, last->name)) return last->handle;
	last->handle = b->config.open ? b->config.open(name, BDL_NOW)
				      : dl_open(b, name, BDL_NOW);
	last->name = name;
	return last->handle;
}

/* The first alternative that is there, or NULL and the error text of all. */
static void *look_up(struct bdl *b, const char *names, struct opened *last)
{
	char buffer[TEXT_SIZE];
	struct text why = text_in(buffer, sizeof buffer);
	while (*names) {
		const char *symbol = names;
		const char *library = symbol + text_length(symbol) + 1;
		const char *version = library + text_length(library) + 1;
		names = version + text_length(version) + 1;
		void *handle = NULL, *address;
		if (!*library || (handle = open_library(b, library, last))) {
			address = dl_sym(b, handle, symbol, *version ? version : NULL);
			if (address) return address;
		}
		text_add(&why, "%s%s", why.at == why.start ? "" : "; ", error_text(b));
	}
	fail(b, "%s", buffer);
	return NULL;
}

static void *find(struct bdl *b, const struct bdl_import *import,
	const uint32_t *sealed, struct opened *last)
{
	void **slot = at(&import->slot);
	void *first = import->first ? at(&import->first) : NULL;
	void *address = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
	if (address != first) return address;
	address = look_up(b, at(&import->names), last);
	if (!address) return NULL;
	lock(b);
	if (!*sealed) __atomic_store_n(slot, address, __ATOMIC_RELEASE);
	unlock(b);
	return address;
}

void *import_find(
	struct bdl *b, const struct bdl_import *import, const uint32_t *sealed)
{
	struct opened none = { NULL, NULL };
	return find(b, import, sealed, &none);
}

void import_abort(const char *line)
{
	sys_write(2, line, text_length(line));
	/* as abort(3): even if SIGABRT is blocked, ignored or its handler returns */
	for (;;) {
		sys_raise(SIGABRT);
		sys_default_action(SIGABRT);
	}
}

void *import_unbound(struct bdl *b, const char *symbol, const char *library)
{
	bdl_unbound_handler *handler = __atomic_load_n(&b->unbound, __ATOMIC_ACQUIRE);
	void *address = NULL;
	if (handler) address = handler(symbol, library, error_text(b));
	if (address) return address;
	char line[TEXT_SIZE + 256];
	struct text t = text_in(line, sizeof line - 1);
	text_add(&t, "baredl: call of missing %s (%s): %s", symbol, library,
		error_text(b));
	t.at[0] = '\n', t.at[1] = 0;
	import_abort(line);
}

void *import_must_find(
	struct bdl *b, const struct bdl_import *import, const uint32_t *sealed)
{
	void *address = import_find(b, import, sealed);
	const char *symbol = at(&import->names);
	return address ? address
		       : import_unbound(b, symbol, symbol + text_length(symbol) + 1);
}

size_t import_find_all(struct bdl *b, const struct bdl_import *imports, size_t count,
	const uint32_t *sealed)
{
	char buffer[TEXT_SIZE];
	struct text why = text_in(buffer, sizeof buffer);
	struct opened last = { NULL, NULL };
	size_t missing = 0;
	for (const struct bdl_import *i = imports; i < imports + count; i++) {
		/* no resident: the first has said why, it is the same for all */
		bool hopeless = missing && load(&b->state) != UP;
		if (!i->names || (!hopeless && find(b, i, sealed, &last))) continue;
		if (i->flags & BDL_WEAK) continue;
		if (!hopeless)
			text_add(&why, "%s%s", missing ? "; " : "", error_text(b));
		missing++;
	}
	if (missing) fail(b, "%u missing: %s", (unsigned)missing, buffer);
	return missing;
}

void import_seal(struct bdl *b, void *start, void *end, uint32_t *sealed)
{
	lock(b);
	if (!*sealed && start < end) {
		*sealed = 1;
		if (sys_mprotect(
			    start, (size_t)((char *)end - (char *)start), PROT_READ))
			*sealed = 0;
	}
	unlock(b);
}
