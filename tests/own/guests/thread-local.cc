// A thread-local object with a destructor, which runs at the end of each thread that has
// used it: the library has to be there then.
extern "C" {
void guest_up(void);
void guest_down(void);
int local_use(void);
}

namespace
{
struct counted {
	int n;
	counted() : n(0) { guest_up(); }
	~counted() { guest_down(); }
};
thread_local counted local;
} // namespace

int local_use(void) { return ++local.n; }
