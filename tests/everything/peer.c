/* peer PATH: what the system's ld.so says of the shared object PATH, as walk.h
 * and slots.h print it, on descriptor 3. Then `end`, and `closed` when dlclose has returned.
 *
 * Exit status 3 and a message if ld.so refuses to open the object. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "slots.h"

static void *handle;

static void *look_up(const char *name, const char *version)
{
	return version ? dlvsym(handle, name, version) : dlsym(handle, name);
}

static void write_list(const char *bytes, size_t size)
{
	while (size) {
		ssize_t n = write(LIST, bytes, size);
		if (n <= 0) _exit(1);
		bytes += n, size -= (size_t)n;
	}
}

/* The program headers, which struct link_map does not have; and all there is. */
static int find(struct dl_phdr_info *info, size_t size, void *context)
{
	struct bdl_object *object = context;

	(void)size;
	slots_note(info->dlpi_name, info->dlpi_addr, info->dlpi_phdr, info->dlpi_phnum);
	if (info->dlpi_addr != object->bias || strcmp(info->dlpi_name, object->name))
		return 0;
	object->phdr = info->dlpi_phdr;
	object->phnum = info->dlpi_phnum;
	return 0;
}

int main(int argc, char **argv)
{
	struct link_map *map;

	if (argc != 2) return 2;
	handle = dlopen(argv[1], RTLD_NOW);
	if (!handle) {
		dprintf(2, "%s\n", dlerror()); /* no stderr: it would be copied here */
		return 3;
	}
	if (dlinfo(handle, RTLD_DI_LINKMAP, &map)) return 1;
	struct bdl_object object = {
		.name = map->l_name, .bias = map->l_addr, .dynamic = map->l_ld
	};
	dl_iterate_phdr(find, &object);
	if (!object.phdr) {
		dprintf(2, "%s: no program headers\n", map->l_name);
		return 1;
	}
	walk_object(&object);
	slots_print(&object);
	walk_end();
	if (dlclose(handle)) return 1;
	write_list("closed\n", 7);
	return 0;
}
