/* SPDX-License-Identifier: MIT
 *
 * baredl.h - call functions of dynamic libraries from a static executable.
 *
 * A program that was linked `-static -nostdlib` names functions of shared
 * libraries with BDL_IMPORT and calls them as ordinary C functions. The first
 * use brings the machine's own dynamic linker and C library (together: the
 * resident) up inside the process, once; they then load everything that the
 * machine's own programs can load. Libraries that need no C library can be
 * opened without, by a linker of baredl's own. Linux, x86-64 and arm64, glibc and
 * musl.
 *
 *	int printf(const char *, ...);
 *	BDL_IMPORT(printf, "printf", "libc.so.6");
 *	int main(void) { return printf("hello\n") < 0; }
 *
 *	cc -ffreestanding -fno-stack-protector -static -nostdlib hello.c libbaredl.a
 *
 * This header is the manual. It needs no C library and is C++-clean.
 *
 * Words.  The host is the static program. A bare host has no C runtime of its
 * own: its thread pointer is 0 until the resident sets it. Hosts that bring a
 * C runtime (static musl, static glibc) are not supported yet.
 *
 * Errors. A call that fails says so in its result, and bdl_error() then gives
 * one line of text that names the file, the symbol and the reason. baredl does
 * not end the process, but where nothing could be told to anybody: see
 * bdl_on_unbound(); and when a library of its own linker finds its stack smashed,
 * or there is no memory for its thread-local variables.
 *
 * Threads. Every function may be called from every thread that the resident
 * made (pthread_create) and from the initial thread; without a resident from
 * those that have called bdl_thread_attach(). No lock is held while foreign code
 * (constructors, say) runs. Not async-signal-safe, but for calls through imports
 * that are bound already.
 */
#ifndef BAREDL_H
#define BAREDL_H

#include <stddef.h>
#include <stdint.h>

#define BDL_VERSION_MAJOR 0
#define BDL_VERSION_MINOR 1
#define BDL_VERSION_PATCH 0

