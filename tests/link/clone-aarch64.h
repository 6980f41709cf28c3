/* clone-aarch64.h - clone(2) without a thread pointer, from a function that both threads
 * share: the new one calls the function at [top] and ends. */
static inline __attribute__((always_inline)) void clone_at(
	long flags, void (**top)(void), int *tid)
{
	register long x0 __asm__("x0") = flags;
	register long x1 __asm__("x1") = (long)top;
	register long x2 __asm__("x2") = 0;
	register long x3 __asm__("x3") = 0; /* tls */
	register long x4 __asm__("x4") = (long)tid;
	register long x8 __asm__("x8") = SYS_clone;
	__asm__ volatile("svc 0\n\t"
			 "cbnz x0, 1f\n\t"
			 "mov x29, xzr\n\tldr x16, [sp]\n\tblr x16\n\t"
			 "mov x0, 0\n\tmov x8, 93\n\tsvc 0\n"
			 "1:"
			 : "+r"(x0)
			 : "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x8)
			 : "x16", "x30", "memory");
}
