/* libcurl: a file:// URL, read and written by callbacks; the options are variadic. */
#include "callbacks.h"

enum {
	OPT_WRITEDATA = 10001,
	OPT_URL = 10002,
	OPT_READDATA = 10009,
	OPT_HEADERDATA = 10029,
	OPT_XFERINFODATA = 10057,
	OPT_DEBUGDATA = 10095,
	OPT_PRIVATE = 10103,
	OPT_WRITEFUNCTION = 20011,
	OPT_READFUNCTION = 20012,
	OPT_HEADERFUNCTION = 20079,
	OPT_DEBUGFUNCTION = 20094,
	OPT_XFERINFOFUNCTION = 20219,
	OPT_VERBOSE = 41,
	OPT_NOPROGRESS = 43,
	OPT_UPLOAD = 46,
	OPT_BUFFERSIZE = 98,
	OPT_INFILESIZE_LARGE = 30115,
	INFO_PRIVATE = 0x100000 + 21,
	INFO_SIZE_DOWNLOAD = 0x300000 + 8,
	E_WRITE_ERROR = 23,
	E_FILE_COULDNT_READ_FILE = 37,
	E_ABORTED_BY_CALLBACK = 42,
};

static void *curl, *setopt, *getinfo;
static struct bdl_plan *with_pointer, *with_long, *with_offset;
static void *c(const char *name) { return function(curl, name); }

static void open_curl(void)
{
	curl = bdl_open("libcurl.so.4", BDL_NOW | BDL_RESIDENT);
	if (!curl) curl = opened("libcurl-gnutls.so.4", BDL_NOW | BDL_RESIDENT);
	const char *version = NULL;
	CALL("s()", c("curl_version"), &version);
	note("curl", version);
	setopt = c("curl_easy_setopt"), getinfo = c("curl_easy_getinfo");
	with_pointer = plan_of("i(p,i,...,p)", 0);
	with_long = plan_of("i(p,i,...,l)", 0);
	with_offset = plan_of("i(p,i,...,q)", 0);
	must(CALL_INT("i(l)", c("curl_global_init"), A(long, 3)) == 0);
}

static void set(void *easy, int option, const void *value)
{
	int got = -1;
	INVOKE(with_pointer, setopt, &got, &easy, &option, &value);
	must(got == 0);
}
static void set_long(void *easy, int option, long value)
{
	int got = -1;
	INVOKE(option == OPT_INFILESIZE_LARGE ? with_offset : with_long, setopt, &got,
		&easy, &option, &value);
	must(got == 0);
}
static void *new_easy(const char *url)
{
	void *easy = CALL_POINTER("p()", c("curl_easy_init"));
	must(easy != NULL);
	set(easy, OPT_URL, url);
	return easy;
}
static int perform(void *easy)
{
	return CALL_INT("i(p)", c("curl_easy_perform"), &easy);
}
static void cleanup(void *easy) { CALL("v(p)", c("curl_easy_cleanup"), NULL, &easy); }

/* ---- a file --------------------------------------------------------------------------- */

enum { SIZE = 300000 };
static char bytes[SIZE];
#define FILE_ GUESTS "curl.bin"
#define URL   "file://" FILE_

static void make_file(void)
{
	for (int i = 0; i < SIZE; i++) bytes[i] = (char)shuffled((uint64_t)i);
	long fd = sys(openat, -100, FILE_, 01101 /* O_CREAT O_TRUNC O_WRONLY */, 0644);
	must(fd >= 0 && sys(write, fd, bytes, SIZE) == SIZE);
	sys(close, fd);
}

/* ---- down --------------------------------------------------------------------------------- */

struct transfer {
	size_t at;
	int calls, headers, informed, debugged, stop_at;
	char header[400];
};

/* size_t (char *, size_t, size_t, void *) */
static void takes(void *user, void *result, void *const *argv)
{
	struct transfer *t = user;
	size_t n = ARG(size_t, 1) * ARG(size_t, 2);
	must(ARG(void *, 3) == user && t->at + n <= SIZE);
	must(equal(ARG(const char *, 0), bytes + t->at, n));
	t->at += n;
	RESULT(size_t) = ++t->calls == t->stop_at ? 0 : n;
}
static void header(void *user, void *result, void *const *argv)
{
	struct transfer *t = user;
	size_t n = ARG(size_t, 1) * ARG(size_t, 2);
	if (!t->headers++ && n < sizeof t->header) memcpy(t->header, ARG(char *, 0), n);
	RESULT(size_t) = n;
}
/* int (void *, curl_off_t x 4) */
static void informs(void *user, void *result, void *const *argv)
{
	struct transfer *t = user;
	must(ARG(void *, 0) == user);
	must(ARG(long long, 1) == 0 || ARG(long long, 1) == SIZE);
	must(ARG(long long, 2) <= SIZE && ARG(long long, 4) == 0);
	RESULT(int) = ++t->informed == -t->stop_at;
}
/* int (CURL *, curl_infotype, char *, size_t, void *) */
static void debugs(void *user, void *result, void *const *argv)
{
	must(ARG(void *, 4) == user);
	((struct transfer *)user)->debugged++;
	RESULT(int) = 0;
}

