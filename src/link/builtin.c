/* builtin.c - the symbols that the host provides, and the few that baredl itself
 * gives to objects, as a C library's ld.so does. */
#include "link.h"

/* mem.c has no header: compilers know these. */
void *memcpy(void *restrict d, const void *restrict s, size_t n);
void *memmove(void *d, const void *s, size_t n);
void *memset(void *d, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);

/* ---- the host's ------------------------------------------------------------------- */

struct provider {
	struct provider *next;
	const struct bdl_provided *table;
	size_t count;
	bdl_provider *function; /* or NULL */
	void *context;
};

bool provided_find(struct linker *l, const struct wanted *w, uintptr_t *address)
{
	for (const struct provider *p =
			__atomic_load_n(&l->providers, __ATOMIC_ACQUIRE);
		p; p = p->next) {
		const void *at = NULL;
		for (size_t i = 0; i < p->count && !at; i++)
			if (text_equal(p->table[i].symbol, w->name))
				at = p->table[i].address;
		if (p->function) at = p->function(w->name, w->version, p->context);
		if (at) return *address = (uintptr_t)at, true;
	}
	return false;
}

static int provide(const struct provider *new)
{
	struct linker *l = linker();
	if (!l) return -1;
	link_lock(l);
	struct provider *p = heap_allocate(l, sizeof *p);
	if (p) {
		*p = *new;
		p->next = l->providers;
		__atomic_store_n(&l->providers, p, __ATOMIC_RELEASE);
	}
	link_unlock(l);
	return p ? 0 : (fail(l->bdl, "provide: %s", errno_text(ENOMEM)), -1);
}

int bdl_provide(const struct bdl_provided *table, size_t count)
{
	return provide(&(struct provider){ .table = table, .count = count });
}

int bdl_provide_by(bdl_provider *function, void *context)
{
	return provide(&(struct provider){ .function = function, .context = context });
}

/* ---- ours --------------------------------------------------------------------------- */

/* Itanium C++ ABI 3.3.5. */
struct exit_call {
	struct exit_call *next;
	void (*function)(void *);
	void *argument, *dso;
};

static int cxa_atexit(void (*function)(void *), void *argument, void *dso)
{
	struct linker *l = linker();
	link_lock(l);
	struct exit_call *e = heap_allocate(l, sizeof *e);
	if (e) {
		*e = (struct exit_call){ l->exit_calls, function, argument, dso };
		l->exit_calls = e;
	}
	link_unlock(l);
	return e ? 0 : -1;
}

/* Runs the calls with [dso] (NULL: all) or within [o], the last made first; one
 * may make others. */
static void finalize(struct linker *l, const void *dso, const struct object *o)
{
	for (;;) {
		link_lock(l);
		struct exit_call **link = &l->exit_calls, *e, copy;
		while ((e = *link)) {
			bool within = o && (uintptr_t)e->dso - (uintptr_t)o->map.start <
						   o->map.size;
			if ((!o && !dso) || (dso && e->dso == dso) || within) break;
			link = &e->next;
		}
		if (e) {
			copy = *e;
			*link = e->next;
			heap_free(l, e, sizeof *e);
		}
		link_unlock(l);
		if (!e) return;
		copy.function(copy.argument);
	}
}

void builtin_finalize(struct linker *l, const struct object *o)
{
	if (__atomic_load_n(&l->exit_calls, __ATOMIC_ACQUIRE)) finalize(l, NULL, o);
}

/* Destructors of a thread's C++ objects are the resident's to call, at the thread's end.
 * It knows no objects of ours: the one that they are of stays until then. */
struct thread_exit {
	void (*function)(void *);
	void *argument;
	struct object *object; /* or NULL */
};

static void run_thread_exit(void *at)
{
	struct linker *l = linker();
	const struct thread_exit e = *(struct thread_exit *)at;
	e.function(e.argument);
	link_lock(l);
	heap_free(l, at, sizeof e);
	if (e.object) e.object->pins--;
	if (l->unswept) life_sweep(l);
	link_unlock(l);
}

static int cxa_thread_atexit(void (*function)(void *), void *argument, void *dso)
{
	struct linker *l = linker();
	link_lock(l);
	struct object *o = (struct object *)object_at(l, (uintptr_t)dso);
	struct thread_exit *e = heap_allocate(l, sizeof *e);
	if (e) *e = (struct thread_exit){ function, argument, o };
	if (e && o) o->pins++;
	link_unlock(l);
	if (!e) return -1;
	int (*theirs)(void (*)(void *), void *, void *) =
		resident_symbol(l, "__cxa_thread_atexit_impl");
	return theirs ? theirs(run_thread_exit, e, dso)
		      : cxa_atexit(run_thread_exit, e, NULL);
}

static void cxa_finalize(void *dso) { finalize(linker(), dso, NULL); }

__attribute__((noreturn)) static void stack_smashed(void)
{
	import_abort("baredl: stack smashing detected\n");
}

/* What must be ours even where there is a resident, because it is about objects of
 * ours; then what is given if nobody else does. */
static const char first_names[] =
	"__tls_get_addr\0dl_iterate_phdr\0_dl_find_object\0dladdr\0dlopen\0dlsym\0"
	"dlvsym\0dlclose\0dlerror\0__cxa_thread_atexit_impl\0";
static const char last_names[] =
	"__cxa_atexit\0__cxa_finalize\0__stack_chk_fail\0__stack_chk_guard\0"
	"memcpy\0memmove\0memset\0memcmp\0";
enum { FIRST = 10 };

static int index_in(const char *names, const char *name)
{
	for (int i = 0; *names; names += text_length(names) + 1, i++)
		if (text_equal(names, name)) return i;
	return -1;
}

bool builtin_find(struct linker *l, const char *name, bool first, uintptr_t *address)
{
	int i = index_in(first ? first_names : last_names, name);
	if (i < 0) return false;
	switch (first ? i : i + FIRST) {
	case 0:
		*address = (uintptr_t)tls_get_addr;
		break;
	case 1:
		*address = (uintptr_t)iterate_phdr;
		break;
	case 2:
		*address = (uintptr_t)find_object;
		break;
	case 3:
		*address = (uintptr_t)link_dladdr;
		break;
	case 4:
		*address = (uintptr_t)link_dlopen;
		break;
	case 5:
		*address = (uintptr_t)link_dlsym;
		break;
	case 6:
		*address = (uintptr_t)link_dlvsym;
		break;
	case 7:
		*address = (uintptr_t)link_dlclose;
		break;
	case 8:
		*address = (uintptr_t)link_dlerror;
		break;
	case 9:
		*address = (uintptr_t)cxa_thread_atexit;
		break;
	case 10:
		*address = (uintptr_t)cxa_atexit;
		break;
	case 11:
		*address = (uintptr_t)cxa_finalize;
		break;
	case 12:
		*address = (uintptr_t)stack_smashed;
		break;
	case 13: /* a variable; of the arm64 ABI, unused elsewhere */
		*address = (uintptr_t)&l->guard;
		break;
	case 14:
		*address = (uintptr_t)memcpy;
		break;
	case 15:
		*address = (uintptr_t)memmove;
		break;
	case 16:
		*address = (uintptr_t)memset;
		break;
	case 17:
		*address = (uintptr_t)memcmp;
		break;
	}
	return true;
}
