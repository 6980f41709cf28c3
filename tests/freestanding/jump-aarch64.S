/* jump-aarch64.S - setjmp and longjmp, and the functions that stand for missing ones. */
#include "asm.h"

/* x19-x30, sp, d8-d15: 168 bytes of the jmp_buf's 312. */
PUBLIC(_setjmp)
	stp	x19, x20, [x0]
	stp	x21, x22, [x0, 16]
	stp	x23, x24, [x0, 32]
	stp	x25, x26, [x0, 48]
	stp	x27, x28, [x0, 64]
	stp	x29, x30, [x0, 80]
	mov	x2, sp
	str	x2, [x0, 96]
	stp	d8, d9, [x0, 104]
	stp	d10, d11, [x0, 120]
	stp	d12, d13, [x0, 136]
	stp	d14, d15, [x0, 152]
	mov	w0, 0
	ret
END(_setjmp)

PUBLIC(longjmp)
	ldp	x19, x20, [x0]
	ldp	x21, x22, [x0, 16]
	ldp	x23, x24, [x0, 32]
	ldp	x25, x26, [x0, 48]
	ldp	x27, x28, [x0, 64]
	ldp	x29, x30, [x0, 80]
	ldr	x2, [x0, 96]
	mov	sp, x2
	ldp	d8, d9, [x0, 104]
	ldp	d10, d11, [x0, 120]
	ldp	d12, d13, [x0, 136]
	ldp	d14, d15, [x0, 152]
	cmp	w1, 0
	csinc	w0, w1, wzr, ne
	ret
END(longjmp)

/* clone(VM | FS | FILES | SIGHAND | THREAD | SYSVSEM | SETTLS | PARENT_SETTID |
 * CHILD_CLEARTID, stack, running, 0, running). Without SETTLS the new thread would
 * have the old one's thread pointer. */
PUBLIC(thread_clone)
	mov	x2, x1
	mov	x4, x1
	mov	x1, x0
	mov	x0, 0x0f00
	movk	x0, 0x3d, lsl 16
	mov	x3, 0
	mov	x8, 220
	svc	0
	cbz	x0, 1f
	ret
1:	mov	x29, 0
	mov	x30, 0
	mov	x0, sp
	bl	thread_main
	mov	x0, 0
	mov	x8, 93
	svc	0
	brk	1
END(thread_clone)

/* 128 entries of 16 bytes: missing_called(number). */
	.section .text.missing, "ax", %progbits
	.p2align 4
	.globl	missing_stubs
missing_stubs:
	number = 0
	.rept	128
	.p2align 4
	hint	34
	mov	w0, number
	b	missing
	number = number + 1
	.endr
	.p2align 4
missing:
	bl	missing_called
	brk	1
