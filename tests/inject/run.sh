#!/bin/sh
# Fault injection: every system call of an open fails in turn, in every way it can.
# Each time the open fails with a message or goes well all the same, nothing stays
# mapped or open, and the next open goes well. inject.c makes the calls fail,
# probe.c opens library.c, which needs dependency.c, by baredl's own linker.
#
# All runs are in $BUILD/tests/inject/log, with the messages.
#
# usage: MACHINE=x86_64 BUILD=build/x86_64 [CC=gcc] tests/inject/run.sh
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${CC:=gcc}" "${MACHINE:=$(uname -m)}" "${BUILD:=build/$MACHINE}"
src=tests/inject out=$BUILD/tests/inject

skip() { echo "1..0 # SKIP $*"; exit 77; }
[ "$MACHINE" = x86_64 ] || skip "makes system calls fail on x86_64 only, not $MACHINE"
[ "$(uname -m)" = x86_64 ] || skip "this machine is $(uname -m), and cannot trace x86_64"
. tests/tap.sh
mkdir -p "$out" || exit 1
BUILD=$(cd "$BUILD" && pwd) out=$BUILD/tests/inject

{
	shared='-O2 -fPIC -shared -nostdlib -ffreestanding -Wl,-z,relro,-z,now'
	$CC -std=c11 -O2 -Wall -Wextra -Wshadow $src/inject.c -o "$out/inject" &&
	$CC $shared -fno-stack-protector $src/dependency.c -Wl,-soname,libdependency.so \
		-o "$out/libdependency.so" &&
	$CC $shared $src/library.c -Wl,-rpath,'$ORIGIN/none:$ORIGIN' -L"$out" -ldependency \
		-o "$out/library.so" &&
	$CC -std=c11 -Os -g -Wall -Wextra -Wshadow -Iinclude -Itests -Iarch -Iarch/"$MACHINE" \
		-ffreestanding -fno-builtin -fno-stack-protector -fno-pie -static -nostdlib \
		-Wno-unused-function $src/probe.c "$BUILD/libbaredl.a" -o "$out/probe"
} >"$work/log" 2>&1
[ $? = 0 ] || { sed 's/^/# /' "$work/log"; result 1 'builds'; finish; }

inject() { # LOG ARGUMENT...: in an environment that names no library
	log=$1
	shift
	env -i ${LEAK:+LEAK=$LEAK} "$out/inject" "$out/probe" "$@" >"$log" 2>"$work/error"
	status=$?
	[ $status != 77 ] || skip "$(cat "$work/error")"
	sed 's/^/# /' "$work/error"
	return $status
}

# Reads a log and prints what is wrong in it: a line that neither `opened` nor
# `refused` ends, or what is kept for good and is not always the same. A mapping that
# munmap would not give back may stay.
complaints() {
	awk '
	/^[0-9]+ runs, / { next }
	$2 == "munmap" && /WRONG: not as before/ { next }
	!/: (opened|refused: [^ ])/ || /WRONG/ { print; next }
	$2 != "munmap" && match($0, /\[kept: [0-9]+/) {
		kept = substr($0, RSTART, RLENGTH)
		if (first == "") first = kept
		if (kept != first) print $0 " and not " first
	}'
}

: >"$out/log"
for way in open search fd image; do
	for moment in warm cold; do
		inject "$work/runs" $way $moment "$out/library.so" &&
			[ "$(grep -c ': refused: ' "$work/runs")" -ge 50 ]
		result $? "$way, $moment: $(tail -n 1 "$work/runs")"
		sed "s/^/$way $moment /" "$work/runs" >>"$out/log"
		found=$(complaints <"$work/runs")
		for call in $(awk '$3 ~ /:$/ && $2 != "-" { print $2 }' "$work/runs" | sort -u); do
			bad=$(printf '%s\n' "$found" | awk -v call="$call" '$2 == call')
			[ -z "$bad" ]
			result $? "$way, $moment: $call: $(awk -v call="$call" '
				$2 == call { n++; refused += /: refused:/ }
				END { print n " failures, " refused + 0 " refused" }' "$work/runs")"
			[ -z "$bad" ] || printf '%s\n' "$bad" | cut -c 1-600 | sed 's/^/#   /'
		done
	done
done

# A test that cannot fail proves nothing: a page that stays after each failure is seen.
LEAK=1 inject "$work/runs" open warm "$out/library.so"
is "$(grep -v ' munmap ' "$work/runs" | grep -c 'WRONG: not as before')" \
	"$(grep '^open warm' "$out/log" | grep -c ': refused: ')" 'a planted leak is seen'
finish
