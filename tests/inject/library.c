/* library.c - a library with all that opening one can involve, and no libc: a
 * dependency, thread-local variables, RELRO, an indirect function, constructors and
 * destructors, a stack protector, writable data and zeros of some pages. */
int dependency_value(void);
int dependency_count(void);
extern int *const dependency_table[];

static __thread int counter = 40;
__thread int zeroed;
int data[3000] = { 1, 2, 3 };
static char zeros[50000];
static int constructed;

static int two(void) { return 2; }
static int (*choose(void))(void) { return two; }
int indirect(void) __attribute__((ifunc("choose")));

/* Relocated, then read-only. */
int *const relro_table[] = { data, data + 1, data + 2 };

__attribute__((constructor)) static void construct(void)
{
	constructed = dependency_count() == 1 ? 1 : -1;
}
__attribute__((destructor)) static void destruct(void) { constructed = 0; }

/* 42 if all is as it should be. */
__attribute__((optimize("stack-protector-all"))) int library_answer(void)
{
	for (unsigned i = 0; i < sizeof zeros; i++)
		if (zeros[i]) return -1;
	if (constructed != 1) return -2;
	if (dependency_value() != 7) return -3;
	if (*relro_table[2] != 3 || *dependency_table[0] != 9) return -4;
	if (zeroed) return -5;
	return counter + indirect();
}
