/* peer.h - the driver's commands by the machine's own dynamic linker. */
#ifndef PEER_H
#define PEER_H

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* Not RTLD_DEFAULT, which would keep what it finds loaded for its caller. */
static void *global;

static void x_init(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	global = dlopen(NULL, RTLD_NOW);
}

static void *x_open(const char *name, unsigned flags)
{
	if (!(flags & (BDL_LAZY | BDL_NOW))) flags |= BDL_NOW;
	return dlopen(name, (int)flags); /* glibc's values are ours */
}

static int x_close(void *handle) { return dlclose(handle); }

static void *x_sym(void *handle, const char *name)
{
	return dlsym(handle ? handle : global, name);
}

static void *x_vsym(void *handle, const char *name, const char *version)
{
	return dlvsym(handle ? handle : global, name, version);
}

static int x_addr(const void *address, struct bdl_symbol *out)
{
	Dl_info info;
	if (!dladdr(address, &info)) return -1;
	out->file = info.dli_fname;
	out->base = info.dli_fbase;
	out->name = info.dli_sname;
	out->address = info.dli_saddr;
	return 0;
}

static int listed_object(struct dl_phdr_info *info, size_t size, void *each)
{
	(void)size;
	return (*(int (**)(const char *))each)(info->dlpi_name);
}

static void x_list(int (*each)(const char *file))
{
	dl_iterate_phdr(listed_object, &each);
}

static void x_thread(void *(*f)(void *), void *arg)
{
	pthread_t thread;
	if (pthread_create(&thread, NULL, f, arg)) exit(99);
	pthread_join(thread, NULL);
}

static void x_says(const char *part) { (void)part; } /* the texts are baredl's */
static void x_explain(void) { fprintf(stderr, "%s\n", dlerror()); }
static void x_exit(int status) { exit(status); }

#endif
