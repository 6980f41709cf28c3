/* link.S - where objects that our own linker has opened come to it while they run:
 * the procedure linkage table (AAELF64 "PLT") and TLS descriptors (its "TLS
 * descriptor"; the caller's registers are all kept but x0 and the flags). */
#include "asm.h"
#include "save.h"

/* From PLT0 by a jump: x16 is &GOT[2], and on the stack are the address of the
 * function's GOT slot and the caller's x30. GOT[1] is the struct object.
 *
 *	frame: x29 x30, x0-x8, q0-q7; 224 bytes, then those two words
 */
FUNC(arch_plt_lazy)
	.cfi_def_cfa_offset 16
	.cfi_offset x30, -8
	stp	x29, x30, [sp, #-SAVED]!
	.cfi_def_cfa_offset 240
	.cfi_offset x29, -240
	mov	x29, sp
	.cfi_def_cfa_register x29
	SAVE_ARGUMENTS
	ldr	x0, [x16, #-8]		/* the object */
	ldr	x1, [sp, #SAVED]		/* the slot; slots begin at GOT[3] */
	sub	x1, x1, x16
	sub	x1, x1, #8
	lsr	x1, x1, #3
	bl	plt_lazy
	mov	x16, x0
	RESTORE_ARGUMENTS
	ldr	x29, [sp]
	.cfi_restore x29
	ldr	x30, [sp, #232]
	.cfi_restore x30
	add	sp, sp, #240
	.cfi_def_cfa sp, 0
	br	x16
END(arch_plt_lazy)

/* TLS descriptors: x0 is the address of the pair (this function, argument); the
 * result in x0 is the variable's distance from the thread pointer.
 *
 * argument: that distance.
 */
FUNC(arch_tlsdesc_static)
	ldr	x0, [x0, #8]
	ret
END(arch_tlsdesc_static)

/* argument: the address itself, 0 with an addend, of a weak symbol that is nowhere.
 */
FUNC(arch_tlsdesc_weak)
	str	x1, [sp, #-16]!
	.cfi_def_cfa_offset 16
	ldr	x0, [x0, #8]
	mrs	x1, tpidr_el0
	sub	x0, x0, x1
	ldr	x1, [sp], #16
	.cfi_def_cfa_offset 0
	ret
END(arch_tlsdesc_weak)

/* argument: a struct tls_index.
 *
 *	x0	struct tls_index	x1	thread pointer
 *	x2	slot, its entry		x3	scratch
 */
FUNC(arch_tlsdesc_dynamic)
	stp	x1, x2, [sp, #-32]!
	.cfi_def_cfa_offset 32
	str	x3, [sp, #16]
	ldr	x0, [x0, #8]
	mrs	x1, tpidr_el0
	ldrh	w2, [x0]		/* the slot */
	ldr	x3, [x1, #TLS_ALIGN + THREAD_COUNT]
	cmp	x2, x3
	b.hs	1f
	mov	x3, #THREAD_MODULE_SIZE
	mul	x2, x2, x3
	ldr	x3, [x1, #TLS_ALIGN + THREAD_MODULES]
	add	x2, x2, x3
	ldr	x3, [x0]
	ldr	x1, [x2]
	cmp	x1, x3
	b.ne	1f
	ldr	x2, [x2, #8]
	ldr	x0, [x0, #8]
	add	x0, x0, x2
	mrs	x1, tpidr_el0
	sub	x0, x0, x1
2:	ldr	x3, [sp, #16]
	ldp	x1, x2, [sp], #32
	.cfi_def_cfa_offset 0
	.cfi_remember_state
	ret
1:	.cfi_restore_state
	.cfi_def_cfa_offset 32
	str	x30, [sp, #24]
	.cfi_offset x30, -8
	bl	tlsdesc_first
	ldr	x30, [sp, #24]
	.cfi_restore x30
	b	2b
END(arch_tlsdesc_dynamic)

/* tls_get_addr() with every register kept: x0 is its argument and its result, as a
 * distance.
 *
 *	frame: x29 x30, x1-x18, q0-q31; 672 bytes
 */
FUNC(tlsdesc_first)
	sub	sp, sp, #672
	.cfi_def_cfa_offset 672
	stp	x29, x30, [sp]
	.cfi_offset x29, -672
	.cfi_offset x30, -664
	mov	x29, sp
	.cfi_def_cfa_register x29
	stp	x1, x2, [sp, #16]
	stp	x3, x4, [sp, #32]
	stp	x5, x6, [sp, #48]
	stp	x7, x8, [sp, #64]
	stp	x9, x10, [sp, #80]
	stp	x11, x12, [sp, #96]
	stp	x13, x14, [sp, #112]
	stp	x15, x16, [sp, #128]
	stp	x17, x18, [sp, #144]
	stp	q0, q1, [sp, #160]
	stp	q2, q3, [sp, #192]
	stp	q4, q5, [sp, #SAVED]
	stp	q6, q7, [sp, #256]
	stp	q8, q9, [sp, #288]
	stp	q10, q11, [sp, #320]
	stp	q12, q13, [sp, #352]
	stp	q14, q15, [sp, #384]
	stp	q16, q17, [sp, #416]
	stp	q18, q19, [sp, #448]
	stp	q20, q21, [sp, #480]
	stp	q22, q23, [sp, #512]
	stp	q24, q25, [sp, #544]
	stp	q26, q27, [sp, #576]
	stp	q28, q29, [sp, #608]
	stp	q30, q31, [sp, #640]
	bl	tls_get_addr
	mrs	x1, tpidr_el0
	sub	x0, x0, x1
	ldp	q30, q31, [sp, #640]
	ldp	q28, q29, [sp, #608]
	ldp	q26, q27, [sp, #576]
	ldp	q24, q25, [sp, #544]
	ldp	q22, q23, [sp, #512]
	ldp	q20, q21, [sp, #480]
	ldp	q18, q19, [sp, #448]
	ldp	q16, q17, [sp, #416]
	ldp	q14, q15, [sp, #384]
	ldp	q12, q13, [sp, #352]
	ldp	q10, q11, [sp, #320]
	ldp	q8, q9, [sp, #288]
	ldp	q6, q7, [sp, #256]
	ldp	q4, q5, [sp, #SAVED]
	ldp	q2, q3, [sp, #192]
	ldp	q0, q1, [sp, #160]
	ldp	x17, x18, [sp, #144]
	ldp	x15, x16, [sp, #128]
	ldp	x13, x14, [sp, #112]
	ldp	x11, x12, [sp, #96]
	ldp	x9, x10, [sp, #80]
	ldp	x7, x8, [sp, #64]
	ldp	x5, x6, [sp, #48]
	ldp	x3, x4, [sp, #32]
	ldp	x1, x2, [sp, #16]
	ldp	x29, x30, [sp]
	.cfi_restore x29
	.cfi_restore x30
	add	sp, sp, #672
	.cfi_def_cfa sp, 0
	ret
END(tlsdesc_first)
