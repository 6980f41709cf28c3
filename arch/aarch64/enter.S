/* enter.S - into ld.so as the kernel would go there, and back out of the
 * resident's main. AAPCS64 6.1: a call preserves x19-x29, sp, the low halves of
 * v8-v15 and the control bits of fpcr. */
#include "asm.h"

/* void arch_enter(uintptr_t *save, const void *sp, uintptr_t pc)
 *
 * Frame that *save points to: x29 x30, x19-x28, d8-d15, fpcr; 176 bytes. DWARF
 * numbers v8-v15 72-79.
 */
FUNC(arch_enter)
	stp	x29, x30, [sp, #-176]!
	.cfi_def_cfa_offset 176
	.cfi_offset x29, -176
	.cfi_offset x30, -168
	stp	x19, x20, [sp, #16]
	.cfi_offset x19, -160
	.cfi_offset x20, -152
	stp	x21, x22, [sp, #32]
	.cfi_offset x21, -144
	.cfi_offset x22, -136
	stp	x23, x24, [sp, #48]
	.cfi_offset x23, -128
	.cfi_offset x24, -120
	stp	x25, x26, [sp, #64]
	.cfi_offset x25, -112
	.cfi_offset x26, -104
	stp	x27, x28, [sp, #80]
	.cfi_offset x27, -96
	.cfi_offset x28, -88
	stp	d8, d9, [sp, #96]
	.cfi_offset 72, -80
	.cfi_offset 73, -72
	stp	d10, d11, [sp, #112]
	.cfi_offset 74, -64
	.cfi_offset 75, -56
	stp	d12, d13, [sp, #128]
	.cfi_offset 76, -48
	.cfi_offset 77, -40
	stp	d14, d15, [sp, #144]
	.cfi_offset 78, -32
	.cfi_offset 79, -24
	mrs	x9, fpcr
	str	x9, [sp, #160]
	mov	x9, sp
	str	x9, [x0]
	mov	x16, x2
	mov	x0, #0		/* no function to register with atexit */
	mov	x29, #0		/* the outermost frame */
	mov	x30, #0
	mov	sp, x1
	.cfi_undefined x30	/* nothing to unwind to from here on */
	br	x16
END(arch_enter)

/* void arch_resume(uintptr_t save) */
FUNC(arch_resume)
	mov	sp, x0
	.cfi_def_cfa_offset 176
	.cfi_offset x29, -176
	.cfi_offset x30, -168
	.cfi_offset x19, -160
	.cfi_offset x20, -152
	.cfi_offset x21, -144
	.cfi_offset x22, -136
	.cfi_offset x23, -128
	.cfi_offset x24, -120
	.cfi_offset x25, -112
	.cfi_offset x26, -104
	.cfi_offset x27, -96
	.cfi_offset x28, -88
	.cfi_offset 72, -80
	.cfi_offset 73, -72
	.cfi_offset 74, -64
	.cfi_offset 75, -56
	.cfi_offset 76, -48
	.cfi_offset 77, -40
	.cfi_offset 78, -32
	.cfi_offset 79, -24
	ldr	x9, [sp, #160]
	msr	fpcr, x9
	ldp	d14, d15, [sp, #144]
	.cfi_restore 78
	.cfi_restore 79
	ldp	d12, d13, [sp, #128]
	.cfi_restore 76
	.cfi_restore 77
	ldp	d10, d11, [sp, #112]
	.cfi_restore 74
	.cfi_restore 75
	ldp	d8, d9, [sp, #96]
	.cfi_restore 72
	.cfi_restore 73
	ldp	x27, x28, [sp, #80]
	.cfi_restore x27
	.cfi_restore x28
	ldp	x25, x26, [sp, #64]
	.cfi_restore x25
	.cfi_restore x26
	ldp	x23, x24, [sp, #48]
	.cfi_restore x23
	.cfi_restore x24
	ldp	x21, x22, [sp, #32]
	.cfi_restore x21
	.cfi_restore x22
	ldp	x19, x20, [sp, #16]
	.cfi_restore x19
	.cfi_restore x20
	ldp	x29, x30, [sp], #176
	.cfi_def_cfa_offset 0
	.cfi_restore x29
	.cfi_restore x30
	ret
END(arch_resume)

/* The entry that ld.so jumps to: sp is the initial stack, x0 its fini. */
FUNC(arch_landing)
	.cfi_undefined x30
	mov	x29, #0
	mov	x30, #0
	mov	x1, x0
	mov	x0, sp
	bl	boot_landed
	brk	#1
END(arch_landing)
