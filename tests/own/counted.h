/* counted.h - guests/counted.c: libraries that need each other and report their
 * constructors and destructors. */
#ifndef OWN_COUNTED_H
#define OWN_COUNTED_H

#include "own.h"

/* name, and how many ways lead down from it: what its value_NAME gives. run.sh says
 * which needs which. */
static const struct {
	const char *file, *symbol;
	int value;
} counted[] = {
	{ G("base0.so"), "value_base0", 1 },
	{ G("base1.so"), "value_base1", 2 }, /* base0 */
	{ G("mid0.so"), "value_mid0", 4 },   /* base0 base1 */
	{ G("mid1.so"), "value_mid1", 3 },   /* base1 */
	{ G("top0.so"), "value_top0", 5 },   /* mid0 */
	{ G("top1.so"), "value_top1", 8 },   /* mid0 mid1 */
	{ G("top2.so"), "value_top2", 4 },   /* mid1 */
	{ G("top3.so"), "value_top3", 2 },   /* base0 */
	{ G("top4.so"), "value_top4", 1 }, { G("top5.so"), "value_top5", 2 }, /* top4 */
};
enum { COUNTED = sizeof counted / sizeof *counted };

static long ups, downs;
static int live; /* constructors less destructors */

/* Now and then another thread goes on in the middle of them. */
static void guest_up(void)
{
	add_(&live, 1);
	if (add_(&ups, 1) % 3 == 0) yield();
}
static void guest_down(void)
{
	if (add_(&downs, 1) % 3 == 0) yield();
	add_(&live, -1);
}

static inline void counted_provide(void)
{
	static const struct bdl_provided table[] = {
		{ "guest_up", (const void *)guest_up },
		{ "guest_down", (const void *)guest_down },
	};
	must(bdl_provide(table, 2) == 0);
}

struct kept {
	void *handle;
	int which;
};

static inline void counted_check(struct kept k)
{
	int (*value)(void) = (int (*)(void))bdl_sym(k.handle, counted[k.which].symbol);
	must(value != NULL);
	must(value() == counted[k.which].value);
}

/* Opens, calls and closes in any order, a few libraries at a time, [rounds] times. */
static inline void counted_rounds(uint64_t seed, int rounds, unsigned flags)
{
	struct kept kept[4] = { { 0 } };
	while (rounds--) {
		struct kept *k = kept + any(&seed, 4);
		if (k->handle) {
			counted_check(*k);
			must(bdl_close(k->handle) == 0);
			k->handle = NULL;
			continue;
		}
		k->which = (int)any(&seed, COUNTED);
		k->handle = bdl_open(counted[k->which].file,
			flags | (any(&seed, 2) ? BDL_LAZY : BDL_NOW));
		must(k->handle != NULL);
		counted_check(*k);
	}
	for (int i = 0; i < 4; i++)
		if (kept[i].handle) {
			counted_check(kept[i]);
			must(bdl_close(kept[i].handle) == 0);
		}
}

#endif
