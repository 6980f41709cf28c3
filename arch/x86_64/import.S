/* import.S - the first call through an import. Arguments of any kind may be in
 * flight: everything that psABI 3.2.3 passes in registers is preserved, al and
 * r10 (the static chain) included, vectors at the width the CPU has. */
#include "asm.h"

#define XSAVE_SIZE   2688	/* legacy region, header, AVX and AVX-512 state */
#define XSAVE_HEADER 512	/* 64 bytes, which xrstor wants clean */

/* Comes here from the import's own code by a jump: r11 is its struct bdl_import,
 * the stack is the caller's. Frame, below rbp: rax rcx rdx rsi rdi r8 r9 r10,
 * the import, the vector state's mask; then that state, aligned to 64.
 */
PUBLIC(bdl_import_lazy)
	push	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset rbp, -16
	mov	%rsp, %rbp
	.cfi_def_cfa_register rbp
	push	%rax
	push	%rcx
	push	%rdx
	push	%rsi
	push	%rdi
	push	%r8
	push	%r9
	push	%r10
	push	%r11
	sub	$8 + XSAVE_SIZE, %rsp
	and	$-64, %rsp

	/* C in between is compiled without vector instructions */
	call	import_vector_state
	mov	%eax, -80(%rbp)
	xor	%edx, %edx
	test	%eax, %eax
	jz	1f
	mov	%rdx, XSAVE_HEADER + 0*8(%rsp)
	mov	%rdx, XSAVE_HEADER + 1*8(%rsp)
	mov	%rdx, XSAVE_HEADER + 2*8(%rsp)
	mov	%rdx, XSAVE_HEADER + 3*8(%rsp)
	mov	%rdx, XSAVE_HEADER + 4*8(%rsp)
	mov	%rdx, XSAVE_HEADER + 5*8(%rsp)
	mov	%rdx, XSAVE_HEADER + 6*8(%rsp)
	mov	%rdx, XSAVE_HEADER + 7*8(%rsp)
	xsave	(%rsp)
	jmp	2f
1:	fxsave	(%rsp)

2:	mov	-72(%rbp), %rdi
	call	import_lazy
	mov	%rax, %r11

	mov	-80(%rbp), %eax
	xor	%edx, %edx
	test	%eax, %eax
	jz	1f
	xrstor	(%rsp)
	jmp	2f
1:	fxrstor	(%rsp)

2:	mov	-8(%rbp), %rax
	mov	-16(%rbp), %rcx
	mov	-24(%rbp), %rdx
	mov	-32(%rbp), %rsi
	mov	-40(%rbp), %rdi
	mov	-48(%rbp), %r8
	mov	-56(%rbp), %r9
	mov	-64(%rbp), %r10
	leave
	.cfi_def_cfa rsp, 8
	.cfi_restore rbp
	jmp	*%r11
END(bdl_import_lazy)
