/* Debian's own zlib at work in a program without a C library: streams, the
 * one-call functions, checksums, gzip files, allocation by callbacks. */
#include "program.h"

typedef struct {
	const uint8_t *next_in;
	unsigned avail_in;
	unsigned long total_in;
	uint8_t *next_out;
	unsigned avail_out;
	unsigned long total_out;
	const char *msg;
	void *state;
	void *(*zalloc)(void *context, unsigned items, unsigned size);
	void (*zfree)(void *context, void *at);
	void *opaque;
	int data_type;
	unsigned long adler, reserved;
} z_stream;
enum { Z_NO_FLUSH = 0, Z_FINISH = 4, Z_OK = 0, Z_STREAM_END = 1, Z_DATA_ERROR = -3 };

FUNCTION(const char *, zlibVersion, void);
FUNCTION(const char *, zError, int error);
FUNCTION(unsigned long, crc32, unsigned long crc, const uint8_t *bytes, unsigned size);
FUNCTION(
	unsigned long, adler32, unsigned long sum, const uint8_t *bytes, unsigned size);
FUNCTION(unsigned long, compressBound, unsigned long size);
FUNCTION(int, compress2, uint8_t *to, unsigned long *size, const uint8_t *from,
	unsigned long from_size, int level);
FUNCTION(int, uncompress, uint8_t *to, unsigned long *size, const uint8_t *from,
	unsigned long from_size);
FUNCTION(int, deflateInit_, z_stream *s, int level, const char *version, int size);
FUNCTION(int, deflate, z_stream *s, int flush);
FUNCTION(int, deflateEnd, z_stream *s);
FUNCTION(int, inflateInit_, z_stream *s, const char *version, int size);
FUNCTION(int, inflate, z_stream *s, int flush);
FUNCTION(int, inflateEnd, z_stream *s);
FUNCTION(void *, gzopen, const char *path, const char *mode);
FUNCTION(int, gzwrite, void *file, const void *bytes, unsigned size);
FUNCTION(int, gzprintf, void *file, const char *format, ...);
FUNCTION(int, gzread, void *file, void *bytes, unsigned size);
FUNCTION(int, gzclose, void *file);

enum { SIZE = 10 << 20, PIECE = 10000 };
static uint8_t *text, *packed, *again;
static unsigned long packed_size;

static void one_call(void)
{
	unsigned long size = SIZE;
	packed_size = compressBound(SIZE);
	packed = malloc(packed_size);
	again = malloc(SIZE);
	check(packed && again);
	check(compress2(packed, &packed_size, text, SIZE, 6) == Z_OK);
	check(packed_size > 1000 && packed_size < SIZE / 2);
	check(uncompress(again, &size, packed, packed_size) == Z_OK);
	check(size == SIZE && memcmp(text, again, SIZE) == 0);
	check(crc32(0, again, SIZE) == crc32(0, text, SIZE));
	check(crc32(0, (const uint8_t *)"123456789", 9) == 0xcbf43926);
	check(adler32(1, (const uint8_t *)"Wikipedia", 9) == 0x11e60398);

	packed[packed_size / 2] ^= 0x55;
	size = SIZE;
	check(uncompress(again, &size, packed, packed_size) == Z_DATA_ERROR);
	check(same(zError(Z_DATA_ERROR), "data error"));
}

static unsigned allocations;
static void *allocate(void *context, unsigned items, unsigned size)
{
	++*(unsigned *)context;
	return malloc((size_t)items * size);
}
static void release(void *context, void *at)
{
	--*(unsigned *)context;
	free(at);
}

