/* aarch64/arch.h - AAPCS64, Linux system calls. See ../contract.h. */
#ifndef ARCH_H
#define ARCH_H

#define ARCH_ELF_MACHINE 183  /* EM_AARCH64 */
#define ARCH_R_GLOB_DAT  1025 /* R_AARCH64_GLOB_DAT */
#define ARCH_R_RELATIVE  1027 /* R_AARCH64_RELATIVE */

#define ARCH_LANDING_PAD   hint #34   /* bti c; a nop before Armv8.5 */
#define ARCH_FEATURE_1_AND 0xc0000000 /* GNU_PROPERTY_AARCH64_FEATURE_1_AND */
#define ARCH_FEATURE_BITS  1          /* BTI */

#define ARCH_LD_SO "/lib/ld-linux-aarch64.so.1\0/lib/ld-musl-aarch64.so.1\0"
#define ARCH_LIBRARY_DIRS \
	"/lib/aarch64-linux-gnu\0/usr/lib/aarch64-linux-gnu\0" \
	"/lib64\0/usr/lib64\0/lib\0/usr/lib\0"
#define ARCH_LIB          "lib/aarch64-linux-gnu\0lib64\0lib\0"
#define ARCH_LEVELS       "" /* there are none */
#define ARCH_MUSL_PATH    "/etc/ld-musl-aarch64.path"
#define ARCH_STAT_MODE    16
#define ARCH_PROT_GUARD   0x10      /* PROT_BTI */
#define ARCH_HWCAP2_GUARD (1 << 17) /* HWCAP2_BTI */
#define ARCH_TLS_ABOVE    1
#define ARCH_TLS_GAP      TLS_ALIGN /* behind the two words of the TCB */
#define ARCH_TCB_ROOM     256
#define ARCH_CACHE_FLAGS  0xa03 /* glibc: FLAG_AARCH64_LIB64 | FLAG_ELF_LIBC6 */
#define ARCH_UNNAMED_ALIGNS 1
#define ARCH_VECTOR_ALIGN 16

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

#include "relocation.h"
#include "sys_generic.h"

static inline long arch_syscall(long n, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = n;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;
	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory", "cc");
	return x0;
}

static inline long arch_syscall3(long n, long a, long b, long c)
{
	register long x8 __asm__("x8") = n;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2)
			 : "memory", "cc");
	return x0;
}

static inline uintptr_t arch_get_tp(void)
{
	uintptr_t tp;
	__asm__ volatile("mrs %0, tpidr_el0" : "=r"(tp));
	return tp;
}

static inline void *arch_tls_block(uintptr_t tp, size_t size)
{
	(void)size;
	return (void *)(tp + ARCH_TLS_GAP);
}

static inline unsigned arch_vector_state(void) { return 0; } /* import.S saves q0-q7 */

static inline uintptr_t arch_quick_tp(const struct arch_hardware *hardware)
{
	(void)hardware;
	return arch_get_tp();
}

static inline uintptr_t arch_self(void) { return arch_get_tp(); }

static inline long arch_set_tp(uintptr_t tp)
{
	__asm__ volatile("msr tpidr_el0, %0" : : "r"(tp));
	return 0;
}

/* The two words are the runtime's own; the canary is __stack_chk_guard. */
static inline void arch_tcb_init(uintptr_t tp, uint64_t canary)
{
	(void)tp, (void)canary;
}
static inline void arch_tcb_canary(uintptr_t tp, uintptr_t old) { (void)tp, (void)old; }

static inline enum arch_relocation arch_relocation(uint32_t type)
{
	switch (type) {
	case 0:
	case 256:
		return RELOC_NONE;
	case 257: /* ABS64 */
	case ARCH_R_GLOB_DAT:
		return RELOC_ADDRESS;
	case 258: /* ABS32 */
		return RELOC_32;
	case 260: /* PREL64 */
		return RELOC_PLACE;
	case 261: /* PREL32 */
		return RELOC_PLACE_32;
	case 1024:
		return RELOC_COPY;
	case 1026: /* JUMP_SLOT */
		return RELOC_SLOT;
	case ARCH_R_RELATIVE:
		return RELOC_RELATIVE;
	case 1028: /* TLS_DTPMOD */
		return RELOC_TLS_MODULE;
	case 1029: /* TLS_DTPREL */
		return RELOC_TLS_OFFSET;
	case 1030: /* TLS_TPREL */
		return RELOC_TLS_TP;
	case 1031: /* TLSDESC */
		return RELOC_TLS_DESCRIPTOR;
	case 1032: /* IRELATIVE */
		return RELOC_RESOLVER;
	default:
		return RELOC_UNKNOWN;
	}
}

/* STO_AARCH64_VARIANT_PCS: takes arguments that link.S does not keep. */
static inline int arch_bind_now(uint8_t other) { return other & 0x80; }

/* AAELF64 "GNU indirect functions" of Linux: AT_HWCAP with a bit that says that a
 * struct with its size first follows. */
static inline uintptr_t arch_resolve(
	uintptr_t resolver, const struct arch_hardware *hardware)
{
	const uint64_t more[3] = { sizeof more, hardware->hwcap, hardware->hwcap2 };
	return ((uintptr_t(*)(uint64_t, const uint64_t *))resolver)(
		hardware->hwcap | 1ull << 62, more);
}

static inline const char *arch_levels(void) { return ARCH_LEVELS; }
#endif
#endif
