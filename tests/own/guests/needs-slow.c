int slow_ready(void);
static int was_ready;
__attribute__((constructor)) static void up(void) { was_ready = slow_ready(); }
int needs_slow_ready(void);
int needs_slow_ready(void) { return was_ready; }
