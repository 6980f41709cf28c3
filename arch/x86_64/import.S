/* import.S - the first call through an import. Arguments of any kind may be in
 * flight: all of them are preserved. */
#include "asm.h"
#include "save.h"

/* Comes here from the import's own code by a jump: r11 is its struct bdl_import,
 * the stack is the caller's.
 */
PUBLIC(bdl_import_lazy)
	push	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset rbp, -16
	mov	%rsp, %rbp
	.cfi_def_cfa_register rbp
	SAVE_STATE
	mov	SAVED_R11, %rdi
	call	import_lazy
	mov	%rax, %r11
	RESTORE_STATE
	mov	SAVED_RAX, %rax
	leave
	.cfi_def_cfa rsp, 8
	.cfi_restore rbp
	jmp	*%r11
END(bdl_import_lazy)
