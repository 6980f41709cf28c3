/* Cannot be linked: a symbol is missing. What it needs can. */
int nobody_has_this(void);
int value_mid0(void);
int value_base0(void);
int fails(void);
int fails(void) { return nobody_has_this() + value_mid0() + value_base0(); }
