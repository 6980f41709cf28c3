/* Two threads at a particular moment of each other's open or close, which destructors
 * and providers hold. Each was a crash or a hang once, or might be. */
#include "maps.h"
#include "counted.h"
#include "pthread.h"

static void *handles[4];
static int done_with;

static void *open_in_thread(void *file)
{
	void *h = bdl_open(file, BDL_OWN);
	store_(&done_with, 1);
	return h;
}

/* ---- an open while destructors run ------------------------------------------------------ */

/* user.so, which goes, needs part.so, which goes with it; somebody opens that (or
 * other.so, which needs it too) when user.so's destructor runs. */
static void *(*at_end)(void);
static void guest_end(void)
{
	if (at_end) handles[1] = at_end();
	at_end = NULL;
}
static const struct bdl_provided ending[] = { { "guest_end",
	(const void *)guest_end } };

static void *open_part(void) { return bdl_open(G("part.so"), BDL_OWN); }
static void *open_other(void) { return bdl_open(G("other.so"), BDL_OWN); }
static void *open_again(void) { return bdl_open(G("user.so"), BDL_OWN); }
static void *open_part_in_thread(void)
{
	return join(spawn(open_in_thread, G("part.so")));
}
static void *open_other_in_thread(void)
{
	return join(spawn(open_in_thread, G("other.so")));
}

static void opens_at_end(void *(*f)(void), const char *symbol)
{
	must(bdl_provide(ending, 1) == 0);
	handles[0] = opened(G("user.so"), BDL_OWN);
	must(call(handles[0], "user_value") == 8);
	at_end = f;
	must(bdl_close(handles[0]) == 0);
	must(handles[1] != NULL);
	must(call(handles[1], symbol) > 0);
	/* and a new one finds the same, or one of its own */
	handles[2] = opened(G("other.so"), BDL_OWN);
	must(call(handles[2], "other_value") == 9);
	must(bdl_close(handles[1]) == 0);
	must(call(handles[2], "other_value") == 9);
	must(bdl_close(handles[2]) == 0);
	expect(maps_now().guests == 0);
}

static void destructor_opens_dependency(void) { opens_at_end(open_part, "part_value"); }
static void destructor_opens_user(void) { opens_at_end(open_other, "other_value"); }
static void destructor_opens_itself(void) { opens_at_end(open_again, "user_value"); }
static void thread_opens_dependency(void)
{
	opens_at_end(open_part_in_thread, "part_value");
}
static void thread_opens_user(void)
{
	opens_at_end(open_other_in_thread, "other_value");
}

/* ---- an open that is taken back ------------------------------------------------------------- */

/* A library that imports something of libc and "hook": the provider is asked for it
 * when everything is in memory and nothing is relocated. */
static int same_start(const char *a, const char *b)
{
	while (*b && *a == *b) a++, b++;
	return !*b;
}
static int gives_hook;
static void (*at_hook)(void);
static int hook_value = 5;
static const void *provider(const char *symbol, const char *version, void *context)
{
	(void)version, (void)context;
	if (!same_start(symbol, "hook")) return NULL;
	if (at_hook) {
		void (*f)(void) = at_hook;
		at_hook = NULL;
		f();
	}
	return gives_hook ? &hook_value : NULL;
}

static unsigned long other_thread;
static void start_other(void)
{
	other_thread = spawn(open_in_thread, G("other.so"));
	pause_ms(100); /* it may have to wait for us */
}
static void start_same(void)
{
	other_thread = spawn(open_in_thread, G("hooked.so"));
	pause_ms(100);
}

/* hooked.so needs part.so and libc, where there is no "hook": so with default flags
 * it is tried by the resident, which has none either. */
static void taken_back(void)
{
	must(bdl_provide_by(provider, NULL) == 0);
	must(bdl_provide(ending, 1) == 0);
	at_hook = start_other;
	expect(bdl_open(G("hooked.so"), 0) == NULL);
	if (!becomes(&done_with, 1, 3000)) must(!"the other thread's open ended");
	void *h = join(other_thread);
	must(h != NULL);
	must(call(h, "other_value") == 9);
	must(bdl_close(h) == 0);
}

