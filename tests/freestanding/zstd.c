/* Debian's own zstd at work in a program without a C library. */
#include "program.h"

typedef struct {
	const void *bytes;
	size_t size, at;
} ZSTD_inBuffer;
typedef struct {
	void *bytes;
	size_t size, at;
} ZSTD_outBuffer;
enum {
	ZSTD_c_compressionLevel = 100,
	ZSTD_c_checksumFlag = 201,
	ZSTD_c_nbWorkers = 400
};
enum { ZSTD_e_continue = 0, ZSTD_e_end = 2 };

FUNCTION(const char *, ZSTD_versionString, void);
FUNCTION(unsigned, ZSTD_isError, size_t result);
FUNCTION(const char *, ZSTD_getErrorName, size_t result);
FUNCTION(size_t, ZSTD_compressBound, size_t size);
FUNCTION(size_t, ZSTD_compress, void *to, size_t room, const void *from, size_t size,
	int level);
FUNCTION(size_t, ZSTD_decompress, void *to, size_t room, const void *from, size_t size);
FUNCTION(unsigned long long, ZSTD_getFrameContentSize, const void *from, size_t size);
FUNCTION(void *, ZSTD_createCCtx, void);
FUNCTION(size_t, ZSTD_freeCCtx, void *context);
FUNCTION(size_t, ZSTD_CCtx_setParameter, void *context, int parameter, int value);
FUNCTION(size_t, ZSTD_compressStream2, void *context, ZSTD_outBuffer *out,
	ZSTD_inBuffer *in, int end);
FUNCTION(void *, ZSTD_createDStream, void);
FUNCTION(size_t, ZSTD_freeDStream, void *stream);
FUNCTION(size_t, ZSTD_decompressStream, void *stream, ZSTD_outBuffer *out,
	ZSTD_inBuffer *in);
FUNCTION(size_t, ZDICT_trainFromBuffer, void *dictionary, size_t room,
	const void *samples, const size_t *sizes, unsigned count);

enum { SIZE = 10 << 20, PIECE = 100000 };
static uint8_t *text, *packed, *again;
static size_t bound;

static void one_call(int level)
{
	size_t size = ZSTD_compress(packed, bound, text, SIZE, level);
	check(!ZSTD_isError(size) && size > 1000 && size < SIZE / 2);
	check(ZSTD_getFrameContentSize(packed, size) == SIZE);
	memset(again, 0, SIZE);
	check(ZSTD_decompress(again, SIZE, packed, size) == SIZE);
	check(memcmp(text, again, SIZE) == 0);
}

/* [workers] 0: in this thread; else in so many of the host's. */
static void streams(int workers)
{
	ZSTD_inBuffer in = { text, 0, 0 };
	ZSTD_outBuffer out = { packed, 0, 0 };
	void *c = ZSTD_createCCtx(), *d = ZSTD_createDStream();
	size_t left;
	check(c && d);
	check(!ZSTD_isError(ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, 5)));
	check(!ZSTD_isError(ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1)));
	check(!ZSTD_isError(ZSTD_CCtx_setParameter(c, ZSTD_c_nbWorkers, workers)));
	do {
		in.size = in.at + PIECE < SIZE ? in.at + PIECE : SIZE;
		out.size = out.at + PIECE < bound ? out.at + PIECE : bound;
		left = ZSTD_compressStream2(
			c, &out, &in, in.size == SIZE ? ZSTD_e_end : ZSTD_e_continue);
	} while (!ZSTD_isError(left) && (in.at < SIZE || left));
	check(left == 0);
	if (left) return;
	size_t size = out.at;

	memset(again, 0, SIZE);
	in = (ZSTD_inBuffer){ packed, 0, 0 };
	out = (ZSTD_outBuffer){ again, SIZE, 0 };
	do {
		in.size = in.at + PIECE < size ? in.at + PIECE : size;
		left = ZSTD_decompressStream(d, &out, &in);
	} while (!ZSTD_isError(left) && left);
	check(left == 0 && out.at == SIZE);
	check(memcmp(text, again, SIZE) == 0);

	packed[size - 1] ^= 1;
	left = ZSTD_decompress(again, SIZE, packed, size);
	check(same(ZSTD_getErrorName(left), "Restored data doesn't match checksum"));
	check(ZSTD_freeCCtx(c) == 0 && ZSTD_freeDStream(d) == 0);
}

/* Sorts and compares: qsort's callback leads from the host back into the library. */
static void dictionary(void)
{
	static size_t sizes[500];
	static uint8_t trained[10000];
	for (int i = 0; i < 500; i++) sizes[i] = 400;
	size_t size = ZDICT_trainFromBuffer(trained, sizeof trained, text, sizes, 500);
	check(!ZSTD_isError(size) && size > 500);
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv;
	provide_libc(envp);
	void *zstd = open_library("libzstd.so.1");
	FIND(zstd, ZSTD_versionString), FIND(zstd, ZSTD_isError);
	FIND(zstd, ZSTD_getErrorName), FIND(zstd, ZSTD_compressBound);
	FIND(zstd, ZSTD_compress), FIND(zstd, ZSTD_decompress);
	FIND(zstd, ZSTD_getFrameContentSize), FIND(zstd, ZSTD_createCCtx);
	FIND(zstd, ZSTD_freeCCtx), FIND(zstd, ZSTD_CCtx_setParameter);
	FIND(zstd, ZSTD_compressStream2), FIND(zstd, ZSTD_createDStream);
	FIND(zstd, ZSTD_freeDStream), FIND(zstd, ZSTD_decompressStream);
	FIND(zstd, ZDICT_trainFromBuffer);
	note("zstd", ZSTD_versionString());
	text = make_text(SIZE);
	bound = ZSTD_compressBound(SIZE);
	packed = malloc(bound);
	again = malloc(SIZE);
	check(text && packed && again);
	if (!text || !packed || !again) return done();
	one_call(1);
	one_call(4);
	streams(0);
	streams(2);
	dictionary();
	check(bdl_close(zstd) == 0);
	return finished("libzstd.so");
}
