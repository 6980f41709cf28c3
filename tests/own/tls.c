/* Thread-local variables of own libraries in threads that the resident makes: blocks
 * come with the first use and go with the thread or the library. */
#include "maps.h"
#include "pthread.h"

typedef int touch_function(void);
static void *handle;
static touch_function *touch;

static void open_it(const char *file)
{
	handle = opened(file, BDL_OWN);
	touch = (touch_function *)function(handle, "tls_touch");
}
static void close_it(void) { must(bdl_close(handle) == 0); }

/* ---- each thread has its own ----------------------------------------------------------- */

enum { N = 8 };
static int first_value, met, rounds;
static void *places[N];

static void *touches(void *n)
{
	for (int i = 0; i < 5; i++) must(touch() == first_value + i);
	places[(long)n] = bdl_sym(handle, "tls_place");
	must(places[(long)n] != NULL);
	places[(long)n] = ((void *(*)(void))places[(long)n])();
	add_(&met, 1);
	while (load_(&met) < N) yield();
	must(touch() == first_value + 5);
	return NULL;
}

static void each_its_own(const char *file, int value)
{
	first_value = value;
	open_it(file);
	must(touch() == value);
	for (int round = 0; round < 5; round++) {
		met = 0;
		in_threads(N, touches);
		for (int i = 0; i < N; i++)
			for (int k = 0; k < i; k++) must(places[i] != places[k]);
	}
	must(touch() == value + 1);
	close_it();
}
static void own_gd(void) { each_its_own(G("tls-gd.so"), 42); }
static void own_desc(void) { each_its_own(G("tls-desc.so"), 42); }
static void own_ie(void)
{
	if (!threads_are_told())
		not_here("/proc/self/stat does not tell the number of threads");
	each_its_own(G("tls-ie.so"), 42);
}
static void own_ie_zero(void) { each_its_own(G("tls-ie-zero.so"), 0); }
static void own_big(void) { each_its_own(G("tls-big.so"), 42); }

/* ---- initial exec while other threads run ------------------------------------------------- */

static int phase, arrived;
static void next_phase(int of)
{
	while (load_(&arrived) < of) yield();
	store_(&arrived, 0);
	add_(&phase, 1);
}
static void wait_phase(int n)
{
	add_(&arrived, 1);
	while (load_(&phase) < n) yield();
}

static void *waits(void *none)
{
	wait_phase(1);
	return none;
}

static void *in_phases(void *n)
{
	(void)n;
	wait_phase(1);
	for (int i = 0; i < 3; i++) must(touch() == i);
	wait_phase(2);
	/* another library in its place, and then again one */
	for (int i = 0; i < 3; i++) must(touch() == i);
	wait_phase(3);
	for (int i = 0; i < 3; i++) must(touch() == i);
	return NULL;
}

static void reserve_is_clean(void)
{
	unsigned long threads[4];
	for (long i = 0; i < 4; i++) threads[i] = spawn(in_phases, (void *)i);
	while (load_(&arrived) < 4) yield();
	/* what has initial values could not give them to these threads */
	expect(bdl_open(G("tls-ie.so"), BDL_OWN) == NULL);
	expect(contains(bdl_error(), "tls-ie.so") &&
		contains(bdl_error(), "static TLS"));
	open_it(G("tls-ie-zero.so"));
	next_phase(4);
	while (load_(&arrived) < 4) yield();
	close_it();
	open_it(G("tls-ie-zero-2.so"));
	next_phase(4);
	while (load_(&arrived) < 4) yield();
	close_it();
	open_it(G("tls-ie-zero.so"));
	next_phase(4);
	for (int i = 0; i < 4; i++) join(threads[i]);
	must(touch() == 0);
	close_it();
	/* the threads are gone: now it can, in this one and in new ones */
	if (threads_are_told()) each_its_own(G("tls-ie.so"), 42);
	expect(maps_now().guests == 0);
}

/* While another thread lives, which may have left something there, it is not used
 * again: that runs out, and says so. When the thread has gone it is used again. */