static void taken_back_same(void)
{
	must(bdl_provide_by(provider, NULL) == 0);
	at_hook = start_same;
	expect(bdl_open(G("hooked.so"), 0) == NULL);
	if (!becomes(&done_with, 1, 3000)) must(!"the other thread's open ended");
	expect(join(other_thread) == NULL);
	gives_hook = 1;
	void *h = opened(G("hooked.so"), BDL_OWN | BDL_LAZY);
	must(call(h, "hooked_value") == 12);
	must(bdl_close(h) == 0);
	expect(maps_now().guests == 0);
}

/* With BDL_OWN it fails while it is relocated. What shares part.so with it opens, or
 * has an error, and the next try goes well. */
static void failed_meanwhile(void)
{
	must(bdl_provide_by(provider, NULL) == 0);
	at_hook = start_other;
	expect(bdl_open(G("hooked.so"), BDL_OWN) == NULL);
	expect(contains(bdl_error(), "hook"));
	if (!becomes(&done_with, 1, 3000)) must(!"the other thread's open ended");
	void *h = join(other_thread);
	expect(h != NULL); /* it lacks nothing itself */
	if (h) must(call(h, "other_value") == 9 && bdl_close(h) == 0);
	h = opened(G("other.so"), BDL_OWN);
	must(call(h, "other_value") == 9 && bdl_close(h) == 0);
	expect(maps_now().guests == 0);
}

/* A provider that has its work done by another thread, which opens a library. */
static void open_elsewhere(void)
{
	void *h = join(spawn(open_in_thread, G("interposer.so")));
	must(h != NULL && bdl_close(h) == 0);
}

static void provider_joins(unsigned flags)
{
	must(bdl_provide_by(provider, NULL) == 0);
	gives_hook = 1;
	at_hook = open_elsewhere;
	void *h = opened(G("hooked.so"), flags);
	must(at_hook == NULL && done_with == 1);
	must(call(h, "hooked_value") == 12);
	must(bdl_close(h) == 0);
	expect(maps_now().guests == 0);
}
static void provider_joins_own(void) { provider_joins(BDL_OWN); }
static void provider_joins_default(void) { provider_joins(0); }

/* A provider that itself opens, also what is being opened. */
static void open_part_here(void) { handles[1] = bdl_open(G("part.so"), 0); }
static void open_other_here(void) { handles[1] = bdl_open(G("interposer.so"), 0); }
static void provider_opens(void (*f)(void), unsigned flags, const char *symbol)
{
	must(bdl_provide_by(provider, NULL) == 0);
	gives_hook = 1;
	at_hook = f;
	void *h = opened(G("hooked.so"), flags);
	must(at_hook == NULL && handles[1] != NULL);
	must(call(h, "hooked_value") == 12);
	must(call(handles[1], symbol) > 0);
	must(bdl_close(h) == 0);
	must(call(handles[1], symbol) > 0);
	must(bdl_close(handles[1]) == 0);
	expect(maps_now().guests == 0);
}
static void provider_opens_other(void) { provider_opens(open_other_here, 0, "answer"); }
static void provider_opens_other_own(void)
{
	provider_opens(open_other_here, BDL_OWN, "answer");
}
static void provider_opens_part(void)
{
	provider_opens(open_part_here, BDL_OWN, "part_value");
}

/* ... and then it is taken back, but for what the provider has opened. */
static void provider_opens_taken_back(void)
{
	must(bdl_provide_by(provider, NULL) == 0);
	at_hook = open_part_here;
	expect(bdl_open(G("hooked.so"), 0) == NULL);
	must(handles[1] != NULL);
	must(call(handles[1], "part_value") == 7);
	must(bdl_close(handles[1]) == 0);
	expect(maps_now().guests == 0);
}

/* ---- a global library is closed while another is bound to it ----------------------------------- */

static void close_global(void) { must(bdl_close(handles[0]) == 0); }
static void *close_in_thread(void *none)
{
	close_global();
	return none;
}
static void close_global_in_thread(void) { join(spawn(close_in_thread, NULL)); }

