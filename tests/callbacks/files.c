/* The C library's functions that walk through folders, and streams that callbacks read and
 * write. */
#include "callbacks.h"

static char tree[200];

/* tree + name, in one of a few buffers */
static const char *path_of(const char *name)
{
	static char paths[4][300];
	static int next;
	char *path = paths[next++ % 4];
	size_t n = 0;
	for (const char *s = tree; *s;) path[n++] = *s++;
	while (*name) path[n++] = *name++;
	path[n] = 0;
	return path;
}

/* a/ a/b/ a/b/two a/one three: a folder of this process's own */
static void make_tree(void)
{
	size_t n = 0;
	for (const char *s = G("tree-"); *s;) tree[n++] = *s++;
	for (long pid = sys(getpid); pid; pid /= 10) tree[n++] = (char)('0' + pid % 10);
	static const char *const names[] = { "", "/a/", "/a/b/", "/a/b/two", "/a/one",
		"/three" };
	for (int i = 0; i < 6; i++) {
		const char *path = path_of(names[i]);
		if (i < 3) {
			must(sys(mkdirat, -100, path, 0755) == 0);
			continue;
		}
		long fd = sys(openat, -100, path, 0101 /* O_CREAT O_WRONLY */, 0644);
		must(fd >= 0 && sys(write, fd, "12345", 5) == 5);
		sys(close, fd);
	}
}

struct walk {
	int files, folders, deepest, stop_after, calls;
};

static unsigned mode_of(const void *stat)
{
	uint32_t mode;
	memcpy(&mode, (const char *)stat + ARCH_STAT_MODE, sizeof mode);
	return mode;
}

/* int (const char *path, const struct stat *, int type) */
static void for_ftw(void *user, void *result, void *const *argv)
{
	struct walk *w = user;
	int type = ARG(int, 2) - !is_glibc(); /* FTW_F is 0 or 1 */
	must(contains(ARG(const char *, 0), tree));
	must((mode_of(ARG(const void *, 1)) & 0170000) == (type ? 0040000 : 0100000));
	w->files += type == 0, w->folders += type == 1;
	RESULT(int) = ++w->calls == w->stop_after ? 77 : 0;
}

/* int (const char *path, const struct stat *, int type, struct FTW *): removes it */
static void for_nftw(void *user, void *result, void *const *argv)
{
	struct walk *w = user;
	const char *path = ARG(const char *, 0);
	const int *base_and_level = ARG(const int *, 3);
	int type = ARG(int, 2) - !is_glibc();
	must(type == 0 || type == 5 /* FTW_DP: after what is in it */);
	must(!base_and_level[0] || path[base_and_level[0] - 1] == '/');
	w->files += type == 0, w->folders += type == 5;
	if (base_and_level[1] > w->deepest) w->deepest = base_and_level[1];
	must(sys(unlinkat, -100, path, type == 5 ? 0x200 : 0) == 0);
	RESULT(int) = 0;
}

static void remove_tree(struct walk *w)
{
	must(CALL_INT("i(s,p,i,i)", libc("nftw"), S(tree),
		     P(callback_of("i(s,p,i,p)", for_nftw, w)), A(int, 20),
		     A(int, 1 | 8 /* FTW_PHYS, FTW_DEPTH */)) == 0);
	must(sys(faccessat, -100, tree, 0) == -2 /* ENOENT */);
}

static void walks(void)
{
	make_tree();
	struct walk w = { 0 }, removed = { 0 };
	void *each = callback_of("i(s,p,i)", for_ftw, &w);
	must(CALL_INT("i(s,p,i)", libc("ftw"), S(tree), &each, A(int, 20)) == 0);
	must(w.files == 3 && w.folders == 3 && w.calls == 6);
	w.calls = 0, w.stop_after = 2;
	must(CALL_INT("i(s,p,i)", libc("ftw"), S(tree), &each, A(int, 20)) == 77);
	must(w.calls == 2);
	remove_tree(&removed);
	must(removed.files == 3 && removed.folders == 3 && removed.deepest == 3);
}

