/* callback.S - the entries of callbacks, and where they lead. */
#include "asm.h"
#include "moves.h"

#define RECORD_PLAN    8
#define RECORD_HANDLER 16
#define RECORD_USER    24

/* The table that callback.c maps again and again; it is never run where it is linked.
 * All entries are the same: each finds its record at the same distance. It has its
 * pages to itself, where they are of 4 KiB, so that they can be moved. */
	.section .text.arch_callbacks, "ax", %progbits
	.p2align 12
	.globl	arch_callbacks
	.hidden	arch_callbacks
	.type	arch_callbacks, %function
arch_callbacks:
	.rept	CALLBACKS
	.p2align 5
1:	ARCH_LANDING_PAD
	adr	x17, 1b + CALLBACK_DISTANCE
	ldr	x16, [x17]
	br	x16
	.endr
	.p2align 12
	.size	arch_callbacks, . - arch_callbacks

/* x17: the record; all else is the caller's. Calls handler(user, result, argv). */
FUNC(arch_callback)
	stp	x29, x30, [sp, #-16]!
	.cfi_def_cfa_offset 16
	.cfi_offset x29, -16
	.cfi_offset x30, -8
	mov	x29, sp
	.cfi_def_cfa_register x29
	ldr	x9, [x17, #RECORD_PLAN]
	sub	sp, sp, #FRAME_SIZE + FRAME_ROOM
	ldr	w10, [x9, #PLAN_ANSWER]
	adr	x11, .Lanswers
	add	x10, x11, x10	/* the plan may be gone when it is wanted */
	stp	x8, x10, [x29, #FRAME_X8]
	stp	x0, x1, [x29, #FRAME_X + 0*8]
	stp	x2, x3, [x29, #FRAME_X + 2*8]
	stp	x4, x5, [x29, #FRAME_X + 4*8]
	stp	x6, x7, [x29, #FRAME_X + 6*8]
	add	x1, x29, #FRAME_RESULT
	ldr	w11, [x9, #PLAN_FLAGS]
	tst	w11, #PLAN_FLAG_ROOM
	b.eq	1f
	ldr	w10, [x9, #PLAN_ROOM]
	sub	x10, x29, x10
	sub	sp, x10, #FRAME_SIZE
1:
	/* argv[i] = x29 + places[i], two at a time */
	ldr	w12, [x9, #PLAN_PLACES]
	add	x12, x9, x12
	ldr	w13, [x9, #PLAN_POINTERS]
	mov	x14, sp
2:	ldp	x15, x16, [x12], #16
	add	x15, x15, x29
	add	x16, x16, x29
	stp	x15, x16, [x14], #16
	subs	w13, w13, #16
	b.ne	2b
	tst	w11, #PLAN_FLAG_MEMORY | PLAN_FLAG_VECTORS | PLAN_FLAG_GATHER
	b.ne	4f

3:	ldr	x0, [x17, #RECORD_USER]
	ldr	x16, [x17, #RECORD_HANDLER]
	mov	x2, sp
	blr	x16
	add	x12, x29, #FRAME_RESULT
	ldr	x16, [x29, #FRAME_ANSWER]
	br	x16

4:	tst	w11, #PLAN_FLAG_VECTORS
	b.eq	5f
	add	x14, x29, #FRAME_V
	stp	q0, q1, [x14, #0*16]
	stp	q2, q3, [x14, #2*16]
	stp	q4, q5, [x14, #4*16]
	stp	q6, q7, [x14, #6*16]
5:	tst	w11, #PLAN_FLAG_MEMORY
	b.eq	6f
	ldr	x1, [x29, #FRAME_X8]
6:	/* arguments that arrive in pieces or by their address; x12 is behind the places */
	tst	w11, #PLAN_FLAG_GATHER
	b.eq	3b
	mov	x10, sp
7:	ldpsw	x13, x14, [x12], #8
	cbz	x13, 3b
	ldr	x14, [x29, x14]
	tbnz	x13, #0, 8f		/* GATHER_ARGV */
	str	x14, [x29, x13]
	b	7b
8:	sub	x13, x13, #GATHER_ARGV
	str	x14, [x10, x13]
	b	7b

	/* x12: the result, which is loaded */
	.macro answer number
	.org	.Lanswers + (\number) * MOVE_SIZE
	ARCH_LANDING_PAD
	.endm
	.macro leave_callback
	.cfi_remember_state
	mov	sp, x29
	.cfi_def_cfa_register sp
	ldp	x29, x30, [sp], #16
	.cfi_def_cfa_offset 0
	.cfi_restore x29
	.cfi_restore x30
	ret
	.cfi_restore_state
	.endm
	.macro load number, instruction, register
	answer	\number
	\instruction \register, [x12]
	leave_callback
	.endm
	.macro load_v how, v
	answer	MOVE_LOAD_V(\how)
	b	.Lload_\v
	.endm
	.p2align 5
.Lanswers:
	answer	MOVE_LOAD_NONE
	leave_callback
	load	MOVE_LOAD_S8, ldrsb, w0
	load	MOVE_LOAD_U8, ldrb, w0
	load	MOVE_LOAD_S16, ldrsh, w0
	load	MOVE_LOAD_U16, ldrh, w0
	load	MOVE_LOAD_32, ldr, w0
	load	MOVE_LOAD_64, ldr, x0
	answer	MOVE_LOAD_XX
	ldp	x0, x1, [x12]
	leave_callback
	load_v	HOW_H, h
	load_v	HOW_S, s
	load_v	HOW_D, d
	load_v	HOW_Q, q
	.org	.Lanswers + ANSWERS * MOVE_SIZE
	.macro load_four v, size
.Lload_\v:
	ldr	\v\()0, [x12]
	ldr	\v\()1, [x12, #\size]
	ldr	\v\()2, [x12, #2 * \size]
	ldr	\v\()3, [x12, #3 * \size]
	leave_callback
	.endm
	load_four h, 2
	load_four s, 4
	load_four d, 8
	load_four q, 16
END(arch_callback)
