/* open.c - bdl_open: which of the two linkers, and the way of a library through
 * ours.
 *
 *	decide		name -> objects in memory; all that they import is there?
 *			else the resident
 *	claim		this thread has a thread pointer
 *	link_objects	relocation, the last loaded first
 *	life_start	constructors
 */
#include "link.h"

/* Takes back one opening of [o]. With the lock. */
static void let_go(struct linker *l, struct object *o)
{
	o->opens--;
	life_sweep(l);
}

int close_handle(struct bdl *b, void *handle)
{
	struct linker *l = (struct linker *)b->own;
	link_lock(l);
	struct object *o = handle_object(l, handle);
	bool open = o && o->opens;
	if (open) let_go(l, o);
	link_unlock(l);
	return open ? 0 : (fail(b, "close: not an open library"), -1);
}

/* What this opening has loaded and not linked yet. */
static bool is_fresh(
	struct linker *l, const struct object *o, const struct object *root)
{
	return o->root == root && o->state <= LOADED && o->opener == link_self(l);
}

/* From here on the thread needs a thread pointer, and is known by it. */
static int claim(struct linker *l, struct object *root, struct object *fresh)
{
	if (tls_attach(l)) return -1;
	link_lock(l);
	for (struct object *o = fresh; o; o = o->next)
		if (o->root == root && o->state == LOADED) o->opener = link_self(l);
	link_unlock(l);
	return 0;
}

/* Relocates what is new, the last loaded first; then IFUNC resolvers run, when all
 * that they may call is ready. 0, or as relocate(). */
static int link_objects(struct linker *l, struct object *root, struct object *fresh)
{
	struct list list = { 0 };
	struct scratch scratch = { NULL, 0 };
	int status = 0;
	link_lock(l);
	/* without memory for them each question is asked */
	struct answer *answers = heap_allocate(l, ANSWERS * sizeof *answers);
	for (struct object *o = fresh; o && !status; o = o->next)
		if (is_fresh(l, o, root) && !list_add(l, &list, o))
			status = link_no_memory(l, root->path);
		else if (o->tls && !load(&l->bdl->threads))
			status = fail(l->bdl,
				"%s: PT_TLS: the thread pointer is another runtime's",
				o->path);
	if (!status) status = life_wait_linked(l, root);
	l->readers++;
	for (uint32_t n = 2 * list.count; n-- && !status;) {
		struct object *o = list.at[n % list.count];
		struct order order = { 0 };
		bool finish = n < list.count;
		if ((!finish || o->resolvers) && !scope_order(l, o, &order)) {
			status = link_no_memory(l, root->path);
			break;
		}
		link_unlock(l);
		order.answers = answers;
		status = finish ? relocate_finish(l, o, &order)
				: relocate(l, o, &order, &scratch);
		link_lock(l);
		scope_order_free(l, &order);
	}
	l->readers--;
	link_unlock(l);
	if (scratch.size) sys_munmap(scratch.at, scratch.size);
	if (!status) status = tls_fill(l);
	link_lock(l);
	for (uint32_t i = 0; i < list.count && !status; i++)
		life_set_state(l, list.at[i], LINKED);
	list_free(l, &list);
	heap_free(l, answers, ANSWERS * sizeof *answers);
	link_unlock(l);
	return status;
}

/* Whether everything that is new can do without a C library. */
static bool complete(struct linker *l, struct object *fresh, struct object *root)
{
	bool whole = true;
	link_lock(l);
	l->readers++;
	for (struct object *o = fresh; o && whole; o = o->next) {
		struct order order;
		if (!is_fresh(l, o, root)) continue;
		if (!scope_order(l, o, &order)) break; /* that is told later */
		link_unlock(l);
		order.dry = true;
		const char *missing = scope_missing(l, o, &order);
		if (missing) fail(l->bdl, "%s: symbol %s: not found", o->path, missing);
		whole = !missing;
		link_lock(l);
		scope_order_free(l, &order);
	}
	l->readers--;
	link_reclaim(l);
	link_unlock(l);
	return whole;
}

/* The libraries of the resident that the closure of [root] needs. */
static int open_externals(struct linker *l, const struct object *root)
{
	for (uint32_t i = 0; i < root->scope.count; i++)
		for (size_t k = 0; k < root->scope.at[i]->needed_count; k++) {
			struct external *e = root->scope.at[i]->needed[k].external;
			if (!e || __atomic_load_n(&e->handle, __ATOMIC_ACQUIRE))
				continue;
			void *handle = dl_open(l->bdl, e->name, BDL_NOW);
			if (!handle) return -1;
			__atomic_store_n(&e->handle, handle, __ATOMIC_RELEASE);
		}
	return 0;
}

/* Ends an opening that has failed: nobody may use what it has loaded. */
static void give_up(struct linker *l, struct object *root, struct object *fresh)
{
	link_lock(l);
	for (struct object *o = fresh; o; o = o->next)
		if (is_fresh(l, o, root)) {
			o->keep = false;
			life_set_state(l, o, FAILED);
		}
	let_go(l, root);
	link_unlock(l);
}

enum decision { OURS, THEIRS, FAILURE, AGAIN };

/* What has been loaded is ours: others may use it. With the lock. */
static void accept(struct linker *l, struct object *root, struct object *fresh)
{
	for (struct object *o = fresh; o; o = o->next)
		if (is_fresh(l, o, root)) life_set_state(l, o, LOADED);
}