/* ---- scandir ------------------------------------------------------------------------ */

/* int (const struct dirent *): d_name is behind 19 bytes */
static void without_dots(void *user, void *result, void *const *argv)
{
	++*(int *)user;
	RESULT(int) = ARG(const char *, 0)[19] != '.';
}

/* int (const struct dirent **, const struct dirent **): backwards */
static void by_name(void *user, void *result, void *const *argv)
{
	++*(int *)user;
	const char *a = *ARG(const char **, 0), *b = *ARG(const char **, 1);
	RESULT(int) = COMPARE_INTS(b[19], a[19]);
}

static void scans(void)
{
	make_tree();
	int filtered = 0, compared = 0;
	char **names = NULL;
	must(CALL_INT("i(s,p,p,p)", libc("scandir"), S(tree), P(&names),
		     P(callback_of("i(p)", without_dots, &filtered)),
		     P(callback_of("i(p,p)", by_name, &compared))) == 2);
	must(same(names[0] + 19, "three") && same(names[1] + 19, "a"));
	must(filtered == 4 && compared > 0);
	for (int i = 0; i < 2; i++) CALL("v(p)", libc("free"), NULL, names + i);
	CALL("v(p)", libc("free"), NULL, &names);
	remove_tree(&(struct walk){ 0 });
}

/* ---- glob -------------------------------------------------------------------------- */

struct glob {
	size_t count;
	char **paths;
	size_t offset;
	int flags;
	void *close, *read, *open, *lstat, *stat;
	char more[64];
};

/* int (const char *path, int error) */
static void on_error(void *user, void *result, void *const *argv)
{
	must(contains(ARG(const char *, 0), tree));
	*(int *)user = ARG(int, 1);
	RESULT(int) = 1; /* give up */
}

static void globs(void)
{
	make_tree();
	int error = 0;
	struct glob found = { 0 };
	void *glob = libc("glob"), *report = callback_of("i(s,i)", on_error, &error);
	must(CALL_INT("i(s,i,p,p)", glob, S(path_of("/*/*")), A(int, 0), &report,
		     P(&found)) == 0);
	must(found.count == 2 && error == 0);
	must(same(found.paths[1], path_of("/a/one")));
	CALL("v(p)", libc("globfree"), NULL, P(&found));
	/* no descriptor for the folder */
	uint64_t none[2], before[2];
	sys(prlimit64, 0, 7 /* RLIMIT_NOFILE */, 0, before);
	none[0] = 0, none[1] = before[1]; /* to be taken back */
	sys(prlimit64, 0, 7, none, 0);
	must(CALL_INT("i(s,i,p,p)", glob, S(path_of("/*")), A(int, 0), &report,
		     P(&found)) != 0); /* GLOB_ABORTED; musl says GLOB_NOMATCH */
	sys(prlimit64, 0, 7, before, 0);
	must(error == 24 /* EMFILE */);
	remove_tree(&(struct walk){ 0 });
}

/* A folder that is nowhere: glibc's glob can be given the functions that read it. */
static const char *const pretended[] = { "one.c", "two.h", "three.c", "four.c" };
static int at_name, is_open;

static void pretend_open(void *user, void *result, void *const *argv)
{
	is_open += same(ARG(const char *, 0), "/pretended");
	at_name = 0;
	RESULT(void *) = is_open ? user : NULL;
}
static void pretend_read(void *user, void *result, void *const *argv)
{
	static struct {
		uint64_t inode, offset;
		uint16_t length;
		unsigned char type;
		char name[256];
	} entry;
	must(ARG(void *, 0) == user);
	RESULT(void *) = NULL;
	if (at_name == 4) return;
	const char *name = pretended[at_name++];
	memcpy(entry.name, name, length(name) + 1);
	entry.inode = 1, entry.length = sizeof entry, entry.type = 8;
	RESULT(void *) = &entry;
}
static void pretend_close(void *user, void *result, void *const *argv)
{
	(void)result;
	must(ARG(void *, 0) == user);
	is_open--;
}
static void pretend_stat(void *user, void *result, void *const *argv)
{
	(void)user, (void)argv;
	RESULT(int) = -1;
}

