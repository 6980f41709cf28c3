/* moves.h - the moves that plans consist of, as plan.c writes and invoke.S has them. A
 * plan holds a move as its distance from arch_moves: number times MOVE_SIZE. */
#ifndef MOVES_H
#define MOVES_H

#define MOVE_SIZE 40

/* Register xk, vk takes what lies at argument [word] + [word]; HOW_S8 ... HOW_64 are in
 * offsets.h. */
#define MOVE_X(k, how)    ((k) * 6 + (how))
#define MOVE_V(k, how)    (48 + (k) * 4 + (how))
#define HOW_H             0
#define HOW_S             1
#define HOW_D             2
#define HOW_Q             3
/* xk takes what lies at sp + [word]; this address. */
#define MOVE_X_ROOM(k)    (80 + (k))
#define MOVE_X_ADDRESS(k) (88 + (k))

/* Before any register is loaded: */
#define MOVE_STACK   96  /* the plan's stack becomes sp, if it has one */
#define MOVE_FRAME   97  /* sp goes down by [word] and is aligned to -[word] */
#define MOVE_PUT     98  /* + HOW_S8 .. HOW_64: argument [word] to sp + [word] */
#define MOVE_COPY    104 /* the same, [word] bytes */
#define MOVE_ADDRESS 105 /* the address sp + [word] to sp + [word] */
#define MOVE_RESULT  106 /* x8 takes the result's address */
#define MOVE_CALL    107 /* calls; goes on at the plan's result */

/* The result is stored; V: [n] registers of a kind. */
#define MOVE_STORE_NONE      108
#define MOVE_STORE_8         109
#define MOVE_STORE_16        110
#define MOVE_STORE_32        111
#define MOVE_STORE_64        112
#define MOVE_STORE_XX        113
#define MOVE_STORE_OF        114 /* only the plan's detail, in bytes, of x0 x1 */
#define MOVE_STORE_V(how, n) (115 + (how) * 4 + (n) - 1)
#define MOVES                131

/* A callback's result is loaded: distances from .Lanswers. */
#define MOVE_LOAD_NONE   0
#define MOVE_LOAD_S8     1
#define MOVE_LOAD_U8     2
#define MOVE_LOAD_S16    3
#define MOVE_LOAD_U16    4
#define MOVE_LOAD_32     5
#define MOVE_LOAD_64     6
#define MOVE_LOAD_XX     7
#define MOVE_LOAD_V(how) (8 + (how)) /* four of them */
#define ANSWERS          12

/* The frame of a callback, from x29: x8, the answer, x0-7, the result, q0-7; gathered
 * arguments lie below. */
#define FRAME_ANSWER (-8)  /* which answer */
#define FRAME_X8     (-16)
#define FRAME_X      (-80)
#define FRAME_RESULT (-144)
#define FRAME_V      (-272)
#define FRAME_SIZE   272
#define FRAME_ROOM   128 /* for these and for argv, where it does */
#define FRAME_STACK  16 /* the caller's stack words */
#define GATHER_SIZE  64
/* A move of the gathering to argv rather than to the frame. */
#define GATHER_ARGV 1

#endif
