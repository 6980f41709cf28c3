/* load.c - one name, file or image -> an object in memory. Nothing of it runs yet, and
 * a failure leaves nothing behind. Under the linker's lock. */
#include "link.h"

/* One file, or image in memory, that may become an object. */
struct candidate {
	struct linker *l;
	struct file file;
	struct image image;
	struct file_id id;
	bool exhausted;  /* no descriptors, no memory: the search ends */
	struct text why; /* not found so far: the faults of those that were there */
	_Alignas(8) uint8_t head[HEAD_SIZE];
	char text[TEXT_SIZE / 2];
};

/* Not one that this thread may give back: what a bdl_provider opens meanwhile is to
 * stay. Another thread's has to be waited for. */
static bool usable(struct linker *l, struct object *o)
{
	if (o->state != UNDECIDED || o->closure == l->closure) return o->state < FAILED;
	if (o->opener == link_self(l)) return false;
	l->busy = o;
	return true;
}

struct object *load_by_name(struct linker *l, const char *name)
{
	for (struct object *o = l->objects; o; o = o->next)
		if (((o->d.soname && text_equal(o->d.soname, name)) ||
			    text_equal(o->path, name)) &&
			usable(l, o))
			return o;
	return NULL;
}

static struct object *by_id(struct linker *l, const struct file_id *id)
{
	for (struct object *o = l->objects; o; o = o->next)
		if (o->id.inode && o->id.inode == id->inode &&
			o->id.device == id->device && usable(l, o))
			return o;
	return NULL;
}

/* ---- a file ---------------------------------------------------------------------------- */

/* NULL, or why it is no shared object. The file stays open. */
static const char *look(struct candidate *c)
{
	const char *why = image_parse(&c->file, &c->image);
	/* the program headers of most files are in the first bytes */
	if (why && c->file.present < c->file.size && c->file.fd >= 0 &&
		c->file.present == HEAD_SIZE && !file_map(&c->file))
		why = image_parse(&c->file, &c->image);
	if (why) return why;
	if (c->image.type != ET_DYN) return "e_type: not a shared object";
	const struct elf_header *h = (const void *)c->image.bytes;
	if (h->ident[0] != 1 || h->version != 1) return "e_version: not 1";
	if ((h->ident[1] != ELFOSABI_NONE && h->ident[1] != ELFOSABI_GNU) ||
		h->ident[2])
		return "EI_OSABI: made for another system";
	return NULL;
}

/* As much as there is, up to HEAD_SIZE. */
static long read_head(int fd, uint8_t *to)
{
	size_t have = 0;
	while (have < HEAD_SIZE) {
		long n = sys_pread(fd, to + have, HEAD_SIZE - have, have);
		if (n == -EINTR) continue;
		if (n < 0) return n;
		if (!n) break;
		have += (size_t)n;
	}
	return (long)have;
}

static const char *open_candidate(struct candidate *c, int fd)
{
	long n = sys_identify(fd, &c->id);
	if (!n && !c->id.regular) return "not a regular file";
	if (!n) n = read_head(fd, c->head);
	c->file =
		(struct file){ fd, c->id.size, c->head, n > 0 ? (size_t)n : 0, false };
	return sys_failed(n) ? errno_text(n) : look(c);
}

static void close_candidate(struct candidate *c, bool keep)
{
	if (c->file.mapped) sys_munmap((void *)c->file.bytes, c->file.size);
	if (!keep) sys_close(c->file.fd);
}

static int try_path(void *context, const char *path)
{
	struct candidate *c = context;
	int fd;
	do fd = sys_open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	while (fd == -EINTR);
	if (fd == -ENOENT) return fd;
	/* that is not this file's fault, so another is no answer */
	c->exhausted = fd == -EMFILE || fd == -ENFILE || fd == -ENOMEM;
	const char *why = errno_text(fd);
	if (fd >= 0) {
		why = open_candidate(c, fd);
		if (!why) return 0;
		close_candidate(c, false);
	}
	text_add(&c->why, "%s%s: %s", c->why.at == c->why.start ? "" : "; ", path, why);
	return c->exhausted ? 0 : -ENOENT;
}

/* ---- an object ----------------------------------------------------------------------------- */

static void append(struct linker *l, struct object *o)
{
	struct object **link = &l->objects;
	while (*link) link = &(*link)->next;
	l->adds++;
	__atomic_store_n(link, o, __ATOMIC_RELEASE);
}

