// What one library throws and another catches.
struct base {
	virtual ~base();
	virtual int value() const = 0;
};
extern "C" int throw_derived(int n);
