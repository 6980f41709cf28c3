#!/bin/sh
# all.sh          every test, on every machine and resident that is here
# all.sh guests   the guest tests, in the C libraries that fetch.sh has fetched
#
# The machine of $CC first, then the other one, cross-compiled and emulated. What
# is missing is a skip with its reason; with REQUIRE=1 a skip is a failure.
set -u
: "${MAKE:=make}" "${REQUIRE=}"
native=$(${CC:-gcc} -dumpmachine) native=${native%%-*}
TALLY=build/tally
export TALLY REQUIRE
mkdir -p build
rm -f $TALLY

run() { # LABEL TEST...
	LABEL=$1
	export LABEL
	shift
	sh tests/run.sh "$@"
}

skip() { # LABEL REASON: a whole part that cannot run counts as one test
	result=skip
	[ "$REQUIRE" != 1 ] || result=FAIL
	echo "$result  $1 ($2)"
	printf '%s\t%s\n' $result "$1 ($2)" >>$TALLY
}

# Makes MACHINE, BUILD, CC, EXEC and sysroot those of machine $1.
use() {
	MACHINE=$1 BUILD=build/$1 EXEC= TEST_INTERP= TEST_ROOT= cross= sysroot=
	if [ "$1" = "$native" ]; then
		CC=${CC:-gcc}
	else
		cross=$1-linux-gnu- CC=$1-linux-gnu-gcc sysroot=/usr/$1-linux-gnu
		EXEC="qemu-$1 -L $sysroot"
		for tool in "$CC" "qemu-$1"; do
			command -v "$tool" >/dev/null || { skip "$1" "no $tool"; return 1; }
		done
	fi
	export MACHINE BUILD CC EXEC TEST_INTERP TEST_ROOT
	$MAKE -s -j2 MACHINE="$1" BUILD="$BUILD" CROSS_COMPILE="$cross" CC="$CC" programs && return
	skip "$1" "does not build"
	printf 'FAIL\t%s\n' "$1 does not build" >>$TALLY
	return 1
}

programs() { # the test programs of $BUILD
	for source in tests/*.c; do
		name=${source##*/} name=${name%.c}
		echo "$BUILD/tests/$name" "$BUILD/tests/$name-pie"
	done
	echo "$BUILD/tests/own-start"
	if [ -e "$BUILD/tests/cxx" ]; then echo "$BUILD/tests/cxx"; fi
}

all() {
	units=$(for source in tests/unit/*.c; do
		name=${source##*/}
		echo "$BUILD/tests/unit/${name%.c}"
	done)
	run "$MACHINE" $units tests/archive.sh
	if [ "$MACHINE" = "$native" ]; then
		run "$MACHINE fuzz" $(for source in tests/fuzz/*.c; do
			name=${source##*/} name=${name%.c}
			[ "$name" = replay ] || echo "$BUILD/tests/fuzz/$name"
		done)
		run "$MACHINE" tests/readme.sh tests/install.sh tests/strace.sh tests/plt-cost.sh tests/cfi.sh tests/callbacks/cfi.sh tests/clang.sh
	fi
	[ -e "$BUILD/tests/cxx" ] || skip "$MACHINE cxx" "no C++ compiler"
	run "$MACHINE" tests/plugin.sh tests/lto.sh
	glibc=$EXEC
	run "$MACHINE glibc" $(programs) tests/boot.sh tests/failures.sh tests/lookup-dns.sh
	[ -z "$EXEC" ] || run "$MACHINE" tests/page-size.sh
	TIMEOUT=600 run "$MACHINE" tests/link/run.sh tests/own/run.sh tests/everything/run.sh \
		tests/freestanding/run.sh tests/callbacks/run.sh
	TIMEOUT=1500 run "$MACHINE" tests/abi/run.sh
	[ -n "$EXEC" ] || run "$MACHINE" tests/inject/run.sh
	musl=/lib/ld-musl-$MACHINE.so.1
	if [ "$MACHINE" != "$native" ]; then
		sysroot=build/guests/musl-trixie-arm64 musl=$PWD/$sysroot$musl
		EXEC="qemu-$MACHINE -L $sysroot"
	else
		TEST_INTERP=$musl
	fi
	if [ -e "$musl" ]; then
		run "$MACHINE musl" $(programs) tests/boot.sh tests/failures.sh tests/lookup-dns.sh
		TIMEOUT=600 run "$MACHINE musl" tests/callbacks/run.sh
	else
		skip "$MACHINE musl" "no $musl; tests/setup.sh installs it"
	fi
	EXEC=$glibc
}

guests() {
	case $MACHINE in x86_64) arch=amd64 ;; *) arch=arm64 ;; esac
	[ "$MACHINE" = "$native" ] || EXEC=qemu-$MACHINE
	TIMEOUT=900 run "$MACHINE" tests/guests.sh
	# the resolver has moved between these: ask a real server through each
	for guest in glibc-bullseye glibc-experimental musl-bullseye musl-forky; do
		TEST_ROOT=build/guests/$guest-$arch
		if [ -d "$TEST_ROOT" ]; then
			run "$MACHINE $guest" tests/lookup-dns.sh
		else
			skip "$MACHINE $guest" "no $TEST_ROOT; tests/guests/fetch.sh gets it"
		fi
	done
}

for machine in "$native" $(for m in x86_64 aarch64; do [ $m = "$native" ] || echo $m; done); do
	use "$machine" || continue
	"${1:-all}"
done
sh tests/run.sh --verdict
