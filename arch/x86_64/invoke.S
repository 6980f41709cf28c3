/* invoke.S - prepared calls. A plan is a list of moves, each a distance from .Lmoves to a
 * few instructions; each ends by going to the next. moves.h has their numbers and plan.c
 * writes them. No types in here. */
#include "asm.h"
#include "moves.h"

/* While a plan is run:
 *
 *	r10	the next word of the plan	rax	scratch
 *	r11	the next pointer of argv	rbx	.Lmoves
 *	rbp	-8 rbx  -16 result  -24 function  -32 plan
 */
#define RESULT   -16(%rbp)
#define FUNCTION -24(%rbp)
#define PLAN     -32(%rbp)

	.macro next operands=0	/* behind this many words */
	mov	4*\operands(%r10), %eax
	add	%rbx, %rax
	add	$4 + 4*\operands, %r10
	jmp	*%rax
	.endm

	/* .org complains of a move that is too long */
	.macro move number
	.org	.Lmoves + (\number) * MOVE_SIZE, 0xcc
	ARCH_LANDING_PAD
	.endm

	.macro argument		/* rax: the next argument */
	mov	(%r11), %rax
	add	$8, %r11
	.endm

	.macro finish
	testb	$PLAN_FLAG_ERRNO, PLAN_FLAGS(%r10)
	jnz	.Lerrno
	mov	-8(%rbp), %rbx
	.cfi_remember_state
	.cfi_restore rbx
	xor	%eax, %eax
	leave
	.cfi_def_cfa rsp, 8
	.cfi_restore rbp
	ret
	.cfi_restore_state
	.endm

	.macro prologue
	push	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset rbp, -16
	mov	%rsp, %rbp
	.cfi_def_cfa_register rbp
	push	%rbx
	.cfi_offset rbx, -24
	push	%rdx
	push	%rsi
	push	%rdi
	.endm

/* int bdl_invoke_on(plan, function, result, argv, stack, size) */
PUBLIC(bdl_invoke_on)
	prologue
	test	%r8, %r8	/* none: the caller's own */
	jz	.Linvoke
	lea	(%r8, %r9), %rsp
	and	$-64, %rsp
	jmp	.Linvoke
END(bdl_invoke_on)

/* int bdl_invoke(plan, function, result, argv) */
PUBLIC(bdl_invoke)
	prologue
.Linvoke:
	lea	PLAN_MOVES(%rdi), %r10
	mov	%rcx, %r11
	lea	.Lmoves(%rip), %rbx
	next

	.p2align 6
