/* The cases of the benchmark: a way to call (a side) and what is called (a row).
 *
 * run(n) does the row's call n times, n > 0, and returns what main.c expects of the
 * row, so a side that calls wrongly is no result. Each call is given the result of the
 * one before and, but for dd, the call's number, in the tightest loop that the side's
 * interface allows: what stays as it is, is set once.
 *
 *	ii dd i6 mix10 s16	t_ii ... of target.h
 *	callback		t_callback calls a function made at run time, with data
 *	make			such a function is made and freed
 *
 * Sides register themselves: one more is one more file on the link line. */
#ifndef CALL_H
#define CALL_H

struct bench_case {
	const char *side, *row;
	long (*run)(long n);
	long calls; /* of one measurement */
	struct bench_case *next;
};
void bench_register(struct bench_case *c);

#define CASE(side, row, run) \
	static struct bench_case case_##run = { side, row, run, 0, 0 }; \
	__attribute__((constructor)) static void register_##run(void) \
	{ \
		bench_register(&case_##run); \
	}

/* What callbacks add: that they find their data is part of the job. 0. */
extern int bench_user;

#endif
