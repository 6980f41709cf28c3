/* A program with a _start of its own needs nothing but the first call: the
 * resident comes up on first need, finding the initial stack by itself. */
#define OWN_CONFIG
#include "bare.h"

double cos(double);
BDL_IMPORT(cos, "cos", "libm.so.6");
unsigned long getauxval(unsigned long type);
BDL_IMPORT(getauxval, "getauxval", "libc.so.6");

/* arch/<machine>/start.S calls this; baredl's own start is not linked. */
void start_process(const uintptr_t *stack)
{
	struct bdl_resident r;
	char **envp = (char **)(stack + *stack + 2);
	test_config.interpreter = environment(envp, "TEST_INTERP");
	if (test_config.interpreter && !*test_config.interpreter)
		test_config.interpreter = NULL;
	test_config.flags = BDL_LATE;
	check(bdl_init(&test_config) == 0);
	check(bdl_resident(&r) == -1);
	check(same(bdl_error(), "no resident"));
	check(cos(0) == 1);
	check(bdl_resident(&r) == 0);
	check(getauxval(6) >= 4096);
	bdl_exit(done());
}
