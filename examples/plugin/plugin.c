/* plugin - opens a shared library without ld.so and libc in the process: the library
 * needs none, and what it calls this program gives.
 *
 * usage: plugin LIBRARY TEXT */
#include <baredl.h>

static size_t length(const char *s)
{
	size_t n = 0;
	while (s[n]) n++;
	return n;
}

static void say(const char *s) { bdl_write(1, s, length(s)); }

/* What plugins may call: by name, as the functions of any library. */
static void host_say(const char *s) { say(s); }
static const struct bdl_provided given[] = {
	{ "host_say", (const void *)host_say },
	{ "strlen", (const void *)length },
};

/* Without a resident from the start: this program needs none. */
static const struct bdl_config config = { .flags = BDL_LATE };
const struct bdl_config *bdl_start_config(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	return &config;
}

int main(int argc, char **argv)
{
	struct bdl_resident resident;
	if (argc < 3) return say("usage: plugin LIBRARY TEXT\n"), 2;
	bdl_provide(given, sizeof given / sizeof given[0]);
	void *library = bdl_open(argv[1], BDL_NOW);
	int (*run)(const char *) = NULL;
	if (library) run = (int (*)(const char *))bdl_sym(library, "run");
	if (!run) return say(bdl_error()), say("\n"), 1;
	int status = run(argv[2]);
	say(bdl_resident(&resident) ? "no C library was needed\n"
				    : "a C library was needed\n");
	return bdl_close(library) ? 1 : status;
}
