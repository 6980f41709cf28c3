/* shout - a plugin: prints its text in capitals. */
#include <stddef.h>

void host_say(const char *s); /* the program's */
size_t strlen(const char *s);

static _Thread_local int count = 1; /* in this thread */

__attribute__((constructor)) static void begin(void) { host_say("plugin: here\n"); }
__attribute__((destructor)) static void end(void) { host_say("plugin: gone\n"); }

int run(const char *text);
int run(const char *text)
{
	char line[80];
	size_t n = strlen(text) < 70 ? strlen(text) : 70;
	for (size_t i = 0; i < n; i++)
		line[i] = text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 32)
							   : text[i];
	line[n] = '!', line[n + 1] = '\n', line[n + 2] = 0;
	host_say(line);
	return count++ == 1 ? 0 : 1;
}