/* Everything that the object has but its place in the list. */
static void destroy(struct linker *l, struct object *o)
{
	tls_remove(l, o);
	if (o->map.size) sys_munmap(o->map.start, o->map.size);
	heap_free(l, (void *)o->memory.segments,
		o->memory.count * sizeof *o->memory.segments);
	heap_free(l, o->d.symbols.versions,
		o->d.symbols.version_count * sizeof(struct version));
	heap_free(l, o->needed, o->needed_count * sizeof *o->needed);
	list_free(l, &o->scope);
	list_free(l, &o->bound);
	list_free(l, &o->roots);
	if (o->path) heap_free(l, o->path, text_length(o->path) + 1);
	if (o->handle) handle_free(l, o->handle);
	heap_free(l, o, sizeof *o);
}

void load_forget(struct linker *l, struct object *o)
{
	for (struct object **link = &l->objects; *link; link = &(*link)->next)
		if (*link == o) {
			__atomic_store_n(link, o->next, __ATOMIC_RELEASE);
			break;
		}
	list_remove(&l->global, o);
	scope_forget_unique(l, o);
	for (struct object *p = l->objects; p; p = p->next)
		if (p->loader == o) p->loader = NULL;
	for (uint32_t i = 0; i < o->scope.count; i++)
		list_remove(&o->scope.at[i]->roots, o);
	l->removes++;
	o->retired = l->retired;
	l->retired = o;
	link_reclaim(l);
}

/* Unmaps what is out of the list, once nobody walks it. */
void link_reclaim(struct linker *l)
{
	struct object **link = &l->retired, *o;
	if (l->readers) return;
	while ((o = *link)) {
		if (o->pins) {
			link = &o->retired;
			continue;
		}
		*link = o->retired;
		destroy(l, o);
	}
}

/* Copies what describes the object, so that the file may be closed, and reads the
 * rest from memory. NULL or the fault. */
static const char *read_object(
	struct linker *l, struct object *o, const struct image *m)
{
	size_t size = m->phnum * sizeof *m->segments;
	struct elf_segment *segments = heap_allocate(l, size);
	if (!segments) return errno_text(ENOMEM);
	__builtin_memcpy(segments, m->segments, size);
	o->memory = (struct memory){ segments, m->phnum, o->map.bias };
	const char *why = describe(&o->memory, &o->d);
	if (why) return why;
	uint32_t n = describe_versions_count(&o->memory, &o->d);
	if (n) {
		struct version *table = heap_allocate(l, n * sizeof *table);
		if (!table) return errno_text(ENOMEM);
		why = describe_versions(&o->memory, &o->d, table, n);
	}
	int64_t tag;
	while (!why && describe_needed(&o->d, o->needed_count, &tag)) o->needed_count++;
	if (!o->needed_count) return why;
	o->needed = heap_allocate(l, o->needed_count * sizeof *o->needed);
	return o->needed ? why : errno_text(ENOMEM);
}

/* Code that says that it has landing pads throughout is held to it. */
static const char *guard_branches(struct linker *l, struct object *o)
{
	long r = 0;
	if (!o->d.landing_pads || !(l->hardware.hwcap2 & ARCH_HWCAP2_GUARD))
		return NULL;
	for (size_t i = 0; i < o->memory.count && !r; i++) {
		const struct elf_segment *s = o->memory.segments + i;
		uintptr_t page = l->bdl->page, at = o->memory.bias + s->vaddr;
		if (s->type == PT_LOAD && s->flags & PF_X)
			r = sys_mprotect((void *)(at & -page),
				s->memsz + (at & (page - 1)),
				PROT_READ | PROT_EXEC | ARCH_PROT_GUARD);
	}
	return r ? errno_text(r) : NULL;
}

static struct object *fault(
	struct linker *l, struct object *o, const char *path, const char *why)
{
	fail(l->bdl, "%s: %s", path, why);
	if (o) destroy(l, o);
	return NULL;
}

static struct object *new_object(struct linker *l, const char *path)
{
	struct object *o = heap_allocate(l, sizeof *o);
	if (!o) return fault(l, o, path, errno_text(ENOMEM));
	o->bdl = l->bdl;
	o->opener = link_self(l);
	o->closure = l->closure;
	o->handle = handle_new(l, o);
	o->path = heap_copy(l, path);
	if (!o->path || !o->handle) return fault(l, o, path, errno_text(ENOMEM));
	return o;
}

