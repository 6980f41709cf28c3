/* memory.h - what compilers call unasked, from the resident. The linker takes
 * only what is used; the first call boots. */
#ifndef MEMORY_H
#define MEMORY_H

#include "baredl.h"

void *memcpy(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
BDL_IMPORT(memcpy, "memcpy", "libc.so.6");
BDL_IMPORT(memset, "memset", "libc.so.6");

#endif
