/* An import that bdl_start_config calls, before anything else, works: the resident
 * comes up for it, and the program goes on with that one. */
#define OWN_CONFIG
#include "bare.h"

int abs(int);
BDL_IMPORT(abs, "abs", "libc.so.6");

static int seven;

const struct bdl_config *bdl_start_config(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv;
	test_config.interpreter = environment(envp, "TEST_INTERP");
	if (test_config.interpreter && !*test_config.interpreter)
		test_config.interpreter = NULL;
	if (bdl_init(&test_config) == 0) seven = abs(-7);
	return &test_config;
}

int main(void)
{
	struct bdl_resident r;
	check(seven == 7);
	check(bdl_resident(&r) == 0);
	check(abs(-8) == 8);
	return done();
}
