/* Thread-local variables with initial values and without, in a large block if BIG. ZERO:
 * none has an initial value; then it counts from 0. STAYS: the variables stay where they are
 * even if the thread is given another thread pointer. */
#ifdef ZERO
static _Thread_local int start;
#else
static _Thread_local int start = 42;
#endif
#ifdef STAYS
static _Thread_local int *address;
#endif
static _Thread_local int zero;
#ifdef BIG
static _Thread_local char block[BIG];
#endif

int tls_touch(void);
int tls_touch(void)
{
#ifdef BIG
	for (long i = 0; i < BIG; i += 4096) block[i]++;
	if (block[0] != (char)(zero + 1)) return -1;
#endif
#ifdef STAYS
	if (!address) address = &zero;
	if (address != &zero) return -2;
#endif
	if (zero++ > 1000000) return -3;
	return start++;
}

void *tls_place(void);
void *tls_place(void) { return &start; }
