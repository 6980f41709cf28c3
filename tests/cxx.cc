// A C++ program: constructors of global objects have run, imports live in a
// namespace, a lambda is called back. No libstdc++.
#include "bare.h"

namespace libc {
extern "C" {
int snprintf(char *to, size_t size, const char *format, ...);
void qsort(void *base, size_t n, size_t size, int (*compare)(const void *, const void *));
int bdl_absent(int n);
}
BDL_IMPORT(snprintf, "snprintf", "libc.so.6");
BDL_IMPORT(qsort, "qsort", "libc.so.6");
BDL_IMPORT_WEAK(bdl_absent, "bdl_absent", "libc.so.6");

bool have_absent() { return BDL_HAVE(bdl_absent) != nullptr; }
} // namespace libc

namespace {

struct Shape {
	virtual double area() const { return 0; }
};

struct Square : Shape {
	double side;
	explicit Square(double s) : side(s) {}
	double area() const override { return side * side; }
};

// Needs the C library while it is made.
struct Text {
	char bytes[32];
	int made;
	Text() : made(1) { libc::snprintf(bytes, sizeof bytes, "%s %d", "made", 42); }
};

Text text;
Square square(1.5);
const Shape *shape = &square;

} // namespace

// clang takes a freestanding main for any other function
extern "C" int main()
{
	struct bdl_resident r;
	check(bdl_resident(&r) == 0);
	check(text.made == 1);
	check(same(text.bytes, "made 42"));
	check(shape->area() == 2.25);

	static int calls;
	int numbers[] = { 5, 3, 9, 1 };
	libc::qsort(numbers, 4, sizeof *numbers, [](const void *a, const void *b) {
		calls++;
		return *static_cast<const int *>(a) - *static_cast<const int *>(b);
	});
	check(calls > 0);
	check(numbers[0] == 1 && numbers[1] == 3 && numbers[2] == 5 && numbers[3] == 9);

	check(!libc::have_absent());
	check(contains(bdl_error(), ": symbol bdl_absent: not found"));
	check(bdl_bind() == 0);
	return done();
}
