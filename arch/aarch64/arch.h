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
#define ARCH_CACHE_FLAGS 0xa03 /* glibc: FLAG_AARCH64_LIB64 | FLAG_ELF_LIBC6 */

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

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
	return (void *)(tp + 16); /* behind the two words of the TCB */
}

static inline unsigned arch_vector_state(void) { return 0; } /* import.S saves q0-q7 */
#endif
#endif
