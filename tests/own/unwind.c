/* C++ exceptions and backtraces through libraries that our linker has opened and through
 * frames of the host. */
#include "maps.h"
#include "pthread.h"

/* What guests call: a frame of the host between theirs. */
__attribute__((noinline)) static int host_frame(int (*f)(int), int n)
{
	int got = f(n);
	__asm__ volatile("" : "+r"(got)); /* not a jump */
	return got;
}

static const struct bdl_provided frames[] = { { "host_frame",
	(const void *)host_frame } };

static unsigned how;
static void *catcher;

static void catches(const char *file)
{
	must(bdl_provide(frames, 1) == 0);
	catcher = opened(file, how);
	int (*within)(int) = (int (*)(int))function(catcher, "catch_within");
	int (*other)(int) = (int (*)(int))function(catcher, "catch_other");
	int (*through)(int) = (int (*)(int))function(catcher, "catch_through_host");
	int (*again)(int) = (int (*)(int))function(catcher, "catch_rethrown");
	for (int i = 0; i < 3; i++) {
		must(within(5 + i) == 5 + i);
		must(other(15 + i) == 15 + i);
		must(through(25 + i) == 25 + i);
		must(again(35 + i) == 35 + i);
	}
	must(call(catcher, "destroyed") == 12);
}

static void close_it(void) { must(bdl_close(catcher) == 0); }

/* ---- with libc from a resident -------------------------------------------------------- */

static void mixed(const char *file)
{
	how = BDL_USE_RESIDENT;
	catches(file);
}
static void mixed_static(void) { mixed(G("catch-static.so")), close_it(); }
static void mixed_shared(void) { mixed(G("catch.so")), close_it(); }

static void *thread_catches(void *none)
{
	int (*through)(int) = (int (*)(int))bdl_sym(catcher, "catch_through_host");
	for (int i = 0; i < 500; i++) must(through(i) == i);
	return none;
}
static void mixed_threads(void)
{
	mixed(G("catch.so"));
	in_threads(4, thread_catches);
}

/* The list changes while others unwind. */
static int stop;
static void *opens(void *none)
{
	while (!load_(&stop)) {
		void *h = bdl_open(G("self.so"), BDL_OWN);
		must(h != NULL && bdl_close(h) == 0);
	}
	return none;
}
static void mixed_changes(void)
{
	mixed(G("catch.so"));
	unsigned long opener = spawn(opens, NULL);
	in_threads(3, thread_catches);
	store_(&stop, 1);
	join(opener);
}

/* Opened again, its tables are elsewhere or other ones. */
static void mixed_reopened(void)
{
	for (int i = 0; i < 5; i++) mixed(G("catch-static.so")), close_it();
}

/* Through the resident's frames as well: its qsort calls one of ours. */
static void through_resident(void)
{
	mixed(G("catch.so"));
	must(call(catcher, "catch_through_libc") == 99);
}

/* ---- without any resident ----------------------------------------------------------------- */

/* As much of a C library as throwing needs. */
static char heap[1 << 20] __attribute__((aligned(16)));
static size_t used;
static void *our_malloc(size_t n)
{
	used += (n + 31) & ~(size_t)15;
	return used <= sizeof heap ? heap + used - n - (16 - n % 16) % 16 : NULL;
}
static void *our_calloc(size_t a, size_t b) { return our_malloc(a * b); }
static void our_free(void *at) { (void)at; }
static void our_abort(void) { must(!"not aborted"); }
static int our_strcmp(const char *a, const char *b)
{
	while (*a && *a == *b) a++, b++;
	return (unsigned char)*a - (unsigned char)*b;
}
static int zero(void) { return 0; }
static void *specific;
static void *get_specific(void) { return specific; }
static int set_specific(unsigned key, void *value)
{
	(void)key;
	specific = value;
	return 0;
}
static int once(int *control, void (*f)(void))
{
	if (!*control) *control = 1, f();
	return 0;
}
static int compare(const char *a, const char *b, size_t n)
{
	for (; n && *a && *a == *b; n--) a++, b++;
	return n ? (unsigned char)*a - (unsigned char)*b : 0;
}
static const struct bdl_provided libc[] = {
	{ "malloc", (const void *)our_malloc }, { "calloc", (const void *)our_calloc },
	{ "free", (const void *)our_free }, { "abort", (const void *)our_abort },
	{ "strlen", (const void *)length }, { "strcmp", (const void *)our_strcmp },
	{ "strncmp", (const void *)compare }, { "pthread_once", (const void *)once },
	{ "pthread_getspecific", (const void *)get_specific },
	{ "pthread_setspecific", (const void *)set_specific },
	{ "pthread_key_create", (const void *)zero },
	{ "pthread_mutex_lock", (const void *)zero },
	{ "pthread_mutex_unlock", (const void *)zero },
	{ "__getauxval",
		(const void *)zero }, /* arm64: which atomic instructions are there */
};

