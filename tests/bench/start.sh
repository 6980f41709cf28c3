#!/bin/sh
# What a start costs: the hello example against the same source linked in the
# ordinary way, to the machine's C library. And what it weighs.
#
# usage: [MACHINE=x86_64] [BUILD=build/x86_64] [CC=gcc] [LDFLAGS=] tests/bench/start.sh
# after `make examples`. Figures are lines that begin with "figure:". The status is
# 0 whether or not they are met.
cd "$(dirname "$0")/../.." || exit 1
: "${CC:=gcc}" "${MACHINE:=$(uname -m)}" "${BUILD:=build/$MACHINE}"
src=examples/hello/hello.c
lib=$BUILD/libbaredl.a
hello=$BUILD/examples/hello
work=$BUILD/tests/bench-start

die() { echo "bench-start: $*" >&2; exit 1; }
figure() { # NAME VALUE UNIT LIMIT: the value must be at most the limit
	echo "$2 $4" | awk -v name="$1" -v unit="$3" '{
		print "figure:", name, $1, unit, "<=", $2, ($1 <= $2 ? "met" : "short") }'
}

[ -e "$lib" ] && [ -e "$hello" ] || die "needs $lib and $hello: run make examples"
mkdir -p "$work" || exit 1

# ---- Size

strip=$($CC -print-prog-name=strip)
"$strip" -o "$work/stripped" "$hello" || die "cannot strip $hello"
bytes=$(wc -c <"$work/stripped")
echo "$hello, stripped: $bytes bytes"
figure start.hello.size "$bytes" bytes 24576

flags="-std=c11 -O2 -ffreestanding -fno-stack-protector"
$CC $flags -Iinclude -static -nostdlib $LDFLAGS "$src" "$lib" \
	-Wl,-Map="$work/map" -o "$work/hello" || die "cannot link $src"
set -- $(awk -v archive=libbaredl.a -f tests/bench/linked-size.awk "$work/map")
"$strip" "$work/hello"
[ "$(wc -c <"$work/hello")" = "$bytes" ] ||
	echo "note: linked here, hello has $(wc -c <"$work/hello") bytes: other flags?"
[ "$1" -gt 0 ] || die "$work/map: no section of libbaredl.a (not GNU ld?)"
counted=$1
echo "libbaredl.a in hello, by the linker's map: $2 bytes of .text* + $3 of .rodata*"
echo "  not counted: $4 bytes of .eh_frame, $5 of writable data"
shift 5
[ $# = 0 ] || echo "  not counted, other sections: $*"
figure lib.linked.size "$counted" bytes 16384

# ---- Time

if [ "$MACHINE" != "$(uname -m)" ]; then
	echo "start.hello.ratio is not taken: this machine is $(uname -m), not $MACHINE"
	exit 0
fi
$CC -O2 tests/bench/start.c -o "$work/start" || exit 1

# link NAME COMPILER [FLAG...]: the same source, linked in the ordinary way.
peers=
link() {
	name=$1 compiler=$2
	shift 2
	if command -v ${compiler%% *} >/dev/null &&
		$compiler $flags -Itests/bench/linked "$src" "$@" \
			-o "$work/$name" 2>"$work/log" &&
		[ "$("$work/$name" 2>&1)" = "$("$hello" 2>&1)" ]; then
		peers="$peers $work/$name"
	else
		echo "absent: $name"
	fi
}
link dynamic "$CC"
[ -n "$peers" ] || die "the dynamic hello does not print what $hello prints"
link dynamic-now "$CC" -Wl,-z,now
link static "$CC" -static
link dynamic-musl musl-gcc

# The pair of the figure by itself, then all, for information.
"$work/start" "$work/dynamic" "$hello" >"$work/pair" || exit 1
echo "hello, whole process: medians of 11 batches of 200 runs, interleaved (and"
echo "the lowest and highest batch):"
table() {
	awk -v hello="$hello" '{
		name = $1 == hello ? "baredl" : $1
		sub(".*/", "", name)
		printf "  %-12s %7.1f us  %.3f x dynamic (%.3f..%.3f)  %d page faults\n",
			name, $2, $3, $5, $6, $4 }' "$1"
}
table "$work/pair"
figure start.hello.ratio "$(awk 'NR == 2 { print $3 }' "$work/pair")" x 1.10
echo "with peers, 5 batches of 100 runs:"
"$work/start" -p 5 -r 100 $peers "$hello" >"$work/all" || exit 1
table "$work/all"

# ---- Instructions

[ "$MACHINE" = x86_64 ] || exit 0
$CC -O2 tests/tools/stepcount.c -o "$work/stepcount" || exit 1
count() {
	"$work/stepcount" -w "$1" >"$work/log" && tail -n 1 "$work/log" || echo unknown
}
echo "user instructions: dynamic $(count "$work/dynamic"), baredl $(count "$hello")"
