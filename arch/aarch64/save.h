/* save.h - every register that may carry an argument (AAPCS64 6.8), kept around a call of
 * C: x0-x8 and q0-q7, behind x29 and x30 in a frame of SAVED bytes that sp points to.
 * (SVE arguments are not; see BDL_IMPORT.) */
#ifndef SAVE_H
#define SAVE_H

#define SAVED 224

#define SAVE_ARGUMENTS		\
	stp	x0, x1, [sp, #16];	\
	stp	x2, x3, [sp, #32];	\
	stp	x4, x5, [sp, #48];	\
	stp	x6, x7, [sp, #64];	\
	str	x8, [sp, #80];		\
	stp	q0, q1, [sp, #96];	\
	stp	q2, q3, [sp, #128];	\
	stp	q4, q5, [sp, #160];	\
	stp	q6, q7, [sp, #192]

#define RESTORE_ARGUMENTS	\
	ldp	q6, q7, [sp, #192];	\
	ldp	q4, q5, [sp, #160];	\
	ldp	q2, q3, [sp, #128];	\
	ldp	q0, q1, [sp, #96];	\
	ldr	x8, [sp, #80];		\
	ldp	x6, x7, [sp, #64];	\
	ldp	x4, x5, [sp, #48];	\
	ldp	x2, x3, [sp, #32];	\
	ldp	x0, x1, [sp, #16]

#endif