#ifdef __cplusplus
extern "C" {
#endif

#define BDL_API      __attribute__((visibility("default")))
#define BDL_NORETURN __attribute__((noreturn))

/* ---- 1. Imports: named functions of named libraries ---------------------- */

/* BDL_IMPORT(local, "symbol", "library"[, "version"]);
 *
 * At file scope: makes [local] a function that leads to [symbol] of [library].
 * Declare it with its normal prototype (in C++ inside extern "C") and call it:
 * all arguments, variadic and on the stack too, pass through untouched, and a
 * call costs what a call through a PLT costs. [library] is what dlopen(3)
 * would take, "" is the global scope; on a musl machine glibc's own names
 * (libc.so.6, libm.so.6, ...) mean musl itself. [version] is a symbol version
 * such as "GLIBC_2.14".
 *
 * The symbol is looked up on the first call, or by bdl_bind(). [local] is
 * weak and hidden: the same import in two files is one function.
 *
 * Vector arguments survive the look-up to the width that the CPU has (on
 * arm64: q0-q7; bind SVE functions with bdl_bind() before calling them).
 *
 * Give -fno-builtin or -ffreestanding when you import names that the compiler
 * knows (it may turn printf into puts). Compilers may call memcpy, memmove,
 * memset and memcmp unasked: where the linker misses one, import it. */
#define BDL_IMPORT(local, ...) BDL_IMPORT_(local, 0, BDL_FROM(__VA_ARGS__))

/* The same, but its absence is no error: bdl_bind() does not count it, and
 * BDL_HAVE(local) tells. Calling it while absent is as for any other import. */
#define BDL_IMPORT_WEAK(local, ...) BDL_IMPORT_(local, 1, BDL_FROM(__VA_ARGS__))

/* A symbol that moved. The alternatives, one after another without commas, are
 * tried in order:
 *
 *	BDL_IMPORT_ANY(res_search,
 *		BDL_FROM("res_search", "libc.so.6")
 *		BDL_FROM("res_search", "libresolv.so.2")
 *		BDL_FROM("__res_search", "libresolv.so.2")); */
#define BDL_IMPORT_ANY(local, alternatives)      BDL_IMPORT_(local, 0, alternatives)
#define BDL_IMPORT_ANY_WEAK(local, alternatives) BDL_IMPORT_(local, 1, alternatives)
#define BDL_FROM(...)                            BDL_FROM_(__VA_ARGS__, "", )

/* The address that [local] leads to, looking it up if need be, or NULL. An
 * object (stdout, environ) can be imported too, and is reached this way. */
#define BDL_HAVE(local) bdl_import_find(&bdl_import_##local)

struct bdl_import;
BDL_API void *bdl_import_find(const struct bdl_import *import);

/* Looks up all imports of this program. Returns how many are missing, weak ones
 * not counted; bdl_error() names them. Once none is, the table of addresses is
 * made read-only (not on machines with pages of more than 4 KiB, nor where the
 * linker puts the program behind the library, as clang's -flto does). May be
 * called again. */
BDL_API size_t bdl_bind(void);

/* Called when an import that cannot be found is called: [symbol] and [library]
 * are its first alternative's, [reason] is the look-up's error text. What it
 * returns is called in the import's place, with the same arguments. NULL, and
 * every call while no handler is set, writes one line to stderr and aborts.
 *
 * [handler] may be NULL. Returns the one set before, or NULL. */
typedef void *bdl_unbound_handler(
	const char *symbol, const char *library, const char *reason);
BDL_API bdl_unbound_handler *bdl_on_unbound(bdl_unbound_handler *handler);

/* ---- 2. Libraries and symbols -------------------------------------------- */

/* Two dynamic linkers can open a library, and bdl_open chooses before anything
 * of it runs:
 *
 *	baredl's own	if all that the library and its dependencies import is
 *			in them, is given by bdl_provide(), or is one of the few
 *			names that baredl itself gives (see bdl_provide). No
 *			C library enters the process, nothing else is mapped.
 *	the resident	if something must come from a C library. The resident
 *			is started if it is not up yet.
 */

/* Flags of bdl_open. The first six have the values and meanings that dlopen(3)
 * gives them; without BDL_LAZY, BDL_NOW is meant; musl ignores DEEPBIND. The others
 * are about the choice above. */
enum {
	BDL_LOCAL = 0,
	BDL_LAZY = 1,
	BDL_NOW = 2,
	BDL_NOLOAD = 4,
	BDL_DEEPBIND = 8,
	BDL_GLOBAL = 0x100,
	BDL_NODELETE = 0x1000,
	BDL_OWN = 0x10000,          /* by baredl's linker, whatever is missing */
	BDL_RESIDENT = 0x20000,     /* by the resident, or fail */
	BDL_USE_RESIDENT = 0x40000, /* by baredl's linker; what only the C library
				     * has (and libm, libpthread, ... that belong to
				     * it) comes from the resident */
	BDL_EXECSTACK = 0x80000     /* by baredl's linker: open it although it asks
				     * for an executable stack, which it won't get */
};

/* Opens the shared library [name] and returns a handle, or NULL. The library's
 * constructors run before this returns, on the calling thread. NULL gives the
 * resident's global scope. The first call that needs the resident takes about a
 * millisecond.
 *
 * [name] with a slash is a path. Other names are searched as ld.so(8) does:
 * DT_RPATH and DT_RUNPATH of the library that needs it, LD_LIBRARY_PATH (not in
 * a setuid program), /etc/ld.so.cache, the default directories of glibc and musl;
 * $ORIGIN, $LIB and $PLATFORM are known. "linux-vdso.so.1" is the kernel's.
 * A file (by device and inode) is opened once, and a library that is open already is
 * found by its DT_SONAME.
 *
 * The handle is valid until as many bdl_close() as bdl_open(). When it has been
 * closed and nothing else needs the library, its destructors run and it is
 * unmapped. */
BDL_API void *bdl_open(const char *name, unsigned flags);

/* The same from an open file, which stays the caller's, or from [size] bytes of
 * memory (at a multiple of 8), which are copied: no file is made. [name] is for
 * messages and bdl_addr(), and its directory is $ORIGIN. Always by baredl's own
 * linker. */
BDL_API void *bdl_open_fd(int fd, const char *name, unsigned flags);
BDL_API void *bdl_open_image(
	const void *bytes, size_t size, const char *name, unsigned flags);

/* Symbols that the host gives to libraries opened by baredl's own linker, where
 * they and their dependencies define none of that name. Versions are not looked
 * at. The table is kept, not copied; later tables are asked first. 0, or -1 if
 * there is no memory.
 *
 * baredl itself gives, before all others: __tls_get_addr, dlopen, dlsym, dlvsym,
 * dlclose, dlerror, dladdr, dl_iterate_phdr, _dl_find_object,
 * __cxa_thread_atexit_impl; after all others:
 * __cxa_atexit, __cxa_finalize, __stack_chk_fail, __stack_chk_guard, memcpy, memmove,
 * memset, memcmp (a plain loop each).
 *
 * The libraries of a C library are not loaded for others: one that needs libm.so.6
 * gets it if it was opened before (with BDL_OWN), else what is provided. A thread-local
 * symbol (libm's errno) cannot be provided, but a library that defines it can be
 * opened first, with BDL_GLOBAL. With BDL_LAZY missing functions are only missed when
 * they are called: see bdl_on_unbound(). */
struct bdl_provided {
	const char *symbol;
	const void *address;
};
BDL_API int bdl_provide(const struct bdl_provided *table, size_t count);

/* The same by a function: the address of [symbol], or NULL. It is asked for weak
 * references too, and for the names that baredl gives after all others. [version] is
 * NULL or what the library wants. Called while a library is opened, on the opening thread,
 * with no lock held. */
typedef const void *bdl_provider(
	const char *symbol, const char *version, void *context);
BDL_API int bdl_provide_by(bdl_provider *provider, void *context);

/* Calls [each] for every object that baredl's own linker has open, in the order
 * they were loaded, until it returns something else than 0; returns that. */
struct bdl_object {
	const char *name; /* path, or as given to bdl_open_image */
	uintptr_t bias;   /* address minus p_vaddr */
	const void *phdr; /* Elf64_Phdr[phnum] */
	size_t phnum;
	const void *dynamic; /* Elf64_Dyn[] */
};
BDL_API int bdl_iterate(
	int (*each)(const struct bdl_object *object, void *context), void *context);

/* Libraries opened by baredl's own linker find thread-local variables, and on
 * x86-64 the stack protector's canary, by the thread pointer. The resident's
 * threads have one. While there is no resident baredl gives one to the thread
 * that opens a library; other threads that the host made with clone(2) call
 * bdl_thread_attach before they call such a library, and bdl_thread_detach before
 * they end. attach: 0, or -1; harmless if the thread has one already. */
BDL_API int bdl_thread_attach(void);
BDL_API void bdl_thread_detach(void);

/* The address of [symbol] in the library [handle] or in its dependencies; with
 * a NULL handle in the global scope (that of baredl's own linker, then the
 * resident's). NULL if there is none, or if its value is 0. A thread-local symbol
 * gives the calling thread's. bdl_vsym takes the symbol in [version]; the musl
 * resident knows no versions, there it always fails. */
BDL_API void *bdl_sym(void *handle, const char *symbol);
BDL_API void *bdl_vsym(void *handle, const char *symbol, const char *version);

/* Gives the handle back. 0, or -1. */
BDL_API int bdl_close(void *handle);

/* What an address belongs to: the object's file name and load address, and the
 * nearest symbol at or below it (NULL, NULL if there is none). Strings last as
 * long as the object is open. Returns 0, or -1 if no
 * object holds [address]. Addresses of the host itself give the name under
 * which the resident lists the main program (argv[0] or ""). */
struct bdl_symbol {
	const char *file;
	void *base;
	const char *name;
	void *address;
};
BDL_API int bdl_addr(const void *address, struct bdl_symbol *out);

/* The text of the last failure on this thread, "" if there was none; never
 * NULL. One line, without a newline; cut at 1,000 bytes. Valid until the next
 * failure, a look-up that then succeeds by a later alternative included. Threads
 * that the resident did not make share one text. */
BDL_API const char *bdl_error(void);

/* ---- 3. Calls by argument block ------------------------------------------ */

/* One call as register images: what a language runtime fills in when it knows
 * signatures only at run time. The layout is the same on both machines. */
struct bdl_vector {
	uint64_t lo, hi;
} __attribute__((aligned(16)));

enum {
	BDL_CALL_ERRNO = 1, /* store the callee's errno in .error */
	BDL_CALL_X87 = 2,   /* of bdl_call, x86-64: store st(0) and st(1) in .x87 */
	BDL_CALL_STACK = 4  /* of plans, see bdl_prepare() */
};

struct bdl_args {
	/* in: the integer argument registers in order: rdi rsi rdx rcx r8 r9
	 * (x86-64 ignores the last two), x0-x7. out: rax rdx; x0-x7. */
	uint64_t gpr[8];
	/* in: xmm0-xmm7, q0-q7. out: xmm0 xmm1, q0-q3. */
	struct bdl_vector vec[8];
	/* in: [nstack] words of 8 bytes, the first at the lowest address. */
	const uint64_t *stack;
	size_t nstack;
	/* in: arm64's x8, the address of a large struct result. x86-64 passes
	 * that address in gpr[0]. */
	void *indirect;
	/* in: BDL_CALL_*. */
	uint32_t flags;
	/* out: the calling thread's errno in the resident, after the call. */
	int32_t error;
	/* out: 80-bit long double results (16 bytes each); unused on arm64. */
	struct bdl_vector x87[2];
};

/* Calls [function] with the registers and stack words of [args] and stores the
 * result registers there. Variadic functions may be called (al is always 8). */
BDL_API void bdl_call(void *function, struct bdl_args *args);

/* ---- 4. Signatures and prepared calls ------------------------------------- */

/* A signature says what a C function takes and returns, as text: the result, then
 * the parameters in parentheses. int open(const char *, int, ...) called with a mode
 * is "i(p,i,...,I)"; spaces are allowed.
 *
 *	signature = type "(" [ parameter { "," parameter } ] ")"
 *	parameter = type | "..."	what follows "..." is variadic
 *	type      = scalar | vector | struct
 *	vector    = "<" number scalar ">"	<4f> is __m128, float32x4_t
 *	struct    = { "@" number | "!" [ number ] } [ "u" ] "{" { member [ "," ] } "}"
 *	member    = [ "@" number ] ( type | array ) | bit-field | "_"
 *	array     = "[" number ( type | array ) "]"	[3d] is double[3]
 *	bit-field = scalar ( ":" | "." ) number
 *
 *	v       void (as a result)              p s     a pointer; to a string
 *	?       _Bool                           c       char
 *	b B     signed, unsigned char           h H     short, unsigned short
 *	i I     int, unsigned                   l L     long, unsigned long
 *	q Q     long long, unsigned long long   n N     __int128, unsigned __int128
 *	e       _Float16                        y       __bf16
 *	f d g   float, double, long double      w       __float128 (arm64: as g)
 *	E F D G W       _Complex of e f d g w
 *
 *	{id}    struct { int; double; }         u{id}   a union of them
 *	!{id}   __attribute__((packed))         !2{id}  #pragma pack(2)
 *	@32{dd} struct aligned(32)              {@16d}  a member aligned(16)
 *	i:3     a bit-field, int x : 3          i.3 i.0 an unnamed one
 *	{}      C's empty struct: no byte       _       a byte without a type; {_} is
 *	                                                C++'s empty class
 *
 * size_t, uint64_t are L, ssize_t, int64_t, time_t l, int32_t i, an enum I (i if one of its
 * values is negative); pointers, to functions too, and array parameters are p; s is p, for
 * readers. Variadic arguments have C's promotions behind them: d not f, i not h; "..."
 * itself is no argument, and other arguments behind it are another signature.
 *
 * Arrays, bit-fields and _ are for structs only. Classes that C++ passes by address
 * (with a copy constructor or destructor) are p. Vectors have 8 to 64 bytes (x86-64: those
 * of 32 and 64 need AVX, AVX-512). */

/* The same as data, for runtimes that have types as data. "{i:3[3h]}" is
 *
 *	const struct bdl_type i = { .kind = 'i' }, h = { .kind = 'h' };
 *	const struct bdl_type *const of_x[] = { &i }, *const of_y[] = { &h };
 *	const struct bdl_type x = { ':', 0, 3, of_x }, y = { '[', 0, 3, of_y };
 *	const struct bdl_type *const members[] = { &x, &y };
 *	const struct bdl_type s = { '{', 0, 2, members }; */
struct bdl_type {
	char kind;      /* a letter of the above, ? or _; '{' 'u' '[' '<' '@' ':' '.' */
	uint8_t pack;   /* of '{' and 'u': 0, the n of !n, or BDL_PACKED for ! */
	uint32_t count; /* of '{' and 'u': members; of '[' and '<': elements; of '@'
			 * bytes; of ':' and '.' bits */
	const struct bdl_type *const *of; /* the members; else the one type meant */
};
enum { BDL_PACKED = 0xff };

struct bdl_signature {
	const struct bdl_type *result; /* NULL: void */
	const struct bdl_type *const *parameters;
	size_t count;    /* parameters */
	size_t variadic; /* how many of these, the last ones, are behind the "..." */
};

/* How a type lies in memory, as gcc and clang lay it out. */
struct bdl_layout {
	size_t size, align; /* bytes */
	size_t members;     /* of a struct or union; else 0 */
};

/* Of the type that [type] describes ("{i:3c@16d}"). positions[i], for the first [count]
 * members, is where member i begins, in bits; what stands in the outermost braces counts,
 * an array as one. 0, or -1 and the error text. */
BDL_API int bdl_layout(
	const char *type, struct bdl_layout *out, uint64_t *positions, size_t count);
BDL_API int bdl_layout_type(const struct bdl_type *type, struct bdl_layout *out,
	uint64_t *positions, size_t count);

/* A plan is a signature prepared for calls and callbacks. It is only read when it is
 * used, so by any number of threads at once (but see bdl_plan_stack), and holds no address
 * of itself: its bdl_plan_size() bytes may be copied to a multiple of 8 elsewhere.
 * Good in the program that made it, and on its CPU. */
struct bdl_plan;

/* Bytes that are enough for each plan of so many parameters. */
#define BDL_PLAN_SIZE(parameters) (512 + 56 * (size_t)(parameters))

/* Makes a plan in [size] bytes of [memory] (at a multiple of 8), or, where [memory] is
 * NULL, in baredl's, until bdl_plan_free(). NULL on failure: bdl_error() names the
 * character of the text (the first is 1) or the parameter (the first is 1), and what is
 * wrong there. Types may be nested 256 deep, which takes 40 KiB of stack.
 *
 * [flags], for calls: BDL_CALL_ERRNO: bdl_invoke() returns the callee's errno.
 * BDL_CALL_STACK: the callee runs on the stack that bdl_plan_stack() names.
 *
 * With NULL for [memory], and bdl_plan_free, a lock is taken: not in signal handlers, nor
 * in the child of a fork in which another thread was at it. */
BDL_API struct bdl_plan *bdl_prepare(
	const char *signature, unsigned flags, void *memory, size_t size);
BDL_API struct bdl_plan *bdl_prepare_types(
	const struct bdl_signature *signature, unsigned flags, void *memory, size_t size);
BDL_API size_t bdl_plan_size(const struct bdl_plan *plan);
/* What bdl_prepare returned (not a copy of it), or NULL; nothing happens to a plan in
 * memory of yours. */
BDL_API void bdl_plan_free(struct bdl_plan *plan);

/* Calls [function]. argv[i] points to argument i, an object of just the type that the
 * plan says, aligned or not; it stays as it is. The result is stored at [result], an
 * object of its type and no more (a c is one byte, not widened), aligned for it, that is no
 * argument's if it is a struct. NULL only for v: to drop the result of a function that
 * returns an integer, pointer, float or double, prepare it as v. Returns 0, or what
 * BDL_CALL_ERRNO asks for: the errno of the thread behind the call, to be looked at if the
 * result tells of a failure; 0 without a resident. [plan] and [function] are not checked.
 *
 *	struct bdl_plan *plan = bdl_prepare("d(d,d)", 0, NULL, 0);
 *	double x = 2, y = 10, z;
 *	bdl_invoke(plan, pow, &z, (void *[]){ &x, &y });
 *
 * Takes no memory, no lock, and makes no system call. C++ exceptions and longjmp may
 * pass. */
BDL_API int bdl_invoke(const struct bdl_plan *plan, const void *function, void *result,
	void *const *argv);

/* The same, the callee running on the stack of [size] bytes at [stack] (NULL: the
 * caller's own). What the plan itself takes of it, memory arguments most of all, tells
 * bdl_plan_stack_size(); the rest is for the callee and for signal handlers. Some
 * longjmps (glibc's of programs with _FORTIFY_SOURCE) and gdb take a stack
 * above the caller's for a broken one. */
BDL_API int bdl_invoke_on(const struct bdl_plan *plan, const void *function, void *result,
	void *const *argv, void *stack, size_t size);
BDL_API size_t bdl_plan_stack_size(const struct bdl_plan *plan);

/* The stack for all calls of a plan with BDL_CALL_STACK by bdl_invoke(), one call at a
 * time; NULL: the caller's own, as at first. 0, or -1 if the plan has no such flag, or
 * takes more than [size] itself. */
BDL_API int bdl_plan_stack(struct bdl_plan *plan, void *stack, size_t size);

/* ---- 5. Callbacks ----------------------------------------------------------- */

/* What a callback leads to. argv[i] points to argument i, an object of its type, to be
 * used and changed until the handler returns. A handler of a plan that returns something
 * stores it at [result]. Both are aligned for their types (on arm64 to 16 at most). May
 * be run by any thread and in a signal handler; exceptions and longjmp may leave it. */
typedef void bdl_handler(void *user, void *result, void *const *argv);

/* A C function pointer with the signature of [plan], which runs handler(user, ...).
 * Valid until bdl_callback_free(); [plan] must last as long. NULL: no memory, or the
 * entries cannot be mapped: Linux is older than 5.13 or has pages of more than 4 KiB, and
 * the program's file is out of reach (no /proc, no descriptor left).
 *
 * No memory is ever writable and executable, and no file is written: entries are
 * assembled with the library, and mapped again by the 256. A million of callbacks take
 * 61 MiB and 7,812 mappings. Running one takes no lock; making and freeing take one: not
 * for signal handlers, nor for the child of a fork in which another thread was at it. */
BDL_API void *bdl_callback_new(
	const struct bdl_plan *plan, bdl_handler *handler, void *user);

/* Gives the callback (or NULL) back; the handler that is running may do it, and free the
 * plan. 0, or -1 if it was freed before; nothing else than what bdl_callback_new returned
 * may be given. A freed one that is called says so on stderr and
 * aborts, until it is used again, which is late: those that were never used come first,
 * then those that were freed first. */
BDL_API int bdl_callback_free(void *callback);

/* ---- 6. Tables of imports made at run time ------------------------------- */

/* What BDL_IMPORT is to a C file, a table is to a language runtime: entry i is
 * the function [symbol] of [library]. NULL library: the global scope; NULL
 * version: the default one. [flags] is 0 or BDL_WEAK. Entries that follow one
 * marked BDL_OR are its alternatives; they share the index of the first. */
enum { BDL_WEAK = 1, BDL_OR = 2 };

struct bdl_entry {
	const char *symbol, *library, *version;
	unsigned flags;
};

struct bdl_table;

/* Makes a table of the [count] entries; copies them and their strings. Nothing
 * is looked up yet. NULL if there is no memory or an entry has no symbol. */
BDL_API struct bdl_table *bdl_table_new(const struct bdl_entry *entries, size_t count);

/* The address of entry [index], looked up if need be, or NULL. */
BDL_API void *bdl_table_get(struct bdl_table *table, size_t index);

/* bdl_call() of entry [index]. 0, or -1 if the table has no such entry. If its
 * symbol cannot be found: as for any import, see bdl_on_unbound(). */
BDL_API int bdl_table_call(
	struct bdl_table *table, size_t index, struct bdl_args *args);

/* Looks up all entries. Returns how many are missing, weak ones not counted;
 * bdl_error() names them. Once none is, the table is made read-only. */
BDL_API size_t bdl_table_bind(struct bdl_table *table);

/* The addresses, one word an entry, for generated code to jump through. Each
 * is NULL until bdl_table_get, _call or _bind has found it. */
BDL_API void *const *bdl_table_slots(const struct bdl_table *table);

/* Frees the table. The libraries stay open. NULL is allowed. */
BDL_API void bdl_table_free(struct bdl_table *table);

/* ---- 7. Start and end ---------------------------------------------------- */

enum {
	BDL_LATE = 1,        /* do not start the resident now but on first need */
	BDL_NO_BRK_GUARD = 2 /* leave the program break to the resident */
};

/* For bdl_config.rehearse: calls [enter] with [context] in a forked child that is
 * silent, leaves no core file and has ten seconds. 0 if it returned there, else
 * -1 and what happened in [why]. Not linked into programs that do not name it. */
BDL_API int bdl_rehearse(
	void (*enter)(void *context), void *context, char *why, size_t size);

/* All zero is the default. Pointers are kept, not copied: what they point to
 * must last until the process ends. */
struct bdl_config {
	/* Path of the dynamic linker to use. NULL: the one that suits the
	 * library that is wanted, of: PT_INTERP of /bin/sh, of /usr/bin/env,
	 * the ABI's fixed names. */
	const char *interpreter;
	/* Arguments and environment that the resident and the libraries see.
	 * NULL: the process's own. */
	char *const *argv, *const *envp;
	/* Where the kernel put argc on the initial stack: the stack pointer at
	 * process entry. NULL: as baredl's _start saw it, else as
	 * /proc/self/stat tells. */
	const void *stack;
	/* NULL, or bdl_rehearse: try the start in a child process first.
	 *
	 * What can be checked about the dynamic linker and the C library is
	 * checked before they run: present, whole, for this machine, a pair.
	 * A file that is damaged inside can still crash or exit. A rehearsal (a
	 * millisecond) makes that an error too. */
	int (*rehearse)(void (*enter)(void *), void *context, char *why, size_t size);
	/* NULL, or bdl_open: how imports open their library. NULL: all of them by
	 * the resident; baredl's own linker is then not linked in. */
	void *(*open)(const char *name, unsigned flags);
	/* BDL_LATE, BDL_NO_BRK_GUARD.
	 *
	 * Two C libraries must not share the program break, so baredl keeps
	 * the resident off it with one inaccessible page behind it (malloc
	 * then uses mmap). A host that never moves the break can leave it to
	 * the resident with BDL_NO_BRK_GUARD. */
	unsigned flags;
};

/* Starts the resident, as the first bdl_open would, but with [config] (NULL:
 * the default). 0, or -1: the process then goes on without, and a later call
 * may try again. With BDL_LATE just keeps [config]. Fails once the resident is
 * up, unless [config] is NULL.
 *
 * Kept from the resident's environment, because with them a dynamic linker
 * prints something and exits: LD_TRACE_LOADED_OBJECTS, LD_TRACE_PRELINKING,
 * LD_ASSUME_KERNEL, LD_DEBUG with "help". In a setuid program (AT_SECURE)
 * LD_LIBRARY_PATH is not looked at. */
BDL_API int bdl_init(const struct bdl_config *config);

/* Ends the process as the resident's exit does: atexit functions run, stdio is
 * flushed. Without a resident: exit_group. */
BDL_API BDL_NORETURN void bdl_exit(int status);

/* write(2) by a system call: what a program without a resident can still say. */
BDL_API long bdl_write(int fd, const void *bytes, size_t size);

/* Runs a program: starts the resident on the initial stack, exactly as if the
 * kernel had started a dynamic executable, calls [main] and ends the process
 * with its result as bdl_exit does. [stack] is the stack pointer at process
 * entry. [fini], if not NULL, is called at exit. If the resident cannot start,
 * [main] runs all the same; bdl_error() tells why.
 *
 * baredl's own _start (linked in when the program has none) calls it after
 * applying the program's own relocations (static-pie), with a [main] that
 * first runs the program's constructors. */
BDL_API BDL_NORETURN void bdl_start(const void *stack,
	int (*main)(int argc, char **argv, char **envp), void (*fini)(void));

/* Define this function to configure what bdl_start does; it runs before
 * anything else. With BDL_LATE the resident is left to the first need. */
BDL_API const struct bdl_config *bdl_start_config(int argc, char **argv, char **envp);

/* Which resident runs: 0, or -1 if none does. */
struct bdl_resident {
	const char *kind;        /* "glibc" or "musl" */
	const char *interpreter; /* path of ld.so */
	const char *libc;        /* path of the C library */
};
BDL_API int bdl_resident(struct bdl_resident *out);

/* ---- How an import is made ------------------------------------------------
 *
 * Three pieces of assembly an import, in sections of their own:
 *	.text		local: jump through the slot.
 *			first: the slot's initial target; look the symbol up.
 *	bdl_slots	one word: where the import leads.
 *	bdl_imports	struct bdl_import, read-only: slot, first, names, flags,
 *			each a 32-bit distance from itself, so no relocation.
 * The names are symbol, library, version, for each alternative, then "". */

/* clang-format off */
#define BDL_FROM_(symbol, library, version, ...)                                         \
	".asciz \"" symbol "\"\n\t.asciz \"" library "\"\n\t.asciz \"" version "\"\n\t"

#if defined __x86_64__ && !defined __ILP32__
#if defined __CET__ && __CET__ & 1
#define BDL_LANDING_PAD_ "endbr64\n\t"
#else
#define BDL_LANDING_PAD_ ""
#endif
#define BDL_JUMP_(local)  "jmp *bdl_slot_" #local "(%rip)\n"
#define BDL_FIRST_(local) "lea bdl_import_" #local "(%rip), %r11\n\tjmp bdl_import_lazy\n"
#elif defined __aarch64__ && !defined __ILP32__
#ifdef __ARM_FEATURE_BTI_DEFAULT
#define BDL_LANDING_PAD_ "hint #34\n\t"
#else
#define BDL_LANDING_PAD_ ""
#endif
#define BDL_JUMP_(local)                                                                 \
	"adrp x16, bdl_slot_" #local "\n\t"                                              \
	"ldr x17, [x16, :lo12:bdl_slot_" #local "]\n\tbr x17\n"
#define BDL_FIRST_(local)                                                                \
	"adrp x9, bdl_import_" #local "\n\t"                                             \
	"add x9, x9, :lo12:bdl_import_" #local "\n\tb bdl_import_lazy\n"
#else
#error "baredl.h: x86-64 and arm64 only (LP64)"
#endif

/* One COMDAT group an import: the same import in two files is one. */
#define BDL_GROUP_(local) "@progbits, bdl_import_" #local ", comdat\n\t"

#define BDL_IMPORT_(local, flags, names)                                                 \
	extern const struct bdl_import bdl_import_##local __asm__("bdl_import_" #local)  \
		__attribute__((visibility("hidden")));                                   \
	__asm__(".ifndef bdl_slot_" #local "\n\t" /* once, with -flto too */             \
		".pushsection .text.bdl_import, \"axG\", " BDL_GROUP_(local)             \
		".p2align 4\n\t"                                                         \
		".weak " #local "\n\t.hidden " #local "\n\t"                             \
		".type " #local ", %function\n"                                          \
		#local ":\n\t.cfi_startproc\n\t"                                         \
		BDL_LANDING_PAD_ BDL_JUMP_(local) "\t"                                   \
		".size " #local ", . - " #local "\n"                                     \
		"bdl_first_" #local ":\n\t"                                              \
		BDL_LANDING_PAD_ BDL_FIRST_(local) "\t"                                  \
		".cfi_endproc\n\t"                                                       \
		".type bdl_first_" #local ", %function\n\t"                              \
		".size bdl_first_" #local ", . - bdl_first_" #local "\n\t"               \
		".popsection\n\t"                                                        \
		".pushsection bdl_slots, \"awG\", " BDL_GROUP_(local) ".p2align 3\n"     \
		"bdl_slot_" #local ":\n\t.quad bdl_first_" #local "\n\t"                 \
		".type bdl_slot_" #local ", %object\n\t"                                 \
		".size bdl_slot_" #local ", 8\n\t"                                       \
		".popsection\n\t"                                                        \
		".pushsection bdl_imports, \"aG\", " BDL_GROUP_(local) ".p2align 2\n\t"  \
		".weak bdl_import_" #local "\n\t.hidden bdl_import_" #local "\n"         \
		"bdl_import_" #local ":\n\t"                                             \
		".long bdl_slot_" #local " - .\n\t"                                      \
		".long bdl_first_" #local " - .\n\t"                                     \
		".long bdl_names_" #local " - .\n\t"                                     \
		".long " #flags "\n\t"                                                   \
		".type bdl_import_" #local ", %object\n\t"                               \
		".size bdl_import_" #local ", 16\n\t"                                    \
		".popsection\n\t"                                                        \
		".pushsection .rodata.bdl_names, \"aG\", " BDL_GROUP_(local)             \
		"bdl_names_" #local ":\n\t"                                              \
		names ".asciz \"\"\n\t"                                                  \
		".popsection\n\t"                                                        \
		".endif")
/* clang-format on */

#ifdef __cplusplus
}
#endif
#endif
