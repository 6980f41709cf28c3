/* load.c with the images that it maps watched. */
#include "machine.h"
#define map_image fuzz_map_image
#include "../../../src/link/load.c"
