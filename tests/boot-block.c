/* Whatever the initial stack holds besides, the resident comes up on it and sees
 * the auxiliary vector that was there. */
#include "child.h"

enum { AT_IGNORE = 1, AT_PAGESZ = 6, AT_CLKTCK = 17, AT_SECURE = 23, AT_RANDOM = 25 };
enum { AT_EXECFN = 31 };

unsigned long getauxval(unsigned long type);
char *secure_getenv(const char *name);
char *getenv(const char *name);
BDL_IMPORT(getauxval, "getauxval", "libc.so.6");
BDL_IMPORT(secure_getenv, "secure_getenv", "libc.so.6");
BDL_IMPORT(getenv, "getenv", "libc.so.6");
BDL_IMPORT(libc_environ, "environ", "libc.so.6");

static uintptr_t block[4096], *to;

static const uintptr_t *auxv_behind(char **envp)
{
	while (*envp++)
		;
	return (const uintptr_t *)envp;
}

static void put(uintptr_t type, uintptr_t value) { *to++ = type, *to++ = value; }

/* A copy of the kernel's block; with [ignored] empty entries after each of its
 * own, and AT_SECURE as [secure] says (2: without). */
static void copy(int with_arguments, int ignored, int secure)
{
	const uintptr_t *from = kernel_stack;
	to = block;
	*to++ = with_arguments ? *from : 0;
	for (char **a = (char **)(from + 1); with_arguments && *a;)
		*to++ = (uintptr_t)*a++;
	*to++ = 0;
	for (char **e = kernel_envp; *e;) *to++ = (uintptr_t)*e++;
	*to++ = (uintptr_t) "SAFE=1";
	*to++ = 0;
	for (from = auxv_behind(kernel_envp); *from; from += 2) {
		if (*from != AT_SECURE)
			put(from[0], from[1]);
		else if (secure < 2)
			put(AT_SECURE, (uintptr_t)secure);
		for (int i = 0; i < ignored; i++) put(AT_IGNORE, 0);
	}
	put(0, 0);
}

static uintptr_t kernel_auxv(uintptr_t type)
{
	for (const uintptr_t *a = auxv_behind(kernel_envp); *a; a += 2)
		if (*a == type) return a[1];
	return 0;
}

/* All entries that the block has, in order, and no other value but those that
 * ld.so must be told: AT_PHDR, AT_PHENT, AT_PHNUM, AT_BASE, AT_ENTRY. (musl 1.2.6
 * itself hides a bit of AT_HWCAP2, 26, on arm64.) */
static void same_entries(void)
{
	const uintptr_t *have = auxv_behind(*(char ***)BDL_HAVE(libc_environ));
	const uintptr_t *a = auxv_behind((char **)(block + 1 + block[0] + 1));
	for (; *a; a += 2, have += 2) {
		must(*a == *have);
		int changed = (*a >= 3 && *a <= 5) || *a == 7 || *a == 9 || *a == 26;
		must(changed || a[1] == have[1]);
	}
}

static int whole(int argc, char **argv, char **envp)
{
	must(argc == (int)block[0]);
	must(!argv[argc]);
	must(environment(envp, "SAFE"));
	must(getauxval(AT_PAGESZ) == kernel_auxv(AT_PAGESZ));
	must(getauxval(AT_CLKTCK) == kernel_auxv(AT_CLKTCK));
	must(getauxval(AT_RANDOM) == kernel_auxv(AT_RANDOM));
	must(getauxval(AT_EXECFN) == kernel_auxv(AT_EXECFN));
	must(getauxval(AT_IGNORE) == 0);
	same_entries();
	must(same(getenv("SAFE"), "1"));
	return 0;
}

static int normal(int argc, char **argv, char **envp)
{
	whole(argc, argv, envp);
	must(getauxval(AT_SECURE) == 0);
	must(secure_getenv("SAFE") && same(secure_getenv("SAFE"), "1"));
	return 0;
}

static int secure(int argc, char **argv, char **envp)
{
	whole(argc, argv, envp);
	must(getauxval(AT_SECURE) == 1);
	must(!secure_getenv("SAFE"));
	return 0;
}

int main(void)
{
	copy(1, 0, 0);
	check(at_start_on(block, normal) == ENDED_WELL);
	check(on_need_on(block, normal) == ENDED_WELL);
	/* empty entries, an odd and an even number of them */
	copy(1, 1, 0);
	check(at_start_on(block, normal) == ENDED_WELL);
	check(on_need_on(block, normal) == ENDED_WELL);
	copy(1, 2, 0);
	check(at_start_on(block, normal) == ENDED_WELL);
	check(on_need_on(block, normal) == ENDED_WELL);
	/* no arguments */
	copy(0, 1, 0);
	check(at_start_on(block, normal) == ENDED_WELL);
	check(on_need_on(block, normal) == ENDED_WELL);
	/* a setuid program, with and without arguments */
	copy(1, 0, 1);
	check(at_start_on(block, secure) == ENDED_WELL);
	check(on_need_on(block, secure) == ENDED_WELL);
	copy(0, 1, 1);
	check(at_start_on(block, secure) == ENDED_WELL);
	check(on_need_on(block, secure) == ENDED_WELL);
	/* a kernel that does not say whether it is one */
	copy(1, 0, 2);
	check(at_start_on(block, whole) == ENDED_WELL);
	check(on_need_on(block, whole) == ENDED_WELL);
	return done();
}
