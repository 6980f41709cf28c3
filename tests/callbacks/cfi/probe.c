/* probe.c - for cfi.sh: calls by signature, each of a callback with the same signature, so
 * that every way in and out is taken once. cfi.py steps through it. */
#include "../callbacks.h"

/* All in registers; bytes; the stack; structs of each sort; results of each sort. */
static const char *const signatures[] = {
	"v()",
	"i(i,p,l,I,s,q)",
	"c(c,b,h,H,?,B,c,h,H,b,c,i)",
	"d(d,f,d,f,d,f,d,f,d,f,i)",
	"g(g,i,g)",
	"G(G,F,D)",
	"n(n,i,n,i,N,n)",
	"{ll}({ll},{ld},{dl},{dd},{ff},{ccc})",
	"{ld}({lll},{[40c]},i)",
	"{dl}({[3f]},{[3c]},u{id})",
	"{dd}({dd},{dd},{dd},{dd},{dd},i)",
	"{[9l]}({[9l]},i,{[9l]},d)",
	"{[3c]}({[3c]},{[5h]})",
	"{fff}({fff},d)",
	"{iii}({iii},i)",
	"f(p,s,...,i,d,p)",
	"<4f>(<4f>,i,<2l>)",
	"<8f>(<8f>,i,<4d>,<8f>)",
	"<16f>(<16f>,<16f>)",
};
enum { COUNT = sizeof signatures / sizeof *signatures, KINDS = 3 };

static struct bdl_plan *plans[COUNT][KINDS]; /* plain, with errno, with a stack */
static void *callbacks[COUNT];
static char *stack;
enum { SIZE = 64 << 10 };
static char values[16][256] __attribute__((aligned(64)));
static char result_[256] __attribute__((aligned(64)));
static void *arguments[16];
static int handled;

__attribute__((noinline)) static void handler(
	void *user, void *result, void *const *argv)
{
	(void)user, (void)result, (void)argv;
	handled++;
	__asm__ volatile("");
}

/* One call each: what its frame has in registers stays the same meanwhile. */
__attribute__((noinline)) int call_plain(int n, int kind)
{
	int got = bdl_invoke(plans[n][kind], callbacks[n], result_, arguments);
	__asm__ volatile("" : "+r"(got));
	return got;
}
__attribute__((noinline)) int call_on(int n, int kind)
{
	int got = bdl_invoke_on(
		plans[n][kind], callbacks[n], result_, arguments, stack, SIZE);
	__asm__ volatile("" : "+r"(got));
	return got;
}
/* Where cfi.py goes on to. */
__attribute__((noinline)) void case_begins(const char *what)
{
	__asm__ volatile("" ::"r"(what));
}
__attribute__((noinline)) void case_ends(void) { __asm__ volatile(""); }

int main(void)
{
	stack = much_memory(SIZE);
	for (int i = 0; i < 16; i++) arguments[i] = values[i];
	for (int n = 0; n < COUNT; n++) {
		for (int kind = 0; kind < KINDS; kind++) {
			unsigned flags = kind == 1   ? BDL_CALL_ERRNO
					 : kind == 2 ? BDL_CALL_STACK
						     : 0;
			plans[n][kind] = bdl_prepare(signatures[n], flags, NULL, 0);
			if (kind == 2 && plans[n][2])
				must(bdl_plan_stack(plans[n][2], stack, SIZE) == 0);
		}
		if (!plans[n][0]) { /* wide vectors are not for every CPU */
			note("not here:", bdl_error());
			continue;
		}
		callbacks[n] = callback(plans[n][0], handler, NULL);
		case_begins(signatures[n]);
		/* kinds in turn; each signature has its own two ways */
		call_plain(n, n % KINDS);
		call_on(n, (n + 1) % 2);
		case_ends();
	}
	case_begins("");
	return handled < 2 * (COUNT - 2);
}
