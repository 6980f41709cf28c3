#!/bin/sh
# run.sh TARGET [SECONDS]  what `make fuzz TARGET=... SECONDS=...` runs: libFuzzer, which
#                          begins with the target's corpus and with what it found before
# run.sh TARGET keep       adds to the corpus the least small findings that reach more
#
# BUILD  where the program is (build/x86_64), where TARGET.found/ goes and, after a fault,
#        the bytes that lead to it: run TARGET.clang, or TARGET, with that file
set -u
target=${1:?run.sh TARGET [SECONDS]} seconds=${2:-60}
: "${BUILD:=build/$(uname -m)}"
program=$BUILD/tests/fuzz/$target.clang found=$BUILD/tests/fuzz/$target.found
corpus=tests/fuzz/corpus/$target
mkdir -p "$found" "$corpus"

if [ "$seconds" = keep ]; then
	rm -rf "$found.small"
	mkdir "$found.small"
	find "$found" -type f -size -800c -exec cp {} "$found.small" \;
	exec "$program" -set_cover_merge=1 -use_counters=0 "$corpus" "$found.small"
fi
exec nice -n 19 "$program" -max_len=16384 -timeout=10 -rss_limit_mb=4000 \
	-max_total_time="$seconds" -artifact_prefix="$BUILD/tests/fuzz/$target-" \
	-print_final_stats=1 "$found" "$corpus"
