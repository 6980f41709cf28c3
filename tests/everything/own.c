/* own PATH: what baredl's own linker says of the shared object PATH, as walk.h
 * and slots.h print it, on descriptor 3. Then `end`, and `closed` when bdl_close has returned.
 *
 * Exit status 3 and a message if the object cannot be opened; 4 if it was opened,
 * but not by baredl's own linker. */
#include "bare.h"
#include "memory.h"
#include "slots.h"

static void *handle;

static void *look_up(const char *name, const char *version)
{
	return version ? bdl_vsym(handle, name, version) : bdl_sym(handle, name);
}

static void write_list(const char *bytes, size_t size)
{
	while (size) {
		long n = bdl_write(LIST, bytes, size);
		if (n <= 0) bdl_exit(1);
		bytes += n, size -= (size_t)n;
	}
}

static void complain(const char *text)
{
	bdl_write(2, text, length(text));
	bdl_write(2, "\n", 1);
}

struct search {
	const char *path;
	struct bdl_object object;
};

static int find(const struct bdl_object *object, void *context)
{
	struct search *search = context;

	slots_note(object->name, object->bias, object->phdr, object->phnum);
	if (!same(object->name, search->path)) return 0;
	search->object = *object;
	return 0;
}

/* What dl_iterate_phdr tells of an object of the resident. */
struct theirs {
	uintptr_t bias;
	const char *name;
	const void *phdr;
	uint16_t phnum;
};
int dl_iterate_phdr(int (*each)(struct theirs *, size_t, void *), void *context);
BDL_IMPORT(dl_iterate_phdr, "dl_iterate_phdr", "libc.so.6");

static int note_theirs(struct theirs *object, size_t size, void *context)
{
	(void)size, (void)context;
	slots_note(object->name, object->bias, object->phdr, object->phnum);
	return 0;
}

int main(int argc, char **argv)
{
	struct search search = { 0 };

	if (argc != 2) return 2;
	handle = bdl_open(argv[1], BDL_NOW | BDL_USE_RESIDENT);
	if (!handle) {
		complain(bdl_error());
		return 3;
	}
	search.path = argv[1];
	bdl_iterate(find, &search);
	if (!search.object.phdr) {
		complain("not opened by baredl's own linker");
		return 4;
	}
	dl_iterate_phdr(note_theirs, NULL);
	walk_object(&search.object);
	slots_print(&search.object);
	walk_end();
	if (bdl_close(handle)) return 1;
	write_list("closed\n", 7);
	return 0;
}
