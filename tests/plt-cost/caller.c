/* Calls the function of lib.so that its argument names, between two int3.
 *
 * One object file for both programs of this test: linked with bound.c its calls
 * lead to imports, linked with plt.c to a PLT. So nothing that the compiler did
 * here can make the counts differ, or make them equal. */
#include "lib.h"

#define COUNTED(call) \
	do { \
		__asm__ volatile("int3" ::: "memory"); \
		call; \
		__asm__ volatile("int3" ::: "memory"); \
	} while (0)

static int call_add(void)
{
	int r;
	COUNTED(r = add(40, 2));
	return r == 42;
}

static int call_mul(void)
{
	double r;
	COUNTED(r = mul(1.5, 4));
	return r == 6;
}

static int call_ten(void)
{
	long r;
	COUNTED(r = ten(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
	return r == 385;
}

static int call_sum(void)
{
	double r;
	COUNTED(r = sum("iddi", 1, 2.5, 3.5, 4));
	return r == 11;
}

int main(int argc, char **argv)
{
	if (argc != 2 || bind_all()) return 2;
	switch (argv[1][0]) {
	case 'a':
		return !call_add();
	case 'm':
		return !call_mul();
	case 't':
		return !call_ten();
	case 's':
		return !call_sum();
	}
	return 2;
}
