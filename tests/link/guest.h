/* guest.h - what every guest of a case sees: the functions of its host. */
#ifndef __ASSEMBLER__
#ifdef __cplusplus
extern "C" {
#endif
void note(const char *text);
void note_int(const char *text, long n);
void note_place(const char *text, const void *address);  /* as file+offset */
void note_rights(const char *text, const void *address); /* as /proc/self/maps */
void *host_open(const char *name, unsigned flags);
void *host_sym(void *handle, const char *name);
int host_close(void *handle);
#ifdef __cplusplus
}
#endif
enum { LAZY = 1, NOW = 2, NOLOAD = 4, GLOBAL = 0x100 };
#define CTOR       __attribute__((constructor)) static void
#define DTOR       __attribute__((destructor)) static void
#define HIDDEN     __attribute__((visibility("hidden")))
#define WEAK       __attribute__((weak))
#define ALIGNED(n) __attribute__((aligned(n)))
#endif
