/* One thread opens and closes while others walk the list, look addresses up, or call
 * through lazy PLTs for the first time together. */
#include "maps.h"
#include "counted.h"
#include "pthread.h"

static int stop;

static void *opens_and_closes(void *n)
{
	for (int i = 0; i < 40; i++)
		counted_rounds((uint64_t)n + (unsigned)i * 7, 50, BDL_OWN);
	add_(&stop, 1);
	return NULL;
}

static int read_object(const struct bdl_object *o, void *sum)
{
	must(o->name[0] == '/' && o->phnum > 2);
	for (size_t i = 0; i < o->phnum * 7; i++)
		*(uint64_t *)sum += ((const uint64_t *)o->phdr)[i];
	const uint64_t *d = o->dynamic;
	while (d[0]) *(uint64_t *)sum += d[1], d += 2;
	return 0;
}

static void *iterates(void *none)
{
	uint64_t sum = 0;
	(void)none;
	while (load_(&stop) < 2) must(bdl_iterate(read_object, &sum) == 0);
	return NULL;
}

static void *fixed; /* a library that stays */
static void *guest_iterates(void *none)
{
	int (*walk)(void) = (int (*)(void))function(fixed, "walk_all");
	int (*where)(void) = (int (*)(void))function(fixed, "walk_where");
	(void)none;
	while (load_(&stop) < 2) {
		must(walk() > 0); /* finds itself */
		must(where() == 1);
	}
	return NULL;
}

static void *looks_up(void *none)
{
	struct bdl_symbol s;
	void *at = function(fixed, "walk_all");
	(void)none;
	while (load_(&stop) < 2) {
		must(bdl_addr(at, &s) == 0 && same(s.name, "walk_all") &&
			s.address == at);
		must(bdl_addr((void *)iterates, &s) == 0 || 1);
		must(bdl_sym(NULL, "value_top1") == NULL);
		must(bdl_sym(fixed, "walk_all") == at);
	}
	return NULL;
}

static void while_walked(void)
{
	counted_provide();
	fixed = opened(G("walk.so"), BDL_OWN);
	void *(*all[])(void *) = { opens_and_closes, opens_and_closes, iterates,
		guest_iterates, looks_up };
	unsigned long threads[5];
	for (long i = 0; i < 5; i++) threads[i] = spawn(all[i], (void *)i);
	for (int i = 0; i < 5; i++) join(threads[i]);
	expect(live == 0 && ups == downs);
	must(bdl_close(fixed) == 0);
	expect(maps_now().guests == 0);
}

/* ---- the lazy PLT --------------------------------------------------------------------- */

enum { CALLERS = 8, FUNCTIONS = 16 };
static int gate, wrong, with;
static void *lazy;

static void *calls(void *n)
{
	int (*first)(int, long, int) =
		(int (*)(int, long, int))function(lazy, "lazy_call");
	add_(&gate, 1);
	while (load_(&gate) < CALLERS) yield();
	for (int i = 0; i < FUNCTIONS; i++)
		if (!first(i, (long)n + 1, with)) add_(&wrong, 1);
	return NULL;
}

static void lazy_from_eight(int width)
{
	void *target = opened(G("target.so"), BDL_OWN);
	with = width;
	for (int round = 0; round < 60; round++) {
		lazy = opened(G("lazy.so"), BDL_OWN | BDL_LAZY);
		if (!((int (*)(int))function(lazy, "lazy_has"))(width))
			not_here("not this CPU");
		gate = 0;
		in_threads(CALLERS, calls);
		must(wrong == 0);
		must(bdl_close(lazy) == 0);
	}
	must(bdl_close(target) == 0);
	expect(maps_now().guests == 0);
}
static void lazy_16(void) { lazy_from_eight(16); }
static void lazy_32(void) { lazy_from_eight(32); }
static void lazy_64(void) { lazy_from_eight(64); }

TESTS({ "walk: objects come and go meanwhile", while_walked, START },
	{ "walk: lazy PLT, 8 threads, 128-bit arguments", lazy_16, START },
	{ "walk: lazy PLT, 8 threads, 256-bit arguments", lazy_32, START },
	{ "walk: lazy PLT, 8 threads, 512-bit arguments", lazy_64, START })
