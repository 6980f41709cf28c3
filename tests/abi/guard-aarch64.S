/* guard-aarch64.S - see guard.h. Between a call and its callee only x9-x17 are free;
 * between its return and the caller x0-x7 and v0-v7 are not. */
#include "guard.h"

	/* x19-x29 and d8-d15 are 19 words of memory */
	.macro all_kept do, at
	\do	x19, x20, [\at, #0]
	\do	x21, x22, [\at, #16]
	\do	x23, x24, [\at, #32]
	\do	x25, x26, [\at, #48]
	\do	x27, x28, [\at, #64]
	\do	d8, d9, [\at, #80]
	\do	d10, d11, [\at, #96]
	\do	d12, d13, [\at, #112]
	\do	d14, d15, [\at, #128]
	.endm

	.macro test_kept i, register
	ldr	x12, [x10, #8 * \i]
	cmp	x12, \register
	b.eq	1f
	orr	x11, x11, #1 << \i
1:
	.endm
	.macro test_vector i, register
	fmov	x13, \register
	test_kept \i, x13
	.endm
	.macro address register, symbol
	adrp	\register, \symbol
	add	\register, \register, :lo12:\symbol
	.endm

	.text
	.globl	abi_guard, abi_guard_abandon, abi_guard_litter, abi_guard_mode
	.type	abi_guard, %function
	.type	abi_guard_abandon, %function
	.type	abi_guard_litter, %function
	.type	abi_guard_mode, %function
abi_guard:
	hint	#34
	address	x10, guard_top
	ldr	x9, [x10]
	add	x11, x9, #GUARD_SIZE
	str	x11, [x10]
	str	x30, [x9, #GUARD_RETURN]
	mov	x12, sp
	str	x12, [x9, #GUARD_SP]
	mrs	x12, fpcr
	str	x12, [x9, #GUARD_CONTROL]
	ldr	x12, [x9, #GUARD_INSIDE]
	msr	fpcr, x12
	add	x11, x9, #GUARD_KEPT
	all_kept stp, x11
	str	x29, [x11, #144]
	address	x10, guard_random
	all_kept ldp, x10
	ldr	x29, [x10, #144]
	ldr	x16, [x9, #GUARD_TARGET]
	ldr	x9, [x10]
	ldr	x10, [x10, #8]
	blr	x16

	address	x10, guard_top
	ldr	x9, [x10]
	sub	x9, x9, #GUARD_SIZE
	str	x9, [x10]
	address	x10, guard_random
	mov	x11, #0
	test_kept 0, x19
	test_kept 1, x20
	test_kept 2, x21
	test_kept 3, x22
	test_kept 4, x23
	test_kept 5, x24
	test_kept 6, x25
	test_kept 7, x26
	test_kept 8, x27
	test_kept 9, x28
	test_vector 10, d8
	test_vector 11, d9
	test_vector 12, d10
	test_vector 13, d11
	test_vector 14, d12
	test_vector 15, d13
	test_vector 16, d14
	test_vector 17, d15
	test_kept 18, x29
	mov	x12, sp
	ldr	x13, [x9, #GUARD_SP]
	cmp	x12, x13
	b.eq	1f
	orr	x11, x11, #1 << 19
1:	mov	sp, x13
	mrs	x12, fpcr
	ldr	x13, [x9, #GUARD_INSIDE]
	cmp	x12, x13
	b.eq	1f
	orr	x11, x11, #1 << 20
1:	str	x11, [x9, #GUARD_BAD]

back:	ldr	x12, [x9, #GUARD_CONTROL]
	msr	fpcr, x12
	add	x11, x9, #GUARD_KEPT
	all_kept ldp, x11
	ldr	x29, [x11, #144]
	ldr	x30, [x9, #GUARD_RETURN]
	address	x10, guard_random
	ldp	x8, x11, [x10, #16]
	ldp	x12, x13, [x10, #32]
	ldp	x14, x15, [x10, #48]
	ldp	x16, x17, [x10, #64]
	ldp	q16, q17, [x10]
	ldp	q18, q19, [x10, #32]
	ldp	q30, q31, [x10, #64]
	ret

abi_guard_abandon:
	hint	#34
	address	x9, guards
	address	x10, guard_top
	str	x9, [x10]
	mov	x11, #-1
	str	x11, [x9, #GUARD_BAD]
	ldr	x12, [x9, #GUARD_SP]
	mov	sp, x12
	b	back

abi_guard_litter:
	hint	#34
	mov	w0, #0
	ret

abi_guard_mode:			/* RMode, FZ */
	hint	#34
	and	x0, x0, #0x1c00000
	ret

	.section .rodata
name:	.asciz	"x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28"
vector:	.asciz	"d8 ", "d9 ", "d10", "d11", "d12", "d13", "d14", "d15", "x29", "sp ", "fpcr"
	.data
	.p2align 3
	.globl	guard_names
guard_names:
	.irp	k, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
	.quad	name + 4 * \k
	.endr
	.irp	k, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
	.quad	vector + 4 * \k
	.endr
	.quad	0
	.section .note.GNU-stack, "", %progbits
