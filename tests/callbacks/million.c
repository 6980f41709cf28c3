/* A million of callbacks at once, and what they cost. */
#include "callbacks.h"
#include "../own/maps.h"

enum { MILLION = 1000000 };

/* unsigned (unsigned) */
static void number(void *user, void *result, void *const *argv)
{
	RESULT(unsigned) = (unsigned)(uintptr_t)user ^ ARG(unsigned, 0);
}

static long most_maps(void)
{
	char text[32] = "";
	long fd = sys(openat, -100, "/proc/sys/vm/max_map_count", 0, 0), n = 0;
	sys(read, fd, text, sizeof text - 1);
	sys(close, fd);
	for (const char *s = text; *s >= '0' && *s <= '9'; s++) n = n * 10 + *s - '0';
	return n ? n : 65530;
}

static long milliseconds(void)
{
	long time[2];
	sys(clock_gettime, 1, time);
	return time[0] * 1000 + time[1] / 1000000;
}

typedef unsigned function_(unsigned);
static function_ **made;

static void make_all(const struct bdl_plan *plan, unsigned salt)
{
	for (unsigned i = 0; i < MILLION; i++)
		made[i] = (function_ *)callback(
			plan, number, (void *)(uintptr_t)(i ^ salt));
}
static void call_all(unsigned salt)
{
	for (unsigned i = 0; i < MILLION; i++) must(made[i](i) == salt);
}

/* The order in which they are freed and called: any. */
static void shuffle(uint64_t state)
{
	for (unsigned i = MILLION - 1; i; i--) {
		unsigned other = any(&state, i + 1);
		function_ *f = made[i];
		made[i] = made[other], made[other] = f;
	}
}

static void note_maps(const char *when, struct maps before)
{
	struct maps now = maps_now();
	note(when, "");
	note_number("  mappings more:", now.lines - before.lines);
	note_number("  KiB more:", now.kib - before.kib);
}

static void million(void)
{
	seconds(300);
	struct bdl_plan *plan = plan_of("I(I)", 0);
	made = much_memory(MILLION * sizeof *made);
	must(bdl_callback_free(callback(plan, number, NULL)) == 0);
	struct maps before = maps_now();
	long time = milliseconds();
	make_all(plan, 0x5a5a5a5a);
	note_number("ms to make a million:", milliseconds() - time);
	struct maps full = maps_now();
	note_maps("a million made", before);
	must(full.lines < most_maps());
	/* what the header says, and some */
	expect(full.kib - before.kib < 110 * 1024);
	time = milliseconds();
	call_all(0x5a5a5a5a);
	note_number("ms to call each:", milliseconds() - time);

	for (unsigned round = 0; round < 2; round++) {
		shuffle(round);
		time = milliseconds();
		for (unsigned i = 0; i < MILLION; i++)
			must(bdl_callback_free((void *)made[i]) == 0);
		note_number("ms to free them in any order:", milliseconds() - time);
		make_all(plan, round);
		call_all(round);
		struct maps again = maps_now();
		note_maps("all made again", before);
		must(again.lines <= full.lines && again.kib <= full.kib);
	}
	/* half of them come and go while the others stay */
	uint64_t state = 3;
	for (unsigned i = 0; i < MILLION; i++) {
		unsigned n = any(&state, MILLION);
		must(made[n](n) == 1);
		must(bdl_callback_free((void *)made[n]) == 0);
		made[n] =
			(function_ *)callback(plan, number, (void *)(uintptr_t)(n ^ 1));
	}
	call_all(1);
	must(maps_now().lines <= full.lines);
	for (unsigned i = 0; i < MILLION; i++)
		must(bdl_callback_free((void *)made[i]) == 0);
	must(maps_now().lines <= full.lines);
}

/* No two are the same, each is callable C code on its own. */
static void distinct(void)
{
	enum { COUNT = 20000 };
	static uintptr_t at[COUNT];
	struct bdl_plan *plan = plan_of("I(I)", 0);
	for (unsigned i = 0; i < COUNT; i++)
		at[i] = (uintptr_t)callback(plan, number, (void *)(uintptr_t)i);
	/* a sieve by address: shell sort, no libc here */
	for (int gap = COUNT / 2; gap; gap /= 2)
		for (int i = gap; i < COUNT; i++)
			for (int j = i; j >= gap && at[j - gap] > at[j]; j -= gap) {
				uintptr_t swap = at[j];
				at[j] = at[j - gap], at[j - gap] = swap;
			}
	for (int i = 1; i < COUNT; i++) must(at[i] > at[i - 1]);
	must(!resident_is_up());
}

TESTS({ "million: all at once, freed in any order, all again", million, ALONE },
	{ "million: with a resident", million, START },
	{ "million: distinct addresses", distinct, ALONE })
