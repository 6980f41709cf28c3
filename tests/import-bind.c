/* Once bdl_bind() has found everything, the table of addresses is read-only, and
 * all goes on as before. */
#include "bare.h"
#include "maps.h"

size_t strlen(const char *s);
int abs(int n);
double floor(double x);
int snprintf(char *to, size_t size, const char *format, ...);
unsigned long getauxval(unsigned long type);
int absent(int n);
BDL_IMPORT(strlen, "strlen", "libc.so.6");
BDL_IMPORT(abs, "abs", "libc.so.6");
BDL_IMPORT(floor, "floor", "libm.so.6");
BDL_IMPORT(snprintf, "snprintf", "");
BDL_IMPORT(getauxval, "getauxval", "libc.so.6");
BDL_IMPORT_WEAK(absent, "bdl_absent", "libc.so.6");
BDL_IMPORT(libc_environ, "environ", "libc.so.6");

extern char first_slot[] __asm__("__start_bdl_slots")
	__attribute__((visibility("hidden")));
static int initialized = 7, zero;

static int seven(int n) { return n + 7; }
static void *handler(const char *symbol, const char *library, const char *reason)
{
	(void)symbol, (void)library, (void)reason;
	return (void *)seven;
}

static int all_work(void)
{
	char text[32];
	snprintf(text, sizeof text, "%d %.1f", 42, 1.5);
	return strlen("hello") == 5 && abs(-3) == 3 && floor(2.5) == 2 &&
	       same(text, "42 1.5") && getauxval(6) >= 4096;
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv;
	check(same(permissions(first_slot), "rw-p"));
	check(strlen("hello") == 5); /* one is bound already */
	check(bdl_bind() == 0);
	if (getauxval(6) == 4096) check(same(permissions(first_slot), "r--p"));
	check(all_work());
	check(bdl_bind() == 0);
	check(all_work());
	check(*(char ***)BDL_HAVE(libc_environ) == envp);
	/* what is absent stays so, and can still be handled */
	check(BDL_HAVE(absent) == NULL);
	bdl_on_unbound(handler);
	check(absent(1) == 8);
	/* the program's other data is writable */
	initialized++, zero++;
	check(initialized == 8 && zero == 1);
	check(bdl_open("libc.so.6", BDL_NOW) != NULL);
	return done();
}
