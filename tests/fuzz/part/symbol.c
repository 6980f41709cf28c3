/* symbol.c, which reads strings a word at a time: beyond their end, but never into
 * another page. A sanitizer that watches every byte is told to look away there. */
#include "link/link.h"

__attribute__((no_sanitize_address)) static uint64_t word_at(const char *s);

#include "../../../src/link/symbol.c"
