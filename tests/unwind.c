/* The resident's unwinder walks from a host function through libc's and baredl's
 * frames back to main. */
#include "bare.h"
#include "memory.h"

int main(void);

void qsort(
	void *base, size_t n, size_t size, int (*compare)(const void *, const void *));
BDL_IMPORT(qsort, "qsort", "libc.so.6");

struct context;
int _Unwind_Backtrace(int (*step)(struct context *, void *), void *arg);
uintptr_t _Unwind_GetRegionStart(struct context *context);
BDL_IMPORT(_Unwind_Backtrace, "_Unwind_Backtrace", "libgcc_s.so.1");
BDL_IMPORT(_Unwind_GetRegionStart, "_Unwind_GetRegionStart", "libgcc_s.so.1");

/* The functions on the stack, innermost first. */
enum { DEPTH = 64 };
static uintptr_t functions[DEPTH];
static int depth;

static int step(struct context *context, void *arg)
{
	(void)arg;
	if (depth < DEPTH) functions[depth++] = _Unwind_GetRegionStart(context);
	return 0;
}

__attribute__((noinline)) static void trace(void)
{
	depth = 0;
	_Unwind_Backtrace(step, NULL);
	__asm__ volatile(""); /* not a jump: this frame is one of them */
}

static int place(void *function)
{
	for (int i = 0; i < depth; i++)
		if (functions[i] == (uintptr_t)function) return i;
	return -1;
}

__attribute__((noinline)) static int compare(const void *a, const void *b)
{
	trace();
	return *(const int *)a - *(const int *)b;
}

__attribute__((noinline)) static long called(long n)
{
	trace();
	return n + 1;
}

/* The first call of a missing import: through the look-up, to the handler. */
int missing(int n);
BDL_IMPORT(missing, "bdl_missing", "libc.so.6");
static int handler_depth;
__attribute__((noinline)) static void *handler(
	const char *symbol, const char *library, const char *reason)
{
	(void)symbol, (void)library, (void)reason;
	trace();
	handler_depth = place((void *)main);
	return (void *)called;
}

int main(void)
{
	struct bdl_resident r;
	check(bdl_resident(&r) == 0);
	if (!BDL_HAVE(_Unwind_Backtrace)) {
		note("no unwinder:", bdl_error());
		/* musl systems may have none */
		check(same(r.kind, "musl") && contains(bdl_error(), "libgcc_s.so.1"));
		return done();
	}

	trace();
	check(place((void *)trace) == 0);
	check(place((void *)main) == 1);
	int frames = depth;

	int numbers[] = { 2, 1, 3 };
	qsort(numbers, 3, sizeof *numbers, compare);
	check(place((void *)trace) == 0 && place((void *)compare) == 1);
	check(place((void *)main) > 2);
	/* the same frames as before lie behind it */
	check(depth - place((void *)main) == frames - 1);

	struct bdl_args args;
	args.gpr[0] = 41;
	args.nstack = 0;
	args.flags = 0;
	bdl_call((void *)called, &args);
	check(args.gpr[0] == 42);
	check(place((void *)trace) == 0 && place((void *)called) == 1);
	check(place((void *)main) >= 3 && place((void *)main) <= 4);
	check(depth - place((void *)main) == frames - 1);
	uint64_t stack[3] = { 1, 2, 3 };
	args.stack = stack;
	args.nstack = 3;
	bdl_call((void *)called, &args);
	check(place((void *)called) == 1 && depth - place((void *)main) == frames - 1);

	bdl_on_unbound(handler);
	missing(1);
	check(handler_depth > 2);
	check(place((void *)called) == 1 && place((void *)main) == 2);
	return done();
}