.Lmoves:
	.macro gpr k, r64, r32
	move	MOVE_GPR(\k, HOW_S8)
	argument
	movsbl	(%rax), \r32
	next
	move	MOVE_GPR(\k, HOW_U8)
	argument
	movzbl	(%rax), \r32
	next
	move	MOVE_GPR(\k, HOW_S16)
	argument
	movswl	(%rax), \r32
	next
	move	MOVE_GPR(\k, HOW_U16)
	argument
	movzwl	(%rax), \r32
	next
	move	MOVE_GPR(\k, HOW_32)
	argument
	mov	(%rax), \r32
	next
	move	MOVE_GPR(\k, HOW_64)
	argument
	mov	(%rax), \r64
	next
	move	MOVE_GPR(\k, HOW_FAR_32)
	mov	-8(%r11), %rax
	mov	8(%rax), \r32
	next
	move	MOVE_GPR(\k, HOW_FAR_64)
	mov	-8(%r11), %rax
	mov	8(%rax), \r64
	next
	.endm
	gpr	0, %rdi, %edi
	gpr	1, %rsi, %esi
	gpr	2, %rdx, %edx
	gpr	3, %rcx, %ecx
	gpr	4, %r8, %r8d
	gpr	5, %r9, %r9d

	.macro gpr_room k, r64
	move	MOVE_GPR_ROOM(\k)
	mov	(%r10), %eax
	mov	(%rsp, %rax), \r64
	next	1
	.endm
	gpr_room 0, %rdi
	gpr_room 1, %rsi
	gpr_room 2, %rdx
	gpr_room 3, %rcx
	gpr_room 4, %r8
	gpr_room 5, %r9

	.macro pair number, first, second
	move	\number
	mov	(%r11), %rax
	mov	(%rax), \first
	mov	8(%r11), %rax
	mov	(%rax), \second
	add	$16, %r11
	next
	.endm
	.macro gpr_pair k, a64, a32, b64, b32
	pair	MOVE_GPR_PAIR(\k, 0), \a32, \b32
	pair	MOVE_GPR_PAIR(\k, 1), \a32, \b64
	pair	MOVE_GPR_PAIR(\k, 2), \a64, \b32
	pair	MOVE_GPR_PAIR(\k, 3), \a64, \b64
	.endm
	gpr_pair 0, %rdi, %edi, %rsi, %esi
	gpr_pair 1, %rsi, %esi, %rdx, %edx
	gpr_pair 2, %rdx, %edx, %rcx, %ecx
	gpr_pair 3, %rcx, %ecx, %r8, %r8d
	gpr_pair 4, %r8, %r8d, %r9, %r9d

	.macro vec k, next_k
	move	MOVE_VEC(\k, HOW_X16)
	argument
	movzwl	(%rax), %eax
	movd	%eax, %xmm\k
	next
	move	MOVE_VEC(\k, HOW_X32)
	argument
	movd	(%rax), %xmm\k
	next
	move	MOVE_VEC(\k, HOW_X64)
	argument
	movq	(%rax), %xmm\k
	next
	move	MOVE_VEC(\k, HOW_X128)
	argument
	movups	(%rax), %xmm\k
	next
	move	MOVE_VEC(\k, HOW_X256)
	argument
	vmovups	(%rax), %ymm\k
	next
	move	MOVE_VEC(\k, HOW_X512)
	argument
	vmovups	(%rax), %zmm\k
	next
	move	MOVE_VEC(\k, HOW_FAR_X32)
	mov	-8(%r11), %rax
	movd	8(%rax), %xmm\k
	next
	move	MOVE_VEC(\k, HOW_FAR_X64)
	mov	-8(%r11), %rax
	movq	8(%rax), %xmm\k
	next
	move	MOVE_VEC(\k, HOW_X_ROOM)
	mov	(%r10), %eax
	movq	(%rsp, %rax), %xmm\k
	next	1
	.ifnb	\next_k
	move	MOVE_VEC(\k, HOW_X_PAIR)
	mov	(%r11), %rax
	movq	(%rax), %xmm\k
	mov	8(%r11), %rax
	movq	(%rax), %xmm\next_k
	add	$16, %r11
	next
	.endif
	.endm
	vec	0, 1
	vec	1, 2
	vec	2, 3
	vec	3, 4
	vec	4, 5
	vec	5, 6
	vec	6, 7
	vec	7

	move	MOVE_STACK		/* unless bdl_invoke_on() has chosen one */
	lea	-32(%rbp), %rax
	cmp	%rax, %rsp
	jne	1f
	mov	PLAN, %rax
	mov	PLAN_STACK(%rax), %rax
	test	%rax, %rax
	cmovnz	%rax, %rsp
	and	$-64, %rsp
