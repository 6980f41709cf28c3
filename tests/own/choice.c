/* Which of the two linkers opens a library when nobody says, and what is in the process
 * then. */
#include "maps.h"
#include "counted.h"

static void nothing_of_libc(void)
{
	expect(!resident_is_up());
	expect(!contains(maps_text(), "libc.so") && !contains(maps_text(), "/ld-"));
}

static void self_contained(void)
{
	counted_provide();
	void *h = opened(counted[5].file, 0);
	counted_check((struct kept){ h, 5 });
	nothing_of_libc();
	expect(bdl_close(h) == 0);
	h = opened(counted[5].file, BDL_LAZY | BDL_GLOBAL);
	counted_check((struct kept){ bdl_open(counted[5].file, BDL_NOLOAD), 5 });
	expect(bdl_sym(NULL, "value_mid1") != NULL);
	nothing_of_libc();
	struct bdl_resident r;
	expect(bdl_resident(&r) == -1);
}

/* DT_NEEDED libc.so.6 says nothing; what is imported does. */
static void names_libc_only(void)
{
	void *h = opened(G("names-c.so"), 0);
	expect(call(h, "self_value") == 77);
	nothing_of_libc();
	expect(bdl_close(h) == 0 && maps_now().guests == 0);
}

static void needs_libc(void)
{
	void *h = opened(G("wants-libc.so"), 0);
	expect(call(h, "length_of_four") == 4);
	expect(resident_is_up());
	expect(bdl_close(h) == 0);
	expect(maps_now().guests == 0);
}
static void needs_libc_lazily(void)
{
	void *h = opened(G("wants-libc.so"), BDL_LAZY);
	expect(call(h, "length_of_four") == 4);
	expect(resident_is_up());
}

static size_t our_strlen(const char *s) { return length(s) + 100; }
static const struct bdl_provided strings[] = { { "strlen", (const void *)our_strlen } };
static void all_provided(void)
{
	must(bdl_provide(strings, 1) == 0);
	for (unsigned lazy = 0; lazy < 2; lazy++) {
		void *h = opened(G("wants-libc.so"), lazy ? BDL_LAZY : 0);
		expect(call(h, "length_of_four") == 104);
		expect(bdl_close(h) == 0);
	}
	nothing_of_libc();
}

/* A dependency of what is self-contained needs libc. */
static void dependency_needs_libc(void)
{
	void *h = opened(G("over.so"), 0);
	expect(call(h, "over_length") == 5);
	expect(resident_is_up());
	expect(bdl_close(h) == 0 && maps_now().guests == 0);
}

static int count_objects(const struct bdl_object *o, void *count)
{
	(void)o;
	++*(int *)count;
	return 0;
}
static int own_objects(void)
{
	int count = 0;
	bdl_iterate(count_objects, &count);
	return count;
}

static void forced(void)
{
	void *h = opened(G("self.so"), BDL_RESIDENT);
	expect(call(h, "self_value") == 77 && own_objects() == 0 && resident_is_up());
	expect(bdl_close(h) == 0);
	/* and is ours again, though the resident is there */
	h = opened(G("self.so"), 0);
	expect(call(h, "self_value") == 77 && own_objects() == 1);
	expect(bdl_close(h) == 0);
	/* forced the other way: what is missing is missing */
	expect(bdl_open(G("wants-libc.so"), BDL_OWN) == NULL);
	expect(contains(bdl_error(), "strlen") &&
		contains(bdl_error(), "wants-libc.so"));
	expect(own_objects() == 0 && maps_now().guests == 0);
}

/* What goes to the resident leaves nothing of ours, and shares nothing with it. */
static void taken_back_whole(void)
{
	void *part = opened(G("self.so"), BDL_OWN);
	void *h = opened(G("over-self.so"), 0);
	expect(call(h, "over_self") == 77 + 4);
	expect(own_objects() == 1);
	expect(bdl_close(h) == 0 && bdl_close(part) == 0 && own_objects() == 0);
}

/* ---- imports through bdl_open ------------------------------------------------------------- */

