/* callback.S - the entries of callbacks, and where they lead. */
#include "asm.h"
#include "moves.h"

#define RECORD_PLAN    8
#define RECORD_HANDLER 16
#define RECORD_USER    24

/* The table that callback.c maps again and again; it is never run where it is linked.
 * All entries are the same: each finds its record at the same distance. It has its
 * pages to itself, so that they can be moved. */
	.section .text.arch_callbacks, "ax", %progbits
	.p2align 12
	.globl	arch_callbacks
	.hidden	arch_callbacks
	.type	arch_callbacks, %function
arch_callbacks:
	.rept	CALLBACKS
	.p2align 5, 0xcc
1:	ARCH_LANDING_PAD
	lea	1b + CALLBACK_DISTANCE(%rip), %r11
	jmp	*(%r11)
	.endr
	.p2align 12, 0xcc
	.size	arch_callbacks, . - arch_callbacks

	.macro prologue
	push	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset rbp, -16
	mov	%rsp, %rbp
	.cfi_def_cfa_register rbp
	mov	RECORD_PLAN(%r11), %r10
	lea	-FRAME_SIZE - FRAME_ROOM(%rbp), %rsp
	mov	%rdi, FRAME_GPR + 0*8(%rbp)
	mov	%rsi, FRAME_GPR + 1*8(%rbp)
	mov	%rdx, FRAME_GPR + 2*8(%rbp)
	mov	%rcx, FRAME_GPR + 3*8(%rbp)
	mov	%r8, FRAME_GPR + 4*8(%rbp)
	mov	%r9, FRAME_GPR + 5*8(%rbp)
	.endm

	/* runs the handler; then what loads the result. The plan may be gone by then. */
	.macro answer_to how, result
	mov	PLAN_ANSWER(%r10), %eax
	lea	.Lanswers(%rip), %rcx
	add	%rcx, %rax
	mov	%rax, FRAME_ANSWER(%rbp)
	mov	RECORD_USER(%r11), %rdi
	mov	%rsp, %rdx
	call	*RECORD_HANDLER(%r11)
	\how	\result, %r11
	jmp	*FRAME_ANSWER(%rbp)
	.endm

	/* rax: the places */
	.macro places
	mov	PLAN_PLACES(%r10), %eax
	add	%r10, %rax
	.endm

	/* where FRAME_ROOM is too little */
	.macro make_room
	mov	PLAN_ROOM(%r10), %eax
	neg	%rax
	lea	-FRAME_SIZE(%rbp, %rax), %rsp
	.endm

	/* arguments that arrive in pieces; rcx: behind the places */
	.macro gather
	places
	mov	PLAN_POINTERS(%r10), %ecx
	add	%rax, %rcx
8:	movslq	(%rcx), %rax
	test	%rax, %rax
	jz	9f
	movslq	4(%rcx), %rdx
	mov	(%rbp, %rdx), %rdx
	mov	%rdx, (%rbp, %rax)
	add	$8, %rcx
	jmp	8b
9:
	.endm

	.macro save_vec
	movaps	%xmm0, FRAME_VEC + 0*16(%rbp)
	movaps	%xmm1, FRAME_VEC + 1*16(%rbp)
	movaps	%xmm2, FRAME_VEC + 2*16(%rbp)
	movaps	%xmm3, FRAME_VEC + 3*16(%rbp)
	movaps	%xmm4, FRAME_VEC + 4*16(%rbp)
	movaps	%xmm5, FRAME_VEC + 5*16(%rbp)
	movaps	%xmm6, FRAME_VEC + 6*16(%rbp)
	movaps	%xmm7, FRAME_VEC + 7*16(%rbp)
	.endm

/* r11: the record; all else is the caller's. Calls handler(user, result, argv). */
FUNC(arch_callback)
	prologue
	lea	FRAME_RESULT(%rbp), %rsi
	testb	$PLAN_FLAG_ROOM | PLAN_FLAG_MEMORY | PLAN_FLAG_VECTORS | PLAN_FLAG_GATHER | \
		PLAN_FLAG_WIDE, PLAN_FLAGS(%r10)
	jnz	3f
1:	/* argv[i] = rbp + places[i], two at a time */
	places
	mov	PLAN_POINTERS(%r10), %ecx
	movq	%rbp, %xmm0
	punpcklqdq %xmm0, %xmm0
2:	movdqu	-16(%rax, %rcx), %xmm1
	paddq	%xmm0, %xmm1
	movdqa	%xmm1, -16(%rsp, %rcx)
	sub	$16, %ecx
	jnz	2b
	answer_to lea, FRAME_RESULT(%rbp)

