/* x86_64/arch.h - System V AMD64 psABI, Linux system calls. See ../contract.h. */
#ifndef ARCH_H
#define ARCH_H

#define ARCH_ELF_MACHINE 62 /* EM_X86_64 */
#define ARCH_R_GLOB_DAT  6  /* R_X86_64_GLOB_DAT */
#define ARCH_R_RELATIVE  8  /* R_X86_64_RELATIVE */

#define ARCH_LANDING_PAD   endbr64
#define ARCH_FEATURE_1_AND 0xc0000002 /* GNU_PROPERTY_X86_FEATURE_1_AND */
#define ARCH_FEATURE_BITS  1          /* IBT */

#define ARCH_LD_SO "/lib64/ld-linux-x86-64.so.2\0/lib/ld-musl-x86_64.so.1\0"
#define ARCH_LIBRARY_DIRS \
	"/lib/x86_64-linux-gnu\0/usr/lib/x86_64-linux-gnu\0" \
	"/lib64\0/usr/lib64\0/lib\0/usr/lib\0"
#define ARCH_LIB          "lib/x86_64-linux-gnu\0lib64\0lib\0"
#define ARCH_LEVELS       "x86-64-v4\0x86-64-v3\0x86-64-v2\0"
#define ARCH_MUSL_PATH    "/etc/ld-musl-x86_64.path"
#define ARCH_STAT_MODE    24
#define ARCH_PROT_GUARD   0 /* the kernel has no such thing for programs */
#define ARCH_HWCAP2_GUARD 0
#define ARCH_TLS_ABOVE    0
#define ARCH_TLS_GAP      0
#define ARCH_TCB_ROOM     256
#define ARCH_CACHE_FLAGS  0x303 /* glibc: FLAG_X8664_LIB64 | FLAG_ELF_LIBC6 */
#define ARCH_UNNAMED_ALIGNS 0
#define ARCH_VECTOR_ALIGN 64

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

#include "relocation.h"

enum {
	SYS_read = 0,
	SYS_write = 1,
	SYS_close = 3,
	SYS_fstat = 5,
	SYS_lseek = 8,
	SYS_mmap = 9,
	SYS_mprotect = 10,
	SYS_munmap = 11,
	SYS_brk = 12,
	SYS_rt_sigaction = 13,
	SYS_rt_sigprocmask = 14,
	SYS_pread64 = 17,
	SYS_mremap = 25,
	SYS_setitimer = 38,
	SYS_getpid = 39,
	SYS_clone = 56,
	SYS_wait4 = 61,
	SYS_arch_prctl = 158,
	SYS_gettid = 186,
	SYS_futex = 202,
	SYS_exit_group = 231,
	SYS_tgkill = 234,
	SYS_openat = 257,
	SYS_readlinkat = 267,
	SYS_faccessat = 269,
	SYS_dup3 = 292,
	SYS_prlimit64 = 302
};

