/* find.c - where the file of a library is, in ld.so(8)'s order: DT_RPATH of the
 * object that needs it and of those that loaded it (if it has no DT_RUNPATH),
 * LD_LIBRARY_PATH, DT_RUNPATH, /etc/ld.so.cache, the default directories, musl's.
 * In each directory the variants for this CPU come first. */
#include "link.h"

struct find {
	struct linker *l;
	const struct object *needer; /* or NULL */
	const char *origin;          /* the path whose directory $ORIGIN is */
	const char *name;
	struct search search;
};

/* The CPU's levels, best first; asked once, and only if someone has variants. */
static const char *levels(struct linker *l)
{
	if (!l->levels) l->levels = arch_levels();
	return l->levels;
}

/* The file in [dir], or in a directory of variants in it. */
static int offer_in(struct find *f, const char *dir, size_t length)
{
	static const char variants[] = "/glibc-hwcaps/";
	char sub[PATH_SIZE];
	if (length + sizeof variants + 16 < sizeof sub && sizeof ARCH_LEVELS > 1) {
		__builtin_memcpy(sub, dir, length);
		__builtin_memcpy(sub + length, variants, sizeof variants);
		if (sys_exists(sub))
			for (const char *v = levels(f->l); *v;
				v += text_length(v) + 1) {
				size_t n = text_length(v),
				       at = length + sizeof variants - 1;
				__builtin_memcpy(sub + at, v, n + 1);
				if (!search_offer(&f->search, sub, at + n, f->name))
					return 0;
			}
	}
	return search_offer(&f->search, dir, length, f->name);
}

/* ---- DT_RPATH, DT_RUNPATH --------------------------------------------------------- */

static bool in_name(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '_';
}

/* What a token at [s] stands for, and its length with the dollar; NULL: none. */
static const char *token(const struct find *f, const char *s, size_t *length,
	const char *lib, size_t *value_length)
{
	static const char names[] = "ORIGIN\0LIB\0PLATFORM\0";
	const char *name = names;
	bool braces = s[1] == '{';
	for (int i = 0; *name; name += text_length(name) + 1, i++) {
		size_t n = text_length(name);
		if (!text_starts(s + 1 + braces, name)) continue;
		if (braces ? s[2 + n] != '}' : in_name(s[1 + n])) continue;
		*length = 1 + n + 2 * braces;
		const char *value = lib;
		if (i == 0) {
			value = f->origin;
			*value_length = (size_t)(text_after_last(value, '/') - value);
			if (*value_length > 1) --*value_length; /* not the slash */
			if (*value_length) return value;
			*value_length = 1;
			return ".";
		}
		if (i == 2) value = (const char *)start_auxv(&f->l->start, AT_PLATFORM);
		*value_length = value ? text_length(value) : 0;
		return value;
	}
	return NULL;
}

/* [element] with its tokens replaced; -1: too long, or not for a setuid program. */
static int expand(const struct find *f, const char *element, size_t size,
	const char *lib, char out[PATH_SIZE])
{
	size_t n = 0;
	for (size_t i = 0; i < size;) {
		size_t length = 1, value_length = 1;
		const char *value = NULL;
		if (element[i] == '$')
			value = token(f, element + i, &length, lib, &value_length);
		if (value && start_auxv(&f->l->start, AT_SECURE)) return -1;
		if (!value) value = element + i, length = value_length = 1;
		if (n + value_length >= PATH_SIZE) return -1;
		__builtin_memcpy(out + n, value, value_length);
		n += value_length;
		i += length;
	}
	out[n] = 0;
	return (int)n;
}

/* Each element of [list]; one with $LIB for each that it may stand for. */
static int offer_list(struct find *f, const char *list)
{
	static const char libs[] = ARCH_LIB;
	char dir[PATH_SIZE];
	for (;; list++) {
		size_t n = 0;
		while (list[n] && list[n] != ':') n++;
		bool any = false;
		for (size_t i = 0; i + 1 < n; i++)
			any |= list[i] == '$' &&
			       (text_starts(list + i + 1, "LIB") ||
				       text_starts(list + i + 1, "{LIB"));
		for (const char *lib = libs; n && *lib; lib += text_length(lib) + 1) {
			int length = expand(f, list, n, lib, dir);
			if (length >= 0 && !offer_in(f, dir, (size_t)length)) return 0;
			if (!any) break;
		}
		if (!n && !offer_in(f, ".", 1)) return 0;
		list += n;
		if (!*list) return -ENOENT;
	}
}

