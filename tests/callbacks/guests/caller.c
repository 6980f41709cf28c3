/* caller.so - needs nothing, and calls what it is given. */
int call_times(int (*f)(int, void *), int times, void *user)
{
	int sum = 0;
	for (int i = 0; i < times; i++) sum += f(i, user);
	return sum;
}

struct sample {
	double d;
	long n;
	float f[3];
};

/* A struct there and back. */
struct sample pass_sample(
	struct sample (*f)(struct sample, long double), struct sample s)
{
	s = f(s, 0.5L);
	s.n++;
	return s;
}
