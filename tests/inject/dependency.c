/* dependency.c - what library.c depends on. */
static int nine = 9, count;
static __thread int value __attribute__((tls_model("initial-exec"))) = 7;
int *const dependency_table[] = { &nine };

__attribute__((constructor)) static void construct(void) { count++; }

int dependency_value(void) { return value; }
int dependency_count(void) { return count; }
