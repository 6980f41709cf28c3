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
#define ARCH_CACHE_FLAGS 0x303 /* glibc: FLAG_X8664_LIB64 | FLAG_ELF_LIBC6 */

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

enum {
	SYS_read = 0,
	SYS_write = 1,
	SYS_close = 3,
	SYS_lseek = 8,
	SYS_mmap = 9,
	SYS_mprotect = 10,
	SYS_munmap = 11,
	SYS_brk = 12,
	SYS_rt_sigaction = 13,
	SYS_rt_sigprocmask = 14,
	SYS_pread64 = 17,
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

/* The XSAVE mask of SSE, AVX, opmask, ZMM_Hi256, Hi16_ZMM; 0: fxsave must do. */
static inline unsigned arch_vector_state(void)
{
	uint64_t supported;
	unsigned a = 1, b, c, d;
	if (arch_syscall3(SYS_arch_prctl, 0x1021 /* ARCH_GET_XCOMP_SUPP */,
		    (long)&supported, 0) == 0)
		return supported & 0xe6;
	/* before Linux 5.16: CPUID, which traps in a virtual machine */
	__asm__("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
	if (!(c >> 27 & 1)) return 0; /* no OSXSAVE */
	__asm__("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
	return a & 0xe6;
}
#endif
#endif
