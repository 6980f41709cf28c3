/* import.S - the first call through an import. Arguments of any kind may be in
 * flight: everything that AAPCS64 6.8 passes in registers is preserved, x0-x8
 * and q0-q7. (SVE arguments are not; see BDL_IMPORT.) */
#include "asm.h"

/* Comes here from the import's own code by a jump: x9 is its struct bdl_import,
 * x30 and the stack are the caller's. Frame: x29 x30, x0-x8, q0-q7; 224 bytes.
 */
PUBLIC(bdl_import_lazy)
	stp	x29, x30, [sp, #-224]!
	.cfi_def_cfa_offset 224
	.cfi_offset x29, -224
	.cfi_offset x30, -216
	mov	x29, sp
	.cfi_def_cfa_register x29
	stp	x0, x1, [sp, #16]
	stp	x2, x3, [sp, #32]
	stp	x4, x5, [sp, #48]
	stp	x6, x7, [sp, #64]
	str	x8, [sp, #80]
	stp	q0, q1, [sp, #96]
	stp	q2, q3, [sp, #128]
	stp	q4, q5, [sp, #160]
	stp	q6, q7, [sp, #192]
	mov	x0, x9
	bl	import_lazy
	mov	x16, x0
	ldp	q6, q7, [sp, #192]
	ldp	q4, q5, [sp, #160]
	ldp	q2, q3, [sp, #128]
	ldp	q0, q1, [sp, #96]
	ldr	x8, [sp, #80]
	ldp	x6, x7, [sp, #64]
	ldp	x4, x5, [sp, #48]
	ldp	x2, x3, [sp, #32]
	ldp	x0, x1, [sp, #16]
	ldp	x29, x30, [sp], #224
	.cfi_def_cfa sp, 0
	.cfi_restore x29
	.cfi_restore x30
	br	x16
END(bdl_import_lazy)
