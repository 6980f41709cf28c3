ARCH_CFLAGS  := -mbranch-protection=bti -mno-outline-atomics
ARCH_FEATURE := BTI
