/* start.S - the process entry. psABI 3.4.1: rsp points at argc. */
#include "asm.h"

PUBLIC(_start)
	.cfi_undefined rip
	xor	%ebp, %ebp
	mov	%rsp, %rdi
	and	$-16, %rsp
	call	start_process
	ud2
END(_start)
