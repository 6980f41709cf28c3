# chain NAME, CALLEE: an exported function that calls CALLEE through the PLT, as
# deep as its argument says, and returns how deep that was. Assembly, because a
# compiler takes a minute for twenty thousand of them; this goes before it.
	.macro chain name, callee
	.globl \name
	.type \name, @function
\name:
	.cfi_startproc
	test %edi, %edi
	jle 1f
	sub $8, %rsp
	.cfi_adjust_cfa_offset 8
	dec %edi
	call \callee@PLT
	inc %eax
	add $8, %rsp
	.cfi_adjust_cfa_offset -8
	ret
1:	xor %eax, %eax
	ret
	.cfi_endproc
	.size \name, . - \name
	.p2align 4
	.endm
	.section .note.GNU-stack, "", @progbits
	.text
