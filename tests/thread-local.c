/* A program with thread-local variables of its own, for which nobody has made room,
 * gets no resident, and is told why. */
#include "bare.h"

static _Thread_local volatile int mine = 5;

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 100) mine = argc; /* never: there is no thread pointer */
	check(!bdl_open("libc.so.6", BDL_NOW));
	note("error:", bdl_error());
	check(contains(bdl_error(), "PT_TLS"));
	check(bdl_init(NULL) == -1);
	return done();
}
