/* pthread.h - the resident's threads, and what guests tell of themselves. */
#ifndef OWN_PTHREAD_H
#define OWN_PTHREAD_H

#include "own.h"

#define THREADS(name) BDL_FROM(name, "libc.so.6") BDL_FROM(name, "libpthread.so.0")
int pthread_create(unsigned long *out, const void *attr, void *(*f)(void *), void *arg);
int pthread_join(unsigned long thread, void **result);
BDL_IMPORT_ANY(pthread_create, THREADS("pthread_create"));
BDL_IMPORT_ANY(pthread_join, THREADS("pthread_join"));

static inline unsigned long spawn(void *(*f)(void *), void *arg)
{
	unsigned long thread;
	must(pthread_create(&thread, NULL, f, arg) == 0);
	return thread;
}
static inline void *join(unsigned long thread)
{
	void *result = NULL;
	must(pthread_join(thread, &result) == 0);
	return result;
}

/* [f] in [count] threads, which are given their numbers; all have ended. */
enum { MANY = 64 };
static inline void in_threads(int count, void *(*f)(void *))
{
	unsigned long threads[MANY];
	for (long i = 0; i < count; i++) threads[i] = spawn(f, (void *)i);
	for (int i = 0; i < count; i++) join(threads[i]);
}

#endif
