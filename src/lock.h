/* lock.h - a lock in one word: 0 free, 1 taken, 2 taken and waited for. */
#ifndef LOCK_H
#define LOCK_H

#include "sys.h"

static inline void lock_take(uint32_t *word)
{
	uint32_t free = 0;
	if (__atomic_compare_exchange_n(
		    word, &free, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return;
	while (__atomic_exchange_n(word, 2, __ATOMIC_ACQUIRE)) sys_futex_wait(word, 2);
}

static inline void lock_give(uint32_t *word)
{
	if (__atomic_exchange_n(word, 0, __ATOMIC_RELEASE) == 2) sys_futex_wake(word);
}
#endif
