/* linker.h - the linker in a process that is not there; see linker.c. */
#ifndef LINKER_H
#define LINKER_H

#include "machine.h"

void fuzz_start(void);
void fuzz_end(void);      /* whatever is still mapped goes */
size_t fuzz_images(void); /* how many images are in memory */

#endif
