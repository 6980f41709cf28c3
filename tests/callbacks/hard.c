/* Callbacks where the system is less than usual: no /proc, no descriptors, no memory, hardened
 * memory, an older kernel. */
#include "entries.h"
#include "../own/pthread.h"

/* ---- never writable and executable -------------------------------------------------- */

static int writable_and_executable(void)
{
	int found = 0;
	for (const char *p = maps_text(); *p;) {
		const char *line = p;
		while (*p != ' ') p++;
		if (p[2] == 'w' && p[3] == 'x') {
			found++;
			note("writable and executable:", line);
		}
		while (*p && *p != '\n') p++;
		if (*p) p++;
	}
	return found;
}

static int stop, looks;
static void *watches(void *none)
{
	while (!load_(&stop)) {
		must(writable_and_executable() == 0);
		add_(&looks, 1);
	}
	return none;
}

static void never_both(void)
{
	must(writable_and_executable() == 0);
	unsigned long watcher = spawn(watches, NULL);
	for (int i = 0; i < 500 && (i < 4 || load_(&looks) < 200); i++) {
		must(make_plenty() == PLENTY);
		free_plenty();
		/* which of them are mapped changes with the free ones only */
		bdl_callback_new(plan_of("i(i)", 0), adds, NULL);
	}
	static void *kept[20000];
	struct bdl_plan *plan = plan_of("i(i)", 0);
	for (int i = 0; i < 20000; i++) kept[i] = callback(plan, adds, NULL);
	store_(&stop, 1);
	join(watcher);
	note_number("times looked:", looks);
	must(looks > 5);
	must(writable_and_executable() == 0);
	for (int i = 0; i < 20000; i++) must(bdl_callback_free(kept[i]) == 0);
	must(writable_and_executable() == 0);
}

/* The kernel then refuses to make executable what was not. */
static void hardened(void)
{
	long got = sys(prctl, 65 /* PR_SET_MDWE */, 1 /* REFUSE_EXEC_GAIN */);
	if (got == -22 && EMULATED) not_here("the emulator has no PR_SET_MDWE");
	if (got == -22) skip("PR_SET_MDWE is newer than this kernel");
	must(got == 0);
	void *page = much_memory(4096);
	must(sys(mprotect, page, 4096, 5) == -13 /* EACCES: it is on */);
	all_can_be_made();
}
static void hardened_old(void)
{
	without_dontunmap();
	hardened();
}
static void hardened_boot(void)
{
	hardened();
	must(!resident_is_up());
	must(*(char *)libc("abs") != 0); /* and a resident comes */
	all_can_be_made();
}

/* ---- no /proc ------------------------------------------------------------------------- */

static void no_proc(void)
{
	without_proc();
	all_can_be_made();
}
static void no_proc_old(void)
{
	without_dontunmap();
	without_proc();
	/* its name is in the auxiliary vector, but who knows whose file that is now */
	some_can_be_made();
	must(contains(bdl_error(), "/proc/self/exe"));
}
/* A name that was relative leads nowhere now; run.sh starts this with one, too. */
static void no_proc_elsewhere(void)
{
	without_proc();
	must(sys(chdir, "/proc") == 0);
	all_can_be_made();
}
static void no_proc_old_elsewhere(void)
{
	without_dontunmap();
	no_proc_elsewhere();
}

/* A root folder with nothing in it. */
static void empty_root(void)
{
	open_statm();
	sys(mkdirat, -100, G("empty"), 0755);
	if (sys(chroot, G("empty")) && (sys(unshare, 0x10000000 /* CLONE_NEWUSER */) ||
					       sys(chroot, G("empty"))))
		skip("chroot is for root");
	must(sys(chdir, "/") == 0);
	must(sys(faccessat, -100, "/proc", 0) == -2);
	all_or_a_clear_error();
}
static void empty_root_old(void)
{
	without_dontunmap();
	empty_root();
}
/* ---- no descriptors ---------------------------------------------------------------------- */