static int offer_rpaths(struct find *f)
{
	struct find g = *f;
	if (f->needer && f->needer->d.runpath) return -ENOENT;
	for (const struct object *o = f->needer; o; o = o->loader) {
		g.needer = o;
		g.origin = o->path;
		if (o->d.rpath && !o->d.runpath && !offer_list(&g, o->d.rpath))
			return 0;
	}
	return -ENOENT;
}

/* ---- the system's directories --------------------------------------------------------- */

/* The cache, for this CPU's levels and then for all. It stays mapped while a closure is
 * loaded. */
static int offer_cached(struct find *f)
{
	struct file *file = &f->l->cache;
	const char *level = NULL, *found;
	uint64_t hwcap = 0;
	if (!file->mapped) {
		if (file_open("/etc/ld.so.cache", file, NULL)) return -ENOENT;
		file_map(file);
		sys_close(file->fd);
	}
	if (cache_has_levels(file->bytes, file->present)) level = levels(f->l);
	do {
		hwcap = 0;
		if (level && *level) {
			hwcap = cache_level(file->bytes, file->present, level);
			level += text_length(level) + 1;
		}
		for (size_t n = 0; (found = cache_find(file->bytes, file->present,
					    f->name, hwcap, n));
			n++)
			if (!search_offer(&f->search, "", 0, found)) return 0;
	} while (hwcap);
	return -ENOENT;
}

void find_done(struct linker *l)
{
	if (l->cache.mapped) sys_munmap((void *)l->cache.bytes, l->cache.size);
	l->cache = (struct file){ 0 };
}

static int offer_default(struct find *f)
{
	static const char dirs[] = ARCH_LIBRARY_DIRS;
	for (const char *d = dirs; *d; d += text_length(d) + 1)
		if (!offer_in(f, d, text_length(d))) return 0;
	return -ENOENT;
}

/* musl's list is a file, one directory a line or between colons. */
static int offer_musl(struct find *f)
{
	char list[PATH_SIZE];
	int fd = sys_open(ARCH_MUSL_PATH, O_RDONLY | O_CLOEXEC);
	long n = fd < 0 ? fd : sys_read(fd, list, sizeof list - 1);
	if (fd >= 0) sys_close(fd);
	if (n <= 0) return offer_list(f, "/usr/local/lib");
	list[n] = 0;
	for (char *s = list; *s; s++)
		if (*s == '\n') *s = s[1] ? ':' : 0;
	return offer_list(f, list);
}

int find(struct linker *l, const struct object *needer, const char *name,
	char path[PATH_SIZE], search_try *try, void *context)
{
	struct find f = { l, needer, needer ? needer->path : "", name,
		{ .path = path, .try = try, .context = context } };
	const char *list = start_auxv(&l->start, AT_SECURE)
				   ? NULL
				   : start_env(&l->start, "LD_LIBRARY_PATH");
	char expanded[PATH_SIZE], program[PATH_SIZE];
	if (!needer && text_after_last(name, '$') != name) {
		long n = sys_readlink("/proc/self/exe", program, sizeof program - 1);
		program[n > 0 ? n : 0] = 0;
		f.origin = program;
	}
	if (text_after_last(name, '$') != name &&
		expand(&f, name, text_length(name), ARCH_LIB, expanded) >= 0)
		name = f.name = expanded;
	if (text_after_last(name, '/') != name)
		return search_offer(&f.search, "", 0, name);
	if (!offer_rpaths(&f)) return 0;
	if (list && *list && !search_list(&f.search, list, name)) return 0;
	if (needer && needer->d.runpath && !offer_list(&f, needer->d.runpath)) return 0;
	if (!offer_cached(&f)) return 0;
	if (!offer_default(&f)) return 0;
	return offer_musl(&f);
}
