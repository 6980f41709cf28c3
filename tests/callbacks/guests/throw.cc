// libthrow.so: an ordinary C++ library that throws and catches, and calls back in between.
#include "throw.h"
#include <algorithm>
#include <atomic>

static std::atomic<int> guards;
struct Guard {
	Guard() { guards++; }
	~Guard() { guards--; }
};

int guards_left() { return guards; }

int throw_error(int n)
{
	Guard g;
	if (n >= 0) throw Error{n};
	return n;
}

int catch_error(int (*f)(int), int n)
{
	try {
		Guard g;
		return f(n);
	} catch (const Error &e) {
		return 1000 + e.n;
	}
}

int pass_on(int (*f)(int), int n)
{
	Guard g;
	try {
		Guard h;
		return f(n);
	} catch (...) {
		throw;
	}
}

int sort_ints(int *at, int count, int (*less)(int, int))
{
	try {
		Guard g;
		std::sort(at, at + count, [&](int a, int b) {
			Guard h;
			return less(a, b) != 0;
		});
		return 0;
	} catch (const Error &) {
		return 1;
	}
}