/* Loads what is asked for and counts the opening, if it is to be ours. */
static enum decision decide(struct linker *l, const struct source *s, unsigned flags,
	bool forced, struct object **root, struct object **fresh)
{
	link_lock(l);
	int r = load_closure(l, s, flags, root, fresh);
	const bool unsure = l->runtime || flags & BDL_LAZY;
	if (r == -EAGAIN) { /* another thread decides on something that we need */
		struct object *busy = l->busy;
		life_wait(l, busy, LOADED);
		bool stuck = busy->state == UNDECIDED;
		if (stuck)
			fail(l->bdl, "%s: being opened by a thread that waits for us",
				busy->path);
		link_reclaim(l);
		link_unlock(l);
		return stuck ? FAILURE : AGAIN;
	}
	if (!r) (*root)->opens++;
	const bool doubt = unsure && !r && *fresh && !forced;
	if (!r && !doubt) accept(l, *root, *fresh);
	link_unlock(l);
	if (r) {
		bool theirs = r == -ENOENT || unsure;
		/* what is to be there already is, if at all, in a resident that runs */
		if (flags & BDL_NOLOAD) theirs = load(&l->bdl->state) == UP;
		return theirs && !forced ? THEIRS : FAILURE;
	}
	if (!doubt) return OURS;
	bool whole = complete(l, *fresh, *root);
	link_lock(l);
	if (whole) {
		accept(l, *root, *fresh);
	} else {
		(*root)->opens--;
		load_undo(l, *fresh, *root);
	}
	link_unlock(l);
	return whole ? OURS : THEIRS;
}

static int add_to_global(struct linker *l, struct object *root)
{
	for (uint32_t i = 0; i < root->scope.count; i++)
		if (!list_has(&l->global, root->scope.at[i]) &&
			!list_add(l, &l->global, root->scope.at[i]))
			return link_no_memory(l, root->path);
	return 0;
}

static enum decision open_own(struct linker *l, const struct source *s, unsigned flags,
	bool forced, void **handle)
{
	struct object *root, *fresh;
	int r;
	do {
		enum decision whose;
		do whose = decide(l, s, flags, forced, &root, &fresh);
		while (whose == AGAIN);
		if (whose != OURS) return whose;
		r = flags & BDL_USE_RESIDENT ? open_externals(l, root) : 0;
		if (!r) r = claim(l, root, fresh);
		if (!r) r = link_objects(l, root, fresh);
		if (r) give_up(l, root, fresh);
	} while (r == -EAGAIN); /* another thread has failed with what we need */
	if (r) return r == -ENOENT && !forced ? THEIRS : FAILURE;
	link_lock(l);
	root->keep |= (flags & BDL_NODELETE) != 0;
	if (flags & BDL_GLOBAL) r = add_to_global(l, root);
	*handle = handle_of(l, root);
	link_unlock(l);
	if (!r) r = life_start(l, root, fresh);
	if (!r) return OURS;
	close_handle(l->bdl, *handle);
	return FAILURE;
}

/* The error text is ours if nobody can answer: "not found" is more to the point
 * than that there is no resident. */
static void *open_theirs(struct bdl *b, const char *name, unsigned flags)
{
	char ours[TEXT_SIZE];
	__builtin_memcpy(ours, error_text(b), TEXT_SIZE);
	if (!boot(b, name)) return dl_open(b, name, flags);
	char theirs[TEXT_SIZE];
	__builtin_memcpy(theirs, error_text(b), TEXT_SIZE);
	fail(b, "%s%s%s", ours, *ours ? "; " : "", theirs);
	return NULL;
}

static void *open_source(const struct source *s, unsigned flags)
{
	struct linker *l = linker();
	void *handle = NULL;
	bool given = s->fd >= 0 || s->bytes;
	if (!l) return NULL;
	if (!(flags & BDL_LAZY)) flags |= BDL_NOW;
	if (flags & BDL_RESIDENT && !given)
		return dl_open(l->bdl, s->name, flags & 0xffff);
	if (flags & BDL_USE_RESIDENT && boot(l->bdl, NULL)) return NULL;
	if (!given && !(flags & BDL_OWN) && load_is_runtime(s->name))
		return dl_open(l->bdl, s->name, flags & 0xffff);
	bool forced = given || flags & (BDL_OWN | BDL_USE_RESIDENT);
	switch (open_own(l, s, flags, forced, &handle)) {
	case OURS:
		return handle;
	case THEIRS:
		return open_theirs(l->bdl, s->name, flags & 0xffff);
	default:
		return NULL;
	}
}

void *bdl_open(const char *name, unsigned flags)
{
	if (!name) return dl_open(bdl_instance(), name, flags & 0xffff);
	return open_source(&(struct source){ name, -1, NULL, 0 }, flags);
}

void *bdl_open_fd(int fd, const char *name, unsigned flags)
{
	if (!name) name = "a descriptor";
	if (fd < 0) return fail(bdl_instance(), "%s: no open file", name), NULL;
	return open_source(&(struct source){ name, fd, NULL, 0 }, flags);
}

void *bdl_open_image(const void *bytes, size_t size, const char *name, unsigned flags)
{
	if (!name) name = "memory";
	if (!bytes) return fail(bdl_instance(), "%s: no bytes", name), NULL;
	return open_source(&(struct source){ name, -1, bytes, size }, flags);
}
