/* The machine's C library is up when main begins, and says which it is. */
#include "bare.h"

const char *gnu_get_libc_version(void);
BDL_IMPORT_WEAK(gnu_get_libc_version, "gnu_get_libc_version", "libc.so.6");

int main(void)
{
	struct bdl_resident r;
	int up = bdl_resident(&r) == 0;
	check(up);
	if (!up) note("error", bdl_error());
	if (!up) return done();
	note("kind", r.kind);
	note("interpreter", r.interpreter);
	note("libc", r.libc);
	check(same(r.kind, "glibc") || same(r.kind, "musl"));
	check(same(r.kind, "glibc") == (BDL_HAVE(gnu_get_libc_version) != NULL));
	if (BDL_HAVE(gnu_get_libc_version)) note("version", gnu_get_libc_version());
	return done();
}
