/* contract.h - everything src/ may ask of an architecture, and nothing else.
 *
 * A port is one folder, arch/<machine>/: arch.mk, arch.h, .S files and the psABI in C.
 * Write them, run `make test`, fix what this file complains about. See
 * arch/README.md for the steps. */
#ifndef CONTRACT_H
#define CONTRACT_H

#include <stddef.h>
#include <stdint.h>

#include "baredl.h"
#include "offsets.h"

#include "arch.h" /* found by -Iarch/$(MACHINE) */

/* ---- constants ----------------------------------------------------------- */

#ifndef ARCH_ELF_MACHINE
#error "arch.h: define ARCH_ELF_MACHINE, the e_machine value that objects must have"
#endif
#ifndef ARCH_R_GLOB_DAT
#error "arch.h: define ARCH_R_GLOB_DAT, the relocation that stores a symbol's address"
#endif
#ifndef ARCH_R_RELATIVE
#error "arch.h: define ARCH_R_RELATIVE, the relocation that adds the load bias"
#endif
#ifndef ARCH_LANDING_PAD
#error "arch.h: define ARCH_LANDING_PAD, the instruction an indirect branch may reach"
#endif
#if !defined(ARCH_FEATURE_1_AND) || !defined(ARCH_FEATURE_BITS)
#error "arch.h: define ARCH_FEATURE_1_AND and _BITS, the GNU property of the .S files"
#endif
/* Lists of strings, each ended by a NUL byte, the list by an empty one. */
#ifndef ARCH_LD_SO
#error "arch.h: define ARCH_LD_SO, the paths that the ABIs give to ld.so"
#endif
#ifndef ARCH_LIBRARY_DIRS
#error "arch.h: define ARCH_LIBRARY_DIRS, where ld.so looks when nothing else is said"
#endif
#ifndef ARCH_CACHE_FLAGS
#error "arch.h: define ARCH_CACHE_FLAGS, the type of this machine's ld.so.cache entries"
#endif
#if !defined(ARCH_UNNAMED_ALIGNS) || !defined(ARCH_VECTOR_ALIGN)
#error "arch.h: define ARCH_UNNAMED_ALIGNS, whether unnamed bit-fields align their struct, and ARCH_VECTOR_ALIGN, what vectors are aligned to at most"
#endif

#ifndef ARCH_LIB
#error "arch.h: define ARCH_LIB, a list of what $LIB may stand for"
#endif
#ifndef ARCH_LEVELS
#error "arch.h: define ARCH_LEVELS, a list of glibc-hwcaps' names for CPUs, the best first"
#endif
#ifndef ARCH_MUSL_PATH
#error "arch.h: define ARCH_MUSL_PATH, the file in which musl's ld.so has its directories"
#endif
#ifndef ARCH_STAT_MODE
#error "arch.h: define ARCH_STAT_MODE, where st_mode is in struct stat"
#endif
#if !defined(ARCH_PROT_GUARD) || !defined(ARCH_HWCAP2_GUARD)
#error "arch.h: define ARCH_PROT_GUARD, mprotect's for landing pads, and AT_HWCAP2's bit for it"
#endif
/* TLS variant I (blocks above the thread pointer) or II (below), and how far from
 * it the first block of alignment TLS_ALIGN is. */
#if !defined(ARCH_TLS_ABOVE) || !defined(ARCH_TLS_GAP) || !defined(ARCH_TCB_ROOM)
#error "arch.h: define ARCH_TLS_ABOVE, ARCH_TLS_GAP; ARCH_TCB_ROOM, what else a TCB takes"
#endif

/* ---- struct bdl_args ------------------------------------------------------ */

