/* rehearse.c - the boot in a forked child, to learn whether it would end us. */
#include "internal.h"
#include "sys.h"

enum { SURVIVED = 42, SECONDS = 10 };

/* The child must be silent, leave no core file and not hang. */
static void subdue(void)
{
	int null = sys_open("/dev/null", O_WRONLY);
	sys_redirect(null, 1);
	sys_redirect(null, 2);
	sys_no_core();
	sys_default_action(SIGALRM);
	sys_alarm(SECONDS);
}

int bdl_rehearse(void (*enter)(void *), void *context, char *why, size_t size)
{
	struct text t = text_in(why, size);
	/* no signal when the child ends: the host may be listening for SIGCHLD;
	 * qemu's user mode wants one all the same */
	long pid = sys_fork(0);
	if (pid == -EINVAL) pid = sys_fork(SIGCHLD);
	if (!pid) {
		subdue();
		enter(context);
		sys_exit_group(SURVIVED);
	}
	uint32_t status = 0;
	long r = sys_failed(pid) ? pid : sys_wait(pid, &status);
	if (r == pid && status == SURVIVED << 8) return 0;
	if (sys_failed(r))
		text_add(&t, "rehearsal: %s", errno_text(r));
	else if (status & 0x7f)
		text_add(&t, "rehearsal: killed by signal %u", status & 0x7f);
	else
		text_add(&t, "rehearsal: ended with status %u", status >> 8);
	return -1;
}
