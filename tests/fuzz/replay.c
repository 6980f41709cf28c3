/* replay.c - runs a fuzz target over its corpus, tests/fuzz/corpus/TARGET/, or over the
 * files that are given; each file is a check, which a fault does not survive. In the
 * place of libFuzzer's main, so that any compiler will do. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int count;

static void replay(const char *path)
{
	static uint8_t buffer[1 << 20];
	FILE *f = fopen(path, "rb");
	if (!f) {
		printf("not ok %d - %s cannot be read\n", ++count, path);
		exit(1);
	}
	size_t size = fread(buffer, 1, sizeof buffer, f);
	fclose(f);
	uint8_t *data = malloc(size + !size); /* as large as it is, for sanitizers */
	if (!data) abort();
	memcpy(data, buffer, size);
	printf("# %s\n", path);
	fflush(stdout);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	printf("ok %d - %s\n", ++count, path);
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/');
	char path[1024];
	for (int i = 1; i < argc; i++) replay(argv[i]);
	if (argc == 1) {
		snprintf(path, sizeof path, "tests/fuzz/corpus/%s",
			name ? name + 1 : argv[0]);
		struct dirent **files;
		int n = scandir(path, &files, NULL, alphasort);
		for (int i = 0; i < n; i++) {
			size_t end = strlen(path);
			snprintf(
				path + end, sizeof path - end, "/%s", files[i]->d_name);
			if (files[i]->d_name[0] != '.') replay(path);
			path[end] = 0;
			free(files[i]);
		}
		if (n >= 0) free(files);
	}
	printf("1..%d\n", count);
	return !count;
}
