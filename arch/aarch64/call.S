/* call.S - a call from an argument block. AAPCS64 6.8: x0-x7, q0-q7, x8 for the
 * address of a large result, then the stack; results in x0-x7, q0-q3. */
#include "asm.h"

/* void bdl_call(void *function, struct bdl_args *args)
 *
 *	x19	args, across the call	x29	frame
 *	x16	function
 */
PUBLIC(bdl_call)
	stp	x29, x30, [sp, #-32]!
	.cfi_def_cfa_offset 32
	.cfi_offset x29, -32
	.cfi_offset x30, -24
	str	x19, [sp, #16]
	.cfi_offset x19, -16
	mov	x29, sp
	.cfi_def_cfa_register x29
	mov	x16, x0
	mov	x19, x1

	/* stack words go lowest first; an odd word of padding ends up above */
	ldp	x10, x9, [x19, #ARGS_STACK]
	cbz	x9, 2f
	add	x11, x9, #1
	and	x11, x11, #-2
	sub	sp, sp, x11, lsl #3
	mov	x12, sp
1:	ldr	x13, [x10], #8
	str	x13, [x12], #8
	sub	x9, x9, #1
	cbnz	x9, 1b
2:
	ldp	q0, q1, [x19, #ARGS_VEC + 0*16]
	ldp	q2, q3, [x19, #ARGS_VEC + 2*16]
	ldp	q4, q5, [x19, #ARGS_VEC + 4*16]
	ldp	q6, q7, [x19, #ARGS_VEC + 6*16]
	ldp	x0, x1, [x19, #ARGS_GPR + 0*8]
	ldp	x2, x3, [x19, #ARGS_GPR + 2*8]
	ldp	x4, x5, [x19, #ARGS_GPR + 4*8]
	ldp	x6, x7, [x19, #ARGS_GPR + 6*8]
	ldr	x8, [x19, #ARGS_INDIRECT]
	blr	x16

	stp	x0, x1, [x19, #ARGS_GPR + 0*8]
	stp	x2, x3, [x19, #ARGS_GPR + 2*8]
	stp	x4, x5, [x19, #ARGS_GPR + 4*8]
	stp	x6, x7, [x19, #ARGS_GPR + 6*8]
	stp	q0, q1, [x19, #ARGS_VEC + 0*16]
	stp	q2, q3, [x19, #ARGS_VEC + 2*16]
	ldr	w9, [x19, #ARGS_FLAGS]
	tbz	w9, #0, 3f		/* BDL_CALL_ERRNO */
	mov	x0, x19
	bl	call_error
3:	mov	sp, x29
	.cfi_def_cfa_register sp
	ldr	x19, [sp, #16]
	.cfi_restore x19
	ldp	x29, x30, [sp], #32
	.cfi_def_cfa_offset 0
	.cfi_restore x29
	.cfi_restore x30
	ret
END(bdl_call)
