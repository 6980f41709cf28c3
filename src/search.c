/* search.c - where the file of a library is, in ld.so(8)'s order: directories
 * of LD_LIBRARY_PATH, /etc/ld.so.cache, the default directories. A libc is looked
 * for beside its ld.so before all of these. */
#include "internal.h"
#include "sys.h"

static int offer(char path[PATH_SIZE], const char *dir, size_t dir_length,
	const char *name, search_try *try, void *context)
{
	size_t n = text_length(name);
	if (dir_length + n + 2 > PATH_SIZE) return -ENAMETOOLONG;
	__builtin_memcpy(path, dir, dir_length);
	if (dir_length && dir[dir_length - 1] != '/') path[dir_length++] = '/';
	__builtin_memcpy(path + dir_length, name, n + 1);
	return try(context, path);
}

/* An empty element is the current directory. */
static int offer_path_list(char path[PATH_SIZE], const char *list, const char *name,
	search_try *try, void *context)
{
	for (;; list++) {
		size_t n = 0;
		while (list[n] && list[n] != ':' && list[n] != ';') n++;
		if (!offer(path, n ? list : ".", n ? n : 1, name, try, context))
			return 0;
		list += n;
		if (!*list) return -ENOENT;
	}
}

static int offer_cache(
	char path[PATH_SIZE], const char *name, search_try *try, void *context)
{
	struct file f;
	int r = -ENOENT;
	if (file_open("/etc/ld.so.cache", &f, NULL)) return r;
	const char *found;
	file_map(&f);
	for (size_t n = 0; r && (found = cache_find(f.bytes, f.present, name, n)); n++)
		r = offer(path, "", 0, found, try, context);
	file_close(&f);
	return r ? -ENOENT : 0;
}

int search(struct search *s, const char *name, char path[PATH_SIZE], search_try *try,
	void *context)
{
	if (text_after_last(name, '/') != name)
		return offer(path, "", 0, name, try, context) ? -ENOENT : 0;
	if (s->beside) {
		size_t n = (size_t)(text_after_last(s->beside, '/') - s->beside);
		s->in_beside = true;
		if (!offer(path, s->beside, n, name, try, context)) return 0;
		s->in_beside = false;
	}
	if (s->library_path && *s->library_path &&
		!offer_path_list(path, s->library_path, name, try, context))
		return 0;
	if (!offer_cache(path, name, try, context)) return 0;
	static const char dirs[] = ARCH_LIBRARY_DIRS;
	for (const char *d = dirs; *d; d += text_length(d) + 1)
		if (!offer(path, d, text_length(d), name, try, context)) return 0;
	return -ENOENT;
}

void search_resolve(char path[PATH_SIZE])
{
	char target[PATH_SIZE];
	for (int hops = 0; hops < 40; hops++) {
		long n = sys_readlink(path, target, PATH_SIZE - 1);
		if (n <= 0) return; /* not a link */
		target[n] = 0;
		/* a relative target counts from the link's own directory */
		size_t keep = target[0] == '/'
				      ? 0
				      : (size_t)(text_after_last(path, '/') - path);
		if (keep + (size_t)n >= PATH_SIZE) return;
		__builtin_memcpy(path + keep, target, (size_t)n + 1);
	}
}