/* The assembler sees numbers, the compiler sees fields; these keep them equal. */
#ifndef __cplusplus
#define SAME(field, number) \
	_Static_assert(offsetof(struct bdl_args, field) == (number), #number)
SAME(gpr, ARGS_GPR);
SAME(vec, ARGS_VEC);
SAME(stack, ARGS_STACK);
SAME(nstack, ARGS_NSTACK);
SAME(indirect, ARGS_INDIRECT);
SAME(flags, ARGS_FLAGS);
SAME(x87, ARGS_X87);
#undef SAME
#endif

/* ---- inline, in arch.h ---------------------------------------------------- */

/* Linux system call; the kernel's answer, so -4095..-1 is -errno. The other is
 * for calls that look at three arguments at most. */
static inline long arch_syscall(long n, long a, long b, long c, long d, long e, long f);
static inline long arch_syscall3(long n, long a, long b, long c);

/* The thread pointer: %fs base, tpidr_el0. 0 in a thread that no C runtime made. */
static inline uintptr_t arch_get_tp(void);

/* Where the main program's TLS block of [size] bytes (aligned 16) lies, given a
 * thread pointer: below it (x86-64) or above (arm64). Every thread has one. */
static inline void *arch_tls_block(uintptr_t tp, size_t size);

/* Which vector state may carry arguments on this CPU, in import.S's terms. Takes
 * microseconds (a CPUID traps in a virtual machine): ask once. */
static inline unsigned arch_vector_state(void);

/* arch_get_tp() without a system call, if the hardware allows. */
static inline uintptr_t arch_quick_tp(const struct arch_hardware *hardware);

/* The thread pointer that a C runtime has set (it must have); setting it. */
static inline uintptr_t arch_self(void);
static inline long arch_set_tp(uintptr_t tp);

/* Makes the TCB at [tp] what compiled code expects, with this canary; gives that at
 * [tp] the canary of [old]. */
static inline void arch_tcb_init(uintptr_t tp, uint64_t canary);
static inline void arch_tcb_canary(uintptr_t tp, uintptr_t old);

/* The meaning of a relocation type. */
static inline enum arch_relocation arch_relocation(uint32_t type);
/* Whether a symbol with this st_other must not be bound lazily. */
static inline int arch_bind_now(uint8_t other);
/* Calls an IFUNC resolver. */
static inline uintptr_t arch_resolve(
	uintptr_t resolver, const struct arch_hardware *hardware);
/* Those of ARCH_LEVELS that this CPU has. */
static inline const char *arch_levels(void);

/* ---- in the .S files ------------------------------------------------------ */

#define ARCH_HIDDEN __attribute__((visibility("hidden")))

/* call.S: bdl_call(), which loads all argument registers and stack words of its
 * [args], calls, stores all result registers. No types in there. For
 * BDL_CALL_ERRNO it calls: */
ARCH_HIDDEN void call_error(struct bdl_args *args);

/* enter.S: keeps the callee-saved state on this stack, notes its place in
 * [save] and goes to [pc] on the stack [sp] with registers as after execve.
 * Returns when arch_resume() is called with what was noted. */
ARCH_HIDDEN void arch_enter(uintptr_t *save, const void *sp, uintptr_t pc);
ARCH_HIDDEN __attribute__((noreturn)) void arch_resume(uintptr_t save);

/* enter.S: the program entry that ld.so is given (AT_ENTRY). Calls boot_landed
 * with the initial stack and the function that ld.so wants called at exit. */
ARCH_HIDDEN void arch_landing(void);
ARCH_HIDDEN __attribute__((noreturn)) void boot_landed(
	uintptr_t *stack, void (*rtld_fini)(void));

/* import.S: where an unbound import leads (public because the macro's code
 * jumps there). Saves every argument register, asks import_lazy() for the
 * address, restores, goes there. */
BDL_API void bdl_import_lazy(void);
ARCH_HIDDEN void *import_lazy(const struct bdl_import *import);
ARCH_HIDDEN unsigned import_vector_state(void); /* arch_vector_state(), asked once */

/* link.S: where PLT entries lead that are bound lazily (asks plt_lazy(), preserves
 * every argument register), and what TLS descriptors call. */
struct object;
ARCH_HIDDEN void arch_plt_lazy(void);
ARCH_HIDDEN uintptr_t plt_lazy(struct object *o, size_t index);
ARCH_HIDDEN void arch_tlsdesc_static(void);
ARCH_HIDDEN void arch_tlsdesc_weak(void);
ARCH_HIDDEN void arch_tlsdesc_dynamic(void);

/* plan.c, invoke.S, callback.S: what src/call/ asks is in src/call/call.h. */

/* start.S: _start, the process entry. Calls start_process with the kernel's
 * stack. Both in an archive member of their own. */
ARCH_HIDDEN __attribute__((noreturn)) void start_process(const uintptr_t *stack);

#endif
