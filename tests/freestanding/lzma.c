/* Debian's own xz (liblzma) at work in a program without a C library. */
#include "program.h"

typedef struct {
	const uint8_t *next_in;
	size_t avail_in;
	uint64_t total_in;
	uint8_t *next_out;
	size_t avail_out;
	uint64_t total_out;
	const void *allocator;
	void *internal;
	void *reserved_pointers[4];
	uint64_t seek_pos, reserved_int2;
	size_t reserved_int3, reserved_int4;
	int reserved_enum1, reserved_enum2;
} lzma_stream;
typedef struct {
	uint32_t flags, threads;
	uint64_t block_size;
	uint32_t timeout, preset;
	const void *filters;
	int check, reserved[7];
	uint64_t reserved_int[4], memory, memory_stop;
	void *reserved_pointers[4];
} lzma_mt;
enum { LZMA_RUN = 0, LZMA_FINISH = 3 };
enum { LZMA_OK = 0, LZMA_STREAM_END = 1, LZMA_MEM_ERROR = 5, LZMA_DATA_ERROR = 9 };
enum { LZMA_CHECK_CRC64 = 4, LZMA_CHECK_SHA256 = 10 };

FUNCTION(const char *, lzma_version_string, void);
FUNCTION(uint64_t, lzma_crc64, const uint8_t *bytes, size_t size, uint64_t crc);
FUNCTION(size_t, lzma_stream_buffer_bound, size_t size);
FUNCTION(int, lzma_easy_encoder, lzma_stream *s, uint32_t preset, int check);
FUNCTION(int, lzma_stream_decoder, lzma_stream *s, uint64_t memory, uint32_t flags);
FUNCTION(int, lzma_stream_encoder_mt, lzma_stream *s, const lzma_mt *how);
FUNCTION(int, lzma_code, lzma_stream *s, int action);
FUNCTION(void, lzma_end, lzma_stream *s);
FUNCTION(int, lzma_easy_buffer_encode, uint32_t preset, int check,
	const void *allocator, const uint8_t *in, size_t in_size, uint8_t *out,
	size_t *out_at, size_t out_size);
FUNCTION(int, lzma_stream_buffer_decode, uint64_t *memory, uint32_t flags,
	const void *allocator, const uint8_t *in, size_t *in_at, size_t in_size,
	uint8_t *out, size_t *out_at, size_t out_size);

enum { SIZE = 10 << 20, PIECE = 100000, SMALL = 100000 };
static uint8_t *text, *packed, *again;
static size_t bound;

/* Piece by piece. Returns liblzma's last answer. */
static int stream(lzma_stream *s, const uint8_t *from, size_t from_size, uint8_t *to,
	size_t to_size)
{
	int r;
	s->next_in = from;
	s->next_out = to;
	do {
		size_t left = from_size - s->total_in, room = to_size - s->total_out;
		s->avail_in = left < PIECE ? left : PIECE;
		s->avail_out = room < PIECE ? room : PIECE;
		r = lzma_code(s, left > PIECE ? LZMA_RUN : LZMA_FINISH);
	} while (r == LZMA_OK);
	return r;
}

static void streams(void)
{
	lzma_stream out = { 0 }, in = { 0 };
	check(lzma_easy_encoder(&out, 1, LZMA_CHECK_SHA256) == LZMA_OK);
	check(stream(&out, text, SIZE, packed, bound) == LZMA_STREAM_END);
	check(out.total_in == SIZE && out.total_out > 1000 && out.total_out < SIZE / 2);
	lzma_end(&out);
	check(lzma_stream_decoder(&in, UINT64_MAX, 0) == LZMA_OK);
	check(stream(&in, packed, out.total_out, again, SIZE) == LZMA_STREAM_END);
	check(in.total_out == SIZE && memcmp(text, again, SIZE) == 0);
	lzma_end(&in);

	packed[out.total_out / 2] ^= 0x55;
	in = (lzma_stream){ 0 };
	check(lzma_stream_decoder(&in, UINT64_MAX, 0) == LZMA_OK);
	check(stream(&in, packed, out.total_out, again, SIZE) == LZMA_DATA_ERROR);
	lzma_end(&in);
}

/* Two threads of the host compress, calling back for memory and locks. */
static void threads(void)
{
	lzma_mt how = {
		.threads = 2, .block_size = 2 << 20, .check = LZMA_CHECK_CRC64
	};
	lzma_stream out = { 0 }, in = { 0 };
	check(lzma_stream_encoder_mt(&out, &how) == LZMA_OK);
	check(stream(&out, text, SIZE, packed, bound) == LZMA_STREAM_END);
	lzma_end(&out);
	memset(again, 0, SIZE);
	check(lzma_stream_decoder(&in, UINT64_MAX, 0) == LZMA_OK);
	check(stream(&in, packed, out.total_out, again, SIZE) == LZMA_STREAM_END);
	check(in.total_out == SIZE && memcmp(text, again, SIZE) == 0);
	lzma_end(&in);
}

/* The best preset is slow, and wants most memory. */
static void one_call(void)
{
	uint64_t memory = UINT64_MAX;
	size_t out = 0, in_at = 0, out_at = 0;
	check(lzma_easy_buffer_encode(9, LZMA_CHECK_CRC64, NULL, text, SMALL, packed,
		      &out, bound) == LZMA_OK);
	check(out > 1000 && out < SMALL / 2);
	check(lzma_stream_buffer_decode(&memory, 0, NULL, packed, &in_at, out, again,
		      &out_at, SIZE) == LZMA_OK);
	check(out_at == SMALL && in_at == out && memcmp(text, again, SMALL) == 0);
	check(lzma_crc64((const uint8_t *)"123456789", 9, 0) == 0x995dc9bbdf1939fa);
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv;
	provide_libc(envp);
	void *lzma = open_library("liblzma.so.5");
	FIND(lzma, lzma_version_string), FIND(lzma, lzma_crc64);
	FIND(lzma, lzma_stream_buffer_bound), FIND(lzma, lzma_easy_encoder);
	FIND(lzma, lzma_stream_decoder), FIND(lzma, lzma_code), FIND(lzma, lzma_end);
	FIND(lzma, lzma_stream_encoder_mt), FIND(lzma, lzma_easy_buffer_encode),
		FIND(lzma, lzma_stream_buffer_decode);
	note("xz", lzma_version_string());
	text = make_text(SIZE);
	bound = lzma_stream_buffer_bound(SIZE);
	packed = malloc(bound);
	again = malloc(SIZE);
	check(text && packed && again);
	if (!text || !packed || !again) return done();
	streams();
	threads();
	one_call();
	check(bdl_close(lzma) == 0);
	return finished("liblzma.so");
}