/* The candidate in memory. NULL and the error text. */
static struct object *make(struct candidate *c, const char *path, unsigned flags)
{
	struct linker *l = c->l;
	struct object *o = new_object(l, path);
	if (!o) return NULL;
	o->id = c->id;
	if (segment_overlap(&c->image, l->bdl->page))
		return fault(l, o, path, "PT_LOAD: two share a page of this machine");
	int r = map_image(&c->image, &c->file, l->bdl->page, segment_map, &o->map);
	if (r) {
		o->map.size = 0;
		return fault(l, o, path,
			r == -EACCES ? "PT_LOAD: writable and executable, or forbidden"
			: r == -EINVAL ? "PT_LOAD: not aligned to pages, or the file "
					 "has shrunk"
				       : errno_text(r));
	}
	const char *why = read_object(l, o, &c->image);
	if (!why) why = guard_branches(l, o);
	if (!why && o->d.exec_stack && !(flags & BDL_EXECSTACK))
		why = "PT_GNU_STACK: wants an executable stack (see BDL_EXECSTACK)";
	if (!why && o->d.flags_1 & DF_1_NOOPEN)
		why = "DF_1_NOOPEN: not to be opened by programs";
	if (!why && o->d.flags_1 & DF_1_PIE) why = "DF_1_PIE: a program, no library";
	if (!why && !(flags & BDL_NOW) && flags & BDL_LAZY)
		o->lazy = !(o->d.flags & DF_BIND_NOW) && !(o->d.flags_1 & DF_1_NOW) &&
			  !has_tag(&o->d, DT_BIND_NOW) &&
			  !start_env(&l->start, "LD_BIND_NOW");
	if (why) return fault(l, o, path, why);
	if (tls_add(l, o)) {
		destroy(l, o);
		return NULL;
	}
	o->resident = flags & BDL_USE_RESIDENT;
	o->deep = flags & BDL_DEEPBIND;
	o->keep = flags & BDL_NODELETE || o->d.flags_1 & DF_1_NODELETE;
	append(l, o);
	return o;
}

/* The file that [name] leads to, opened already or new. */
struct object *load_file(struct linker *l, const struct object *needer,
	const char *name, unsigned flags, int *status)
{
	struct candidate c;
	char path[PATH_SIZE];
	struct object *o = NULL;
	c.l = l;
	c.why = text_in(c.text, sizeof c.text);
	c.exhausted = false;
	if (find(l, needer, name, path, try_path, &c) || c.exhausted) {
		*status = c.exhausted ? -EINVAL : -ENOENT;
		if (*c.text)
			fail(l->bdl, "%s%s%s", c.text, needer ? ", needed by " : "",
				needer ? needer->path : "");
		else
			fail(l->bdl, "%s: not found%s%s", name,
				needer ? ", needed by " : "",
				needer ? needer->path : "");
		return NULL;
	}
	o = by_id(l, &c.id);
	if (!o && flags & BDL_NOLOAD)
		fail(l->bdl, "%s: not loaded", name);
	else if (!o)
		o = make(&c, path, flags);
	close_candidate(&c, false);
	*status = o ? 0 : -EINVAL;
	return o;
}

struct object *load_given(struct linker *l, const struct source *s, unsigned flags)
{
	struct candidate c = { .l = l };
	const char *why;
	struct object *o = NULL;
	if (s->fd >= 0) {
		why = open_candidate(&c, s->fd);
		o = why ? NULL : by_id(l, &c.id);
	} else {
		c.file = (struct file){ -1, s->size, s->bytes, s->size, false };
		why = (uintptr_t)s->bytes % 8 ? "the bytes' address is no multiple of 8"
					      : look(&c);
	}
	if (why)
		fail(l->bdl, "%s: %s", s->name, why);
	else if (!o && flags & BDL_NOLOAD)
		fail(l->bdl, "%s: not loaded", s->name);
	else if (!o)
		o = make(&c, s->name, flags);
	close_candidate(&c, true);
	return o;
}

/* The kernel's own library, which is in memory already. */
struct object *load_vdso(struct linker *l, const char *name)
{
	struct candidate c = { .l = l };
	const void *at = (const void *)start_auxv(&l->start, AT_SYSINFO_EHDR);
	struct object *o = NULL;
	if (!at) return fault(l, o, name, "the kernel gives none");
	c.file = (struct file){ -1, 1 << 16, at, 4096, false };
	const char *why = image_parse(&c.file, &c.image);
	if (why) return fault(l, o, name, why);
	if (!(o = new_object(l, name))) return NULL;
	o->map.bias = (uintptr_t)at - c.image.load.start;
	if ((why = read_object(l, o, &c.image))) return fault(l, o, name, why);
	o->keep = true;
	append(l, o);
	return o;
}
