/* offsets.h - struct bdl_args as the assembler sees it, the same on every
 * machine; contract.h ties each number to its field. */
#ifndef OFFSETS_H
#define OFFSETS_H

#define ARGS_GPR      0
#define ARGS_VEC      64
#define ARGS_STACK    192
#define ARGS_NSTACK   200
#define ARGS_INDIRECT 208
#define ARGS_FLAGS    216
#define ARGS_X87      224

/* struct thread, the part of each thread that is ours; internal.h ties these. */
#define THREAD_MODULES     8
#define THREAD_COUNT       16
#define THREAD_SIZE        1024
#define THREAD_MODULE_SIZE 24

/* The reserve for static TLS beside it, and what both are aligned to. Together
 * they fill a page. */
#define TLS_RESERVE 3072
#define TLS_ALIGN   64

#endif