static inline long arch_syscall(long n, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	__asm__ volatile("syscall"
			 : "+a"(n)
			 : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return n;
}

static inline long arch_syscall3(long n, long a, long b, long c)
{
	__asm__ volatile("syscall"
			 : "+a"(n)
			 : "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return n;
}

static inline uintptr_t arch_get_tp(void)
{
	uintptr_t tp = 0;
	arch_syscall3(SYS_arch_prctl, 0x1003 /* ARCH_GET_FS */, (long)&tp, 0);
	return tp;
}

static inline void *arch_tls_block(uintptr_t tp, size_t size)
{
	return (void *)(tp - size);
}

/* The XSAVE mask of x87, SSE, AVX, opmask, ZMM_Hi256, Hi16_ZMM; 0: fxsave must do. */
static inline unsigned arch_vector_state(void)
{
	uint64_t supported;
	unsigned a = 1, b, c, d;
	if (arch_syscall3(SYS_arch_prctl, 0x1021 /* ARCH_GET_XCOMP_SUPP */,
		    (long)&supported, 0) == 0)
		return supported & 0xe7;
	/* before Linux 5.16: CPUID, which traps in a virtual machine */
	__asm__("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
	if (!(c >> 27 & 1)) return 0; /* no OSXSAVE */
	__asm__ volatile("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
	return a & 0xe7;
}

/* FSGSBASE, where the kernel has allowed it: AT_HWCAP2 bit 1. */
static inline uintptr_t arch_quick_tp(const struct arch_hardware *hardware)
{
	uintptr_t tp;
	if (!(hardware->hwcap2 & 2)) return arch_get_tp();
	__asm__ volatile("rdfsbase %0" : "=r"(tp));
	return tp;
}

/* The TCB begins with its own address. */
static inline uintptr_t arch_self(void)
{
	uintptr_t tp;
	__asm__ volatile("mov %%fs:0, %0" : "=r"(tp));
	return tp;
}

static inline long arch_set_tp(uintptr_t tp)
{
	return arch_syscall3(SYS_arch_prctl, 0x1002 /* ARCH_SET_FS */, (long)tp, 0);
}

/* psABI 3.4.6 and what compilers take for granted: itself at 0 and (glibc) 16, the
 * canary at 40. */
static inline void arch_tcb_init(uintptr_t tp, uint64_t canary)
{
	uint64_t *tcb = (uint64_t *)tp;
	tcb[0] = tcb[2] = tp;
	tcb[5] = canary;
}

static inline void arch_tcb_canary(uintptr_t tp, uintptr_t old)
{
	((uint64_t *)tp)[5] = ((const uint64_t *)old)[5];
}

static inline enum arch_relocation arch_relocation(uint32_t type)
{
	switch (type) {
	case 0:
		return RELOC_NONE;
	case 1: /* 64 */
		return RELOC_ADDRESS;
	case 2: /* PC32 */
		return RELOC_PLACE_32;
	case 5:
		return RELOC_COPY;
	case ARCH_R_GLOB_DAT:
	case 7: /* JUMP_SLOT */
		return RELOC_SLOT;
	case ARCH_R_RELATIVE:
	case 38: /* RELATIVE64 */
		return RELOC_RELATIVE;
	case 10: /* 32 */
		return RELOC_32;
	case 16: /* DTPMOD64 */
		return RELOC_TLS_MODULE;
	case 17: /* DTPOFF64 */
		return RELOC_TLS_OFFSET;
	case 18: /* TPOFF64 */
		return RELOC_TLS_TP;
	case 24: /* PC64 */
		return RELOC_PLACE;
	case 32: /* SIZE32 */
		return RELOC_SIZE_32;
	case 33: /* SIZE64 */
		return RELOC_SIZE;
	case 36: /* TLSDESC */
		return RELOC_TLS_DESCRIPTOR;
	case 37: /* IRELATIVE */
		return RELOC_RESOLVER;
	default:
		return RELOC_UNKNOWN;
	}
}

static inline int arch_bind_now(uint8_t other)
{
	(void)other;
	return 0;
}

static inline uintptr_t arch_resolve(
	uintptr_t resolver, const struct arch_hardware *hardware)
{
	(void)hardware; /* they ask CPUID */
	return ((uintptr_t(*)(void))resolver)();
}

static inline void arch_cpuid(unsigned leaf, unsigned out[4])
{
	__asm__ volatile("cpuid"
			 : "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3])
			 : "a"(leaf), "c"(0));
}

/* psABI 3.1.1 "Processor Architecture", the micro-architecture levels. */
static inline const char *arch_levels(void)
{
	static const char all[] = ARCH_LEVELS;
	unsigned one[4], seven[4], ext[4], low, high;
	arch_cpuid(0x80000001, ext);
	arch_cpuid(1, one);
	/* sse3 ssse3 cx16 sse4.1 sse4.2 popcnt; lahf */
	const unsigned v2 = 1u | 1u << 9 | 1u << 13 | 1u << 19 | 1u << 20 | 1u << 23;
	if ((one[2] & v2) != v2 || !(ext[2] & 1)) return all + 30;
	/* fma movbe osxsave avx f16c; lzcnt; bmi1 avx2 bmi2 */
	const unsigned v3 = 1u << 12 | 1u << 22 | 1u << 27 | 1u << 28 | 1u << 29;
	const unsigned v3b = 1u << 3 | 1u << 5 | 1u << 8;
	if ((one[2] & v3) != v3 || !(ext[2] >> 5 & 1)) return all + 20;
	arch_cpuid(7, seven);
	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	if ((seven[1] & v3b) != v3b || (low & 6) != 6) return all + 20;
	/* avx512 f dq cd bw vl */
	const unsigned v4 = 1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31;
	return (seven[1] & v4) == v4 && (low & 0xe6) == 0xe6 ? all : all + 10;
}
#endif
#endif
