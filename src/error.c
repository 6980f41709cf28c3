/* error.c - the text of the last failure, one for each thread. */
#include "internal.h"
#include "sys.h"

/* A thread that the resident made carries its own; there is one more for all
 * others, which is also the one before the boot. */
char *error_text(struct bdl *b)
{
	uintptr_t tp;
	char *text = b->error;
	if (load(&b->threads) && (tp = arch_get_tp()))
		text = ((struct thread *)arch_tls_block(tp, sizeof(struct thread)))
			       ->error;
	if (*text == ERROR_UNREAD && b->own) b->own->explain(b, text);
	return text;
}

int fail(struct bdl *b, const char *format, ...)
{
	struct text t = text_in(error_text(b), TEXT_SIZE);
	va_list arg;
	va_start(arg, format);
	text_add_list(&t, format, arg);
	va_end(arg);
	return -1;
}

/* One string, because a table of pointers would need relocations. */
const char *errno_text(long error)
{
	static const char known[] = "\x02no such file or directory\0"
				    "\x0cout of memory\0"
				    "\x0dpermission denied\0"
				    "\x18too many open files\0";
	if (error < 0) error = -error;
	for (const char *s = known; *s; s += text_length(s) + 1)
		if (*s == error) return s + 1;
	return "cannot be read";
}
