/* relocation.h - what src/link/ understands, in which arch.h explains its machine's
 * relocation types and IFUNC resolvers. */
#ifndef RELOCATION_H
#define RELOCATION_H

#include <stdint.h>

/* What a relocation means; S symbol, A addend, B bias, P place. */
enum arch_relocation {
	RELOC_NONE,
	RELOC_RELATIVE, /* B + A */
	RELOC_SLOT,     /* S */
	RELOC_ADDRESS,  /* S + A */
	RELOC_PLACE,    /* S + A - P */
	RELOC_SIZE,     /* size of S + A */
	RELOC_RESOLVER, /* what the function at B + A returns */
	RELOC_TLS_MODULE,
	RELOC_TLS_OFFSET, /* S + A in the module's block */
	RELOC_TLS_TP,     /* S + A from the thread pointer */
	RELOC_TLS_DESCRIPTOR,
	RELOC_32, /* S + A, unsigned */
	RELOC_PLACE_32,
	RELOC_SIZE_32,
	RELOC_COPY,
	RELOC_UNKNOWN
};

/* What IFUNC resolvers may be told. */
struct arch_hardware {
	uint64_t hwcap, hwcap2; /* AT_HWCAP, AT_HWCAP2 */
};

#endif