3:	testb	$PLAN_FLAG_WIDE, PLAN_FLAGS(%r10)
	jnz	6f
	make_room
	testb	$PLAN_FLAG_VECTORS, PLAN_FLAGS(%r10)
	jz	4f
	save_vec
4:	testb	$PLAN_FLAG_GATHER, PLAN_FLAGS(%r10)
	jz	5f
	gather
5:	testb	$PLAN_FLAG_MEMORY, PLAN_FLAGS(%r10)
	jz	1b
	mov	FRAME_GPR(%rbp), %rsi
	jmp	1b

6:	mov	FRAME_GPR + 1*8(%rbp), %rsi
	.cfi_remember_state
	leave
	.cfi_def_cfa rsp, 8
	.cfi_restore rbp
	jmp	arch_callback_wide
	.cfi_restore_state

	/* r11: the result, which is loaded; moves.h has their numbers */
	.macro answer number
	.org	.Lanswers + (\number) * MOVE_SIZE, 0xcc
	ARCH_LANDING_PAD
	.endm
	.macro leave_callback
	.cfi_remember_state
	leave
	.cfi_def_cfa rsp, 8
	.cfi_restore rbp
	ret
	.cfi_restore_state
	.endm
	.p2align 4
.Lanswers:
	.macro load number, instruction, register
	answer	\number
	\instruction (%r11), \register
	leave_callback
	.endm
	.macro load2 number, first, a, second, b
	answer	\number
	\first	(%r11), \a
	\second	8(%r11), \b
	leave_callback
	.endm
	answer	MOVE_LOAD_NONE
	leave_callback
	load	MOVE_LOAD_S8, movsbl, %eax
	load	MOVE_LOAD_U8, movzbl, %eax
	load	MOVE_LOAD_S16, movswl, %eax
	load	MOVE_LOAD_U16, movzwl, %eax
	load	MOVE_LOAD_32, mov, %eax
	load	MOVE_LOAD_G, mov, %rax
	load2	MOVE_LOAD_GG, mov, %rax, mov, %rdx
	load	MOVE_LOAD_X32, movd, %xmm0
	load	MOVE_LOAD_X64, movq, %xmm0
	load	MOVE_LOAD_X, movaps, %xmm0
	load	MOVE_LOAD_X256, vmovups, %ymm0
	load	MOVE_LOAD_X512, vmovups, %zmm0
	load2	MOVE_LOAD_XX, movq, %xmm0, movq, %xmm1
	load2	MOVE_LOAD_GX, mov, %rax, movq, %xmm0
	load2	MOVE_LOAD_XG, movq, %xmm0, mov, %rax
	answer	MOVE_LOAD_T
	fldt	(%r11)
	leave_callback
	answer	MOVE_LOAD_TT
	fldt	16(%r11)
	fldt	(%r11)
	leave_callback
	answer	MOVE_LOAD_RDI
	mov	FRAME_GPR(%rbp), %rax
	leave_callback
	.org	.Lanswers + ANSWERS * MOVE_SIZE, 0xcc
END(arch_callback)

/* The same, from there, for plans with vectors of 32 and 64 bytes: these are kept, and their result
 * is made, in memory that is aligned to 64. */
FUNC(arch_callback_wide)
	prologue
	make_room
	save_vec
	gather
	and	$-64, %rsp
	sub	$WIDE_SIZE, %rsp
	testb	$PLAN_FLAG_512, PLAN_FLAGS(%r10)
	jnz	1f
	.irp	k, 0, 1, 2, 3, 4, 5, 6, 7
	vmovaps	%ymm\k, WIDE_VEC + \k*64(%rsp)
	.endr
	jmp	2f
1:	.irp	k, 0, 1, 2, 3, 4, 5, 6, 7
	vmovaps	%zmm\k, WIDE_VEC + \k*64(%rsp)
	.endr
2:	mov	%rsp, %rsi
	testb	$PLAN_FLAG_MEMORY, PLAN_FLAGS(%r10)
	jz	3f
	mov	FRAME_GPR(%rbp), %rsi
3:	mov	%rsi, FRAME_WIDE(%rbp)
	mov	%rsp, %r9
	places
	mov	PLAN_POINTERS(%r10), %ecx
	sub	%rcx, %rsp
4:	mov	-8(%rax, %rcx), %rdx
	mov	%rbp, %r8
	test	$WIDE_MARK, %dl
	jz	5f
	lea	-WIDE_MARK(%r9), %r8
5:	add	%r8, %rdx
	mov	%rdx, -8(%rsp, %rcx)
	sub	$8, %ecx
	jnz	4b
	answer_to mov, FRAME_WIDE(%rbp)
END(arch_callback_wide)
