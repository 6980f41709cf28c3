/* offsets.h - structures as the assembler sees them, the same on every machine;
 * contract.h and others tie each number to its field. */
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

/* struct bdl_plan; call.h ties these. */
#define PLAN_FLAGS    4
#define PLAN_RESULT   8
#define PLAN_ANSWER   12
#define PLAN_DETAIL   16
#define PLAN_PLACES   20
#define PLAN_POINTERS 24
#define PLAN_ROOM     28
#define PLAN_STACK    32
#define PLAN_MOVES    48

#define PLAN_FLAG_ERRNO   1 /* BDL_CALL_ERRNO */
#define PLAN_FLAG_ROOM    2 /* callbacks: they take more than the usual frame */
#define PLAN_FLAG_STACK   4 /* BDL_CALL_STACK */
#define PLAN_FLAG_MEMORY  8 /* the result is where the caller says */
#define PLAN_FLAG_VECTORS 16 /* callbacks: vector registers have arguments */
#define PLAN_FLAG_GATHER  32 /* callbacks: arguments arrive in pieces */
#define PLAN_FLAG_WIDE    64 /* callbacks: vectors of more than 16 bytes */
#define PLAN_FLAG_512     128 /* ... of 64 */

/* How an integer of less than a word, or of one, is loaded. */
#define HOW_S8  0
#define HOW_U8  1
#define HOW_S16 2
#define HOW_U16 3
#define HOW_32  4
#define HOW_64  5

/* The table of callbacks' entries, and how far behind it their records are: behind
 * the table's last page, be it of 64 KiB. */
#define CALLBACKS         256
#define CALLBACK_SIZE     32 /* of an entry, and of a record */
#define CALLBACK_DISTANCE 0x20000

#endif