static void reserve_runs_out(void)
{
	unsigned long other = spawn(waits, NULL);
	int times = 0;
	while (times < 3000 && (handle = bdl_open(G("tls-ie-zero.so"), BDL_OWN))) {
		must(call(handle, "tls_touch") == 0);
		close_it();
		times++;
	}
	note_number("times:", times);
	expect(times > 100);
	if (times < 3000)
		expect(contains(bdl_error(), "tls-ie-zero.so") &&
			contains(bdl_error(), "no room"));
	next_phase(1);
	join(other);
	if (!threads_are_told()) return;
	open_it(G("tls-ie.so"));
	must(touch() == 42);
	close_it();
}

/* Opened and closed many times, the reserve does not run out. */
static void reserve_is_used_again(void)
{
	if (!threads_are_told())
		not_here("/proc/self/stat does not tell the number of threads");
	for (int i = 0; i < 1000; i++) {
		open_it(i % 2 ? G("tls-ie.so") : G("tls-ie-zero.so"));
		must(touch() == (i % 2 ? 42 : 0));
		void *first = handle;
		open_it(G("tls-ie-zero-2.so"));
		must(touch() == 0);
		if (i % 3)
			close_it(), must(bdl_close(first) == 0);
		else
			must(bdl_close(first) == 0),
				close_it(); /* not the last one first */
	}
}

/* ---- threads come and go --------------------------------------------------------------------- */

static void *touch_once(void *none)
{
	must(touch() == first_value);
	return none;
}

static void thousand(const char *file, int value)
{
	struct maps before = { 0 };
	first_value = value;
	open_it(file);
	for (int i = 0; i < 250; i++) {
		in_threads(4, touch_once);
		if (i == 10) before = maps_now();
	}
	struct maps now = maps_now();
	expect(now.lines <= before.lines + 1);
	expect(now.kib <= before.kib + 64);
	if (not_so) note_number("KiB more:", now.kib - before.kib);
	close_it();
}
static void thousand_gd(void) { thousand(G("tls-gd.so"), 42); }
static void thousand_desc(void) { thousand(G("tls-desc.so"), 42); }
static void thousand_big(void) { thousand(G("tls-big.so"), 42); }
static void thousand_ie(void) { thousand(G("tls-ie-zero.so"), 0); }

/* A destructor of a pthread key that uses the variables once more, when ours may have
 * freed them. */
int pthread_key_create(unsigned *key, void (*destructor)(void *));
int pthread_setspecific(unsigned key, const void *value);
BDL_IMPORT_ANY(pthread_key_create, THREADS("pthread_key_create"));
BDL_IMPORT_ANY(pthread_setspecific, THREADS("pthread_setspecific"));
static unsigned key;
static int late_calls;
static void late(void *none)
{
	(void)none;
	int n = touch();
	must(n == 42 || n == 43); /* fresh, or the one that was */
	add_(&late_calls, 1);
}
static void *touches_late(void *none)
{
	must(pthread_setspecific(key, &key) == 0);
	must(touch() == 42);
	return none;
}
static void *touch_any(void *none)
{
	must(touch() == 42);
	return none;
}
static void at_thread_end(int key_first)
{
	struct maps before = { 0 };
	if (key_first) must(pthread_key_create(&key, late) == 0);
	open_it(G("tls-big.so"));
	must(touch() == 42);
	in_threads(1, touch_any);
	if (!key_first) must(pthread_key_create(&key, late) == 0);
	for (int i = 0; i < 50; i++) {
		in_threads(4, touches_late);
		if (i == 5) before = maps_now();
	}
	struct maps now = maps_now();
	expect(late_calls == 200);
	expect(now.lines <= before.lines + 1 && now.kib <= before.kib + 64);
	if (not_so) note_number("KiB more:", now.kib - before.kib);
	close_it();
}
static void late_after(void) { at_thread_end(0); }
static void late_before(void) { at_thread_end(1); }

/* C++ objects of threads: their destructors run when the thread ends, though the library
 * was closed before. */
static int objects, ended;
static void guest_up(void) { add_(&objects, 1); }
static void guest_down(void) { add_(&ended, 1); }
static const struct bdl_provided counts[] = { { "guest_up", (const void *)guest_up },
	{ "guest_down", (const void *)guest_down } };

static void *uses_object(void *none)
{
	must(call(handle, "local_use") == 1 && call(handle, "local_use") == 2);
	wait_phase(1);
	return none;
}

