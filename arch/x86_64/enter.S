/* enter.S - into ld.so as the kernel would go there, and back out of the
 * resident's main. psABI 3.4.1 (initial stack and registers), 3.2.1 (what a
 * call preserves: rbx rbp r12-r15, mxcsr and x87 control bits). */
#include "asm.h"

/* void arch_enter(uintptr_t *save, const void *sp, uintptr_t pc)
 *
 * Frame that *save points to, from below: mxcsr and x87 control word, r15, r14,
 * r13, r12, rbx, rbp, return address.
 */
FUNC(arch_enter)
	push	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset rbp, -16
	push	%rbx
	.cfi_def_cfa_offset 24
	.cfi_offset rbx, -24
	push	%r12
	.cfi_def_cfa_offset 32
	.cfi_offset r12, -32
	push	%r13
	.cfi_def_cfa_offset 40
	.cfi_offset r13, -40
	push	%r14
	.cfi_def_cfa_offset 48
	.cfi_offset r14, -48
	push	%r15
	.cfi_def_cfa_offset 56
	.cfi_offset r15, -56
	sub	$8, %rsp
	.cfi_def_cfa_offset 64
	stmxcsr	(%rsp)
	fnstcw	4(%rsp)
	mov	%rsp, (%rdi)
	mov	%rdx, %rcx
	xor	%edx, %edx	/* no function to register with atexit */
	xor	%ebp, %ebp	/* the outermost frame */
	mov	%rsi, %rsp
	.cfi_undefined rip	/* nothing to unwind to from here on */
	jmp	*%rcx
END(arch_enter)

/* void arch_resume(uintptr_t save) */
FUNC(arch_resume)
	mov	%rdi, %rsp
	.cfi_def_cfa_offset 64
	.cfi_offset rbp, -16
	.cfi_offset rbx, -24
	.cfi_offset r12, -32
	.cfi_offset r13, -40
	.cfi_offset r14, -48
	.cfi_offset r15, -56
	ldmxcsr	(%rsp)
	fldcw	4(%rsp)
	add	$8, %rsp
	.cfi_def_cfa_offset 56
	pop	%r15
	.cfi_def_cfa_offset 48
	.cfi_restore r15
	pop	%r14
	.cfi_def_cfa_offset 40
	.cfi_restore r14
	pop	%r13
	.cfi_def_cfa_offset 32
	.cfi_restore r13
	pop	%r12
	.cfi_def_cfa_offset 24
	.cfi_restore r12
	pop	%rbx
	.cfi_def_cfa_offset 16
	.cfi_restore rbx
	pop	%rbp
	.cfi_def_cfa_offset 8
	.cfi_restore rbp
	ret
END(arch_resume)

/* The entry that ld.so jumps to: rsp is the initial stack, rdx its fini. */
FUNC(arch_landing)
	.cfi_undefined rip
	xor	%ebp, %ebp
	mov	%rsp, %rdi
	mov	%rdx, %rsi
	and	$-16, %rsp
	call	boot_landed
	ud2
END(arch_landing)
