#!/bin/sh
# run.sh [NAME...] - Debian's own libraries in static programs without a C library:
# each NAME.c opens one with baredl's own linker, gives it the small libc that lies
# here, and works with it. One line of TAP for each, as a fixed-address program that
# binds all functions at once and as a static-pie program that binds them on
# demand; first, the small libc is compared with the big one.
#
# The libraries are those that fetch.sh has fetched, else the system's.
# PEER=1: the same programs, dynamic, on glibc: whether the tests are right.
set -u
: "${MACHINE:=$(uname -m)}" "${BUILD:=build/$MACHINE}" "${CC:=gcc}" "${EXEC=}" "${PEER=}"
here=tests/freestanding out=$BUILD/tests/freestanding
[ $# -gt 0 ] || set -- compare zlib lzma zstd libm sqlite lua

skip() { echo "1..0 # SKIP $*"; exit 77; }
[ -n "$PEER" ] || $($CC -print-prog-name=nm) "$BUILD/libbaredl.a" 2>/dev/null |
	grep -q ' T bdl_open_image$' || skip "$BUILD/libbaredl.a has no linker of its own"
. tests/tap.sh
mkdir -p "$out" || exit 1

warn='-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wpointer-arith'
include="-Iinclude -Itests -Iarch -Iarch/$MACHINE"
machine=$(sed -n 's/^ARCH_CFLAGS *:= *//p' "arch/$MACHINE/arch.mk")
bare="$warn -std=c11 -O2 -g -ffreestanding -fno-builtin -fno-stack-protector $machine $include"
# gcc would make calls of memcpy out of the loops that are memcpy
loops=-fno-tree-loop-distribute-patterns
echo | $CC $loops -x c -fsyntax-only - 2>/dev/null || loops=
libc="allocate.c string.c ctype.c decimal.c number.c format.c stdio.c time.c threads.c
	system.c provide.c errno.S jump-$MACHINE.S"

# the library that NAME.c opens
library() {
	case $1 in
	zlib) echo libz.so.1 ;;
	lzma) echo liblzma.so.5 ;;
	zstd) echo libzstd.so.1 ;;
	libm) echo libm.so.6 ;;
	sqlite) echo libsqlite3.so.0 ;;
	lua) echo liblua5.4.so.0 ;;
	esac
}

# Where libraries are: first those that were fetched.
fetched=$PWD/build/freestanding/$MACHINE
has() {
	for folder in "$fetched" "/lib/$MACHINE-linux-gnu" "/usr/lib/$MACHINE-linux-gnu" \
		/lib64 /usr/lib64 /lib /usr/lib; do
		[ ! -e "$folder/$1" ] || return 0
	done
	return 1
}

build_libc() { # OBJECTS-FOLDER FLAG...: the small libc, position-independent or not
	objects=$1
	shift
	mkdir -p "$objects"
	$CC $warn -std=c11 -O2 -fPIC -shared -nostdlib -fno-stack-protector \
		-o "$out/errno.so" $here/errno.c || return 1
	for file in $libc; do
		$CC $bare $loops "-DERRNO_LIBRARY=\"$out/errno.so\"" \
			"$@" -c -o "$objects/$file.o" $here/$file || return 1
	done
}

build() { # NAME KIND: $out/NAME-KIND
	case $2 in
	peer) $CC $warn -Wno-unused-variable -std=gnu11 -O2 -g -fno-builtin -DPEER $include \
		-o "$out/$1-peer" $here/$1.c $here/peer.c ;;
	static) $CC $bare -fno-pie -static -nostdlib -o "$out/$1-static" $here/$1.c \
		"$out"/libc-static/*.o "$BUILD/libbaredl.a" ;;
	pie) $CC $bare -DBIND=BDL_LAZY -fPIE -static-pie -nostdlib -o "$out/$1-pie" $here/$1.c \
		"$out"/libc-pie/*.o "$BUILD/libbaredl.a" ;;
	esac
}

# The small libc's functions as our_*, beside the big one.
build_compare() {
	$CC -r -nostdlib -o "$out/small.o" $(for file in $libc; do case $file in
		provide.c | errno.S) ;;
		*) echo "$out/libc-pie/$file.o" ;;
		esac; done) &&
		$($CC -print-prog-name=objcopy) --prefix-symbols=our_ "$out/small.o" &&
		$CC $warn -Wno-format -std=gnu11 -O2 -g $include -o "$out/compare" \
			$here/compare.c "$out/small.o" -lm
}

start() { # PROGRAM [ARGUMENT]: its output and its exit status go to files
	{
		LD_LIBRARY_PATH=$fetched TEST_DIR=$1.d $EXEC "$@"
		echo $? >"$1.status"
	} >"$1.log" 2>&1 </dev/null
}

report() { # PROGRAM WHAT: one line, and if it failed all that it said
	status=$(cat "$1.status")
	good=$(grep -c '^ok ' "$1.log")
	! grep -q '^not ok ' "$1.log" && [ "$status" = 0 ] && grep -qx "1..$good" "$1.log"
	passed=$?
	result $passed "$2: $good checks"
	[ $passed = 0 ] || { echo "# exit status $status"; sed 's/^/# /' "$1.log"; }
}

made() { # STATUS WHAT
	[ "$1" = 0 ] || { result 1 "$2 is built"; sed 's/^/# /' "$work/log"; }
	return "$1"
}

kinds=peer
if [ -z "$PEER" ]; then
	kinds='static pie'
	build_libc "$out/libc-static" -fno-pie >"$work/log" 2>&1 &&
		build_libc "$out/libc-pie" -fPIE >>"$work/log" 2>&1
	made $? "the small libc" || finish
fi
for name; do
	if [ "$name" = compare ]; then
		[ -z "$PEER" ] || continue
		build_compare >"$work/log" 2>&1
		made $? compare || continue
		start "$out/compare" ${EXEC:+3000} # an emulator is slow
		report "$out/compare" "the small libc is as the big one"
		continue
	fi
	library=$(library "$name")
	if [ -z "$PEER" ] && ! has "$library"; then
		result 0 "$name # SKIP no $library; tests/freestanding/fetch.sh gets it"
		continue
	fi
	built=
	for kind in $kinds; do
		build "$name" "$kind" >"$work/log" 2>&1
		made $? "$name-$kind" || continue
		built="$built $kind"
		rm -rf "$out/$name-$kind.d"
		mkdir "$out/$name-$kind.d"
		start "$out/$name-$kind" &
	done
	wait
	for kind in $built; do report "$out/$name-$kind" "$name $kind, $library"; done
done
finish
