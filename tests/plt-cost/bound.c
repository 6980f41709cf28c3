/* A static program without a C library: the calls lead to imports, bound. */
#include "baredl.h"
#include "lib.h"

int dprintf(int fd, const char *format, ...);

BDL_IMPORT(dprintf, "dprintf", "libc.so.6");
BDL_IMPORT(add, "add", "lib.so");
BDL_IMPORT(mul, "mul", "lib.so");
BDL_IMPORT(ten, "ten", "lib.so");
BDL_IMPORT(sum, "sum", "lib.so");

int bind_all(void)
{
	if (!bdl_bind()) return 0;
	dprintf(2, "%s\n", bdl_error());
	return 1;
}
