/* jump-x86_64.S - setjmp and longjmp, and the functions that stand for missing ones. */
#include "asm.h"

/* rbx rbp r12 r13 r14 r15 rsp rip: 64 bytes of the jmp_buf's 200. */
PUBLIC(_setjmp)
	mov	%rbx, (%rdi)
	mov	%rbp, 8(%rdi)
	mov	%r12, 16(%rdi)
	mov	%r13, 24(%rdi)
	mov	%r14, 32(%rdi)
	mov	%r15, 40(%rdi)
	lea	8(%rsp), %rax
	mov	%rax, 48(%rdi)
	mov	(%rsp), %rax
	mov	%rax, 56(%rdi)
	xor	%eax, %eax
	ret
END(_setjmp)

PUBLIC(longjmp)
	mov	%esi, %eax
	test	%eax, %eax
	jnz	1f
	inc	%eax
1:	mov	(%rdi), %rbx
	mov	8(%rdi), %rbp
	mov	16(%rdi), %r12
	mov	24(%rdi), %r13
	mov	32(%rdi), %r14
	mov	40(%rdi), %r15
	mov	48(%rdi), %rsp
	jmp	*56(%rdi)
END(longjmp)

/* clone(VM | FS | FILES | SIGHAND | THREAD | SYSVSEM | SETTLS | PARENT_SETTID |
 * CHILD_CLEARTID, stack, running, running, 0). Without SETTLS the new thread would
 * have the old one's thread pointer. */
PUBLIC(thread_clone)
	mov	%rsi, %rdx
	mov	%rsi, %r10
	mov	%rdi, %rsi
	mov	$0x3d0f00, %edi
	xor	%r8d, %r8d
	mov	$56, %eax
	syscall
	test	%rax, %rax
	jz	1f
	ret
1:	xor	%ebp, %ebp
	mov	%rsp, %rdi
	and	$-16, %rsp
	call	thread_main
	xor	%edi, %edi
	mov	$60, %eax
	syscall
	hlt
END(thread_clone)

/* 128 entries of 16 bytes: missing_called(number). */
	.section .text.missing, "ax", %progbits
	.p2align 4
	.globl	missing_stubs
missing_stubs:
	number = 0
	.rept	128
	.p2align 4
	endbr64
	mov	$number, %edi
	jmp	missing
	number = number + 1
	.endr
	.p2align 4
missing:
	and	$-16, %rsp
	call	missing_called
	hlt