static void thread_objects(int close_first)
{
	unsigned long threads[4];
	must(bdl_provide(counts, 2) == 0);
	handle = opened(G("thread-local.so"), BDL_USE_RESIDENT);
	for (long i = 0; i < 4; i++) threads[i] = spawn(uses_object, (void *)i);
	while (load_(&arrived) < 4) yield();
	must(objects == 4 && ended == 0);
	if (close_first) close_it();
	next_phase(4);
	for (int i = 0; i < 4; i++) join(threads[i]);
	must(ended == 4);
	if (!close_first) close_it();
}
static void objects_end_first(void)
{
	thread_objects(0);
	expect(maps_now().guests == 0);
}
static void objects_end_last(void) { thread_objects(1); }

/* ---- libraries come and go -------------------------------------------------------------------- */

static void *stays(void *n)
{
	(void)n;
	for (int i = 0; i < rounds; i++) {
		wait_phase(2 * i + 1);
		for (int k = 0; k < 3; k++) must(touch() == 42 + k);
		wait_phase(2 * i + 2);
	}
	return NULL;
}

/* The library goes and comes, the threads stay. */
static void reopened(const char *file, long block_kib)
{
	unsigned long threads[N];
	struct maps closed = { 0 }, open;
	rounds = 20;
	for (long i = 0; i < N; i++) threads[i] = spawn(stays, (void *)i);
	while (load_(&arrived) < N) yield();
	for (int i = 0; i < rounds; i++) {
		open_it(file);
		next_phase(N);
		while (load_(&arrived) < N) yield();
		open = maps_now();
		close_it();
		struct maps now = maps_now();
		must(open.kib - now.kib >= N * block_kib); /* all threads' blocks */
		if (i == 1) closed = now;
		if (i > 1) must(now.lines == closed.lines && now.kib == closed.kib);
		store_(&arrived, 0);
		add_(&phase, 1);
		if (i < rounds - 1)
			while (load_(&arrived) < N) yield();
	}
	for (int i = 0; i < N; i++) join(threads[i]);
}
static void reopened_gd(void) { reopened(G("tls-gd.so"), 4); }
static void reopened_desc(void) { reopened(G("tls-desc.so"), 4); }
static void reopened_big(void) { reopened(G("tls-big.so"), 1024); }

/* More often than there are module slots. */
static void slots_used_again(void)
{
	struct maps before = { 0 };
	int times = EMULATED ? 1500 : 17000;
	for (int i = 0; i < times; i++) {
		open_it(i % 2 ? G("tls-gd.so") : G("tls-desc.so"));
		must(touch() == 42);
		close_it();
		if (i == 10) before = maps_now();
	}
	maps_flat(before, 1, 64);
}

TESTS({ "tls: general dynamic, each thread its own", own_gd, START },
	{ "tls: the same, resident on first need", own_gd, LATE },
	{ "tls: descriptors", own_desc, START },
	{ "tls: a large block", own_big, START },
	{ "tls: initial exec", own_ie, START },
	{ "tls: the same, resident on first need", own_ie, LATE },
	{ "tls: initial exec without initial values", own_ie_zero, START },
	{ "tls: initial exec while other threads run", reserve_is_clean, START },
	{ "tls: the reserve is used again", reserve_is_used_again, START },
	{ "tls: the reserve is not used again while another thread lives",
		reserve_runs_out, START },
	{ "tls: 1,000 threads, general dynamic", thousand_gd, START },
	{ "tls: 1,000 threads, descriptors", thousand_desc, START },
	{ "tls: 1,000 threads, 1 MiB each", thousand_big, START },
	{ "tls: 1,000 threads, initial exec", thousand_ie, START },
	{ "tls: used by a key's destructor at the thread's end", late_after, START },
	{ "tls: the same, the key is older", late_before, START },
	{ "tls: C++ objects of threads", objects_end_first, START },
	{ "tls: C++ objects of threads, whose library is closed first",
		objects_end_last, START },
	{ "tls: reopened, general dynamic", reopened_gd, START },
	{ "tls: reopened, descriptors", reopened_desc, START },
	{ "tls: reopened, 1 MiB each", reopened_big, START },
	{ "tls: module slots are used again", slots_used_again, START })
