// A bare C++ host that throws and catches: what the compiler asks for are imports. Exceptions
// of a library are caught behind bdl_invoke; those of a handler in the library.
#include "../bare.h"
#include "guests/throw.h"
#include <asm/unistd.h>

// What a C++ runtime is to compiled code.
extern "C" {
BDL_IMPORT(__gxx_personality_v0, "__gxx_personality_v0", "libstdc++.so.6");
BDL_IMPORT(__cxa_allocate_exception, "__cxa_allocate_exception", "libstdc++.so.6");
BDL_IMPORT(__cxa_free_exception, "__cxa_free_exception", "libstdc++.so.6");
BDL_IMPORT(__cxa_throw, "__cxa_throw", "libstdc++.so.6");
BDL_IMPORT(__cxa_begin_catch, "__cxa_begin_catch", "libstdc++.so.6");
BDL_IMPORT(__cxa_end_catch, "__cxa_end_catch", "libstdc++.so.6");
BDL_IMPORT(__cxa_rethrow, "__cxa_rethrow", "libstdc++.so.6");
BDL_IMPORT(_Unwind_Resume, "_Unwind_Resume", "libgcc_s.so.1");
BDL_IMPORT(_ZSt9terminatev, "_ZSt9terminatev", "libstdc++.so.6");
BDL_IMPORT_WEAK(type_info, "_ZTVN10__cxxabiv117__class_type_infoE", "libstdc++.so.6");
}

// The class of the type_info of our own Error, an object: it cannot be imported, but what is
// in it can be copied.
extern "C" void *class_type_info[11] asm("_ZTVN10__cxxabiv117__class_type_infoE");
void *class_type_info[11];
static bool take_type_info()
{
	void *const *from = static_cast<void *const *>(BDL_HAVE(type_info));
	for (int i = 0; from && i < 11; i++) class_type_info[i] = from[i];
	return from;
}

namespace {

const bdl_plan *one, *call_and_catch;
void *library;
char *stack;
const size_t stack_size = 64 << 10;

int scopes;
struct Scope {
	Scope() { scopes++; }
	~Scope() { scopes--; }
};

const bdl_plan *plan_of(const char *signature)
{
	return bdl_prepare(signature, 0, nullptr, 0);
}

int throws(int n, bool on_stack)
{
	Scope s;
	int result = 0;
	void *argv[] = { &n };
	void *f = bdl_sym(library, "throw_error");
	if (on_stack)
		bdl_invoke_on(one, f, &result, argv, stack, stack_size);
	else
		bdl_invoke(one, f, &result, argv);
	return result;
}

// the library throws, we catch: by its type, by any
int catches(int n, bool on_stack = false)
{
	try {
		Scope s;
		return throws(n, on_stack);
	} catch (const Error &e) {
		return 2000 + e.n;
	}
}
int catches_any(int n)
{
	try {
		Scope s;
		return throws(n, false);
	} catch (...) {
		return 3000;
	}
}
int catches_again(int n)
{
	try {
		Scope s;
		try {
			Scope t;
			return throws(n, false);
		} catch (...) {
			scopes += 10;
			throw;
		}
	} catch (const Error &e) {
		scopes -= 10;
		return 4000 + e.n;
	}
}

// a handler throws, the library catches
void throws_itself(void *, void *result, void *const *argv)
{
	Scope s;
	int n = *static_cast<int *>(argv[0]);
	if (n % 2) throw Error{ n };
	*static_cast<int *>(result) = n;
}

// a handler catches what came from the library, and throws another
void throws_another(void *, void *result, void *const *argv)
{
	Scope s;
	try {
		Scope t;
		*static_cast<int *>(result) = throws(*static_cast<int *>(argv[0]), true);
	} catch (const Error &e) {
		throw Error{ e.n + 7 };
	}
}

int in_library(void *callback, int n)
{
	int result = -1;
	void *argv[] = { &callback, &n };
	bdl_invoke(call_and_catch, bdl_sym(library, "catch_error"), &result, argv);
	return result;
}

} // namespace

extern "C" int main()
{
	check(take_type_info());
	check(bdl_bind() == 0);
	library = bdl_open(GUESTS "libthrow.so", BDL_NOW);
	check(library);
	if (!library) return done();
	one = plan_of("i(i)");
	call_and_catch = plan_of("i(p,i)");
	stack = reinterpret_cast<char *>(arch_syscall(
		SYS_mmap, 0, static_cast<long>(stack_size), 3, 0x22, -1, 0));

	int caught = 0, on_stack = 0, any = 0, again = 0, returned = 0;
	for (int i = 0; i < 1000; i++) {
		caught += catches(i) == 2000 + i;
		on_stack += catches(i, true) == 2000 + i;
		any += catches_any(i) == 3000;
		again += catches_again(i) == 4000 + i;
		returned += catches(-1 - i) == -1 - i;
	}
	check(caught == 1000);
	check(on_stack == 1000);
	check(any == 1000);
	check(again == 1000);
	check(returned == 1000);
	check(scopes == 0);

	void *thrower = bdl_callback_new(one, throws_itself, nullptr);
	void *another = bdl_callback_new(one, throws_another, nullptr);
	int thrown = 0, both = 0;
	for (int i = 0; i < 1000; i++) {
		thrown += in_library(thrower, i) == (i % 2 ? 1000 + i : i);
		both += in_library(another, i) == 1007 + i;
	}
	check(thrown == 1000);
	check(both == 1000);
	check(scopes == 0);
	check(reinterpret_cast<int (*)()>(bdl_sym(library, "guards_left"))() == 0);
	check(bdl_callback_free(thrower) == 0 && bdl_callback_free(another) == 0);
	return done();
}
