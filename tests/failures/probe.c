/* probe.c - does what may fail and says how; ../failures.sh asks.
 *
 * usage: probe INTERP|- COMMAND [LIBRARY|- [SYMBOL [VERSION]]]
 *        probe INTERP|- COMMAND INTERP|-	a second try after a failure
 *
 * COMMAND is how the resident is first needed: init, open, sym, bind; rehearse
 * (init with a rehearsal), secure (init as in a setuid program). Each failure must
 * leave mappings, descriptors and children as they were; libc works afterwards if
 * it can. */
#include "baredl.h"
#include "contract.h"

static struct bdl_config config;

int getpid(void);
BDL_IMPORT(getpid, "getpid", "libc.so.6");

static int same(const char *a, const char *b)
{
	while (*a && *a == *b) a++, b++;
	return *a == *b;
}

static void say(const char *text)
{
	size_t size = 0;
	while (text[size]) size++;
	bdl_write(1, text, size);
}

const struct bdl_config *bdl_start_config(int argc, char **argv, char **envp)
{
	(void)envp;
	config.flags = BDL_LATE;
	if (argc > 1 && !same(argv[1], "-")) config.interpreter = argv[1];
	return &config;
}

static void line(const char *label, const char *text)
{
	say(label);
	say(text);
	say("\n");
}

/* /proc/self/maps and which descriptors are open. */
struct state {
	char maps[32768];
	long size;
	char open[64];
};
static struct state before, after;

static void take(struct state *s)
{
	int fd = (int)arch_syscall(
		SYS_openat, -100, (long)"/proc/self/maps", 0, 0, 0, 0);
	long n;
	s->size = 0;
	while ((n = arch_syscall3(SYS_read, fd, (long)s->maps + s->size,
			(long)sizeof s->maps - s->size)) > 0)
		s->size += n;
	arch_syscall3(SYS_close, fd, 0, 0);
	for (int i = 0; i < 64; i++)
		s->open[i] = arch_syscall3(SYS_lseek, i, 0, 1) != -9; /* EBADF */
}

/* The line at [at], and where the next one is. */
static long next_line(const struct state *s, long at)
{
	while (at < s->size && s->maps[at] != '\n') at++;
	return at + 1;
}

static int is_stack(const struct state *s, long from, long to)
{
	for (; from < to; from++)
		if (s->maps[from] == '[') return s->maps[from + 1] == 's';
	return 0;
}

static int unchanged(void)
{
	long a = 0, b = 0;
	for (int i = 0; i < 64; i++)
		if (before.open[i] != after.open[i]) return 0;
	while (a < before.size && b < after.size) {
		long a2 = next_line(&before, a), b2 = next_line(&after, b);
		/* the stack may have grown */
		int stack = is_stack(&before, a, a2) && is_stack(&after, b, b2);
		if (!stack && a2 - a != b2 - b) return 0;
		for (long i = 0; !stack && i < a2 - a; i++)
			if (before.maps[a + i] != after.maps[b + i]) return 0;
		a = a2, b = b2;
	}
	return a >= before.size && b >= after.size;
}

/* As the kernel does for setuid programs. */
static void be_secure(char **envp)
{
	uintptr_t *auxv;
	while (*envp++)
		;
	for (auxv = (uintptr_t *)envp; *auxv; auxv += 2)
		if (*auxv == 23) auxv[1] = 1; /* AT_SECURE */
}

/* Whatever a process has that it did not have before. */
static void compare(void)
{
	take(&after);
	if (!unchanged()) {
		say("NOT AS BEFORE, was:\n");
		bdl_write(1, before.maps, (size_t)before.size);
		say("now:\n");
		bdl_write(1, after.maps, (size_t)after.size);
	}
	/* no child is left behind, nor a zombie */
	if (arch_syscall(SYS_wait4, -1, 0, 0x40000000 | 1, 0, 0, 0) != -10)
		say("A CHILD IS LEFT\n");
}

static void failed(void)
{
	line("error: ", bdl_error());
	compare();
}

/* What [command] asks for: whether the resident is up then. */
static int start(const char *command)
{
	if (same(command, "open")) return bdl_open("libc.so.6", BDL_NOW) != NULL;
	if (same(command, "sym")) return bdl_sym(NULL, "getpid") != NULL;
	if (same(command, "bind")) return bdl_bind() == 0;
	if (same(command, "rehearse")) config.rehearse = bdl_rehearse;
	config.flags = 0;
	return bdl_init(&config) == 0;
}

static int library(char **arg, int n)
{
	void *handle = same(arg[0], "-") ? NULL : bdl_open(arg[0], BDL_NOW);
	if (!handle && !same(arg[0], "-")) {
		/* what the resident maps for itself at the first failure is its
		 * own affair: look at the second */
		take(&before);
		bdl_open(arg[0], BDL_NOW);
		failed();
	} else if (n > 1) {
		void *symbol = n > 2 ? bdl_vsym(handle, arg[1], arg[2])
				     : bdl_sym(handle, arg[1]);
		if (symbol)
			say("found\n");
		else
			line("error: ", bdl_error());
	}
	return getpid() > 0 ? 0 : 4;
}

int main(int argc, char **argv, char **envp)
{
	struct bdl_resident r;
	if (argc < 3) return 2;
	if (same(argv[2], "secure")) be_secure(envp);
	bdl_provide(NULL, 0); /* our own linker's state, which stays */
	take(&before);
	take(&before);
	if (!start(argv[2])) {
		failed();
		if (argc == 3) return 3;
		/* a second try may go well */
		config.interpreter = same(argv[3], "-") ? NULL : argv[3];
		config.flags = 0;
		argc = 3;
		if (bdl_init(&config)) {
			failed();
			return 5;
		}
	} else if (same(argv[2], "rehearse") && argc == 3) {
		if (arch_syscall(SYS_wait4, -1, 0, 0x40000000 | 1, 0, 0, 0) != -10)
			say("A CHILD IS LEFT\n");
	}
	if (argc > 3) return library(argv + 3, argc - 3);
	bdl_resident(&r);
	line("libc: ", r.libc);
	return getpid() > 0 ? 0 : 4;
}
