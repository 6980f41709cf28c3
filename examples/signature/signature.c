/* signature.c - functions known at run time only: signatures as text, calls by them, and
 * a C function pointer that leads to a handler of ours with data of ours. Sorts the
 * program's arguments by libc's qsort and strcoll. */
#include <baredl.h>

static size_t length(const char *s)
{
	size_t n = 0;
	while (s[n]) n++;
	return n;
}

/* Says what went wrong; NULL is what went wrong. */
static void *check(void *good)
{
	const char *why = bdl_error();
	if (!good) {
		bdl_write(2, why, length(why));
		bdl_write(2, "\n", 1);
		bdl_exit(1);
	}
	return good;
}

/* A function of libc and how it is called. */
struct function {
	void *address;
	struct bdl_plan *plan;
};

static struct function find(const char *name, const char *signature)
{
	void *libc = check(bdl_open("libc.so.6", BDL_NOW));
	return (struct function){ check(bdl_sym(libc, name)),
		check(bdl_prepare(signature, 0, NULL, 0)) };
}

/* What the comparison is given besides the two strings. */
struct order {
	struct function strcoll;
	int comparisons;
};

/* int (const void *, const void *), as qsort calls it: both are pointers to strings. */
static void compare(void *user, void *result, void *const *argv)
{
	struct order *order = user;
	const char *a = **(const char ***)argv[0], *b = **(const char ***)argv[1];

	order->comparisons++;
	bdl_invoke(order->strcoll.plan, order->strcoll.address, result,
		(void *[]){ &a, &b });
}

int main(int argc, char **argv)
{
	struct function qsort = find("qsort", "v(p,L,L,p)");
	struct function printf = find("printf", "i(s,...,i,i)");
	struct function puts = find("puts", "i(s)");
	struct order order = { find("strcoll", "i(s,s)"), 0 };
	struct bdl_plan *comparison = check(bdl_prepare("i(p,p)", 0, NULL, 0));
	void *callback = check(bdl_callback_new(comparison, compare, &order));

	char **words = argv + 1;
	size_t count = (size_t)argc - 1, size = sizeof *words;
	bdl_invoke(qsort.plan, qsort.address, NULL,
		(void *[]){ &words, &count, &size, &callback });

	int printed, i;
	for (i = 0; words[i]; i++)
		bdl_invoke(puts.plan, puts.address, &printed, (void *[]){ &words[i] });
	const char *format = "%d words, %d comparisons\n";
	bdl_invoke(printf.plan, printf.address, &printed,
		(void *[]){ &format, &i, &order.comparisons });

	bdl_callback_free(callback);
	bdl_plan_free(comparison);
	return 0;
}
