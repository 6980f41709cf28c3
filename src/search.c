/* search.c - where the file of a library is, in ld.so(8)'s order: directories
 * of LD_LIBRARY_PATH, /etc/ld.so.cache, the default directories. A libc is looked
 * for beside its ld.so before all of these. */
#include "internal.h"
#include "sys.h"

int search_offer(struct search *s, const char *dir, size_t length, const char *name)
{
	size_t n = text_length(name);
	if (length + n + 2 > PATH_SIZE) return -ENAMETOOLONG;
	__builtin_memcpy(s->path, dir, length);
	if (length && dir[length - 1] != '/') s->path[length++] = '/';
	__builtin_memcpy(s->path + length, name, n + 1);
	return s->try(s->context, s->path);
}

/* An empty element is the current directory. */
int search_list(struct search *s, const char *list, const char *name)
{
	for (;; list++) {
		size_t n = 0;
		while (list[n] && list[n] != ':' && list[n] != ';') n++;
		if (!search_offer(s, n ? list : ".", n ? n : 1, name)) return 0;
		list += n;
		if (!*list) return -ENOENT;
	}
}

static int search_cache(struct search *s, const char *name)
{
	struct file f;
	int r = -ENOENT;
	if (file_open("/etc/ld.so.cache", &f, NULL)) return r;
	const char *found;
	file_map(&f);
	for (size_t n = 0; r && (found = cache_find(f.bytes, f.present, name, 0, n));
		n++)
		r = search_offer(s, "", 0, found);
	file_close(&f);
	return r;
}

int search(struct search *s, const char *name)
{
	if (text_after_last(name, '/') != name) return search_offer(s, "", 0, name);
	if (s->beside) {
		size_t n = (size_t)(text_after_last(s->beside, '/') - s->beside);
		s->in_beside = true;
		if (!search_offer(s, s->beside, n, name)) return 0;
		s->in_beside = false;
	}
	if (s->library_path && *s->library_path &&
		!search_list(s, s->library_path, name))
		return 0;
	if (!search_cache(s, name)) return 0;
	static const char dirs[] = ARCH_LIBRARY_DIRS;
	for (const char *d = dirs; *d; d += text_length(d) + 1)
		if (!search_offer(s, d, text_length(d), name)) return 0;
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
