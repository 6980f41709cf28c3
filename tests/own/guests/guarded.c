/* -fstack-protector-all, and arrays to be protected. */
int guarded_sum(int n);
int guarded_sum(int n)
{
	volatile int a[32];
	int sum = 0;
	for (int i = 0; i < 32; i++) a[i] = n;
	for (int i = 0; i < 32; i++) sum += a[i];
	return sum;
}

int guarded_calls(int (*f)(void));
int guarded_calls(int (*f)(void))
{
	volatile char a[64];
	for (int i = 0; i < 64; i++) a[i] = (char)i;
	int got = f();
	for (int i = 0; i < 64; i++) got += a[i] != (char)i;
	return got;
}