/* Piece by piece, with the library calling back for its memory. */
static void streams(void)
{
	z_stream out = { .zalloc = allocate, .zfree = release, .opaque = &allocations };
	z_stream in = out;
	int r;
	check(deflateInit_(&out, 1, zlibVersion(), sizeof out) == Z_OK);
	check(allocations > 0);
	out.next_out = packed;
	out.next_in = text;
	do {
		size_t left = SIZE - out.total_in,
		       room = compressBound(SIZE) - out.total_out;
		out.avail_in = left < PIECE ? (unsigned)left : PIECE;
		out.avail_out = room < PIECE ? (unsigned)room : PIECE;
		r = deflate(&out, left > PIECE ? Z_NO_FLUSH : Z_FINISH);
	} while (r == Z_OK);
	check(r == Z_STREAM_END && out.total_in == SIZE);
	check(deflateEnd(&out) == Z_OK);

	memset(again, 0, SIZE);
	check(inflateInit_(&in, zlibVersion(), sizeof in) == Z_OK);
	in.next_in = packed;
	in.next_out = again;
	do {
		size_t left = out.total_out - in.total_in;
		in.avail_in = left < PIECE ? (unsigned)left : PIECE;
		in.avail_out = SIZE - (unsigned)in.total_out;
		r = inflate(&in, Z_NO_FLUSH);
	} while (r == Z_OK);
	check(r == Z_STREAM_END && in.total_out == SIZE);
	check(memcmp(text, again, SIZE) == 0);
	check(inflateEnd(&in) == Z_OK);
	check(allocations == 0);
}

/* open, write, read, lseek, vsnprintf of the host. */
static void gzip_file(const char *path)
{
	static const char line[] = "1 two 3.500 0x2a";
	char got[sizeof line] = "";
	void *file = gzopen(path, "wb1");
	check(file != NULL);
	if (!file) return;
	check(gzprintf(file, "%d %s %.3f %#x", 1, "two", 3.5, 42) == sizeof line - 1);
	check(gzwrite(file, text, SIZE) == SIZE);
	check(gzclose(file) == Z_OK);

	memset(again, 0, SIZE);
	file = gzopen(path, "rb");
	check(file && gzread(file, got, sizeof line - 1) == sizeof line - 1);
	check(same(got, line));
	check(gzread(file, again, SIZE) == SIZE && gzread(file, got, 1) == 0);
	check(memcmp(text, again, SIZE) == 0);
	check(gzclose(file) == Z_OK);
	check(gzopen("/nonexistent/file", "rb") == NULL);
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv;
#ifndef PEER
	check(bdl_open("libz.so.1", BDL_NOW | BDL_OWN) == NULL);
	note("before anything is provided:", bdl_error());
	check(contains(bdl_error(), "libz.so.1") && !mapped("libz.so"));
#endif
	provide_libc(envp);
	void *zlib = open_library("libz.so.1");
	FIND(zlib, zlibVersion), FIND(zlib, zError), FIND(zlib, crc32),
		FIND(zlib, adler32);
	FIND(zlib, compressBound), FIND(zlib, compress2), FIND(zlib, uncompress);
	FIND(zlib, deflateInit_), FIND(zlib, deflate), FIND(zlib, deflateEnd);
	FIND(zlib, inflateInit_), FIND(zlib, inflate), FIND(zlib, inflateEnd);
	FIND(zlib, gzopen), FIND(zlib, gzwrite), FIND(zlib, gzprintf);
	FIND(zlib, gzread), FIND(zlib, gzclose);
	note("zlib", zlibVersion());
	text = make_text(SIZE);
	check(text != NULL);
	if (!text) return done();
	one_call();
	streams();
	const char *folder = environment(envp, "TEST_DIR");
	if (folder) {
		char path[500];
		size_t n = length(folder);
		check(n + 9 < sizeof path);
		memcpy(path, folder, n);
		memcpy(path + n, "/text.gz", 9);
		gzip_file(path);
	}
	check(bdl_open("libz.so.1", BIND) == zlib); /* baredl's own can, so it does */
	check(bdl_close(zlib) == 0);
	check(bdl_close(zlib) == 0);
	return finished("libz.so");
}
