/* start.S - the process entry: sp points at argc, as on every Linux. */
#include "asm.h"

PUBLIC(_start)
	.cfi_undefined x30
	mov	x29, #0
	mov	x30, #0
	mov	x0, sp
	bl	start_process
	brk	#1
END(_start)
