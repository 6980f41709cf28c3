/* call.S - a call from an argument block. psABI 3.2.3: rdi rsi rdx rcx r8 r9,
 * xmm0-xmm7, then the stack; al bounds the vector registers of a variadic call;
 * results in rax rdx xmm0 xmm1 st0 st1. */
#include "asm.h"

	/* from [args] in rbx; 8 bounds the vector registers of any call */
	.macro load_registers
	movaps	ARGS_VEC + 0*16(%rbx), %xmm0
	movaps	ARGS_VEC + 1*16(%rbx), %xmm1
	movaps	ARGS_VEC + 2*16(%rbx), %xmm2
	movaps	ARGS_VEC + 3*16(%rbx), %xmm3
	movaps	ARGS_VEC + 4*16(%rbx), %xmm4
	movaps	ARGS_VEC + 5*16(%rbx), %xmm5
	movaps	ARGS_VEC + 6*16(%rbx), %xmm6
	movaps	ARGS_VEC + 7*16(%rbx), %xmm7
	mov	ARGS_GPR + 0*8(%rbx), %rdi
	mov	ARGS_GPR + 1*8(%rbx), %rsi
	mov	ARGS_GPR + 2*8(%rbx), %rdx
	mov	ARGS_GPR + 3*8(%rbx), %rcx
	mov	ARGS_GPR + 4*8(%rbx), %r8
	mov	ARGS_GPR + 5*8(%rbx), %r9
	mov	$8, %eax
	.endm
	.macro store_results
	mov	%rax, ARGS_GPR + 0*8(%rbx)
	mov	%rdx, ARGS_GPR + 1*8(%rbx)
	movaps	%xmm0, ARGS_VEC + 0*16(%rbx)
	movaps	%xmm1, ARGS_VEC + 1*16(%rbx)
	.endm

/* void bdl_call(void *function, struct bdl_args *args)
 *
 *	rbx	args, across the call	rbp	frame, where there are stack words or flags
 *	r11	function
 */
PUBLIC(bdl_call)
	push	%rbx
	.cfi_def_cfa_offset 16
	.cfi_offset rbx, -16
	mov	%rsi, %rbx
	mov	%rdi, %r11
	mov	ARGS_NSTACK(%rbx), %eax	/* 2^32 words fit on no stack */
	or	ARGS_FLAGS(%rbx), %eax
	jnz	1f
	load_registers
	call	*%r11
	store_results
	pop	%rbx
	.cfi_remember_state
	.cfi_def_cfa_offset 8
	.cfi_restore rbx
	ret
	.cfi_restore_state

1:	push	%rbp
	.cfi_def_cfa_offset 24
	.cfi_offset rbp, -24
	mov	%rsp, %rbp
	.cfi_def_cfa_register rbp
	sub	$8, %rsp	/* a multiple of 16 */
	/* stack words go lowest first; an odd word of padding ends up above */
	mov	ARGS_NSTACK(%rbx), %rcx
	lea	1(%rcx), %rax
	and	$-2, %rax
	shl	$3, %rax
	sub	%rax, %rsp
	mov	ARGS_STACK(%rbx), %rsi
	mov	%rsp, %rdi
2:	sub	$1, %rcx	/* a few words: faster than rep movsq */
	jb	3f
	mov	(%rsi, %rcx, 8), %rax
	mov	%rax, (%rdi, %rcx, 8)
	jmp	2b
3:	load_registers
	call	*%r11
	store_results

	/* fxam says "empty" by C3 C2 C0 = 1 0 1; storing an empty register
	 * would raise an exception, leaving a full one would break the next */
	testb	$2, ARGS_FLAGS(%rbx)	/* BDL_CALL_X87 */
	jz	5f
	lea	ARGS_X87(%rbx), %rcx
	lea	ARGS_X87 + 32(%rbx), %rdx
4:	fxam
	fnstsw	%ax
	and	$0x4500, %eax
	cmp	$0x4100, %eax
	je	5f
	fstpt	(%rcx)
	add	$16, %rcx
	cmp	%rdx, %rcx
	jb	4b
5:	testb	$1, ARGS_FLAGS(%rbx)	/* BDL_CALL_ERRNO */
	jz	6f
	mov	%rbx, %rdi
	call	call_error
6:	leave
	.cfi_def_cfa rsp, 16
	.cfi_restore rbp
	pop	%rbx
	.cfi_def_cfa_offset 8
	.cfi_restore rbx
	ret
END(bdl_call)
