/* entries.h - whether callbacks can be made here, where something is missing; and how to
 * make it missing. */
#ifndef ENTRIES_H
#define ENTRIES_H

#include "callbacks.h"
#include "../own/maps.h"

/* ---- many callbacks --------------------------------------------------------------- */

/* More than the library has ready: their entries must be mapped again. */
enum { PLENTY = 5000 };

/* int (int) */
static void adds(void *user, void *result, void *const *argv)
{
	RESULT(int) = ARG(int, 0) + (int)(intptr_t)user;
}

static int (*plenty[PLENTY])(int);
static int plenty_made;

/* How many of them could be made; each of those works. */
static int make_plenty(void)
{
	static struct bdl_plan *plan;
	if (!plan) plan = plan_of("i(i)", 0);
	for (plenty_made = 0; plenty_made < PLENTY; plenty_made++) {
		void *f = bdl_callback_new(plan, adds, (void *)(intptr_t)plenty_made);
		if (!f) break;
		plenty[plenty_made] = (int (*)(int))f;
	}
	for (int i = 0; i < plenty_made; i++) must(plenty[i](7) == i + 7);
	return plenty_made;
}
static void free_plenty(void)
{
	while (plenty_made > 0)
		must(bdl_callback_free((void *)plenty[--plenty_made]) == 0);
}

/* How many pages are mapped, by a descriptor that was opened when there was /proc. */
static long statm = -1;
static void open_statm(void) { statm = sys(openat, -100, "/proc/self/statm", 0, 0); }
static long mapped(void)
{
	char text[64] = "";
	if (statm < 0) return 0;
	must(sys(pread64, statm, text, sizeof text - 1, 0) > 0);
	long n = 0;
	for (const char *s = text; *s >= '0' && *s <= '9'; s++) n = n * 10 + *s - '0';
	return n;
}

/* All, or else what must then be so: the text says why, nothing is left mapped, and those
 * that there are go on. */
static void all_can_be_made(void)
{
	must(make_plenty() == PLENTY);
	free_plenty();
	must(make_plenty() == PLENTY);
	free_plenty();
}
static void some_can_be_made(void)
{
	must(make_plenty() < PLENTY);
	note_number("callbacks made:", plenty_made);
	must(*bdl_error());
	note("error:", bdl_error());
	must(length(bdl_error()) > 20);
	struct bdl_plan *plan = plan_of("i(i)", 0);
	long had = mapped();
	for (int i = 0; i < 300; i++)
		must(bdl_callback_new(plan, adds, NULL) == NULL && *bdl_error());
	must(EMULATED || mapped() == had);
	for (int i = 0; i < plenty_made; i++) must(plenty[i](9) == i + 9);
}

/* ---- what is missing ------------------------------------------------------------------ */

/* Nothing is below /proc, for this process alone. */
static void without_proc(void)
{
	open_statm();
	if (sys(unshare, 0x20000 /* CLONE_NEWNS */) &&
		sys(unshare, 0x10020000 /* with CLONE_NEWUSER */))
		skip("no mount namespace can be made here");
	must(sys(mount, 0, "/", 0, 0x44000 /* MS_REC | MS_PRIVATE */, 0) == 0);
	if (sys(mount, "none", "/proc", "tmpfs", 0, 0)) skip("/proc cannot be covered");
	must(sys(faccessat, -100, "/proc/self", 0) == -2 /* ENOENT */);
}

/* As Linux before 5.13: only memory without a file can be moved and stay. */
static void without_dontunmap(void)
{
	struct {
		uint16_t code;
		uint8_t yes, no;
		uint32_t k;
	} filter[] = {
		{ 0x20, 0, 0, 0 },            /* the call's number */
		{ 0x15, 0, 3, __NR_mremap },  /* not this: on */
		{ 0x20, 0, 0, 16 + 3 * 8 },   /* its flags */
		{ 0x45, 0, 1, 4 },            /* without MREMAP_DONTUNMAP: on */
		{ 0x06, 0, 0, 0x50000 | 22 }, /* EINVAL */
		{ 0x06, 0, 0, 0x7fff0000 },   /* allowed */
	};
	struct {
		uint16_t count;
		void *filter;
	} program = { sizeof filter / sizeof *filter, filter };
	if (EMULATED) not_here("the emulator has no seccomp filters");
	must(sys(prctl, 38 /* PR_SET_NO_NEW_PRIVS */, 1) == 0);
	if (sys(prctl, 22 /* PR_SET_SECCOMP */, 2, &program))
		skip("no seccomp filters here");
}

/* Returns how many there were allowed. */
static uint64_t descriptors(uint64_t allowed)
{
	uint64_t before[2], now[2];
	must(sys(prlimit64, 0, 7 /* RLIMIT_NOFILE */, 0, before) == 0);
	now[0] = allowed, now[1] = before[1];
	must(sys(prlimit64, 0, 7, now, 0) == 0);
	return before[0];
}

/* Whether a mapping of a file can be moved and stay. */
static int dontunmap_works(void)
{
	long fd = sys(memfd_create, "probe", 0), at, moved;
	if (fd < 0 || sys(write, fd, "x", 1) != 1) return 0;
	at = arch_syscall(SYS_mmap, 0, 4096, 1, 2 /* PRIVATE */, fd, 0);
	sys(close, fd);
	moved = sys(mremap, at, 4096, 4096, 1 | 4 /* MAYMOVE DONTUNMAP */);
	return moved > 0;
}

/* For where only that way is left; [works] where it must be asked before. An emulator may
 * have it or not. */
static void all_if(int works)
{
	if (EMULATED) works = make_plenty() == PLENTY;
	if (works) {
		free_plenty();
		all_can_be_made();
		return;
	}
	some_can_be_made();
	must(contains(bdl_error(), "callback"));
}
static void all_or_a_clear_error(void) { all_if(dontunmap_works()); }

#endif
