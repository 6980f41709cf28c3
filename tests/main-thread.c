/* The initial thread is an ordinary thread of the resident, and so are those that
 * it makes: stack bounds, errno, error texts, calls back, malloc, environment. */
#include "child.h"

enum { AT_RANDOM = 25, ENOENT = 2, EBADF = 9 };

typedef unsigned long thread_id;
thread_id pthread_self(void);
int pthread_getattr_np(thread_id thread, void *attr);
int pthread_attr_getstack(const void *attr, void **at, size_t *size);
int pthread_attr_destroy(void *attr);
int pthread_create(thread_id *out, const void *attr, void *(*f)(void *), void *arg);
int pthread_join(thread_id thread, void **result);
BDL_IMPORT(pthread_self, "pthread_self", "libc.so.6");
BDL_IMPORT(pthread_attr_destroy, "pthread_attr_destroy", "libc.so.6");
/* in a library of their own before glibc 2.34 */
#define THREADS(name) \
	BDL_IMPORT_ANY( \
		name, BDL_FROM(#name, "libc.so.6") BDL_FROM(#name, "libpthread.so.0"))
THREADS(pthread_getattr_np);
THREADS(pthread_attr_getstack);
THREADS(pthread_create);
THREADS(pthread_join);

unsigned long getauxval(unsigned long type);
char *getenv(const char *name);
void *malloc(size_t size);
void free(void *p);
int close(int fd);
int *__errno_location(void);
void qsort(
	void *base, size_t n, size_t size, int (*compare)(const void *, const void *));
BDL_IMPORT(getauxval, "getauxval", "libc.so.6");
BDL_IMPORT(getenv, "getenv", "libc.so.6");
BDL_IMPORT(malloc, "malloc", "libc.so.6");
BDL_IMPORT(free, "free", "libc.so.6");
BDL_IMPORT(close, "close", "libc.so.6");
BDL_IMPORT(__errno_location, "__errno_location", "libc.so.6");
BDL_IMPORT(qsort, "qsort", "libc.so.6");
BDL_IMPORT(program_name, "program_invocation_name", "libc.so.6");

/* Whether a local variable of ours lies on the stack that libc says we have. */
static int on_own_stack(void)
{
	_Alignas(16) char attr[256];
	void *at;
	size_t size;
	if (pthread_getattr_np(pthread_self(), attr)) return 0;
	int r = pthread_attr_getstack(attr, &at, &size);
	pthread_attr_destroy(attr);
	return !r && (uintptr_t)attr >= (uintptr_t)at &&
	       (uintptr_t)attr - (uintptr_t)at < size;
}

static int compare(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* Calls back into the host from the resident's code. */
static int sorts(void)
{
	int numbers[] = { 5, 3, 9, 1 };
	qsort(numbers, 4, sizeof *numbers, compare);
	return numbers[0] == 1 && numbers[1] == 3 && numbers[2] == 5 && numbers[3] == 9;
}

static int allocates(void)
{
	for (size_t size = 1; size < 1 << 22; size *= 3) {
		char *p = malloc(size);
		if (!p || (uintptr_t)p % 16) return 0;
		p[0] = p[size - 1] = 1;
		free(p);
	}
	return 1;
}

struct job {
	int *errno_at;
	const char *error_at;
	thread_id self;
};

static void *in_thread(void *arg)
{
	struct job *job = arg;
	must(same(bdl_error(), ""));
	must(!bdl_open("libbdl-thread.so", BDL_NOW));
	must(contains(bdl_error(), "libbdl-thread.so"));
	must(*__errno_location() == 0 || *__errno_location() == ENOENT);
	must(close(-1) == -1 && *__errno_location() == EBADF);
	must(on_own_stack());
	must(sorts());
	must(allocates());
	job->errno_at = __errno_location();
	job->error_at = bdl_error();
	job->self = pthread_self();
	return job;
}

static int ordinary(int argc, char **argv, char **envp)
{
	must(argc >= 1);
	must(same(*(char **)BDL_HAVE(program_name), argv[0]));
	must(getauxval(AT_RANDOM) != 0);
	must(on_own_stack());
	must(sorts());
	must(allocates());
	must(!environment(envp, "PATH") ||
		same(getenv("PATH"), environment(envp, "PATH")));

	/* looked up before: an alternative that is missing changes the text */
	must(BDL_HAVE(pthread_create) && BDL_HAVE(pthread_join));
	must(!bdl_open("libbdl-initial.so", BDL_NOW));
	*__errno_location() = 1234;
	thread_id id;
	struct job job;
	void *result;
	must(pthread_create(&id, NULL, in_thread, &job) == 0);
	must(pthread_join(id, &result) == 0);
	must(result == &job && job.self == id);
	must(job.self != pthread_self());
	must(job.errno_at != __errno_location() && *__errno_location() == 1234);
	must(job.error_at != bdl_error());
	must(contains(bdl_error(), "libbdl-initial.so"));
	must(on_own_stack());
	return 0;
}

int main(void)
{
	check(at_start(ordinary) == ENDED_WELL);
	check(on_need(ordinary) == ENDED_WELL);
	/* and after a failed attempt */
	test_config.interpreter = "/nonexistent";
	check(bdl_init(&test_config) == 0 && !bdl_open("libc.so.6", BDL_NOW));
	test_config.interpreter = from_environment("TEST_INTERP");
	check(on_need(ordinary) == ENDED_WELL);
	return done();
}
