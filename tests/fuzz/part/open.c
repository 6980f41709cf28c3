/* open.c without constructors and destructors: see fuzz_finish(). */
#include "machine.h"
#define relocate_finish fuzz_finish
#include "../../../src/link/open.c"
