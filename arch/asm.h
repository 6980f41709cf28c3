/* asm.h - the only assembler macros in the project. First include of every .S.
 *
 * FUNC(name) ... END(name) is a hidden, typed, sized function with unwind info
 * and a landing pad, in a section of its own (what a program doesn't use can be
 * left out); PUBLIC(name) one that programs may link to. The notes at the bottom
 * are emitted once per object just because the file included this header, so no
 * .S can forget them. */
#ifndef ASM_H
#define ASM_H

#include "arch.h"
#include "offsets.h"

#define FUNC(name)	\
	.hidden	name;	\
	PUBLIC(name)

#define PUBLIC(name)		\
	.section .text.name, "ax", %progbits;	\
	.p2align 4;		\
	.globl	name;		\
	.type	name, %function;\
name:	.cfi_startproc;		\
	ARCH_LANDING_PAD

#define END(name)		\
	.cfi_endproc;		\
	.size	name, . - name

	.section .note.GNU-stack, "", %progbits
	.section .note.gnu.property, "a", %note
	.p2align 3
	.long	4, 16, 5	/* name size, desc size, NT_GNU_PROPERTY_TYPE_0 */
	.asciz	"GNU"
	.long	ARCH_FEATURE_1_AND, 4, ARCH_FEATURE_BITS, 0
	.text
#endif