static void no_descriptors(void)
{
	int works = dontunmap_works();
	open_statm();
	descriptors(0);
	all_if(works);
}
static void no_descriptors_old(void)
{
	without_dontunmap();
	open_statm();
	uint64_t before = descriptors(0);
	some_can_be_made();
	free_plenty();
	descriptors(before);
	all_can_be_made(); /* and then it works */
}

/* ---- no memory ---------------------------------------------------------------------------- */

static long own_kib(void) { return maps_now().kib; }

static void no_memory(void)
{
	if (EMULATED) not_here("the emulator knows no RLIMIT_AS");
	must(make_plenty() == PLENTY);
	free_plenty();
	static void *more[200000];
	struct bdl_plan *plan = plan_of("i(i)", 0);
	uint64_t limit[2] = { (uint64_t)own_kib() * 1024 + 600000, -1ull }, before[2];
	must(sys(prlimit64, 0, 9 /* RLIMIT_AS */, limit, before) == 0);
	int made = 0;
	while (made < 200000 &&
		(more[made] = bdl_callback_new(plan, adds, (void *)(intptr_t)made)))
		made++;
	note_number("made below the limit:", made);
	must(made >= PLENTY && made < 200000);
	note("error:", bdl_error());
	must(contains(bdl_error(), "memory"));
	struct maps full = maps_now();
	for (int i = 0; i < 2000; i++) must(bdl_callback_new(plan, adds, NULL) == NULL);
	struct maps after = maps_now();
	must(after.lines == full.lines && after.kib == full.kib);
	for (int i = 0; i < made; i++) must(((int (*)(int))more[i])(1) == i + 1);
	must(sys(prlimit64, 0, 9, before, 0) == 0);
	must(make_plenty() == PLENTY);
	for (int i = 0; i < made; i++) must(bdl_callback_free(more[i]) == 0);
}

/* The kernel allows so many mappings only: each second page is another one. */
static void no_mappings(void)
{
	if (EMULATED) not_here("the emulator's mappings are not the kernel's");
	enum { PAGES = 300000 };
	struct bdl_plan *plan = plan_of("i(i)", 0);
	char *pages = much_memory(PAGES * 4096l);
	long used = 1;
	while (used < PAGES && sys(mprotect, pages + used * 4096, 4096, 1) == 0)
		used += 2;
	if (used >= PAGES) skip("vm.max_map_count is large here");
	note_number("mappings:", used);
	int made = 0;
	static void *more[PLENTY];
	while (made < PLENTY && (more[made] = bdl_callback_new(plan, adds, NULL)))
		made++;
	note_number("callbacks made:", made);
	note("error:", bdl_error());
	must(made < PLENTY && *bdl_error());
	for (int i = 0; i < 100; i++) must(!bdl_callback_new(plan, adds, NULL));
	for (int i = 0; i < made; i++) must(((int (*)(int))more[i])(4) == 4);
	must(sys(munmap, pages, PAGES * 4096l) == 0);
	all_can_be_made();
}

TESTS({ "hard: no page is writable and executable, ever", never_both, START },
	{ "hard: PR_SET_MDWE", hardened, START },
	{ "hard: the same, before Linux 5.13", hardened_old, START },
	{ "hard: PR_SET_MDWE before a resident comes", hardened_boot, LATE },
	{ "hard: no /proc", no_proc, ALONE },
	{ "hard: no /proc any more, a resident", no_proc, START },
	{ "hard: no /proc, before Linux 5.13", no_proc_old, ALONE },
	{ "hard: no /proc, in another folder", no_proc_elsewhere, ALONE },
	{ "hard: an empty root folder", empty_root, ALONE },
	{ "hard: an empty root folder, a resident", empty_root, START },
	{ "hard: an empty root folder, before Linux 5.13", empty_root_old, ALONE },
	{ "hard: no descriptors", no_descriptors, ALONE },
	{ "hard: no descriptors, before Linux 5.13, and then some", no_descriptors_old,
		ALONE },
	{ "hard: no memory, and then some", no_memory, ALONE },
	{ "hard: no memory with a resident", no_memory, START },
	{ "hard: no mappings, and then some", no_mappings, ALONE })
