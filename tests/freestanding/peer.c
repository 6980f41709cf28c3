/* peer.c - the same programs on glibc: what baredl.h names, done by dlopen. */
#include <dlfcn.h>
#include "baredl.h"

void provide_libc(char **envp);
void provide_libc(char **envp) { (void)envp; }

void *bdl_open(const char *name, unsigned flags)
{
	(void)flags;
	return dlopen(name, RTLD_NOW);
}

void *bdl_sym(void *handle, const char *symbol) { return dlsym(handle, symbol); }
int bdl_close(void *handle) { return dlclose(handle); }
const char *bdl_error(void) { return dlerror(); }
