/* maps.h - how much of what is mapped. */
#ifndef OWN_MAPS_H
#define OWN_MAPS_H

#include "own.h"

#include "../maps.h" /* hexadecimal() */

struct maps {
	long lines, kib;
	long guests; /* lines that name a file among the guests */
};

/* Whether the kernel tells how many threads there are, in field 20 of this file; an
 * emulator may not. Without it baredl must take it that there are others. */
static inline int threads_are_told(void)
{
	char text[512] = "";
	long fd = sys(openat, -100, "/proc/self/stat", 0, 0);
	sys(read, fd, text, sizeof text - 1);
	sys(close, fd);
	const char *s = text;
	while (*s && *s != ')') s++;
	for (int field = 2; field < 20 && *s; s++) field += *s == ' ';
	return *s && *s != '0';
}

/* /proc/self/maps as text, in memory of its own. */
static inline const char *maps_text(void)
{
	static char text[8 << 20];
	size_t n = 0;
	long fd = sys(openat, -100, "/proc/self/maps", 0, 0), got;
	must(fd >= 0);
	while ((got = sys(read, fd, text + n, sizeof text - 1 - n)) > 0)
		n += (size_t)got;
	must(n < sizeof text - 1);
	text[n] = 0;
	sys(close, fd);
	return text;
}

static inline struct maps maps_now(void)
{
	struct maps m = { 0 };
	for (const char *p = maps_text(); *p;) {
		uintptr_t start = hexadecimal(&p), end = (p++, hexadecimal(&p));
		const char *line = p;
		while (*p && *p != '\n') p++;
		m.lines++;
		m.kib += (long)(end - start) / 1024;
		for (const char *s = line; s < p; s++) {
			const char *g = GUESTS;
			size_t i = 0;
			while (g[i] && s[i] == g[i]) i++;
			if (g[i]) continue;
			/* the programs are among their guests */
			while (s < p && *s != '\n') s++;
			if (s[-3] == '.' && s[-2] == 's' && s[-1] == 'o') m.guests++;
			break;
		}
		if (*p) p++;
	}
	return m;
}

/* musl's dlclose does nothing. */
static inline int resident_unloads(void)
{
	struct bdl_resident r;
	return bdl_resident(&r) || same(r.kind, "glibc");
}

/* No guest is mapped, and nothing has grown by more than [lines] and [kib]. */
static inline void maps_flat(struct maps before, long lines, long kib)
{
	struct maps now = maps_now();
	expect(now.guests == 0 || !resident_unloads());
	expect(now.lines <= before.lines + lines);
	expect(now.kib <= before.kib + kib);
	if (not_so) {
		note_number("guests mapped:", now.guests);
		note_number("lines more:", now.lines - before.lines);
		note_number("KiB more:", now.kib - before.kib);
	}
}

#endif
