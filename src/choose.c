/* choose.c - which ld.so. Its own failures end the process (exit status 127),
 * so everything that it is about to need is looked at before it is entered. */
#include "internal.h"
#include "sys.h"

struct choice {
	struct bdl *b;
	struct search search;
	struct ld_so *out;
	struct dynamic dynamic; /* of the ld.so that is being looked at */
	struct text why;        /* no ld.so so far: each path and its fault */
	struct text libc;       /* the same of the libcs for one ld.so */
};

/* NULL, or why the file is no shared object; maps it. */
static const char *parse_shared(struct file *f, struct image *m, struct dynamic *d)
{
	int r = file_map(f);
	if (r) return errno_text(r);
	const char *why = image_parse(f, m);
	if (why) return why;
	if (m->type != ET_DYN) return "e_type: not a shared object";
	return dynamic_parse(m, d);
}

/* A libc must be whole and made with this ld.so: the two share private symbols
 * (and structures) that change with each release. One that lies beside it was
 * installed with it: then a look at the headers is enough, and much faster. */
static const char *libc_fault(struct choice *c, struct file *f)
{
	struct image m;
	struct dynamic d;
	if (c->search.in_beside && !image_parse(f, &m) && m.type == ET_DYN) return NULL;
	const char *why = parse_shared(f, &m, &d);
	if (why) return why;
	if (!dynamic_defines(&d, "__libc_start_main"))
		return "not a C library: no symbol __libc_start_main";
	if (dynamic_lacks(&d, &c->dynamic)) return "made with another ld.so";
	return NULL;
}

static int try_libc(void *context, const char *path)
{
	struct choice *c = context;
	struct file f;
	_Alignas(8) uint8_t head[HEAD_SIZE];
	if (text_contains(c->libc.start, path) || file_open(path, &f, head)) return -1;
	const char *why = libc_fault(c, &f);
	file_close(&f);
	if (!why) return 0;
	text_add(&c->libc, "%s %s: %s", c->libc.at == c->libc.start ? "" : ",", path,
		why);
	return -1;
}

/* NULL, or why the ld.so at c->out->path, which is open, must not be entered. */
static const char *linker_fault(struct choice *c)
{
	struct ld_so *l = c->out;
	const char *why = parse_shared(&l->file, &l->image, &c->dynamic);
	if (why) return why;
	/* every dynamic linker defines it; the stubs that some systems have in
	 * its place, which print a message and exit, do not */
	if (l->image.interp.size || !dynamic_defines(&c->dynamic, "__tls_get_addr"))
		return "not a dynamic linker: no symbol __tls_get_addr";
	l->kind = dynamic_defines(&c->dynamic, "__libc_start_main") ? MUSL : GLIBC;
	if (l->kind == MUSL) return NULL;
	char real[PATH_SIZE], why_no_libc[TEXT_SIZE / 2];
	__builtin_memcpy(real, l->path, text_length(l->path) + 1);
	search_resolve(real);
	c->search.beside = real;
	c->libc = text_in(why_no_libc, sizeof why_no_libc);
	c->search.path = l->libc;
	if (!search(&c->search, "libc.so.6")) return NULL;
	text_add(&c->why, "%s: libc.so.6: not found where this ld.so looks%s%s",
		l->path, *why_no_libc ? ";" : "", why_no_libc);
	return "";
}

/* Whether [why], "path: fault; path: fault ...", has [path]. */
static bool listed(const char *why, const char *path)
{
	size_t n = text_length(path);
	for (;; why += 2) {
		if (text_starts(why, path) && why[n] == ':') return true;
		while (*why && *why != ';') why++;
		if (!*why) return false;
	}
}

static bool try_linker(struct choice *c, const char *path, enum kind want)
{
	struct ld_so *l = c->out;
	size_t n = text_length(path);
	if (listed(c->why.start, path)) return false; /* once is enough */
	if (c->why.at != c->why.start) text_add(&c->why, "; ");
	if (n >= PATH_SIZE) return text_add(&c->why, "ld.so: name too long"), false;
	__builtin_memcpy(l->path, path, n + 1);
	_Alignas(8) uint8_t head[HEAD_SIZE];
	int r = file_open(path, &l->file, head);
	if (r) return text_add(&c->why, "%s: %s", path, errno_text(r)), false;
	const char *why = linker_fault(c);
	if (!why && want != ANY && l->kind != want) why = "not of the wanted C library";
	if (!why) return true;
	if (*why) text_add(&c->why, "%s: %s", path, why);
	file_close(&l->file);
	return false;
}

/* The ld.so of a program that is on every machine: right where the ABI's fixed
 * paths are wrong (NixOS, Guix). */
static bool try_linker_of(struct choice *c, const char *program, enum kind want)
{
	struct file f;
	struct image m;
	_Alignas(8) uint8_t head[HEAD_SIZE];
	bool found = false;
	if (file_open(program, &f, head)) return false;
	/* the name is near the start, unless a tool has moved it */
	if ((!image_parse(&f, &m) && m.interp.size) ||
		(!file_map(&f) && !image_parse(&f, &m) && m.interp.size))
		found = try_linker(c, (const char *)f.bytes + m.interp.start, want);
	file_close(&f);
	return found;
}

static bool try_all(struct choice *c, enum kind want)
{
	static const char fixed[] = ARCH_LD_SO;
	if (try_linker_of(c, "/bin/sh", want)) return true;
	if (try_linker_of(c, "/usr/bin/env", want)) return true;
	for (const char *p = fixed; *p; p += text_length(p) + 1)
		if (try_linker(c, p, want)) return true;
	return false;
}

static const char *library_path(const struct start *s)
{
	return start_auxv(s, AT_SECURE) ? NULL : start_env(s, "LD_LIBRARY_PATH");
}

int choose(struct bdl *b, const struct start *s, enum kind want, struct ld_so *out)
{
	char why[TEXT_SIZE - 64];
	struct choice c = {
		.b = b, .out = out, .search.library_path = library_path(s)
	};
	c.search.try = try_libc;
	c.search.context = &c;
	c.why = text_in(why, sizeof why);
	const char *configured = b->config.interpreter;
	if (configured) {
		if (try_linker(&c, configured, ANY)) return 0;
		return fail(b, "%s", why);
	}
	if (want != ANY && try_all(&c, want)) return 0;
	c.why = text_in(why, sizeof why);
	if (try_all(&c, ANY)) return 0;
	return fail(b, "no usable dynamic linker: %s", why);
}

static enum kind kind_of_name(const char *name)
{
	if (text_equal(name, "libc.so.6") || text_starts(name, "ld-linux"))
		return GLIBC;
	if (text_equal(name, "libc.so") || text_starts(name, "libc.musl-") ||
		text_starts(name, "ld-musl-"))
		return MUSL;
	return ANY;
}

static int try_kind(void *context, const char *path)
{
	enum kind *kind = context;
	struct file f;
	struct image m;
	struct dynamic d;
	if (file_open(path, &f, NULL)) return -1;
	const char *fault = parse_shared(&f, &m, &d), *needed;
	for (size_t i = 0; !fault && *kind == ANY && (needed = dynamic_needed(&d, i));
		i++)
		*kind = kind_of_name(needed);
	file_close(&f);
	return fault ? -1 : 0;
}

enum kind choose_kind(const struct start *s, const char *name)
{
	char path[PATH_SIZE];
	enum kind kind = kind_of_name(text_after_last(name, '/'));
	struct search where = { path, try_kind, &kind, library_path(s), NULL, false };
	if (kind == ANY) search(&where, name);
	return kind;
}
