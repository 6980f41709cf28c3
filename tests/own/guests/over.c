/* Needs nothing of libc itself, but a library that does; SELF: and one that is ours if it
 * is opened alone. */
int length_of_four(void);
#ifdef SELF
int self_value(void);
int over_self(void);
int over_self(void) { return self_value() + length_of_four(); }
#else
int over_length(void);
int over_length(void) { return length_of_four() + 1; }
#endif
