/* Library 000 of a chain, from whose bytes the others are made: guests.sh replaces the
 * names c000.so, c001.so and the number. The LAST needs no other. */
void guest_up(int);
void guest_down(int);
static const volatile char number[] = "#000";
static int self(void)
{
	return (number[1] - '0') * 100 + (number[2] - '0') * 10 + number[3] - '0';
}

__attribute__((constructor)) static void up(void) { guest_up(self()); }
__attribute__((destructor)) static void down(void) { guest_down(self()); }

#ifdef LAST
int last(void);
int last(void) { return self(); }
#endif
