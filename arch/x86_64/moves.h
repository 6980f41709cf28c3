/* moves.h - the moves that plans consist of, as plan.c writes and invoke.S has them. A
 * plan holds a move as its distance from .Lmoves: number times MOVE_SIZE. */
#ifndef MOVES_H
#define MOVES_H

#define MOVE_SIZE 48

/* Integer register k of rdi rsi rdx rcx r8 r9 takes the next argument, or the second
 * eightbyte of the last one (FAR); HOW_S8 ... HOW_64 are in offsets.h; ROOM: what lies at rsp + [word]. */
#define MOVE_GPR(k, how) ((k) * 8 + (how))
#define HOW_FAR_32       6
#define HOW_FAR_64       7
#define MOVE_GPR_ROOM(k) (48 + (k))
/* k and k + 1 take the next two, of 32 or (+ 2 the first, + 1 the second) 64 bits. */
#define MOVE_GPR_PAIR(k, wide) (54 + (k) * 4 + (wide))

/* Vector register k likewise; PAIR: k and k + 1 take 64 bits each. */
#define MOVE_VEC(k, how) (74 + (k) * 10 + (how))
#define HOW_X16          0
#define HOW_X32          1
#define HOW_X64          2
#define HOW_X128         3
#define HOW_X256         4
#define HOW_X512         5
#define HOW_FAR_X32      6
#define HOW_FAR_X64      7
#define HOW_X_ROOM       8
#define HOW_X_PAIR       9

/* Before any register is loaded: */
#define MOVE_STACK  154 /* the plan's stack becomes rsp, if it has one */
#define MOVE_FRAME  155 /* rsp goes down by [word] and is aligned to -[word] */
#define MOVE_FRAME_LARGE 156 /* the same, more than a page */
#define MOVE_PUT    157 /* + HOW_S8 .. HOW_64: argument [word] to rsp + [word] */
#define MOVE_COPY   163 /* the same, [word] bytes */
#define MOVE_SKIP   164 /* [word] bytes of argv are passed over */
#define MOVE_RESULT 165 /* rdi takes the result's address */
#define MOVE_CALL   166 /* al = [word]; calls; goes on at the plan's result */

/* The result is stored: registers G rax rdx, X xmm0 xmm1, in this order. */
#define MOVE_STORE_NONE  167
#define MOVE_STORE_8     168
#define MOVE_STORE_16    169
#define MOVE_STORE_32    170
#define MOVE_STORE_64    171
#define MOVE_STORE_GG    172
#define MOVE_STORE_X16   173
#define MOVE_STORE_X32   174
#define MOVE_STORE_X64   175
#define MOVE_STORE_X128  176
#define MOVE_STORE_X256  177
#define MOVE_STORE_X512  178
#define MOVE_STORE_XX    179
#define MOVE_STORE_GX    180
#define MOVE_STORE_XG    181
#define MOVE_STORE_T     182 /* st(0) */
#define MOVE_STORE_TT    183
#define MOVE_STORE_GG_OF 184 /* only the plan's detail, in bytes */
#define MOVE_STORE_XX_OF 185
#define MOVE_STORE_GX_OF 186
#define MOVE_STORE_XG_OF 187
#define MOVES            188

/* A callback's result is loaded: distances from callback.S's .Lanswers. */
#define MOVE_LOAD_NONE 0
#define MOVE_LOAD_S8   1
#define MOVE_LOAD_U8   2
#define MOVE_LOAD_S16  3
#define MOVE_LOAD_U16  4
#define MOVE_LOAD_32   5
#define MOVE_LOAD_G    6
#define MOVE_LOAD_GG   7
#define MOVE_LOAD_X32  8
#define MOVE_LOAD_X64  9
#define MOVE_LOAD_X    10
#define MOVE_LOAD_X256 11
#define MOVE_LOAD_X512 12
#define MOVE_LOAD_XX   13
#define MOVE_LOAD_GX   14
#define MOVE_LOAD_XG   15
#define MOVE_LOAD_T    16
#define MOVE_LOAD_TT   17
#define MOVE_LOAD_RDI  18 /* what rdi was: the result's address */
#define ANSWERS        19

/* The frame of a callback, from rbp: the integer registers, the result, xmm0-7;
 * gathered arguments lie below. */
#define FRAME_ANSWER (-8)  /* which answer */
#define FRAME_WIDE   (-16) /* where the result is, in arch_callback_wide */
#define FRAME_GPR    (-64)
#define FRAME_RESULT (-96)
#define FRAME_VEC    (-224)
#define FRAME_SIZE   224
#define FRAME_ROOM   128 /* for these and for argv, where it does */
#define FRAME_STACK  16 /* the caller's stack words */
/* ... of a wide one, from an address that is a multiple of 64: the result, then
 * zmm0-7. A place there is marked by bit 0. */
#define WIDE_VEC  64
#define WIDE_SIZE 576
#define WIDE_MARK 1

#endif
