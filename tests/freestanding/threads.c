/* threads.c - threads by clone(2), for libraries that work in several. Mutexes and
 * conditions lie at the start of glibc's, and all zero is a mutex as in glibc. */
#include "baredl.h"
#include "libc.h"
#include "linux.h"

enum { STACK = 1 << 20, WAIT = 128, WAKE = 129 }; /* FUTEX_*_PRIVATE */

/* ---- locks ----------------------------------------------------------------- */

static void wait(uint32_t *word, uint32_t value)
{
	CALL(futex, word, WAIT, value, NULL);
}
static void wake(uint32_t *word, int count) { CALL(futex, word, WAKE, count); }

bool lock_try(uint32_t *word)
{
	uint32_t is_free = 0;
	return __atomic_compare_exchange_n(
		word, &is_free, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

void lock_take(uint32_t *word)
{
	if (lock_try(word)) return;
	while (__atomic_exchange_n(word, 2, __ATOMIC_ACQUIRE)) wait(word, 2);
}

void lock_give(uint32_t *word)
{
	if (__atomic_exchange_n(word, 0, __ATOMIC_RELEASE) == 2) wake(word, 1);
}

/* ---- mutexes ----------------------------------------------------------------- */

struct pthread_mutex {
	uint32_t word, owner, depth, recursive;
};
enum { PTHREAD_MUTEX_RECURSIVE = 1, EBUSY = 16 };

static bool mine(pthread_mutex *m, uint32_t *self)
{
	*self = m->recursive ? (uint32_t)CALL(gettid, 0) : 0;
	if (!m->recursive || __atomic_load_n(&m->owner, __ATOMIC_RELAXED) != *self)
		return false;
	m->depth++;
	return true;
}

int pthread_mutex_init(pthread_mutex *m, const int *recursive)
{
	*m = (pthread_mutex){ .recursive = recursive && *recursive };
	return 0;
}

int pthread_mutex_lock(pthread_mutex *m)
{
	uint32_t self;
	if (mine(m, &self)) return 0;
	lock_take(&m->word);
	__atomic_store_n(&m->owner, self, __ATOMIC_RELAXED);
	return 0;
}

int pthread_mutex_trylock(pthread_mutex *m)
{
	uint32_t self;
	if (mine(m, &self)) return 0;
	if (!lock_try(&m->word)) return EBUSY;
	__atomic_store_n(&m->owner, self, __ATOMIC_RELAXED);
	return 0;
}

int pthread_mutex_unlock(pthread_mutex *m)
{
	if (m->depth) {
		m->depth--;
		return 0;
	}
	__atomic_store_n(&m->owner, 0, __ATOMIC_RELAXED);
	lock_give(&m->word);
	return 0;
}

int pthread_mutexattr_settype(int *attribute, int type)
{
	*attribute = type == PTHREAD_MUTEX_RECURSIVE;
	return 0;
}

/* ---- conditions ----------------------------------------------------------------- */

int pthread_cond_init(uint32_t *c, const void *attributes)
{
	(void)attributes;
	*c = 0;
	return 0;
}

int pthread_cond_wait(uint32_t *c, pthread_mutex *m)
{
	uint32_t seen = __atomic_load_n(c, __ATOMIC_ACQUIRE);
	pthread_mutex_unlock(m);
	wait(c, seen);
	return pthread_mutex_lock(m);
}

int pthread_cond_signal(uint32_t *c)
{
	__atomic_add_fetch(c, 1, __ATOMIC_RELEASE);
	wake(c, 1);
	return 0;
}

int pthread_cond_broadcast(uint32_t *c)
{
	__atomic_add_fetch(c, 1, __ATOMIC_RELEASE);
	wake(c, 0x7fffffff);
	return 0;
}

/* ---- threads ----------------------------------------------------------------- */

struct pthread {
	uint32_t running; /* its id; the kernel makes it 0 at the end, and wakes */
	void *(*start)(void *);
	void *argument, *result;
};

__attribute__((used)) void thread_main(struct pthread *t);
void thread_main(struct pthread *t)
{
	if (bdl_thread_attach()) abort();
	t->result = t->start(t->argument);
	bdl_thread_detach();
}

int pthread_create(
	pthread *out, const void *attributes, void *(*start)(void *), void *argument)
{
	(void)attributes;
	long at = sys_allocate(STACK, PROT_READ | PROT_WRITE);
	if (sys_failed(at)) return EAGAIN;
	struct pthread *t = (struct pthread *)(at + STACK - 64);
	*t = (struct pthread){ .running = 1, .start = start, .argument = argument };
	if (sys_failed(thread_clone(t, &t->running))) {
		sys_munmap((void *)at, STACK);
		return EAGAIN;
	}
	*out = t;
	return 0;
}

int pthread_join(pthread t, void **result)
{
	uint32_t id;
	/* The kernel wakes as for a futex that is shared. */
	while ((id = __atomic_load_n(&t->running, __ATOMIC_ACQUIRE)))
		CALL(futex, &t->running, 0, id, NULL);
	if (result) *result = t->result;
	sys_munmap((char *)t + 64 - STACK, STACK);
	return 0;
}

int sigfillset(void *set)
{
	memset(set, 0xff, 128);
	return 0;
}

int pthread_sigmask(int how, const void *set, void *old)
{
	return (int)-CALL(rt_sigprocmask, how, set, old, 8);
}
