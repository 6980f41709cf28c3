#include "throw.h"

base::~base() {}
namespace
{
struct derived : base {
	int n;
	explicit derived(int n) : n(n) {}
	int value() const override { return n; }
};
} // namespace

int throw_derived(int n)
{
	if (n >= 0) throw derived(n);
	return 0;
}
