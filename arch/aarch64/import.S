/* import.S - the first call through an import. Arguments of any kind may be in
 * flight: everything that AAPCS64 6.8 passes in registers is preserved, x0-x8
 * and q0-q7. (SVE arguments are not; see BDL_IMPORT.) */
#include "asm.h"
#include "save.h"

/* Comes here from the import's own code by a jump: x9 is its struct bdl_import,
 * x30 and the stack are the caller's. Frame: x29 x30, x0-x8, q0-q7; 224 bytes.
 */
PUBLIC(bdl_import_lazy)
	stp	x29, x30, [sp, #-SAVED]!
	.cfi_def_cfa_offset 224
	.cfi_offset x29, -224
	.cfi_offset x30, -216
	mov	x29, sp
	.cfi_def_cfa_register x29
	SAVE_ARGUMENTS
	mov	x0, x9
	bl	import_lazy
	mov	x16, x0
	RESTORE_ARGUMENTS
	ldp	x29, x30, [sp], #SAVED
	.cfi_def_cfa sp, 0
	.cfi_restore x29
	.cfi_restore x30
	br	x16
END(bdl_import_lazy)
