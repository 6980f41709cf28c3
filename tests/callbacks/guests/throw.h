// throw.h - what libthrow.so throws, for those who catch it.
#ifndef THROW_H
#define THROW_H

struct Error {
	int n;
};

extern "C" {
// throws Error{n}
int throw_error(int n);
// f(n), or 1000 + what was thrown
int catch_error(int (*f)(int), int n);
// f(n), by a frame that catches all and throws it again
int pass_on(int (*f)(int), int n);
// std::sort by [less]; 1 if that threw
int sort_ints(int *at, int count, int (*less)(int, int));
// objects that were made and not destroyed
int guards_left(void);
}
#endif
