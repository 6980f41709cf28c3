/* life.c - constructors and destructors in the order of needs, who waits for whom,
 * and what goes when it is closed. gABI 5 "Initialization and Termination
 * Functions". No lock is held while foreign code runs. */
#include "link.h"

/* ---- order ----------------------------------------------------------------------- */

/* Each object behind all that it needs; in a cycle, where the walk came in. The
 * walk begins with the object loaded last, as glibc's does. */
static void visit(struct linker *l, struct object *o, bool bound, struct list *out)
{
	if (!o || !o->mark) return;
	o->mark = false;
	for (size_t i = 0; i < o->needed_count; i++)
		visit(l, o->needed[i].object, bound, out);
	for (uint32_t i = 0; bound && i < o->bound.count; i++)
		visit(l, o->bound.at[i], bound, out);
	out->at[out->count++] = o; /* there is room for all */
}

/* The marked ones of [from]; [out] must have room. */
static void sort(
	struct linker *l, const struct list *from, bool bound, struct list *out)
{
	for (uint32_t i = from->count; i--;) visit(l, from->at[i], bound, out);
}

static bool all_objects(struct linker *l, struct list *out)
{
	for (struct object *o = l->objects; o; o = o->next)
		if (!list_add(l, out, o)) return false;
	return true;
}

static bool make_room(struct linker *l, struct list *list, uint32_t count)
{
	*list = (struct list){ .room = count ? count : 1 };
	list->at = heap_allocate(l, list->room * sizeof *list->at);
	return list->at;
}

/* ---- waiting for another thread's object --------------------------------------------- */

/* Whether waiting for [o] would wait for this thread: its opener may itself wait
 * for an object of ours. One that has got what it waits for does not count. */
static bool would_deadlock(struct linker *l, const struct object *o, uintptr_t self)
{
	for (int hops = 0; hops < 1000; hops++) {
		if (o->opener == self) return true;
		struct waiter *w = l->waiters;
		while (w && (w->thread != o->opener || w->object->state >= w->state))
			w = w->next;
		if (!w) return false;
		o = w->object;
	}
	return true;
}

void life_wait(struct linker *l, struct object *o, uint32_t state)
{
	struct waiter me = { l->waiters, link_self(l), o, state };
	l->waiters = &me;
	for (uint32_t now; (now = load(&o->state)) < state;) {
		if (would_deadlock(l, o, me.thread)) break;
		o->pins++; /* it stays */
		link_unlock(l);
		sys_futex_wait(&o->state, now);
		link_lock(l);
		o->pins--;
	}
	struct waiter **link = &l->waiters;
	while (*link != &me) link = &(*link)->next;
	*link = me.next;
}

void life_set_state(struct linker *l, struct object *o, uint32_t state)
{
	store(&o->state, state);
	if (l->waiters) sys_futex_wake(&o->state);
}

int life_wait_linked(struct linker *l, struct object *root)
{
	for (uint32_t i = 0; i < root->scope.count; i++) {
		struct object *o = root->scope.at[i];
		if (o->state < LINKED) life_wait(l, o, LINKED);
		if (o->state != FAILED) continue;
		return -EAGAIN;
	}
	return 0;
}

/* ---- constructors --------------------------------------------------------------------- */

typedef void init_function(int argc, char **argv, char **envp);

/* A pointer in an array, which relocation has made an address; the ABIs of old
 * let 0 and -1 stand for nothing. */
static bool is_function(uintptr_t at) { return at && at != UINTPTR_MAX; }

static void construct(struct linker *l, struct object *o)
{
	int argc = (int)l->start.argc;
	char **argv = (char **)l->start.argv, **envp = (char **)l->start.envp;
	uintptr_t bias = o->memory.bias;
	if (o->d.init) ((init_function *)(bias + o->d.init))(argc, argv, envp);
	for (size_t i = 0; i < o->d.init_count; i++)
		if (is_function(o->d.init_array[i]))
			((init_function *)o->d.init_array[i])(argc, argv, envp);
}

/* Takes the object at [from] out and puts it in at [to]. */
static void move(struct list *list, uint32_t from, uint32_t to)
{
	struct object *o = list->at[from];
	for (; from > to; from--) list->at[from] = list->at[from - 1];
	for (; from < to; from++) list->at[from] = list->at[from + 1];
	list->at[to] = o;
}

