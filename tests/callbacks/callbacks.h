/* callbacks.h - short words for what all of these programs do. Each of their tests is a
 * child process, see ../own/own.h. */
#ifndef CALLBACKS_H
#define CALLBACKS_H

#include "../own/own.h"

/* ---- calls --------------------------------------------------------------------- */

/* A value as an argument: the address of an object of that type. */
#define A(type, value) ((void *)&(type){ value })
#define S(text)        A(const char *, text)
#define P(pointer)     A(const void *, pointer)

/* The arguments of a call, or none. */
#define ARGV(...) ((void *[]){ NULL, ##__VA_ARGS__ } + 1)

static inline struct bdl_plan *plan_of(const char *signature, unsigned flags)
{
	struct bdl_plan *plan = bdl_prepare(signature, flags, NULL, 0);
	if (!plan) note("signature:", signature);
	must(plan != NULL);
	return plan;
}

/* INVOKE(plan, function, result, argument...) */
#define INVOKE(plan, function, result, ...) \
	bdl_invoke(plan, function, result, ARGV(__VA_ARGS__))

/* CALL("signature", function, result, argument...): prepared, called, forgotten */
#define CALL(signature, function, result, ...) \
	call_once(signature, function, result, ARGV(__VA_ARGS__))
static inline void call_once(
	const char *signature, const void *f, void *result, void *const *argv)
{
	uint64_t memory[BDL_PLAN_SIZE(16) / 8];
	struct bdl_plan *plan = bdl_prepare(signature, 0, memory, sizeof memory);
	if (!plan) note("signature:", signature);
	must(plan != NULL);
	must(bdl_invoke(plan, f, result, argv) == 0);
}

/* The same for those that return an int, a long, a pointer. */
#define CALL_INT(signature, function, ...) \
	call_int(signature, function, ARGV(__VA_ARGS__))
#define CALL_LONG(signature, function, ...) \
	call_long(signature, function, ARGV(__VA_ARGS__))
#define CALL_POINTER(signature, function, ...) \
	call_pointer(signature, function, ARGV(__VA_ARGS__))
static inline int call_int(const char *signature, const void *f, void *const *argv)
{
	int result = -12345;
	call_once(signature, f, &result, argv);
	return result;
}
static inline long call_long(const char *signature, const void *f, void *const *argv)
{
	long result = -12345;
	call_once(signature, f, &result, argv);
	return result;
}
static inline void *call_pointer(
	const char *signature, const void *f, void *const *argv)
{
	void *result = (void *)-1;
	call_once(signature, f, &result, argv);
	return result;
}

/* ---- callbacks ------------------------------------------------------------------- */

/* In a handler: argument i, and the result. */
#define ARG(type, i) (*(type *)argv[i])
#define RESULT(type) (*(type *)result)

static inline void *callback(
	const struct bdl_plan *plan, bdl_handler *handler, void *user)
{
	void *made = bdl_callback_new(plan, handler, user);
	must(made != NULL);
	return made;
}
static inline void *callback_of(const char *signature, bdl_handler *handler, void *user)
{
	return callback(plan_of(signature, 0), handler, user);
}

/* ---- the C library ------------------------------------------------------------------ */

static inline void *libc_handle(void)
{
	static void *handle;
	if (!handle) handle = opened("libc.so.6", BDL_NOW);
	return handle;
}
/* glibc before 2.34 has threads in a library of their own. */
static inline void *libc(const char *name)
{
	void *at = bdl_sym(libc_handle(), name);
	return at ? at : function(opened("libpthread.so.0", BDL_NOW), name);
}
/* NULL if this one has none, which is said. */
static inline void *libc_maybe(const char *name)
{
	void *at = bdl_sym(libc_handle(), name);
	if (!at) note("this C library has no", name);
	return at;
}
static inline int is_glibc(void)
{
	struct bdl_resident r;
	return bdl_resident(&r) == 0 && same(r.kind, "glibc");
}

/* ---- processes ------------------------------------------------------------------------ */

/* SECONDS is too short for this test. */
static inline void seconds(long n)
{
	long time[4] = { 0, 0, n, 0 };
	sys(setitimer, 0, time, 0);
}

static inline long forked(void) { return sys(clone, 17 /* SIGCHLD */, 0, 0, 0); }
static inline int waited(long pid)
{
	int status = -1;
	sys(wait4, pid, &status, 0, 0);
	return status;
}

/* Memory that a child's writes are seen in. */
static inline void *shared_memory(size_t size)
{
	void *at = (void *)arch_syscall(SYS_mmap, 0, (long)size, 3 /* rw */,
		0x21 /* SHARED ANONYMOUS */, -1, 0);
	must((long)at > 0);
	return at;
}
/* Memory that costs nothing until it is used. */
static inline void *much_memory(size_t size)
{
	void *at = (void *)arch_syscall(SYS_mmap, 0, (long)size, 3 /* rw */,
		0x4022 /* PRIVATE ANONYMOUS NORESERVE */, -1, 0);
	must((long)at > 0);
	return at;
}

/* ---- numbers ------------------------------------------------------------------------------ */

static inline uint64_t shuffled(uint64_t n)
{
	n ^= n >> 31, n *= 0x7fb5d329728ea185u;
	n ^= n >> 27, n *= 0x81dadef4bc2dd44du;
	return n ^ n >> 33;
}

static inline int equal(const void *a, const void *b, size_t size)
{
	const char *x = a, *y = b;
	while (size && *x == *y) x++, y++, size--;
	return !size;
}

/* A C function that compares ints. */
#define COMPARE_INTS(a, b) ((a) < (b) ? -1 : (a) > (b))

static inline int sorted(const int *at, int count, int sign)
{
	for (int i = 1; i < count; i++)
		if (sign * COMPARE_INTS(at[i - 1], at[i]) > 0) return 0;
	return 1;
}

/* An emulator takes longer: fewer rounds. */
#if EMULATED
#define ROUNDS(n) ((n) / 10)
#else
#define ROUNDS(n) (n)
#endif

#endif
