/* guard-x86_64.S - see guard.h. Between a call and its callee only r10 and r11 are free;
 * between its return and the caller rax, rdx, xmm0, xmm1 and st are not. */
#include "guard.h"

#define KEPT(i)   GUARD_KEPT + 8 * (i)(%r11)
#define RANDOM(i) guard_random + 8 * (i)(%rip)
#define FCW_OF(control) 4 + control	/* mxcsr is before it */

	.macro each_kept do
	\do	0, %rbx
	\do	1, %rbp
	\do	2, %r12
	\do	3, %r13
	\do	4, %r14
	\do	5, %r15
	.endm
	.macro keep i, register
	mov	\register, KEPT(\i)
	.endm
	.macro randomize i, register
	mov	RANDOM(\i), \register
	.endm
	.macro test_kept i, register
	cmp	RANDOM(\i), \register
	je	1f
	or	$1 << \i, %ecx
1:
	.endm
	.macro restore i, register
	mov	KEPT(\i), \register
	.endm

	.text
	.globl	abi_guard, abi_guard_abandon, abi_guard_litter, abi_guard_mode
abi_guard:
	endbr64
	mov	guard_top(%rip), %r11
	pop	GUARD_RETURN(%r11)
	mov	%rsp, GUARD_SP(%r11)
	each_kept keep
	stmxcsr	GUARD_CONTROL(%r11)
	fnstcw	FCW_OF(GUARD_CONTROL)(%r11)
	ldmxcsr	GUARD_INSIDE(%r11)
	fldcw	FCW_OF(GUARD_INSIDE)(%r11)
	each_kept randomize
	addq	$GUARD_SIZE, guard_top(%rip)
	mov	RANDOM(6), %r10
	call	*(%r11)

	mov	guard_top(%rip), %r11
	sub	$GUARD_SIZE, %r11
	mov	%r11, guard_top(%rip)
	xor	%ecx, %ecx
	cmp	GUARD_SP(%r11), %rsp
	je	1f
	or	$1 << 6, %ecx
1:	each_kept test_kept
	mov	GUARD_SP(%r11), %rsp
	pushf
	pop	%rsi
	test	$0x400, %esi
	jz	1f
	or	$1 << 7, %ecx
1:	stmxcsr	-8(%rsp)		/* below: no one is there */
	mov	-8(%rsp), %esi
	xor	GUARD_INSIDE(%r11), %esi
	test	$0xffc0, %esi		/* but for what has happened */
	jz	1f
	or	$1 << 8, %ecx
1:	fnstcw	-8(%rsp)
	mov	-8(%rsp), %si
	cmp	FCW_OF(GUARD_INSIDE)(%r11), %si
	je	1f
	or	$1 << 9, %ecx
1:	mov	%rcx, GUARD_BAD(%r11)

back:	cld
	ldmxcsr	GUARD_CONTROL(%r11)
	fldcw	FCW_OF(GUARD_CONTROL)(%r11)
	each_kept restore
	mov	RANDOM(7), %rcx
	mov	RANDOM(8), %rsi
	mov	RANDOM(9), %rdi
	mov	RANDOM(10), %r8
	mov	RANDOM(11), %r9
	mov	RANDOM(12), %r10
	.irp	k, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	movups	RANDOM(\k), %xmm\k
	.endr
	jmp	*GUARD_RETURN(%r11)

abi_guard_abandon:
	endbr64
	lea	guards(%rip), %r11
	mov	%r11, guard_top(%rip)
	movq	$-1, GUARD_BAD(%r11)
	mov	GUARD_SP(%r11), %rsp
	fninit
	jmp	back

abi_guard_litter:
	endbr64
	sub	$40, %rsp
	fnstenv	(%rsp)
	xor	%eax, %eax
	cmpw	$0xffff, 8(%rsp)	/* all tags empty */
	setne	%al
	fninit
	add	$40, %rsp
	ret

	/* rounding, flush to zero, denormals; rounding of x87 */
abi_guard_mode:
	endbr64
	mov	%edi, %eax
	and	$0xe040, %eax
	or	$0x1f80, %eax
	shr	$32, %rdi
	and	$0x0c00, %edi
	or	$0x037f, %edi
	shl	$32, %rdi
	or	%rdi, %rax
	ret

	.section .rodata
name:	.asciz	"rbx", "rbp", "r12", "r13", "r14", "r15", "rsp", "direction", "mxcsr", "x87cw"
	.data
	.p2align 3
	.globl	guard_names
guard_names:
	.quad	name, name + 4, name + 8, name + 12, name + 16, name + 20, name + 24, name + 28
	.quad	name + 38, name + 44, 0
	.section .note.GNU-stack, "", %progbits