1:	next
	move	MOVE_FRAME
	mov	(%r10), %eax
	sub	%rax, %rsp
	movslq	4(%r10), %rax
	and	%rax, %rsp
	next	2
	move	MOVE_FRAME_LARGE
	jmp	.Lframe_large

	.macro put how, load, to
	move	MOVE_PUT + \how
	mov	(%r10), %eax
	mov	(%r11, %rax), %rax
	mov	4(%r10), %edx
	\load	(%rax), \to
	mov	%rcx, (%rsp, %rdx)
	next	2
	.endm
	put	HOW_S8, movsbl, %ecx
	put	HOW_U8, movzbl, %ecx
	put	HOW_S16, movswl, %ecx
	put	HOW_U16, movzwl, %ecx
	put	HOW_32, mov, %ecx
	put	HOW_64, mov, %rcx

	move	MOVE_COPY
	mov	(%r10), %eax
	mov	(%r11, %rax), %rsi
	mov	4(%r10), %edi
	add	%rsp, %rdi
	mov	8(%r10), %ecx
	jmp	.Lcopy
	move	MOVE_SKIP
	mov	(%r10), %eax
	add	%rax, %r11
	next	1
	move	MOVE_RESULT
	mov	RESULT, %rdi
	next

	move	MOVE_CALL
	mov	(%r10), %eax
	call	*FUNCTION
	mov	PLAN, %r10
	mov	RESULT, %r11
	mov	PLAN_RESULT(%r10), %ecx
	add	%rbx, %rcx
	jmp	*%rcx

	.macro store number, instruction, register
	move	\number
	\instruction \register, (%r11)
	finish
	.endm
	.macro store2 number, first, a, second, b
	move	\number
	\first	\a, (%r11)
	\second	\b, 8(%r11)
	finish
	.endm
	move	MOVE_STORE_NONE
	finish
	store	MOVE_STORE_8, mov, %al
	store	MOVE_STORE_16, mov, %ax
	store	MOVE_STORE_32, mov, %eax
	store	MOVE_STORE_64, mov, %rax
	store2	MOVE_STORE_GG, mov, %rax, mov, %rdx
	move	MOVE_STORE_X16
	movd	%xmm0, %eax
	mov	%ax, (%r11)
	finish
	store	MOVE_STORE_X32, movd, %xmm0
	store	MOVE_STORE_X64, movq, %xmm0
	store	MOVE_STORE_X128, movups, %xmm0
	move	MOVE_STORE_X256
	vmovups	%ymm0, (%r11)
	vzeroupper
	finish
	move	MOVE_STORE_X512
	vmovups	%zmm0, (%r11)
	vzeroupper
	finish
	store2	MOVE_STORE_XX, movq, %xmm0, movq, %xmm1
	store2	MOVE_STORE_GX, mov, %rax, movq, %xmm0
	store2	MOVE_STORE_XG, movq, %xmm0, mov, %rax
	move	MOVE_STORE_T
	fstpt	(%r11)
	finish
	move	MOVE_STORE_TT
	fstpt	(%r11)
	fstpt	16(%r11)
	finish

	/* part of a word must not be stored as a whole */
	.macro store_of number, first, a, second, b
	move	\number
	sub	$16, %rsp
	\first	\a, (%rsp)
	\second	\b, 8(%rsp)
	jmp	.Lpart
	.endm
	store_of MOVE_STORE_GG_OF, mov, %rax, mov, %rdx
	store_of MOVE_STORE_XX_OF, movq, %xmm0, movq, %xmm1
	store_of MOVE_STORE_GX_OF, mov, %rax, movq, %xmm0
	store_of MOVE_STORE_XG_OF, movq, %xmm0, mov, %rax

	.org	.Lmoves + MOVES * MOVE_SIZE, 0xcc

	/* page by page, so that no guard page is passed over */
.Lframe_large:
	mov	(%r10), %eax
1:	sub	$4096, %rsp
	orb	$0, (%rsp)
	sub	$4096, %eax
	ja	1b
	movslq	4(%r10), %rax
	and	%rax, %rsp
	next	2

	/* rcx bytes from rsi to rdi, no more */
.Lcopy:
	mov	%ecx, %edx
	shr	$3, %ecx
	jz	2f
1:	mov	(%rsi), %rax
	mov	%rax, (%rdi)
	add	$8, %rsi
	add	$8, %rdi
	dec	%ecx
	jnz	1b
2:	mov	%edx, %ecx
	and	$7, %ecx
	rep movsb
	next	3

.Lpart:
	mov	%rsp, %rsi
	mov	%r11, %rdi
	mov	PLAN_DETAIL(%r10), %ecx
	rep movsb
	finish

.Lerrno:
	call	call_errno
	mov	-8(%rbp), %rbx
	.cfi_restore rbx
	leave
	.cfi_def_cfa rsp, 8
	.cfi_restore rbp
	ret
END(bdl_invoke)
