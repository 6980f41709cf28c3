/* bare.h - what the bare test programs share: TAP, strings, the configuration.
 *
 * TEST_INTERP names the ld.so to use; TEST_LATE=1 puts the boot off until the
 * first need. Both come from the environment, so that one program tests both
 * moments and every resident. */
#ifndef BARE_H
#define BARE_H

#include "baredl.h"
#include "tap.h"

static inline size_t length(const char *s)
{
	size_t n = 0;
	while (s[n]) n++;
	return n;
}

static inline int same(const char *a, const char *b)
{
	while (*a && *a == *b) a++, b++;
	return *a == *b;
}

static inline int contains(const char *s, const char *part)
{
	for (;; s++) {
		size_t i = 0;
		while (part[i] && s[i] == part[i]) i++;
		if (!part[i]) return 1;
		if (!*s) return 0;
	}
}

static inline const char *environment(char **envp, const char *name)
{
	size_t n = length(name), i;
	for (; *envp; envp++) {
		for (i = 0; i < n && (*envp)[i] == name[i]; i++)
			;
		if (i == n && (*envp)[n] == '=') return *envp + n + 1;
	}
	return NULL;
}

static struct bdl_config test_config;

#ifndef OWN_CONFIG /* a test that defines it has a bdl_start_config of its own */
const struct bdl_config *bdl_start_config(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv;
	test_config.interpreter = environment(envp, "TEST_INTERP");
	if (test_config.interpreter && !*test_config.interpreter)
		test_config.interpreter = NULL;
	if (environment(envp, "TEST_LATE")) test_config.flags = BDL_LATE;
	return &test_config;
}
#endif

/* Text behind "# " on a line of its own. */
static inline void note(const char *label, const char *text)
{
	tap_puts("# ");
	tap_puts(label);
	tap_puts(" ");
	tap_puts(text ? text : "(null)");
	tap_puts("\n");
}

#endif
