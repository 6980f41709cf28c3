/* Stands in for baredl.h when the same source is to be linked in the ordinary
 * way: imports are nothing, names lead where the linker takes them. */
#ifndef BAREDL_H
#define BAREDL_H

#include <stddef.h>

#define BDL_IMPORT(local, ...) _Static_assert(1, "")

#endif