int life_start(struct linker *l, struct object *root, bool fresh)
{
	struct list order;
	link_lock(l);
	if (!make_room(l, &order, root->scope.count)) {
		link_unlock(l);
		return link_no_memory(l, root->path);
	}
	for (struct object *o = l->objects; o; o = o->next) o->mark = false;
	for (uint32_t i = 0; i < root->scope.count; i++) root->scope.at[i]->mark = true;
	sort(l, &root->scope, false, &order);
	for (uint32_t i = 0; i < order.count; i++)
		if (order.at[i]->d.flags_1 & DF_1_INITFIRST) move(&order, i, 0);
	/* what was asked for is last, even if the others need it in a cycle */
	for (uint32_t i = 0; i < order.count; i++)
		if (order.at[i] == root) move(&order, i, order.count - 1);
	for (uint32_t i = 0; i < order.count; i++) {
		struct object *o = order.at[i];
		/* a constructor that opens what is being opened finds it as it is */
		if (o->state != LINKED || !fresh || o->opener != link_self(l)) {
			if (o->state < READY) life_wait(l, o, READY);
			continue;
		}
		o->opener = link_self(l);
		life_set_state(l, o, STARTED);
		link_unlock(l);
		construct(l, o);
		link_lock(l);
		o->constructed = true;
		life_set_state(l, o, READY);
	}
	list_free(l, &order);
	link_unlock(l);
	return 0;
}

/* ---- destructors ----------------------------------------------------------------------- */

static void destruct(struct linker *l, struct object *o)
{
	uintptr_t bias = o->memory.bias;
	for (size_t i = o->d.fini_count; i--;)
		if (is_function(o->d.fini_array[i]))
			((void (*)(void))o->d.fini_array[i])();
	if (o->d.fini) ((void (*)(void))(bias + o->d.fini))();
	builtin_finalize(l, o); /* crtbegin.o has done it, if there is one */
}

/* Those of [order] from last to first; with the lock, which is let go meanwhile. */
static void destruct_all(struct linker *l, const struct list *order)
{
	/* nobody may open one of them from now on */
	for (uint32_t i = 0; i < order->count; i++) {
		order->at[i]->opener = link_self(l);
		life_set_state(l, order->at[i], ENDED);
	}
	for (uint32_t i = order->count; i--;) {
		struct object *o = order->at[i];
		bool due = o->constructed;
		o->constructed = false;
		if (!due) continue;
		link_unlock(l);
		destruct(l, o);
		link_lock(l);
	}
}

/* Everything that something open leads to. */
static void mark(struct object *o)
{
	if (!o || !o->mark) return;
	o->mark = false; /* marked: to go */
	for (size_t i = 0; i < o->needed_count; i++) mark(o->needed[i].object);
	for (uint32_t i = 0; i < o->bound.count; i++) mark(o->bound.at[i]);
	for (uint32_t i = 0; i < o->scope.count; i++) mark(o->scope.at[i]);
}

/* One round. With the lock. */
static void sweep(struct linker *l)
{
	struct list all = { 0 }, order = { 0 };
	uint32_t count = 0;
	l->unswept = false;
	for (struct object *o = l->objects; o; o = o->next) {
		o->mark = o->state != ENDED;
		l->unswept |= o->pins && !o->opens; /* later, then */
	}
	for (struct object *o = l->objects; o; o = o->next)
		if (o->opens || o->pins || o->keep || o->state == STARTED) mark(o);
	l->readers++; /* all that go, before the first is unmapped */
	for (struct object *o = l->objects, *next; o; o = next) {
		next = o->next;
		if (o->mark && !o->constructed) { /* no destructors: in any order */
			life_set_state(l, o, o->state == FAILED ? FAILED : ENDED);
			load_forget(l, o);
		}
		count += o->mark && o->constructed;
	}
	l->readers--;
	link_reclaim(l);
	if (!count) return;
	/* without memory for the order they stay, until the next time */
	if (!all_objects(l, &all) || !make_room(l, &order, count)) {
		list_free(l, &all);
		return;
	}
	sort(l, &all, true, &order);
	list_free(l, &all);
	/* nobody finds them from now on */
	for (uint32_t i = 0; i < order.count; i++) list_remove(&l->global, order.at[i]);
	destruct_all(l, &order);
	l->readers++;
	for (uint32_t i = order.count; i--;) load_forget(l, order.at[i]);
	l->readers--;
	link_reclaim(l);
	list_free(l, &order);
}

/* What a destructor closes, or another thread meanwhile, is unloaded in a further
 * round, when the destructors of this one are done. */
void life_sweep(struct linker *l)
{
	l->sweeps++;
	if (l->sweeps > 1) return;
	for (uint32_t done; done = l->sweeps, sweep(l), l->sweeps != done;)
		;
	l->sweeps = 0;
}

/* At the end of the process: all destructors, nothing is unmapped. */
void life_end(struct linker *l)
{
	struct list all = { 0 }, order;
	link_lock(l);
	l->readers++; /* for good */
	for (struct object *o = l->objects; o; o = o->next) o->mark = o->constructed;
	if (all_objects(l, &all) && make_room(l, &order, all.count)) {
		sort(l, &all, true, &order);
		link_unlock(l);
		builtin_finalize(l, NULL);
		link_lock(l);
		destruct_all(l, &order);
	}
	link_unlock(l);
}
