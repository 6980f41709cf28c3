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

#endif
