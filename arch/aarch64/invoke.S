/* invoke.S - prepared calls. A plan is a list of moves, each a distance from .Lmoves to a
 * few instructions; each ends by going to the next. moves.h has their numbers and plan.c
 * writes them. No types in here. */
#include "asm.h"
#include "moves.h"

/* While a plan is run:
 *
 *	x9	the next word of the plan	x19	the plan
 *	x10	argv				x20	the result
 *	x11	.Lmoves				x12-x17	scratch
 */
#define FUNCTION [x29, #32]

	.macro next
	ldr	w16, [x9], #4
	add	x16, x11, x16
	br	x16
	.endm

	/* .org complains of a move that is too long */
	.macro move number
	.org	.Lmoves + (\number) * MOVE_SIZE
	ARCH_LANDING_PAD
	.endm

	.macro prologue
	stp	x29, x30, [sp, #-48]!
	.cfi_def_cfa_offset 48
	.cfi_offset x29, -48
	.cfi_offset x30, -40
	mov	x29, sp
	.cfi_def_cfa_register x29
	stp	x19, x20, [sp, #16]
	.cfi_offset x19, -32
	.cfi_offset x20, -24
	str	x1, FUNCTION
	.endm

/* int bdl_invoke_on(plan, function, result, argv, stack, size) */
PUBLIC(bdl_invoke_on)
	prologue
	cbz	x4, .Linvoke	/* none: the caller's own */
	add	x16, x4, x5
	and	sp, x16, #-64
	b	.Linvoke
END(bdl_invoke_on)

/* int bdl_invoke(plan, function, result, argv) */
PUBLIC(bdl_invoke)
	prologue
.Linvoke:
	mov	x19, x0
	mov	x20, x2
	add	x9, x0, #PLAN_MOVES
	mov	x10, x3
	adr	x11, .Lmoves
	next

	.p2align 5
.Lmoves:
	/* x12: the argument, x13: how far in it */
	.macro argument
	ldp	w12, w13, [x9], #8
	ldr	x12, [x10, x12]
	.endm
	.macro load number, instruction, register
	move	\number
	argument
	\instruction \register, [x12, x13]
	next
	.endm
	.macro gpr k
	load	MOVE_X(\k, HOW_S8), ldrsb, w\k
	load	MOVE_X(\k, HOW_U8), ldrb, w\k
	load	MOVE_X(\k, HOW_S16), ldrsh, w\k
	load	MOVE_X(\k, HOW_U16), ldrh, w\k
	load	MOVE_X(\k, HOW_32), ldr, w\k
	load	MOVE_X(\k, HOW_64), ldr, x\k
	.endm
	.irp	k, 0, 1, 2, 3, 4, 5, 6, 7
	gpr	\k
	.endr
	.macro vec k
	load	MOVE_V(\k, HOW_H), ldr, h\k
	load	MOVE_V(\k, HOW_S), ldr, s\k
	load	MOVE_V(\k, HOW_D), ldr, d\k
	load	MOVE_V(\k, HOW_Q), ldr, q\k
	.endm
	.irp	k, 0, 1, 2, 3, 4, 5, 6, 7
	vec	\k
	.endr
	.irp	k, 0, 1, 2, 3, 4, 5, 6, 7
	move	MOVE_X_ROOM(\k)
	ldr	w12, [x9], #4
	add	x12, sp, w12, uxtw
	ldr	x\k, [x12]
	next
	.endr
	.irp	k, 0, 1, 2, 3, 4, 5, 6, 7
	move	MOVE_X_ADDRESS(\k)
	ldr	w12, [x9], #4
	add	x\k, sp, w12, uxtw
	next
	.endr

	move	MOVE_STACK		/* unless bdl_invoke_on() has chosen one */
	ldr	x12, [x19, #PLAN_STACK]
	mov	x13, sp
	cmp	x13, x29
	ccmp	x12, #0, #4, eq
	b.eq	1f
	and	sp, x12, #-64
1:	next
	move	MOVE_FRAME
	b	.Lframe

	.macro put how, instruction, register
	move	MOVE_PUT + \how
	argument
	add	x13, sp, x13
	\instruction \register, [x12]
	str	x14, [x13]
	next
	.endm
	put	HOW_S8, ldrsb, w14
	put	HOW_U8, ldrb, w14
	put	HOW_S16, ldrsh, w14
	put	HOW_U16, ldrh, w14
	put	HOW_32, ldr, w14
	put	HOW_64, ldr, x14
	move	MOVE_COPY
	argument
	ldr	w14, [x9], #4
	add	x13, sp, x13
	b	.Lcopy
	move	MOVE_ADDRESS
	ldp	w12, w13, [x9], #8
	add	x12, sp, x12
	add	x13, sp, x13
	str	x12, [x13]
	next
	move	MOVE_RESULT
	mov	x8, x20
	next

	move	MOVE_CALL
	ldr	x16, FUNCTION
	blr	x16
	ldr	w12, [x19, #PLAN_RESULT]
	adr	x11, .Lmoves
	add	x16, x11, x12
	br	x16

	.macro store number, instruction, register
	move	\number
	\instruction \register, [x20]
	b	.Lfinish
	.endm
	move	MOVE_STORE_NONE
	b	.Lfinish
	store	MOVE_STORE_8, strb, w0
	store	MOVE_STORE_16, strh, w0
	store	MOVE_STORE_32, str, w0
	store	MOVE_STORE_64, str, x0
	move	MOVE_STORE_XX
	stp	x0, x1, [x20]
	b	.Lfinish
	move	MOVE_STORE_OF
	stp	x0, x1, [sp, #-16]!
	ldr	w14, [x19, #PLAN_DETAIL]
	mov	x12, sp
	mov	x13, x20
	b	.Lpart
	.macro store_v how, v, size
	move	MOVE_STORE_V(\how, 1)
	str	\v\()0, [x20]
	b	.Lfinish
	move	MOVE_STORE_V(\how, 2)
	str	\v\()0, [x20]
	str	\v\()1, [x20, #\size]
	b	.Lfinish
	move	MOVE_STORE_V(\how, 3)
	str	\v\()0, [x20]
	str	\v\()1, [x20, #\size]
	str	\v\()2, [x20, #2 * \size]
	b	.Lfinish
	move	MOVE_STORE_V(\how, 4)
	str	\v\()0, [x20]
	str	\v\()1, [x20, #\size]
	str	\v\()2, [x20, #2 * \size]
	str	\v\()3, [x20, #3 * \size]
	b	.Lfinish
	.endm
	store_v	HOW_H, h, 2
	store_v	HOW_S, s, 4
	store_v	HOW_D, d, 8
	store_v	HOW_Q, q, 16
	.org	.Lmoves + MOVES * MOVE_SIZE

.Lframe:
	ldpsw	x12, x13, [x9], #8
1:	subs	x12, x12, #4096	/* page by page, so that no guard page is passed over */
	b.ls	2f
	sub	sp, sp, #4096
	str	xzr, [sp]
	b	1b
2:	add	x12, x12, #4096
	sub	x12, sp, x12
	and	x12, x12, x13
	mov	sp, x12
	next

	/* x14 bytes from x12 to x13, no more */
	.macro copy
	subs	x14, x14, #8
	b.lo	2f
1:	ldr	x15, [x12], #8
	str	x15, [x13], #8
	subs	x14, x14, #8
	b.hs	1b
2:	adds	x14, x14, #8
	b.eq	4f
3:	ldrb	w15, [x12], #1
	strb	w15, [x13], #1
	subs	x14, x14, #1
	b.ne	3b
4:
	.endm
.Lcopy:
	copy
	next
.Lpart:
	copy
.Lfinish:
	mov	w0, #0
	ldr	w12, [x19, #PLAN_FLAGS]
	tst	w12, #PLAN_FLAG_ERRNO
	b.eq	1f
	bl	call_errno
1:	ldp	x19, x20, [x29, #16]
	.cfi_restore x19
	.cfi_restore x20
	mov	sp, x29
	.cfi_def_cfa_register sp
	ldp	x29, x30, [sp], #48
	.cfi_def_cfa_offset 0
	.cfi_restore x29
	.cfi_restore x30
	ret
END(bdl_invoke)
