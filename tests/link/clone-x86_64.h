/* clone-x86_64.h - clone(2) without a thread pointer, from a function that both threads
 * share: the new one calls the function at [top] and ends. */
static inline __attribute__((always_inline)) void clone_at(
	long flags, void (**top)(void), int *tid)
{
	register long ctid __asm__("r10") = (long)tid;
	register long tls __asm__("r8") = 0;
	long n = SYS_clone;
	__asm__ volatile("syscall\n\t"
			 "test %%eax, %%eax\n\tjnz 1f\n\t"
			 "xor %%ebp, %%ebp\n\tpop %%rax\n\tcall *%%rax\n\t"
			 "mov $60, %%eax\n\txor %%edi, %%edi\n\tsyscall\n"
			 "1:"
			 : "+a"(n)
			 : "D"(flags), "S"(top + 1), "d"(0), "r"(ctid), "r"(tls)
			 : "rcx", "r11", "memory");
}
