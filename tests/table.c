/* A table made at run time: entries are found, called, bound and sealed as those
 * that the compiler made. */
#include "bare.h"
#include "maps.h"
#include "memory.h"

enum { ABS, STRLEN, ABSENT, MOVED, ANYWHERE, ENTRIES };

static int seven(int n) { return n + 7; }

static const char *asked;
static void *handler(const char *symbol, const char *library, const char *reason)
{
	(void)library;
	asked = symbol;
	return contains(reason, "not found") ? (void *)seven : NULL;
}

static uint64_t call(struct bdl_table *t, size_t index, uint64_t argument)
{
	static struct bdl_args args;
	args.gpr[0] = argument;
	check(bdl_table_call(t, index, &args) == 0);
	return args.gpr[0];
}

static void whole(void)
{
	/* on the stack, and destroyed: the table has copies */
	char library[] = "libc.so.6", symbol[] = "abs";
	struct bdl_entry e[] = {
		{ symbol, library, NULL, 0 },
		{ "strlen", library, "", 0 },
		{ "bdl_absent", library, NULL, BDL_WEAK },
		{ "bdl_none", library, NULL, BDL_OR },
		{ "strlen", "libbdl-none.so.1", NULL, BDL_OR },
		{ "strlen", library, NULL, 0 },
		{ "getpid", NULL, NULL, 0 },
	};
	struct bdl_table *t = bdl_table_new(e, sizeof e / sizeof *e);
	check(t != NULL);
	symbol[0] = library[0] = 'X';
	e[1].symbol = NULL;

	void *const *slots = bdl_table_slots(t);
	int empty = 1;
	for (int i = 0; i < ENTRIES; i++) empty &= slots[i] == NULL;
	check(empty);
	check(bdl_table_get(t, ABS) == bdl_sym(NULL, "abs"));
	check(slots[ABS] == bdl_sym(NULL, "abs"));
	check(slots[STRLEN] == NULL);
	check(call(t, STRLEN, (uintptr_t) "hello") == 5);
	check(slots[STRLEN] == bdl_table_get(t, STRLEN));
	check((int)call(t, ABS, (uint64_t)-3) == 3);

	check(bdl_table_get(t, ABSENT) == NULL);
	check(contains(bdl_error(), ": symbol bdl_absent: not found"));
	check(slots[ABSENT] == NULL);
	check(bdl_table_get(t, ENTRIES) == NULL);
	check(same(bdl_error(), "table: no entry 5"));
	struct bdl_args args = { 0 };
	check(bdl_table_call(t, 100000, &args) == -1);
	check(same(bdl_error(), "table: no entry 100000"));
	check(bdl_table_get(t, (size_t)-1) == NULL);

	check(same(permissions(slots), "rw-p"));
	check(bdl_table_bind(t) == 0);
	check(same(permissions(slots), "r--p"));
	check(slots[MOVED] == bdl_table_get(t, STRLEN));
	check(call(t, MOVED, (uintptr_t) "four") == 4);
	check(((int (*)(void))slots[ANYWHERE])() ==
		arch_syscall(SYS_getpid, 0, 0, 0, 0, 0, 0));
	check(bdl_table_get(t, ABSENT) == NULL && slots[ABSENT] == NULL);
	check(bdl_table_bind(t) == 0);

	check(bdl_on_unbound(handler) == NULL);
	check(call(t, ABSENT, 1) == 8 && same(asked, "bdl_absent"));
	check(bdl_on_unbound(NULL) == handler);
	bdl_table_free(t);
	check(same(permissions(slots), ""));
}

static void incomplete(void)
{
	const struct bdl_entry e[] = {
		{ "bdl_one", "libc.so.6", NULL, 0 },
		{ "abs", "libc.so.6", NULL, 0 },
		{ "bdl_two", "libbdl-none.so.1", NULL, BDL_OR },
		{ "bdl_three", "libc.so.6", NULL, 0 },
		{ "bdl_four", "libc.so.6", NULL, BDL_WEAK },
		{ "abs", "libc.so.6", "NOPE_1.0", 0 },
	};
	struct bdl_table *t = bdl_table_new(e, sizeof e / sizeof *e);
	check(bdl_table_bind(t) == 3);
	const char *why = bdl_error();
	check(contains(why, "3 missing: ") && *why == '3');
	check(contains(why, ": symbol bdl_one: not found; "));
	check(contains(why, "libbdl-none.so.1"));
	check(contains(why, ": symbol bdl_three: not found; "));
	check(contains(why, ": symbol abs@NOPE_1.0: "));
	check(!contains(why, "bdl_four") && !contains(why, "\n"));
	/* the one that is there is bound, the table can be written */
	check(bdl_table_slots(t)[1] == bdl_sym(NULL, "abs"));
	check(same(permissions(bdl_table_slots(t)), "rw-p"));
	bdl_table_free(t);
}

static void edges(void)
{
	const struct bdl_entry nameless[] = { { "abs", NULL, NULL, 0 },
		{ NULL, "libc.so.6", NULL, 0 } };
	check(bdl_table_new(nameless, 2) == NULL);
	check(same(bdl_error(), "table: an entry without a symbol, or too large"));
	const struct bdl_entry empty = { "", "libc.so.6", NULL, 0 };
	check(bdl_table_new(&empty, 1) == NULL);

	struct bdl_table *t = bdl_table_new(NULL, 0);
	check(t != NULL);
	check(bdl_table_get(t, 0) == NULL);
	check(bdl_table_bind(t) == 0);
	bdl_table_free(t);
	bdl_table_free(NULL);

	/* BDL_OR with nothing behind it */
	const struct bdl_entry last = { "abs", "libc.so.6", NULL, BDL_OR };
	t = bdl_table_new(&last, 1);
	check(t && bdl_table_get(t, 0) == bdl_sym(NULL, "abs"));
	check(!bdl_table_get(t, 1));
	bdl_table_free(t);
	const struct bdl_entry none = { "bdl_none", "libc.so.6", NULL, BDL_OR };
	t = bdl_table_new(&none, 1);
	check(t && bdl_table_bind(t) == 1);
	bdl_table_free(t);

	/* more than a page of them */
	static struct bdl_entry many[1000];
	for (int i = 0; i < 1000; i++) many[i].symbol = i % 2 ? "abs" : "strlen";
	t = bdl_table_new(many, 1000);
	check(t && bdl_table_bind(t) == 0);
	int right = 1;
	for (int i = 0; i < 1000; i++)
		right &= bdl_table_slots(t)[i] == bdl_sym(NULL, many[i].symbol);
	check(right);
	check(same(permissions(bdl_table_slots(t)), "r--p"));
	check(same(permissions(&bdl_table_slots(t)[999]), "r--p"));
	bdl_table_free(t);
}

int main(void)
{
	whole();
	incomplete();
	edges();
	return done();
}
