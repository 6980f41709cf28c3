/* One of several libraries that need each other: SELF is its name, NEEDS the others
 * as X(name) X(name). It knows whether it is ready to be used. */
void guest_up(void);
void guest_down(void);

#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_(a, b)
#define VALUE       JOIN(value_, SELF)

#define X(name) int value_##name(void);
NEEDS
#undef X

static int constructed;
static _Thread_local int calls = 1000; /* dynamic TLS, with an initial value */

__attribute__((constructor)) static void up(void)
{
	constructed = 1;
	guest_up();
}

__attribute__((destructor)) static void down(void)
{
	constructed = 0;
	guest_down();
}

int VALUE(void);
int VALUE(void)
{
	if (!constructed || calls < 1000) return -100000;
	calls++;
#define X(name) +value_##name()
	return 1 NEEDS;
#undef X
}
