/* link.S - where objects that our own linker has opened come to it while they run:
 * the procedure linkage table (psABI 5.2) and TLS descriptors (Oliva, "Thread-Local
 * Storage Descriptors", 2.2). */
#include "asm.h"
#include "save.h"

/* From PLT0 by a jump. Above the stack pointer: GOT[1], which is the struct object;
 * the index of the slot's relocation; the return address of the call.
 */
FUNC(arch_plt_lazy)
	.cfi_def_cfa_offset 24
	push	%rbp
	.cfi_def_cfa_offset 32
	.cfi_offset rbp, -32
	mov	%rsp, %rbp
	.cfi_def_cfa_register rbp
	SAVE_STATE
	mov	8(%rbp), %rdi
	mov	16(%rbp), %rsi
	call	plt_lazy
	mov	%rax, %r11
	RESTORE_STATE
	mov	SAVED_RAX, %rax
	leave
	.cfi_def_cfa rsp, 24
	.cfi_restore rbp
	add	$16, %rsp
	.cfi_def_cfa_offset 8
	jmp	*%r11
END(arch_plt_lazy)

/* TLS descriptors: rax is the address of the pair (this function, argument); the
 * result in rax is the variable's distance from the thread pointer. Every other
 * register is the caller's.
 *
 * argument: that distance.
 */
FUNC(arch_tlsdesc_static)
	mov	8(%rax), %rax
	ret
END(arch_tlsdesc_static)

/* argument: the address itself, 0 with an addend, of a weak symbol that is nowhere.
 */
FUNC(arch_tlsdesc_weak)
	mov	8(%rax), %rax
	sub	%fs:0, %rax
	ret
END(arch_tlsdesc_weak)

/* argument: a struct tls_index.
 *
 *	rdi	struct tls_index	rsi	the thread's table
 *	rax	module number, slot, address
 */
FUNC(arch_tlsdesc_dynamic)
	push	%rdi
	.cfi_def_cfa_offset 16
	.cfi_offset rdi, -16
	push	%rsi
	.cfi_def_cfa_offset 24
	.cfi_offset rsi, -24
	mov	8(%rax), %rdi
	movzwl	(%rdi), %eax		/* the slot */
	cmp	%fs:(THREAD_COUNT - THREAD_SIZE), %rax
	jae	1f
	mov	%fs:(THREAD_MODULES - THREAD_SIZE), %rsi
	lea	(%rax,%rax,2), %rax	/* THREAD_MODULE_SIZE is 24 */
	lea	(%rsi,%rax,8), %rsi
	mov	(%rdi), %rax
	cmp	(%rsi), %rax
	jne	1f
	mov	8(%rsi), %rax
	add	8(%rdi), %rax
	sub	%fs:0, %rax
2:	pop	%rsi
	.cfi_def_cfa_offset 16
	.cfi_restore rsi
	pop	%rdi
	.cfi_def_cfa_offset 8
	.cfi_restore rdi
	.cfi_remember_state
	ret
1:	.cfi_restore_state
	.cfi_def_cfa_offset 24
	.cfi_offset rdi, -16
	.cfi_offset rsi, -24
	call	tlsdesc_first
	jmp	2b
END(arch_tlsdesc_dynamic)

/* tls_get_addr() with every register kept: rdi is its argument, rax its result, as a
 * distance.
 */
FUNC(tlsdesc_first)
	push	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset rbp, -16
	mov	%rsp, %rbp
	.cfi_def_cfa_register rbp
	SAVE_STATE
	mov	-40(%rbp), %rdi
	call	tls_get_addr
	sub	%fs:0, %rax
	mov	%rax, SAVED_RAX
	RESTORE_STATE
	mov	SAVED_RAX, %rax
	mov	SAVED_R11, %r11
	leave
	.cfi_def_cfa rsp, 8
	.cfi_restore rbp
	ret
END(tlsdesc_first)
