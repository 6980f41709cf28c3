/* An ordinary dynamic program, linked -z now: the calls lead to its PLT. */
#include "lib.h"

int bind_all(void) { return 0; }