/* All else is an address that nobody is to go to. */
static void never(void) { must(!"nobody calls what is not there"); }
static uint64_t object[64];
static int asked;
static const void *anything(const char *symbol, const char *version, void *context)
{
	(void)version, (void)context;
	static const char *const last[] = { "__cxa_atexit", "__cxa_finalize", "memcpy",
		"memmove", "memset", "memcmp", "__stack_chk_fail", "__stack_chk_guard",
		"qsort", "_ITM_deregisterTMCloneTable", "_ITM_registerTMCloneTable",
		"__gmon_start__" };
	for (size_t i = 0; i < sizeof last / sizeof *last; i++)
		if (same(symbol, last[i]) && i != 8) return NULL;
	asked++;
	if (same(symbol, "stderr") || same(symbol, "stdin") || same(symbol, "stdout") ||
		same(symbol, "environ") || same(symbol, "__libc_single_threaded"))
		return object;
	return (const void *)never;
}

static void no_resident(const char *file)
{
	must(bdl_provide_by(anything, NULL) == 0);
	must(bdl_provide(libc, sizeof libc / sizeof *libc) == 0);
	how = BDL_OWN;
	catches(file);
	expect(!resident_is_up());
	note_number("names that nobody gives:", asked);
}
static void alone_static(void) { no_resident(G("catch-static.so")), close_it(); }
static void alone_shared(void) { no_resident(G("catch.so")); }

/* And then a resident comes: frames, tables and the thread's exceptions go on. */
static void alone_then_resident(void)
{
	no_resident(G("catch-static.so"));
	must(bdl_init(NULL) == 0);
	int (*through)(int) = (int (*)(int))function(catcher, "catch_through_host");
	must(through(77) == 77);
}

/* ---- backtraces ------------------------------------------------------------------------------ */

static void names_frames(unsigned flags)
{
	must(bdl_provide(frames, 1) == 0);
	void *h = opened(G("trace.so"), flags);
	/* outer -> host_frame -> middle (in another library) -> inner */
	must(call(h, "trace_outer") == 0);
	const char *(*name)(int) = (const char *(*)(int))function(h, "trace_name");
	for (int i = 0; i < 8 && name(i); i++) note("frame", *name(i) ? name(i) : "-");
	must(same(name(0), "trace_inner") && same(name(1), "trace_middle"));
	must(same(name(3), "trace_outer"));
	int (*count)(void) = (int (*)(void))function(h, "trace_depth");
	must(count() >= 5);
}
static void names_mixed(void) { names_frames(BDL_USE_RESIDENT); }
static void names_alone(void)
{
	must(bdl_provide_by(anything, NULL) == 0);
	must(bdl_provide(libc, sizeof libc / sizeof *libc) == 0);
	names_frames(BDL_OWN);
	expect(!resident_is_up());
}

TESTS({ "unwind: static libstdc++, libc from the resident", mixed_static, START },
	{ "unwind: the same, on first need", mixed_static, LATE },
	{ "unwind: shared libstdc++ and libgcc_s are ours", mixed_shared, START },
	{ "unwind: the same, on first need", mixed_shared, LATE },
	{ "unwind: four threads throw", mixed_threads, START },
	{ "unwind: three threads throw, one opens and closes", mixed_changes, START },
	{ "unwind: opened again", mixed_reopened, START },
	{ "unwind: through frames of the resident's libc", through_resident, START },
	{ "unwind: static libstdc++, no resident", alone_static, ALONE },
	{ "unwind: shared libstdc++, no resident", alone_shared, ALONE },
	{ "unwind: no resident, then one", alone_then_resident, LATE },
	{ "unwind: a backtrace names own frames", names_mixed, START },
	{ "unwind: a backtrace without a resident", names_alone, ALONE })
