/* Walks the objects and asks where it is itself, by the names that baredl gives. */
typedef unsigned long word;
struct info {
	word bias;
	const char *name;
	const unsigned *phdr;
	unsigned short phnum;
};
struct place {
	const char *file;
	void *base;
	const char *name;
	void *address;
};
int dl_iterate_phdr(int (*)(struct info *, word, void *), void *);
int dladdr(const void *, struct place *);
void *dlsym(void *, const char *);

int walk_all(void);
int walk_where(void);

static int one(struct info *i, word size, void *found)
{
	word sum = 0;
	for (int k = 0; k < i->phnum; k++) {
		const unsigned *p = i->phdr + k * 14;
		word start = i->bias + *(const word *)(p + 4);
		sum += start;
		if (p[0] == 1 && (word)walk_all - start < *(const word *)(p + 10))
			*(int *)found += size >= 24;
	}
	return sum == 3 && i->name[0] == 1;
}

int walk_all(void)
{
	int found = 0;
	return dl_iterate_phdr(one, &found) ? -1 : found;
}

static int alike(const char *a, const char *b)
{
	while (*a && *a == *b) a++, b++;
	return *a == *b;
}

int walk_where(void)
{
	struct place p;
	return dladdr((void *)walk_where, &p) && p.name &&
	       alike(p.name, "walk_where") && p.address == (void *)walk_where &&
	       dlsym(0, "walk_where") == p.address;
}
