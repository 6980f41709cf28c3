/* Needs nobody. */
int self_value(void);
int self_value(void) { return 77; }
