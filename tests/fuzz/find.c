/* Any DT_RUNPATH or DT_RPATH, $ORIGIN, name and LD_LIBRARY_PATH through find.c: every
 * path that is offered ends in its buffer, has the name at its end and no token that is
 * known, and the search ends. No file is opened. See run.sh.
 *
 * The first byte says which of them there are; then come strings, each ended by a NUL.
 */
#include "link/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int exists(const char *path)
{
	if (strlen(path) >= PATH_SIZE) abort();
	return strlen(path) % 2 == 0;
}
#define sys_exists            exists
#define sys_open(path, flags) ((void)(path), (void)(flags), -ENOENT)
#include "../../src/link/find.c"

struct seen {
	const char *name; /* NULL: it has a token, maybe */
	size_t count, stop;
};

static int offered(void *context, const char *path)
{
	struct seen *s = context;
	size_t length = strlen(path);
	if (length >= PATH_SIZE) abort();
	if (s->name) {
		size_t n = strlen(s->name);
		if (n > length || strcmp(path + length - n, s->name)) abort();
	}
	return ++s->count == s->stop ? 0 : -ENOENT;
}

/* The next string, in memory of its own. */
static char *next(const uint8_t **data, size_t *size)
{
	size_t n = *size ? strnlen((const char *)*data, *size) : 0;
	char *copy = malloc(n + 1);
	if (!copy) abort();
	if (n) memcpy(copy, *data, n);
	copy[n] = 0;
	*data += n, *size -= n;
	if (*size) ++*data, --*size;
	return copy;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { NEEDER = 1, RUNPATH = 2, LOADER = 4, SECURE = 8, LIST = 16, STOP = 32 };
	static const char variable[] = "LD_LIBRARY_PATH=";
	char *text[6], path[PATH_SIZE], environment[4096];
	if (!size || size > 3000) return 0;
	unsigned what = *data++;
	size--;
	for (int i = 0; i < 6; i++) text[i] = next(&data, &size);
	snprintf(environment, sizeof environment, "%s%s", variable, text[5]);
	const uintptr_t stack[] = { 0, 0, what & LIST ? (uintptr_t)environment : 0, 0,
		AT_PLATFORM, (uintptr_t) "platform", AT_SECURE, (what & SECURE) != 0, 0,
		0 };
	const uintptr_t none[] = { 0, 0, 0, AT_PLATFORM, (uintptr_t) "platform",
		AT_SECURE, (what & SECURE) != 0, 0, 0 };
	struct linker l = { .hardware = { 0, 0 } };
	start_parse(what & LIST ? stack : none, &l.start);
	struct object loader = { .path = text[3], .d.rpath = text[4] };
	struct object needer = { .path = text[1],
		.loader = what & LOADER ? &loader : NULL };
	if (what & RUNPATH)
		needer.d.runpath = text[2];
	else
		needer.d.rpath = text[2];
	struct seen seen = { strchr(text[0], '$') ? NULL : text[0], 0,
		what & STOP ? 3 : 0 };
	int r = find(&l, what & NEEDER ? &needer : NULL, text[0], path, offered, &seen);
	if (!r != (seen.stop && seen.count >= seen.stop)) abort();
	find_done(&l);
	for (int i = 0; i < 6; i++) free(text[i]);
	return 0;
}

/* There is no cache, see above. */
int file_open(const char *path, struct file *out, void *head)
{
	(void)path, (void)out, (void)head;
	return -ENOENT;
}
int file_map(struct file *f) { return f ? -ENOENT : 0; }
void file_close(struct file *f) { (void)f; }
