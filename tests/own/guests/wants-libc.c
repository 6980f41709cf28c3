#include <string.h>
int length_of_four(void);
int length_of_four(void)
{
	volatile char text[] = "four";
	return (int)strlen((const char *)text);
}
