/* Walks its own stack with the unwinder and names what it finds by dladdr. MIDDLE is
 * another library, between host and us. */
typedef unsigned long word;
struct context;
int _Unwind_Backtrace(int (*)(struct context *, void *), void *);
word _Unwind_GetIP(struct context *);
struct place {
	const char *file;
	void *base;
	const char *name;
	void *address;
};
int dladdr(const void *, struct place *);
int host_frame(int (*f)(int), int n);
int trace_inner(int n);
int trace_middle(int n);

#ifdef MIDDLE
__attribute__((noinline)) int trace_middle(int n)
{
	int got = trace_inner(n + 1);
	__asm__ volatile("" : "+r"(got));
	return got;
}
#else
enum { MOST = 32 };
static const char *names[MOST];
static int depth;

int trace_outer(void);
int trace_depth(void);
const char *trace_name(int i);

static int step(struct context *c, void *none)
{
	struct place p = { 0 };
	(void)none;
	if (depth == MOST) return 0;
	names[depth++] =
		dladdr((void *)(_Unwind_GetIP(c) - 1), &p) && p.name ? p.name : "";
	return 0;
}

__attribute__((noinline)) int trace_inner(int n)
{
	depth = 0;
	_Unwind_Backtrace(step, 0);
	__asm__ volatile("" : "+r"(n));
	return n - 1;
}

int trace_outer(void)
{
	int got = host_frame(trace_middle, 0);
	__asm__ volatile("" : "+r"(got));
	return got;
}

int trace_depth(void) { return depth; }
const char *trace_name(int i) { return i < depth ? names[i] : 0; }
#endif
