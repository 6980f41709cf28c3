/* floor.S - see floor.h. No unwind tables, no check, no flag. */
#include "floor.h"

.macro FUNC name
	.text
	.p2align 5
	.globl	\name
	.hidden	\name
	.type	\name, @function
\name:
.endm

.macro LOAD
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7
	movsd	BLOCK_VEC + \i*8(%rbx), %xmm\i
	.endr
	mov	BLOCK_GPR + 0*8(%rbx), %rdi
	mov	BLOCK_GPR + 1*8(%rbx), %rsi
	mov	BLOCK_GPR + 2*8(%rbx), %rdx
	mov	BLOCK_GPR + 3*8(%rbx), %rcx
	mov	BLOCK_GPR + 4*8(%rbx), %r8
	mov	BLOCK_GPR + 5*8(%rbx), %r9
	mov	$8, %eax
.endm

.macro STORE
	mov	%rax, BLOCK_RAX(%rbx)
	mov	%rdx, BLOCK_RDX(%rbx)
	movsd	%xmm0, BLOCK_XMM0(%rbx)
	movsd	%xmm1, BLOCK_XMM1(%rbx)
.endm

FUNC floor_call
	push	%rbx
	mov	%rdi, %rbx
	LOAD
	call	*(%rbx)
	STORE
	pop	%rbx
	ret

FUNC floor_call_stack
	push	%rbp
	mov	%rsp, %rbp
	push	%rbx
	push	%r12		/* keeps rsp a multiple of 16 */
	mov	%rdi, %rbx
	mov	BLOCK_NSTACK(%rbx), %rcx
	lea	1(%rcx), %rax
	and	$-2, %rax
	shl	$3, %rax
	sub	%rax, %rsp
	mov	BLOCK_STACK(%rbx), %rsi
1:	dec	%rcx
	js	2f
	mov	(%rsi,%rcx,8), %rax
	mov	%rax, (%rsp,%rcx,8)
	jmp	1b
2:	LOAD
	call	*(%rbx)
	STORE
	lea	-16(%rbp), %rsp
	pop	%r12
	pop	%rbx
	pop	%rbp
	ret

/* The entry of one callback, and what the entries of all would share. */
FUNC floor_entry
	lea	floor_user(%rip), %rax
	jmp	spill

	.p2align 5
spill:
	sub	$SPILL_SIZE, %rsp
	mov	%rdi, 0*8(%rsp)
	mov	%rsi, 1*8(%rsp)
	mov	%rdx, 2*8(%rsp)
	mov	%rcx, 3*8(%rsp)
	mov	%r8, 4*8(%rsp)
	mov	%r9, 5*8(%rsp)
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7
	movsd	%xmm\i, SPILL_VEC + \i*8(%rsp)
	.endr
	lea	SPILL_SIZE + 8(%rsp), %rdx
	mov	%rdx, SPILL_STACK(%rsp)
	mov	%rax, %rdi
	mov	%rsp, %rsi
	call	floor_handler
	mov	SPILL_RAX(%rsp), %rax
	movsd	SPILL_XMM0(%rsp), %xmm0
	add	$SPILL_SIZE, %rsp
	ret

	.section .note.GNU-stack, "", @progbits
