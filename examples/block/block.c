/* block.c - calls without prototypes, as a language runtime makes them: the
 * functions are named at run time, and the arguments are words in a block. */
#include <baredl.h>

/* An index for each function, however many places it may be found in. */
enum { RES_SEARCH, DN_SKIPNAME, INET_NTOP, PRINTF };

static const struct bdl_entry entries[] = {
	{ "res_search", "libc.so.6", NULL, BDL_OR },
	{ "res_search", "libresolv.so.2", NULL, BDL_OR },
	{ "__res_search", "libresolv.so.2", NULL, 0 },
	{ "dn_skipname", "libc.so.6", NULL, BDL_OR },
	{ "__dn_skipname", "libresolv.so.2", NULL, 0 },
	{ "inet_ntop", "libc.so.6", NULL, 0 },
	{ "printf", "libc.so.6", NULL, 0 },
};

static struct bdl_table *table;
static struct bdl_args args;

/* An argument that is an integer or a pointer is one word. */
#define WORDS(...) ((const uint64_t[6]){ __VA_ARGS__ })

static uint64_t word(const void *pointer) { return (uintptr_t)pointer; }

/* Calls a function of the table. The result is a register: if the function
 * returns int, its lower half counts. args.error is then the errno that it left
 * behind. A missing function ends the program with a line that says which. */
static uint64_t call(size_t function, const uint64_t words[6])
{
	for (int i = 0; i < 6; i++) args.gpr[i] = words[i];
	args.flags = BDL_CALL_ERRNO;
	bdl_table_call(table, function, &args);
	return args.gpr[0];
}

/* ---- The program --------------------------------------------------------- */

enum { CLASS_IN = 1, TYPE_A = 1, TYPE_AAAA = 28, HEADER = 12 };
enum { AF_INET = 2, AF_INET6 = 10 };

static unsigned get16(const uint8_t *bytes) { return bytes[0] << 8u | bytes[1]; }

/* Steps over a name and [more] bytes. NULL if they are not all there. */
static const uint8_t *skip(const uint8_t *at, const uint8_t *end, int more)
{
	int size = (int)call(DN_SKIPNAME, WORDS(word(at), word(end)));

	return size < 0 || end - at - size < more ? NULL : at + size + more;
}

static void show(const uint8_t *address, unsigned type)
{
	static char text[64];
	int family = type == TYPE_A ? AF_INET : AF_INET6;

	call(INET_NTOP, WORDS(family, word(address), word(text), sizeof text));
	call(PRINTF, WORDS(word("%s\n"), word(text)));
}

/* Shows the addresses of one type. Returns how many there are; if none, *error
 * is res_search's errno. */
static int show_addresses(const char *name, unsigned type, int *error)
{
	static uint8_t answer[65535];
	int size = (int)call(RES_SEARCH,
		WORDS(word(name), CLASS_IN, type, word(answer), sizeof answer));
	const uint8_t *at = answer + HEADER, *end = answer + size;
	int count = 0;

	*error = args.error;
	if (size < HEADER || size > (int)sizeof answer) return 0;
	for (unsigned left = get16(answer + 4); at && left > 0; left--)
		at = skip(at, end, 4);
	for (unsigned left = get16(answer + 6); at && left > 0; left--) {
		/* Behind the name: type, class, TTL, size of the data; data. */
		at = skip(at, end, 10);
		if (!at || end - at < (int)get16(at - 2)) break;
		if (get16(at - 10) == type &&
			get16(at - 2) == (type == TYPE_A ? 4 : 16)) {
			show(at, type);
			count++;
		}
		at += get16(at - 2);
	}
	return count;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "localhost";
	int count, error;

	table = bdl_table_new(entries, sizeof entries / sizeof entries[0]);
	if (!table) return 2;
	count = show_addresses(name, TYPE_AAAA, &error);
	count += show_addresses(name, TYPE_A, &error);
	if (count == 0)
		call(PRINTF,
			WORDS(word("%s: no address (errno %d)\n"), word(name), error));
	bdl_table_free(table);
	return count == 0;
}
