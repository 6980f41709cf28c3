/* errno of what plans with BDL_CALL_ERRNO call. */
#include "callbacks.h"
#include "../own/pthread.h"

enum { ENOENT_ = 2, EBADF_ = 9, EINVAL_ = 22, ERANGE_ = 34 };
#define MISSING "/no/such/file/anywhere"

static int *errno_here(void)
{
	int *at = NULL;
	CALL("p()", libc("__errno_location"), &at);
	return at;
}

static void of_libc(void)
{
	struct bdl_plan *open = plan_of("i(s,i,...,I)", BDL_CALL_ERRNO);
	struct bdl_plan *close = plan_of("i(i)", BDL_CALL_ERRNO);
	struct bdl_plan *number = plan_of("l(s,p,i)", BDL_CALL_ERRNO);
	struct bdl_plan *silent = plan_of("i(i)", 0);
	int result = 0;
	must(INVOKE(open, libc("open"), &result, S(MISSING), A(int, 0),
		     A(unsigned, 0)) == ENOENT_);
	must(result == -1);
	must(INVOKE(close, libc("close"), &result, A(int, -1)) == EBADF_);
	must(result == -1 && *errno_here() == EBADF_);
	/* without the flag it is not told, but there */
	*errno_here() = 0;
	must(INVOKE(silent, libc("close"), &result, A(int, -1)) == 0);
	must(result == -1 && *errno_here() == EBADF_);
	long n = 0;
	must(INVOKE(number, libc("strtol"), &n, S("99999999999999999999"), P(NULL),
		     A(int, 10)) == ERANGE_);
	must(n == 0x7fffffffffffffff);
	/* what succeeds leaves it as it was */
	*errno_here() = 0;
	must(INVOKE(open, libc("open"), &result, S("/"), A(int, 0), A(unsigned, 0)) ==
		0);
	must(result >= 0);
	*errno_here() = 77;
	must(INVOKE(close, libc("close"), &result, &result) == 77);
}

/* A handler's calls, and then what it leaves itself. */
static struct bdl_plan *closing, *asking;
static void sets(void *user, void *result, void *const *argv)
{
	int got = 0;
	must(INVOKE(closing, libc("close"), &got, A(int, -1)) == EBADF_);
	*errno_here() = ARG(int, 0);
	RESULT(int) = *(int *)user;
}

static void of_callbacks(void)
{
	int user = 1234, result = 0;
	closing = asking = plan_of("i(i)", BDL_CALL_ERRNO);
	void *setter = callback(asking, sets, &user);
	for (int i = 1; i < 4000; i++)
		must(INVOKE(asking, setter, &result, &i) == i && result == 1234);
}

static void on_stack(void)
{
	enum { SIZE = 256 << 10 };
	void *stack = much_memory(SIZE);
	struct bdl_plan *close = plan_of("i(i)", BDL_CALL_ERRNO);
	int result = 0;
	must(bdl_invoke_on(close, libc("close"), &result, ARGV(A(int, -1)), stack,
		     SIZE) == EBADF_);
	must(result == -1);
	struct bdl_plan *both = plan_of("i(i)", BDL_CALL_ERRNO | BDL_CALL_STACK);
	must(bdl_plan_stack(both, stack, SIZE) == 0);
	must(INVOKE(both, libc("close"), &result, A(int, -1)) == EBADF_);
}

static void *in_thread(void *number)
{
	struct bdl_plan *plan = plan_of("i(i)", BDL_CALL_ERRNO);
	int user = 5, result = 0, n = (int)(long)number;
	void *setter = callback(asking, sets, &user);
	for (int i = 1; i < ROUNDS(3000); i++) {
		int want = n * 10000 + i;
		must(INVOKE(plan, setter, &result, &want) == want);
	}
	return NULL;
}
static void in_eight(void)
{
	closing = asking = plan_of("i(i)", BDL_CALL_ERRNO);
	libc("close");
	in_threads(8, in_thread);
}

/* Nobody has an errno before there is a resident. */
static int twice(int n) { return 2 * n; }
static void nobody(void)
{
	int result = 0;
	struct bdl_plan *plan = plan_of("i(i)", BDL_CALL_ERRNO);
	must(INVOKE(plan, (void *)twice, &result, A(int, 21)) == 0 && result == 42);
	void *stack = much_memory(65536);
	must(bdl_invoke_on(
		     plan, (void *)twice, &result, ARGV(A(int, 4)), stack, 65536) == 0);
	must(result == 8 && !resident_is_up());
}
static void nobody_yet(void)
{
	nobody();
	of_libc();
}

TESTS({ "errno: of open, close, strtol", of_libc, START },
	{ "errno: the same, on first need", of_libc, LATE },
	{ "errno: of a callback that has calls of its own", of_callbacks, START },
	{ "errno: of a callee on a stack of its own", on_stack, START },
	{ "errno: eight threads have their own", in_eight, START },
	{ "errno: 0 without a resident", nobody, ALONE },
	{ "errno: first no resident, then one", nobody_yet, LATE })
