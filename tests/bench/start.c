/* start [-p PAIRS] [-r RUNS] BASE PROGRAM... - time whole processes.
 *
 * From vfork to the end of wait4, with stdout to /dev/null. In every round each
 * program runs once, in turn, so that what else the machine does hits all alike;
 * RUNS rounds are a batch, of which the median time of each program is taken,
 * and its ratio to BASE's: one pair. Over PAIRS batches the medians of times and
 * of ratios are printed, a line each program:
 *
 *	PROGRAM MICROSECONDS RATIO PAGE-FAULTS LOWEST-RATIO HIGHEST-RATIO
 *
 * Page faults are those of the last run that needed no disk access.
 * A program that does not exit with 0 ends the measurement. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_PROGRAMS = 16, MAX_PAIRS = 1000, MAX_RUNS = 100000, WARM_UP = 20 };

struct program {
	char *path;
	double *run;             /* microseconds, of this batch */
	double time[MAX_PAIRS];  /* their median, of each batch */
	double ratio[MAX_PAIRS]; /* to BASE's */
	long faults;
};

static struct program program[MAX_PROGRAMS];
static int null;

static _Noreturn void die(const char *what, const char *why)
{
	fprintf(stderr, "start: %s: %s\n", what, why);
	exit(1);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double run(struct program *p)
{
	extern char **environ;
	char *argv[] = { p->path, NULL };
	struct rusage usage;
	int status;

	double begin = now();
	pid_t pid = vfork();
	if (pid < 0) die("vfork", strerror(errno));
	if (!pid) {
		dup2(null, 1);
		execve(p->path, argv, environ);
		_exit(127);
	}
	while (wait4(pid, &status, 0, &usage) < 0) {
		if (errno != EINTR) die("wait4", strerror(errno));
	}
	double end = now();

	if (status) {
		char text[64];
		snprintf(text, sizeof text, "wait status %#x", (unsigned)status);
		die(p->path, text);
	}
	if (!usage.ru_majflt) p->faults = usage.ru_minflt;
	return end - begin;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Sorts [v]. */
static double median(double *v, int n)
{
	qsort(v, (size_t)n, sizeof *v, by_value);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static int number(const char *text, int max)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (end == text || *end || n < 1 || n > max) die(text, "not a number in range");
	return (int)n;
}

int main(int argc, char **argv)
{
	int pairs = 11, runs = 200, n, option;

	while ((option = getopt(argc, argv, "p:r:")) != -1) {
		switch (option) {
		case 'p':
			pairs = number(optarg, MAX_PAIRS);
			break;
		case 'r':
			runs = number(optarg, MAX_RUNS);
			break;
		default:
			return 2;
		}
	}
	n = argc - optind;
	if (n < 2 || n > MAX_PROGRAMS)
		die("usage", "start [-p PAIRS] [-r RUNS] BASE PROGRAM...");
	for (int i = 0; i < n; i++) {
		program[i].path = argv[optind + i];
		program[i].run = malloc((size_t)runs * sizeof(double));
		if (!program[i].run) die("malloc", strerror(errno));
	}
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (null < 0) die("/dev/null", strerror(errno));

	for (int i = 0; i < WARM_UP * n; i++) run(&program[i % n]);
	for (int pair = 0; pair < pairs; pair++) {
		for (int r = 0; r < runs; r++) {
			for (int i = 0; i < n; i++)
				program[i].run[r] = run(&program[i]);
		}
		for (int i = 0; i < n; i++) {
			struct program *p = &program[i];
			p->time[pair] = median(p->run, runs);
			p->ratio[pair] = p->time[pair] / program[0].time[pair];
		}
	}
	for (int i = 0; i < n; i++) {
		struct program *p = &program[i];
		double ratio = median(p->ratio, pairs);
		printf("%s %.1f %.3f %ld %.3f %.3f\n", p->path, median(p->time, pairs),
			ratio, p->faults, p->ratio[0], p->ratio[pairs - 1]);
	}
	return 0;
}
