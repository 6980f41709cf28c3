/* probe.c - does what may fail and says how; ../failures.sh asks.
 *
 * usage: probe INTERP|- COMMAND [ARGUMENT...]
 * Each failure must leave the mappings and the descriptors as they were. */
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

static void failed(const char *error)
{
	take(&after);
	line("error: ", error);
	if (!unchanged()) {
		say("NOT AS BEFORE, was:\n");
		bdl_write(1, before.maps, (size_t)before.size);
		say("now:\n");
		bdl_write(1, after.maps, (size_t)after.size);
	}
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

int main(int argc, char **argv, char **envp)
{
	struct bdl_resident r;
	char **arg = argv + 3;
	if (argc < 3) return 2;
	if (same(argv[2], "rehearse")) config.rehearse = bdl_rehearse;
	if (same(argv[2], "secure")) be_secure(envp);
	config.flags = 0;
	take(&before);
	take(&before);
	if (bdl_init(&config)) {
		failed(bdl_error());
		/* no child is left behind, nor a zombie */
		if (arch_syscall(SYS_wait4, -1, 0, 0x40000000, 0, 0, 0) != -10)
			say("A CHILD IS LEFT\n");
		return 3;
	}
	bdl_resident(&r);
	if (argc == 3) line("libc: ", r.libc);
	if (argc == 3) return 0;

	void *handle = same(arg[0], "-") ? NULL : bdl_open(arg[0], BDL_NOW);
	if (!handle && !same(arg[0], "-")) {
		/* what the resident's own allocations map is theirs: look at
		 * the second failure of the same kind */
		take(&before);
		bdl_open(arg[0], BDL_NOW);
		failed(bdl_error());
	} else if (argc > 4) {
		void *symbol = argc > 5 ? bdl_vsym(handle, arg[1], arg[2])
					: bdl_sym(handle, arg[1]);
		if (symbol)
			say("found\n");
		else
			line("error: ", bdl_error());
	}
	return getpid() > 0 ? 0 : 4;
}
