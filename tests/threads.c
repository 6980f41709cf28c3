/* Many threads call an import for the first time at once, while another binds
 * them all and makes the table read-only: every call arrives. */
#include "bare.h"

#define THREADS(name) BDL_FROM(name, "libc.so.6") BDL_FROM(name, "libpthread.so.0")
int pthread_create(unsigned long *out, const void *attr, void *(*f)(void *), void *arg);
int pthread_join(unsigned long thread, void **result);
BDL_IMPORT_ANY(pthread_create, THREADS("pthread_create"));
BDL_IMPORT_ANY(pthread_join, THREADS("pthread_join"));

int abs(int);
long labs(long);
int toupper(int);
int tolower(int);
int isdigit(int);
int isalpha(int);
double cos(double);
double floor(double);
BDL_IMPORT(abs, "abs", "libc.so.6");
BDL_IMPORT(labs, "labs", "libc.so.6");
BDL_IMPORT(toupper, "toupper", "libc.so.6");
BDL_IMPORT(tolower, "tolower", "libc.so.6");
BDL_IMPORT(isdigit, "isdigit", "libc.so.6");
BDL_IMPORT(isalpha, "isalpha", "libc.so.6");
BDL_IMPORT(cos, "cos", "libm.so.6");
BDL_IMPORT(floor, "floor", "libm.so.6");
BDL_IMPORT_WEAK(absent, "no_such_function_anywhere", "libm.so.6");

enum { COUNT = 16 };
static int go;

static void *call_all(void *arg)
{
	long n = (long)arg, right = 0;
	while (!__atomic_load_n(&go, __ATOMIC_ACQUIRE))
		;
	if (n == COUNT / 2) return (void *)(bdl_bind() == 0 ? 8l : 0);
	for (int i = 0; i < 8; i++) {
		switch ((n + i) % 8) { /* each begins with another */
		case 0:
			right += abs(-5) == 5;
			break;
		case 1:
			right += labs(-6) == 6;
			break;
		case 2:
			right += toupper('a') == 'A';
			break;
		case 3:
			right += tolower('B') == 'b';
			break;
		case 4:
			right += isdigit('7') != 0;
			break;
		case 5:
			right += isalpha('7') == 0;
			break;
		case 6:
			right += cos(0) == 1;
			break;
		case 7:
			right += floor(2.5) == 2;
			break;
		}
	}
	return (void *)right;
}

int main(void)
{
	unsigned long threads[COUNT];
	void *right;
	int created = 0, complete = 0;
	for (long i = 0; i < COUNT; i++)
		created += pthread_create(&threads[i], NULL, call_all, (void *)i) == 0;
	check(created == COUNT);
	__atomic_store_n(&go, 1, __ATOMIC_RELEASE);
	for (int i = 0; i < COUNT; i++)
		complete += pthread_join(threads[i], &right) == 0 && right == (void *)8;
	check(complete == COUNT);
	check(BDL_HAVE(absent) == NULL); /* looked for again, behind the seal */
	check(bdl_bind() == 0);
	return done();
}
