/* signals-aarch64.h - what signals.c needs of this machine: sigaction's flags and no
 * function of ours (the vDSO has it); vector registers with other values. */
#define RESTORER 0, 0
#define SPOIL_VECTORS \
	__asm__ volatile("movi v0.2d, #-1\n\tmovi v7.2d, #-1" ::: "v0", "v7")
