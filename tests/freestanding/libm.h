/* libm.h - opening glibc's libm, which belongs to libc and needs of it a thread-local
 * variable; the address of a host's object cannot be that. So a library is opened from
 * memory first that has one. */
#ifndef LIBM_H
#define LIBM_H

#include "program.h"

static void *errno_handle;

static inline void *open_libm(void)
{
#ifndef PEER
	extern const char errno_library[], errno_library_end[];
	errno_handle = bdl_open_image(errno_library,
		(size_t)(errno_library_end - errno_library), "errno.so",
		BDL_NOW | BDL_OWN | BDL_GLOBAL);
	tap_result(errno_handle != NULL, "errno.so");
	if (!errno_handle) note("bdl_open_image:", bdl_error());
#endif
	return open_library("libm.so.6");
}

static inline void close_libm(void *libm)
{
	check(bdl_close(libm) == 0);
	check(!errno_handle || bdl_close(errno_handle) == 0);
}

#endif
