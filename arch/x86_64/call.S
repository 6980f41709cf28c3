/* call.S - a call from an argument block. psABI 3.2.3: rdi rsi rdx rcx r8 r9,
 * xmm0-xmm7, then the stack; al bounds the vector registers of a variadic call;
 * results in rax rdx xmm0 xmm1 st0 st1. */
#include "asm.h"

/* void arch_call(void *function, struct bdl_args *args)
 *
 *	rbx	args, across the call	rbp	frame
 *	r11	function
 */
FUNC(arch_call)
	push	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset rbp, -16
	mov	%rsp, %rbp
	.cfi_def_cfa_register rbp
	push	%rbx
	.cfi_offset rbx, -24
	push	%rdi		/* keeps rsp a multiple of 16 */
	mov	%rdi, %r11
	mov	%rsi, %rbx

	/* stack words go lowest first; an odd word of padding ends up above */
	mov	ARGS_NSTACK(%rbx), %rcx
	test	%rcx, %rcx
	jz	1f
	lea	1(%rcx), %rax
	and	$-2, %rax
	shl	$3, %rax
	sub	%rax, %rsp
	mov	ARGS_STACK(%rbx), %rsi
	mov	%rsp, %rdi
	rep movsq
1:
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
	call	*%r11

	mov	%rax, ARGS_GPR + 0*8(%rbx)
	mov	%rdx, ARGS_GPR + 1*8(%rbx)
	movaps	%xmm0, ARGS_VEC + 0*16(%rbx)
	movaps	%xmm1, ARGS_VEC + 1*16(%rbx)
	testb	$2, ARGS_FLAGS(%rbx)	/* BDL_CALL_X87 */
	jnz	2f
1:	mov	-8(%rbp), %rbx
	.cfi_remember_state
	.cfi_restore rbx
	leave
	.cfi_def_cfa rsp, 8
	.cfi_restore rbp
	ret

	/* fxam says "empty" by C3 C2 C0 = 1 0 1; storing an empty register
	 * would raise an exception, leaving a full one would break the next */
2:	.cfi_restore_state
	lea	ARGS_X87(%rbx), %rcx
	lea	ARGS_X87 + 32(%rbx), %rdx
3:	fxam
	fnstsw	%ax
	and	$0x4500, %eax
	cmp	$0x4100, %eax
	je	1b
	fstpt	(%rcx)
	add	$16, %rcx
	cmp	%rdx, %rcx
	jb	3b
	jmp	1b
END(arch_call)
