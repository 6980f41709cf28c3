/* A program whose file is no more, or is another one by now. run.sh runs a copy, which the
 * program removes itself. */
#include "entries.h"

static const char *own_path;

static void deleted(void)
{
	must(sys(faccessat, -100, own_path, 0) == -2 /* ENOENT */);
	if (EMULATED)
		all_or_a_clear_error(); /* no /proc/self/exe of a file that is gone */
	else
		all_can_be_made();
}
static void deleted_old(void)
{
	without_dontunmap();
	deleted();
}
static void deleted_no_proc(void)
{
	without_proc();
	all_or_a_clear_error();
}
static void deleted_no_proc_old(void)
{
	without_dontunmap();
	without_proc();
	must(!dontunmap_works());
	some_can_be_made();
	must(contains(bdl_error(), "file"));
}

/* And memory is hardened. */
static void deleted_no_proc_hardened(void)
{
	if (sys(prctl, 65 /* PR_SET_MDWE */, 1)) {
		if (EMULATED) not_here("the emulator has no PR_SET_MDWE");
		skip("PR_SET_MDWE is newer than this kernel");
	}
	deleted_no_proc();
}

/* ---- another file has its name ----------------------------------------------------------- */

static void put_another(size_t size, const char *bytes, size_t length_)
{
	long fd = sys(openat, -100, own_path, 01102 /* O_CREAT O_TRUNC O_RDWR */, 0755);
	must(fd >= 0);
	for (size_t n = 0; n < size; n += length_) sys(write, fd, bytes, length_);
	sys(close, fd);
}
static void remove_another(void) { sys(unlinkat, -100, own_path, 0); }

static void replaced(void)
{
	static char zeros[1 << 20];
	put_another(sizeof zeros, zeros, sizeof zeros);
	if (EMULATED)
		all_or_a_clear_error();
	else
		all_can_be_made();
	remove_another();
}
static void replaced_no_proc(void)
{
	/* not by what it is: each byte is a trap, or nothing */
	static char bytes[1 << 20];
	memset(bytes, 0xcc, sizeof bytes);
	put_another(sizeof bytes, bytes, sizeof bytes);
	without_proc();
	all_or_a_clear_error();
	remove_another();
}
static void replaced_no_proc_old(void)
{
	static char bytes[1 << 20];
	without_dontunmap();
	put_another(sizeof bytes, bytes, sizeof bytes);
	without_proc();
	some_can_be_made();
	remove_another();
}
/* Shorter: a page behind the file's end must not be read. */
static void replaced_by_less(void)
{
	put_another(100, "another file", 12);
	without_proc();
	all_or_a_clear_error();
	put_another(0, "", 1);
	free_plenty();
	all_or_a_clear_error();
	remove_another();
}

/* ---- a file that may be run and not read. The last one: it stays so --------------------- */

static void unreadable(void)
{
	if (EMULATED) not_here("the emulator reads programs itself");
	must(sys(fchmodat, -100, "/proc/self/exe", 0111) == 0);
	if (sys(geteuid) == 0) must(sys(setresuid, 65534, 65534, 65534) == 0);
	must(sys(openat, -100, "/proc/self/exe", 0, 0) == -13 /* EACCES */);
	all_or_a_clear_error();
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {
		{ "gone: the program's file is deleted", deleted, ALONE },
		{ "gone: deleted, a resident", deleted, START },
		{ "gone: deleted, before Linux 5.13", deleted_old, ALONE },
		{ "gone: deleted, no /proc", deleted_no_proc, ALONE },
		{ "gone: deleted, no /proc, a resident", deleted_no_proc, START },
		{ "gone: deleted, no /proc, before Linux 5.13", deleted_no_proc_old,
			ALONE },
		{ "gone: deleted, no /proc, PR_SET_MDWE", deleted_no_proc_hardened,
			ALONE },
		{ "gone: another file has its name", replaced, ALONE },
		{ "gone: another file, no /proc", replaced_no_proc, ALONE },
		{ "gone: another file, no /proc, before Linux 5.13",
			replaced_no_proc_old, ALONE },
		{ "gone: a shorter file, no /proc", replaced_by_less, ALONE },
		{ "gone: may be run but not read", unreadable, ALONE },
	};
	own_path = argv[0];
	if (!contains(own_path, "gone-copy")) {
		note("this removes itself; run a copy named gone-copy, not", own_path);
		return 1;
	}
	must(sys(unlinkat, -100, own_path, 0) == 0);
	return run_tests(
		tests, sizeof tests / sizeof *tests, argc > 1 ? argv[1] : NULL);
}
