/* contract.h - everything src/ may ask of an architecture, and nothing else.
 *
 * A port is one folder, arch/<machine>/: arch.mk, arch.h and four .S files.
 * Write them, run `make test`, fix what this file complains about. See
 * arch/README.md for the five steps. */
#ifndef CONTRACT_H
#define CONTRACT_H

#include <stddef.h>
#include <stdint.h>

#include "arch.h" /* found by -Iarch/$(MACHINE) */
#include "baredl.h"
#include "offsets.h"

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

/* ---- in the .S files ------------------------------------------------------ */

#define ARCH_HIDDEN __attribute__((visibility("hidden")))

/* call.S: loads all argument registers and stack words of [args], calls
 * [function], stores all result registers. No types in there. */
ARCH_HIDDEN void arch_call(void *function, struct bdl_args *args);

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

/* start.S: _start, the process entry. Calls start_process with the kernel's
 * stack. Both in an archive member of their own. */
ARCH_HIDDEN __attribute__((noreturn)) void start_process(const uintptr_t *stack);

#endif
