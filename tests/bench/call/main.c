/* usage: calls list			"SIDE ROW" of each case
 *        calls time ROUNDS MS		"SIDE ROW NS" of each case, ROUNDS times: what one
 *					call takes in a measurement of about MS
 *        calls step SIDE ROW N		N calls between two int3, for stepcount
 *
 * A round measures all sides of a row one after another, so that a ratio is one of
 * neighbours. The status is 1 if a result is wrong. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "call.h"

static struct bench_case *first, **last = &first;
int bench_user;

void bench_register(struct bench_case *c)
{
	*last = c;
	last = &c->next;
}

static const char *const rows[] = { "ii", "dd", "i6", "mix10", "s16", "callback",
	"make" };
enum { ROWS = sizeof rows / sizeof *rows };

static long expected(const char *row, long n)
{
	long sum = n * (n - 1) / 2; /* of the calls' numbers */

	switch (row[0]) {
	case 'd':
		return n + n / 2;
	case 'm':
		return row[1] == 'a' ? n : sum + 44 * n;
	case 's':
		return sum + n;
	}
	return (int)(unsigned)(row[1] == '6' ? sum + 2 * n : sum);
}

static void run(const struct bench_case *c, long n)
{
	long result = c->run(n), right = expected(c->row, n);

	if (result == right) return;
	fprintf(stderr, "%s %s: %ld calls gave %ld, not %ld\n", c->side, c->row, n,
		result, right);
	exit(1);
}

static double measure(const struct bench_case *c, long n)
{
	struct timespec t, u;

	clock_gettime(CLOCK_MONOTONIC, &t);
	run(c, n);
	clock_gettime(CLOCK_MONOTONIC, &u);
	return (double)(u.tv_sec - t.tv_sec) * 1e9 + (double)(u.tv_nsec - t.tv_nsec);
}

static void measure_row(const char *row, double ns)
{
	for (struct bench_case *c = first; c; c = c->next) {
		if (strcmp(c->row, row)) continue;
		if (!c->calls) {
			double took;
			c->calls = 64;
			while ((took = measure(c, c->calls)) < ns / 4) c->calls *= 2;
			c->calls = (long)((double)c->calls * ns / took) + 1;
		}
		run(c, c->calls / 16 + 1); /* the caches */
		printf("%s %s %.4f\n", c->side, row,
			measure(c, c->calls) / (double)c->calls);
	}
}

static int step(const char *side, const char *row, long n)
{
	struct bench_case *c = first;

	while (c && (strcmp(c->side, side) || strcmp(c->row, row))) c = c->next;
	if (!c) return 1;
	run(c, 4); /* bindings, what is made at the first use */
	__asm__ volatile("int3" ::: "memory");
	long result = c->run(n);
	__asm__ volatile("int3" ::: "memory");
	return result != expected(row, n);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "list")) {
		for (struct bench_case *c = first; c; c = c->next)
			printf("%s %s\n", c->side, c->row);
		return 0;
	}
	if (!strcmp(what, "step") && argc == 5)
		return step(argv[2], argv[3], atol(argv[4]));
	if (!strcmp(what, "time") && argc == 4) {
		for (int round = atoi(argv[2]); round > 0; round--)
			for (int row = 0; row < ROWS; row++)
				measure_row(rows[row], atof(argv[3]) * 1e6);
		return 0;
	}
	fputs("usage: calls list | time ROUNDS MS | step SIDE ROW N\n", stderr);
	return 1;
}