static void global_closed(void (*f)(void), unsigned flags)
{
	must(bdl_provide_by(provider, NULL) == 0);
	handles[0] = opened(G("interposer.so"), BDL_OWN | BDL_GLOBAL);
	gives_hook = 1;
	at_hook = f;
	void *h = opened(G("interposed.so"), BDL_OWN | flags);
	must(at_hook == NULL);
	/* its own answer or the other's, which then stays */
	int answer = call(h, "interposed_call");
	must(answer == 1 || answer == 2);
	must(call(h, "interposed_call") == answer);
	must(bdl_close(h) == 0);
	expect(maps_now().guests == 0);
}
static void global_closed_now(void) { global_closed(close_global_in_thread, BDL_NOW); }
static void global_closed_lazy(void)
{
	global_closed(close_global_in_thread, BDL_LAZY);
}
static void global_closed_same(void) { global_closed(close_global, BDL_NOW); }

/* ---- a walker closes what it walks ---------------------------------------------------------------- */

static int close_all(const struct bdl_object *o, void *count)
{
	must(o->name[0] == '/');
	++*(int *)count;
	for (int i = 0; i < 4; i++)
		if (handles[i]) must(bdl_close(handles[i]) == 0);
	for (int i = 0; i < 4; i++) handles[i] = NULL;
	/* it is all still readable */
	int sum = 0;
	for (const unsigned *p = o->phdr; p < (const unsigned *)o->phdr + o->phnum * 14;
		p++)
		sum += (int)*p;
	return sum == 12345678 || *(const uint64_t *)o->dynamic == 12345678;
}

static void walker_closes(void)
{
	int count = 0;
	counted_provide();
	for (int i = 0; i < 4; i++) handles[i] = opened(counted[4 + i].file, BDL_OWN);
	must(bdl_iterate(close_all, &count) == 0);
	expect(count >= 1 && count <= 8);
	expect(live == 0 && maps_now().guests == 0);
}

static int reopen_all(const struct bdl_object *o, void *count)
{
	if (++*(int *)count > 40) return 0;
	void *h = bdl_open(counted[5].file, BDL_OWN);
	must(h != NULL && o->name != NULL);
	must(bdl_close(h) == 0);
	return 0;
}

static void walker_opens(void)
{
	int count = 0;
	counted_provide();
	void *h = opened(counted[0].file, BDL_OWN);
	must(bdl_iterate(reopen_all, &count) == 0);
	expect(count > 0 && count < 40);
	must(bdl_close(h) == 0);
	expect(live == 0 && maps_now().guests == 0);
}

TESTS({ "races: a destructor opens what goes with it", destructor_opens_dependency,
	      ALONE },
	{ "races: a destructor opens what needs what goes with it",
		destructor_opens_user, ALONE },
	{ "races: a destructor opens its own library", destructor_opens_itself, ALONE },
	{ "races: a thread opens what goes while destructors run",
		thread_opens_dependency, START },
	{ "races: a thread opens what needs what goes", thread_opens_user, START },
	{ "races: a shared dependency, and its first opener goes to the resident",
		taken_back, START },
	{ "races: the same library twice, and it goes to the resident", taken_back_same,
		START },
	{ "races: a shared dependency, and its first opener fails", failed_meanwhile,
		START },
	{ "races: a provider joins a thread that opens, BDL_OWN", provider_joins_own,
		START },
	{ "races: a provider joins a thread that opens, default flags",
		provider_joins_default, START },
	{ "races: a provider opens another library, BDL_OWN", provider_opens_other_own,
		START },
	{ "races: a provider opens another library, default flags",
		provider_opens_other, START },
	{ "races: a provider opens a dependency", provider_opens_part, START },
	{ "races: a provider opens a dependency of what is then taken back",
		provider_opens_taken_back, START },
	{ "races: a global library is closed while another is relocated",
		global_closed_now, START },
	{ "races: a global library is closed, lazily", global_closed_lazy, START },
	{ "races: a global library is closed in the provider itself",
		global_closed_same, START },
	{ "races: a walker closes everything", walker_closes, ALONE },
	{ "races: a walker opens and closes", walker_opens, ALONE })
