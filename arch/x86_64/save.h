/* save.h - everything that may carry an argument, kept around a call of C: psABI
 * 3.2.3, al and r10 (the static chain) included, vectors at the width the CPU has.
 * C in between is compiled without vector instructions.
 *
 * Frame, below rbp: rax rcx rdx rsi rdi r8 r9 r10 r11, the vector state's mask; then
 * that state, aligned to 64. */
#ifndef SAVE_H
#define SAVE_H

#define XSAVE_SIZE   2688	/* legacy region, header, AVX and AVX-512 state */
#define XSAVE_HEADER 512	/* 64 bytes, which xrstor wants clean */

#define SAVED_RAX -8(%rbp)
#define SAVED_R11 -72(%rbp)
#define VECTOR_MASK -80(%rbp)

/* Behind push %rbp; mov %rsp, %rbp and their CFI. */
#define SAVE_STATE				\
	push	%rax;				\
	push	%rcx;				\
	push	%rdx;				\
	push	%rsi;				\
	push	%rdi;				\
	push	%r8;				\
	push	%r9;				\
	push	%r10;				\
	push	%r11;				\
	sub	$8 + XSAVE_SIZE, %rsp;		\
	and	$-64, %rsp;			\
	call	import_vector_state;		\
	mov	%eax, VECTOR_MASK;		\
	xor	%edx, %edx;			\
	test	%eax, %eax;			\
	jz	1f;				\
	mov	%rdx, XSAVE_HEADER + 0*8(%rsp);	\
	mov	%rdx, XSAVE_HEADER + 1*8(%rsp);	\
	mov	%rdx, XSAVE_HEADER + 2*8(%rsp);	\
	mov	%rdx, XSAVE_HEADER + 3*8(%rsp);	\
	mov	%rdx, XSAVE_HEADER + 4*8(%rsp);	\
	mov	%rdx, XSAVE_HEADER + 5*8(%rsp);	\
	mov	%rdx, XSAVE_HEADER + 6*8(%rsp);	\
	mov	%rdx, XSAVE_HEADER + 7*8(%rsp);	\
	xsave	(%rsp);				\
	jmp	2f;				\
1:	fxsave	(%rsp);				\
2:

/* All but rax and r11. */
#define RESTORE_STATE				\
	mov	VECTOR_MASK, %eax;		\
	xor	%edx, %edx;			\
	test	%eax, %eax;			\
	jz	1f;				\
	xrstor	(%rsp);				\
	jmp	2f;				\
1:	fxrstor	(%rsp);				\
2:	mov	-16(%rbp), %rcx;		\
	mov	-24(%rbp), %rdx;		\
	mov	-32(%rbp), %rsi;		\
	mov	-40(%rbp), %rdi;		\
	mov	-48(%rbp), %r8;			\
	mov	-56(%rbp), %r9;			\
	mov	-64(%rbp), %r10

#endif