static void pretends(void)
{
	if (!is_glibc()) not_here("GLOB_ALTDIRFUNC is glibc's");
	int cookie;
	struct glob found = { .open = callback_of("p(s)", pretend_open, &cookie),
		.read = callback_of("p(p)", pretend_read, &cookie),
		.close = callback_of("v(p)", pretend_close, &cookie),
		.stat = callback_of("i(s,p)", pretend_stat, NULL) };
	found.lstat = found.stat;
	must(CALL_INT("i(s,i,p,p)", libc("glob"), S("/pretended/*.c"), A(int, 1 << 9),
		     P(NULL), P(&found)) == 0);
	must(found.count == 3 && is_open == 0);
	must(same(found.paths[0], "/pretended/four.c"));
	must(same(found.paths[2], "/pretended/three.c"));
	CALL("v(p)", libc("globfree"), NULL, P(&found));
}

/* ---- a stream of callbacks ---------------------------------------------------------- */

struct cookie {
	char bytes[20000];
	size_t at, size;
	int reads, writes, seeks, closed;
};

static void cookie_read(void *user, void *result, void *const *argv)
{
	struct cookie *c = ARG(struct cookie *, 0);
	must(c == user);
	size_t n = ARG(size_t, 2);
	if (n > c->size - c->at) n = c->size - c->at;
	memcpy(ARG(char *, 1), c->bytes + c->at, n);
	c->at += n, c->reads++;
	RESULT(long) = (long)n;
}
static void cookie_write(void *user, void *result, void *const *argv)
{
	struct cookie *c = user;
	size_t n = ARG(size_t, 2);
	must(c->at + n <= sizeof c->bytes);
	memcpy(c->bytes + c->at, ARG(const char *, 1), n);
	c->at += n, c->writes++;
	if (c->at > c->size) c->size = c->at;
	RESULT(long) = (long)n;
}
static void cookie_seek(void *user, void *result, void *const *argv)
{
	struct cookie *c = user;
	long *place = ARG(long *, 1);
	int whence = ARG(int, 2);
	*place += whence == 0 ? 0 : (long)(whence == 1 ? c->at : c->size);
	c->at = (size_t)*place, c->seeks++;
	RESULT(int) = 0;
}
static void cookie_close(void *user, void *result, void *const *argv)
{
	must(ARG(void *, 0) == user);
	((struct cookie *)user)->closed++;
	RESULT(int) = 0;
}

static void cookies(void)
{
	static struct cookie c;
	struct {
		void *read, *write, *seek, *close;
	} functions = { callback_of("l(p,p,L)", cookie_read, &c),
		callback_of("l(p,p,L)", cookie_write, &c),
		callback_of("i(p,p,i)", cookie_seek, &c),
		callback_of("i(p)", cookie_close, &c) };
	/* the functions are a struct by value */
	void *file = CALL_POINTER(
		"p(p,s,{pppp})", libc("fopencookie"), P(&c), S("w+"), &functions);
	must(file != NULL);
	for (int i = 0; i < 1000; i++)
		must(CALL_INT("i(p,s,...,i,d)", libc("fprintf"), &file, S("%d %.2f\n"),
			     A(int, i), A(double, i / 4.0)) > 0);
	must(CALL_INT("i(p,l,i)", libc("fseek"), &file, A(long, 0), A(int, 0)) == 0);
	char line[100] = "";
	for (int i = 0; i < 751; i++)
		must(CALL_POINTER("s(p,i,p)", libc("fgets"), P(line), A(int, 100),
			     &file) == line);
	must(same(line, "750 187.50\n"));
	must(CALL_INT("i(p)", libc("fclose"), &file) == 0);
	must(c.writes > 1 && c.reads > 0 && c.seeks > 0 && c.closed == 1);
}

TESTS({ "files: ftw, nftw", walks, START }, { "files: scandir", scans, START },
	{ "files: glob and its error function", globs, START },
	{ "files: glob in a folder that callbacks make up", pretends, START },
	{ "files: fopencookie", cookies, START })
