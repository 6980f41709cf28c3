// Throws and catches: within itself, from another library, through the host.
#include "throw.h"
extern "C" {
int host_frame(int (*f)(int), int n);
void qsort(void *, unsigned long, unsigned long, int (*)(const void *, const void *));
int catch_within(int n);
int catch_other(int n);
int catch_through_host(int n);
int catch_rethrown(int n);
int catch_through_libc();
int destroyed();
}

static int ends;
struct scope {
	~scope() { ends++; }
};

__attribute__((noinline)) static int throw_here(int n)
{
	if (n >= 0) throw n;
	return 0;
}

int catch_within(int n)
{
	try {
		scope s;
		return throw_here(n) - 1;
	} catch (int &got) {
		return got;
	}
}

int catch_other(int n)
{
	try {
		scope s;
		return throw_derived(n) - 1;
	} catch (const base &got) {
		return got.value();
	}
}

int catch_through_host(int n)
{
	try {
		scope s;
		return host_frame(throw_derived, n) - 1;
	} catch (const base &got) {
		return got.value();
	}
}

static int catch_and_throw(int n)
{
	try {
		return throw_derived(n);
	} catch (...) {
		throw;
	}
}

int catch_rethrown(int n)
{
	try {
		scope s;
		return host_frame(catch_and_throw, n) - 1;
	} catch (const base &got) {
		return got.value();
	}
}

static int compare(const void *, const void *) { return throw_derived(99); }
int catch_through_libc()
{
	int a[] = { 2, 1 };
	try {
		qsort(a, 2, sizeof *a, compare);
		return -1;
	} catch (const base &got) {
		return got.value();
	}
}

int destroyed() { return ends; }
