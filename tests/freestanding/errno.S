/* errno.S - the shared library made of errno.c, as bytes. */
	.section .rodata
	.globl	errno_library, errno_library_end
	.p2align 4
errno_library:
	.incbin	ERRNO_LIBRARY
errno_library_end:
	.section .note.GNU-stack, "", %progbits
