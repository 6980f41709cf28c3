/* signals-x86_64.h - what signals.c needs of this machine: sigaction's flags and the
 * function that returns from a handler; vector registers with other values. */
void restorer(void);
__asm__(".globl restorer\nrestorer: mov $15, %eax\n\tsyscall");
#define RESTORER 0x4000000, (long)restorer
#define SPOIL_VECTORS \
	__asm__ volatile("pcmpeqd %%xmm0, %%xmm0\n\tpcmpeqd %%xmm7, %%xmm7" :: \
				 : "xmm0", "xmm7")
