/* A constructor (and destructor) that is the host's. */
void guest_slow(void);
#ifdef END
void guest_end(void);
__attribute__((destructor)) static void down(void) { guest_end(); }
#endif

static int ready;
__attribute__((constructor)) static void up(void)
{
	guest_slow();
	ready = 1;
}
int slow_ready(void);
int slow_ready(void) { return ready; }