static void down(void)
{
	open_curl();
	make_file();
	for (long buffer = 1024; buffer <= 65536; buffer *= 8) {
		struct transfer t = { 0 };
		void *easy = new_easy(URL);
		set(easy, OPT_WRITEFUNCTION, callback_of("L(p,L,L,p)", takes, &t));
		set(easy, OPT_WRITEDATA, &t);
		set(easy, OPT_HEADERFUNCTION, callback_of("L(p,L,L,p)", header, &t));
		set(easy, OPT_XFERINFOFUNCTION,
			callback_of("i(p,q,q,q,q)", informs, &t));
		set(easy, OPT_XFERINFODATA, &t);
		set(easy, OPT_DEBUGFUNCTION, callback_of("i(p,i,p,L,p)", debugs, &t));
		set(easy, OPT_DEBUGDATA, &t);
		set(easy, OPT_PRIVATE, &t);
		set_long(easy, OPT_NOPROGRESS, 0);
		set_long(easy, OPT_VERBOSE, 1);
		set_long(easy, OPT_BUFFERSIZE, buffer);
		must(perform(easy) == 0);
		must(t.at == SIZE && t.calls >= SIZE / 65536 && t.informed > 0);
		must(t.headers >= 1 && contains(t.header, "Content-Length: 300000"));
		note_number("write callbacks:", t.calls);
		void *private = NULL;
		double size = 0;
		must(CALL_INT("i(p,i,...,p)", getinfo, &easy, A(int, INFO_PRIVATE),
			     P(&private)) == 0);
		must(private == &t);
		must(CALL_INT("i(p,i,...,p)", getinfo, &easy,
			     A(int, INFO_SIZE_DOWNLOAD), P(&size)) == 0);
		must(size == SIZE);
		cleanup(easy);
	}
}

static void stopped(void)
{
	open_curl();
	make_file();
	struct transfer t = { .stop_at = 2 };
	void *easy = new_easy(URL);
	set(easy, OPT_WRITEFUNCTION, callback_of("L(p,L,L,p)", takes, &t));
	set(easy, OPT_WRITEDATA, &t);
	set_long(easy, OPT_BUFFERSIZE, 1024);
	must(perform(easy) == E_WRITE_ERROR && t.calls == 2);
	/* by the progress callback */
	t = (struct transfer){ .stop_at = -1 };
	set(easy, OPT_XFERINFOFUNCTION, callback_of("i(p,q,q,q,q)", informs, &t));
	set(easy, OPT_XFERINFODATA, &t);
	set_long(easy, OPT_NOPROGRESS, 0);
	must(perform(easy) == E_ABORTED_BY_CALLBACK && t.informed >= 1);
	set(easy, OPT_URL, "file:///no/such/file");
	t = (struct transfer){ .stop_at = 0 };
	int got = perform(easy);
	const char *text = NULL;
	CALL("s(i)", c("curl_easy_strerror"), &text, &got);
	note("error:", text);
	must(got == E_FILE_COULDNT_READ_FILE && contains(text, "file"));
	cleanup(easy);
}

/* ---- up ------------------------------------------------------------------------------------ */

/* size_t (char *, size_t, size_t, void *) */
static void gives(void *user, void *result, void *const *argv)
{
	struct transfer *t = user;
	size_t n = ARG(size_t, 1) * ARG(size_t, 2), rest = SIZE - t->at;
	must(ARG(void *, 3) == user);
	if (n > 777) n = 777;
	if (n > rest) n = rest;
	memcpy(ARG(char *, 0), bytes + t->at, n);
	t->at += n, t->calls++;
	RESULT(size_t) = n;
}

static void up(void)
{
	open_curl();
	make_file();
	must(sys(unlinkat, -100, FILE_, 0) == 0);
	struct transfer t = { 0 };
	void *easy = new_easy(URL);
	set_long(easy, OPT_UPLOAD, 1);
	set_long(easy, OPT_INFILESIZE_LARGE, SIZE);
	set(easy, OPT_READFUNCTION, callback_of("L(p,L,L,p)", gives, &t));
	set(easy, OPT_READDATA, &t);
	must(perform(easy) == 0 && t.at == SIZE && t.calls > SIZE / 777);
	cleanup(easy);
	static char written[SIZE + 1];
	long fd = sys(openat, -100, FILE_, 0, 0), n = 0, got;
	while ((got = sys(read, fd, written + n, sizeof written - (size_t)n)) > 0)
		n += got;
	sys(close, fd);
	must(n == SIZE && equal(written, bytes, SIZE));
	must(sys(unlinkat, -100, FILE_, 0) == 0);
}

TESTS({ "curl: write, header, progress and debug callbacks", down, START },
	{ "curl: the same, on first need", down, LATE },
	{ "curl: callbacks that stop", stopped, START },
	{ "curl: read callbacks", up, START })
