/* Any bytes through bdl_open_image, bdl_sym, bdl_addr, bdl_close: loaded, relocated and
 * unloaded, but with nothing of them executed. No byte outside the PT_LOADs is touched,
 * none written to that is read-only, no address that is not code would be called, and
 * nothing stays mapped. See run.sh.
 *
 * e_flags are the flags of bdl_open_image. At e_shoff, if that is inside, begins the
 * library that DT_NEEDED libdep.so leads to. A corpus: small shared objects.
 */
#include "part/linker.h"
#include "../unit/described.h"

#include <sys/mman.h>
#include <unistd.h>

static uint8_t *second; /* the file of libdep.so */
static size_t second_size;

int find(struct linker *l, const struct object *needer, const char *name,
	char path[PATH_SIZE], search_try *try, void *context)
{
	int fd, status = -ENOENT;
	(void)l, (void)needer;
	if (!second || strcmp(name, "libdep.so")) return status;
	if ((fd = memfd_create("dep", 0)) < 0) return status;
	if (write(fd, second, second_size) == (ssize_t)second_size) {
		snprintf(path, PATH_SIZE, "/proc/self/fd/%d", fd);
		status = try(context, path);
	}
	close(fd);
	return status;
}

void find_done(struct linker *l) { (void)l; }

/* Most names are there. */
static const void *provide(const char *symbol, const char *version, void *context)
{
	(void)version, (void)context;
	return *symbol < 'x' ? (void *)0x5555 : NULL;
}

#define demand(what) \
	do \
		if (!(what)) fprintf(stderr, "not so: %s\n", #what), abort(); \
	while (0)

/* Relocates, and takes away what would be called. */
int fuzz_finish(struct linker *l, struct object *o, const struct order *order)
{
	int status = relocate_finish(l, o, order);
	o->d.init = o->d.fini = 0;
	o->d.init_count = o->d.fini_count = 0;
	return status;
}

/* Whether the code of [o] might ask for its PLT entry [i]: for any other it could only
 * be by code that does not know what it does. */
static bool may_be_called(const struct object *o, size_t i)
{
	const struct elf_rela *r = o->d.relocations.plt + i;
	return i < 8 && !o->d.relro && r->info >> 32 < o->d.symbols.limit &&
	       arch_relocation((uint32_t)r->info) == RELOC_SLOT &&
	       memory_at(&o->memory, r->offset, 8, PF_W);
}

static void look_up(struct bdl *b, void *handle)
{
	struct linker *l = (struct linker *)b->own;
	struct bdl_symbol out;
	for (const struct object *o = l->objects; o; o = o->next) {
		const struct symbols *s = &o->d.symbols;
		uint32_t end = symbols_count(s);
		demand(sound_description(&o->memory, &o->d));
		for (uint32_t i = 0; i < end && i < 16; i++) {
			const char *name = symbol_name(s, s->table + i);
			void *at = b->own->sym(b, handle, name, i & 1 ? NULL : "V1");
			if (!at) demand(*error_text(b) != 0);
			b->own->sym(b, NULL, name, NULL);
			if (at && !b->own->addr(b, at, &out) && out.name)
				demand(strlen(out.file) + strlen(out.name) > 0);
		}
		for (size_t i = 0; o->lazy && i < o->d.relocations.plt_count; i++)
			if (may_be_called(o, i)) plt_lazy((struct object *)o, i);
	}
}

static int each(const struct bdl_object *o, void *context)
{
	(void)context;
	demand(strlen(o->name) > 0);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const unsigned known = BDL_NOW | BDL_LAZY | BDL_GLOBAL | BDL_NODELETE |
			       BDL_DEEPBIND | BDL_EXECSTACK;
	struct elf_header *h = malloc(size + !size); /* aligned, as a mapping is */
	if (!h) return 0;
	memcpy(h, data, size);
	unsigned flags = size >= sizeof *h ? h->flags & known : 0;
	second = NULL;
	if (size >= sizeof *h && h->shoff && h->shoff < size) {
		second = (uint8_t *)h + h->shoff;
		second_size = size - h->shoff;
	}
	fuzz_start();
	struct bdl *b = bdl_instance();
	bdl_provide_by(provide, NULL);
	void *handle = bdl_open_image(h, size, "image", flags);
	if (handle) {
		look_up(b, handle);
		bdl_iterate(each, NULL);
		demand(!b->own->close(b, handle));
		demand(b->own->close(b, handle) == -1 ||
			((struct linker *)b->own)->objects);
	} else
		demand(strlen(error_text(b)) > 0);
	if (b->own && !((struct linker *)b->own)->objects) demand(!fuzz_images());
	bdl_thread_detach();
	fuzz_end();
	free(h);
	return 0;
}
