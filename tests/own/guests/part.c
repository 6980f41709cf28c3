/* PART: what the others need; USER: its destructor is the host's; OTHER: needs PART
 * too; HOOKED: wants what only the host may give. */
int part_value(void);
#if defined PART
int part_value(void) { return 7; }
__attribute__((destructor)) static void down(void) { __asm__ volatile(""); }
#elif defined USER
void guest_end(void);
__attribute__((destructor)) static void down(void) { guest_end(); }
int user_value(void);
int user_value(void) { return part_value() + 1; }
#elif defined OTHER
int other_value(void);
int other_value(void) { return part_value() + 2; }
#elif defined HOOKED
extern int hook;
int hooked_value(void);
int hooked_value(void) { return part_value() + hook; }
#elif defined INTERPOSED
extern int hook; /* looked up first: undefined symbols come first */
int answer(void);
int (*pointer)(void) = answer;
int answer(void) { return 1; }
int interposed_call(void);
int interposed_call(void) { return hook ? pointer() : 0; }
#elif defined INTERPOSER
int answer(void);
int answer(void) { return 2; }
#endif
