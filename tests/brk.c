/* The resident does not move the program break, unless BDL_NO_BRK_GUARD leaves it
 * to it. malloc works either way. */
#include "child.h"

void *malloc(size_t size);
void free(void *p);
BDL_IMPORT(malloc, "malloc", "libc.so.6");
BDL_IMPORT(free, "free", "libc.so.6");

enum { SMALL = 20000, GROWTH = 1 << 20 };

static uintptr_t move_break(uintptr_t to)
{
	return (uintptr_t)arch_syscall(SYS_brk, (long)to, 0, 0, 0, 0, 0);
}

static void allocate(void)
{
	static unsigned *blocks[SMALL];
	for (unsigned i = 0; i < SMALL; i++) {
		blocks[i] = malloc(16 + i % 500);
		must(blocks[i]);
		*blocks[i] = i;
	}
	for (unsigned i = 0; i < SMALL; i++) {
		must(*blocks[i] == i);
		free(blocks[i]);
	}
	for (unsigned i = 0; i < 8; i++) {
		blocks[i] = malloc(1 << 20);
		must(blocks[i]);
		blocks[i][0] = blocks[i][(1 << 18) - 1] = i;
	}
	for (unsigned i = 0; i < 8; i++) {
		must(blocks[i][0] == i && blocks[i][(1 << 18) - 1] == i);
		free(blocks[i]);
	}
}

static uintptr_t before; /* the boot */

static int guarded(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	allocate();
	must(move_break(0) == before);
	must(move_break(before + GROWTH) == before);
	allocate();
	return 0;
}

static int unguarded(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	allocate();
	uintptr_t end = move_break(0);
	must(move_break(end + GROWTH) == end + GROWTH);
	return 0;
}

int main(void)
{
	before = move_break(0);
	check(at_start(guarded) == ENDED_WELL);
	check(on_need(guarded) == ENDED_WELL);
	test_config.flags |= BDL_NO_BRK_GUARD;
	check(at_start(unguarded) == ENDED_WELL);
	check(on_need(unguarded) == ENDED_WELL);
	/* a host that has moved it */
	before = move_break(before + 12345);
	test_config.flags &= ~(unsigned)BDL_NO_BRK_GUARD;
	check(at_start(guarded) == ENDED_WELL);
	check(on_need(guarded) == ENDED_WELL);
	return done();
}