int self_value(void);
int answer_of_none(void);
BDL_IMPORT(self_value, "self_value", GUESTS "self.so");
BDL_IMPORT_WEAK(answer_of_none, "self_none", GUESTS "self.so");
int abs(int);
BDL_IMPORT(abs, "abs", "libc.so.6");

static void imports(void)
{
	test_config.open = bdl_open;
	must(bdl_init(&test_config) == 0);
	expect(self_value() == 77);
	expect(BDL_HAVE(answer_of_none) == NULL);
	nothing_of_libc();
	expect(own_objects() == 1);
	expect(abs(-3) == 3);
	expect(resident_is_up());
	expect(bdl_bind() == 0);
	expect(self_value() == 77);
}

/* ---- errors, and a machine without a C library ----------------------------------------------- */

static void missing_library(void)
{
	expect(bdl_open("libno-such-thing.so.7", 0) == NULL);
	expect(contains(bdl_error(), "libno-such-thing.so.7"));
	expect(bdl_open(G("none.so"), 0) == NULL);
	expect(contains(bdl_error(), "none.so"));
	expect(maps_now().guests == 0);
}
static void missing_own(void)
{
	expect(bdl_open("libno-such-thing.so.7", BDL_OWN) == NULL);
	expect(contains(bdl_error(), "libno-such-thing.so.7"));
	nothing_of_libc();
}

static void without_libc(void)
{
	char maps[64];
	sys(unshare, 0x10000000 /* CLONE_NEWUSER */); /* root may do without */
	if (sys(chroot, G("root")) || sys(chdir, "/")) skip("may not change the root");
	expect(sys(readlinkat, -100, "/bin/sh", maps, sizeof maps) < 0);
	void *h = opened("/self.so", 0);
	expect(call(h, "self_value") == 77);
	expect(!resident_is_up());
	void *by_name = opened("self.so", BDL_NOLOAD);
	expect(by_name == h);
	expect(bdl_close(h) == 0 && bdl_close(h) == 0);
	expect(call(opened("/names-c.so", 0), "self_value") == 77);
	expect(bdl_open("libmissing.so.3", 0) == NULL);
	expect(contains(bdl_error(), "libmissing.so.3"));
	expect(bdl_open("/wants-libc.so", 0) == NULL);
	expect(contains(bdl_error(), "no usable dynamic linker"));
	expect(contains(bdl_error(), "/wants-libc.so")); /* who wants it */
	expect(!contains(bdl_error(), "libmissing"));    /* that was the last one */
	size_t size = length(bdl_error());
	expect(bdl_open("/wants-libc.so", 0) == NULL && length(bdl_error()) == size);
	expect(bdl_open("/over-self.so", 0) == NULL);
	expect(!contains(bdl_error(), "libmissing"));
	expect(bdl_open("/lacks.so", 0) == NULL); /* its DT_NEEDED is not there */
	expect(contains(bdl_error(), "libgone.so.1") &&
		contains(bdl_error(), "/lacks.so"));
	expect(bdl_open("/self.so", BDL_RESIDENT) == NULL && *bdl_error());
	expect(!resident_is_up());
	expect(call(opened("/self.so", 0), "self_value") == 77);
}

TESTS({ "choice: what is self-contained is ours", self_contained, ALONE },
	{ "choice: ... though it names libc", names_libc_only, ALONE },
	{ "choice: what needs libc is the resident's", needs_libc, LATE },
	{ "choice: ... with BDL_LAZY", needs_libc_lazily, LATE },
	{ "choice: what libc has is provided", all_provided, ALONE },
	{ "choice: a dependency needs libc", dependency_needs_libc, LATE },
	{ "choice: BDL_RESIDENT and BDL_OWN", forced, LATE },
	{ "choice: what goes to the resident is taken back whole", taken_back_whole,
		LATE },
	{ "choice: imports through bdl_open", imports, LATE },
	{ "choice: a missing library is named", missing_library, LATE },
	{ "choice: ... with BDL_OWN", missing_own, ALONE },
	{ "choice: a machine without ld.so and libc", without_libc, ALONE })
