#!/bin/sh
# run.sh [PROGRAM...]  callbacks and prepared calls at work: the machine's libraries call
# bare static programs back, and are called by signatures. See README.md.
#
# Builds guests and programs into $BUILD/tests/callbacks, each as a fixed-address and as
# a static-pie program, and runs them; each of their tests is a process of its own. One
# of them alone: $BUILD/tests/callbacks/PROGRAM 'beginning of its name'.
#
# MACHINE, BUILD, CC, EXEC   as for the other scripts; all may be absent
# TEST_INTERP                another resident. musl's: what needs other libraries is left out
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 1
root=${here%/tests/callbacks}
: "${CC:=gcc}" "${EXEC=}" "${TEST_INTERP=}"
: "${MACHINE:=$($CC -dumpmachine | sed 's/-.*//')}"
: "${BUILD:=$root/build/$MACHINE}"
case $BUILD in /*) ;; *) BUILD=$(cd "$root" && mkdir -p "$BUILD" && cd "$BUILD" && pwd) ;; esac
out=$BUILD/tests/callbacks
export MACHINE BUILD CC EXEC TEST_INTERP
mkdir -p "$out" || exit 1
cd "$root" || exit 1 # as the sysroot of an emulator may be relative

musl=
case "$TEST_INTERP $EXEC" in *musl*) musl=1 ;; esac
# libc's alone, and those that need what a musl system may not have
libc='alone sort direct files exits threads errno million freed hard gone nested stack signals jump cancel'
more='trace throw catch zlib sqlite expat xml2 curl calls'
[ $# -gt 0 ] || set -- $libc $([ -n "$musl" ] || echo $more)

# arch.mk's, for what is not linked with libgcc
bare=$(sed -n 's/^ARCH_CFLAGS *:*= *//p' "$root/arch/$MACHINE/arch.mk")
cxx=$(echo "$CC" | sed 's/gcc/g++/; s/clang/clang++/')
# gcc would make calls of memcpy out of the loops that are memcpy
loops=-fno-tree-loop-distribute-patterns
echo | $CC $loops -x c -fsyntax-only - 2>/dev/null || loops=
# where long double is computed by functions
runtime=$($CC -print-libgcc-file-name)
[ -e "$runtime" ] || runtime=

# ---- building

# As BARE_TEST in ../tests.mk; GUESTS is where the programs find their libraries.
program() { # NAME KIND
	case $2 in
	static) kind='-fno-pie -static' file=$out/$1 ;;
	pie) kind='-fPIE -static-pie' file=$out/$1-pie ;;
	# as README.md makes small programs: the table of entries is among other code
	packed) kind='-fno-pie -static -s -Wl,--gc-sections,-z,noseparate-code,-z,norelro,--build-id=none'
		file=$out/$1-packed ;;
	esac
	flags='-Os -g -Wall -Wextra -Wshadow -Wundef -Wpointer-arith -Wno-unused-function'
	# exceptions that pass run what a handler has to run; the functions come from libgcc_s
	case $1 in
	catch) compile="$cxx -std=c++17 $flags -Wno-shadow" source=$1.cc ;;
	throw | cancel) compile="$CC -std=c11 -fexceptions $flags" source=$1.c ;;
	*) compile="$CC -std=c11 $flags" source=$1.c ;;
	esac
	$compile -I"$root/include" -I"$root/arch" -I"$root/arch/$MACHINE" \
		-ffreestanding -fno-builtin -fno-stack-protector $loops \
		-fasynchronous-unwind-tables -Wl,--eh-frame-hdr $bare $kind -nostdlib -DGUESTS="\"$out/\"" \
		-DCLONE_H="\"../link/clone-$MACHINE.h\"" \
		-DEMULATED=$([ -n "$EXEC" ] && echo 1 || echo 0) "$here/$source" "$BUILD/libbaredl.a" $runtime -o "$file"
}

guests() { # PROGRAM
	case $1 in
	alone)
		$CC -O1 -g -shared -fPIC -Wall -Wextra -nostdlib -ffreestanding -fno-stack-protector \
			-o "$out/caller.so" "$here/guests/caller.c"
		;;
	throw | catch)
		[ -e "$out/libthrow.so" ] && [ "$out/libthrow.so" -nt "$here/guests/throw.cc" ] ||
			$cxx -O1 -g -shared -fPIC -Wall -Wextra -o "$out/libthrow.so" "$here/guests/throw.cc"
		;;
	esac
}

# ---- what is here

# The folders where the program's ld.so will look: the machine's, or the emulator's.
fetched=$root/build/freestanding/$MACHINE
has() { # LIBRARY...: one of them
	sysroot=$(echo "$EXEC" | sed -n 's/.*-L *\([^ ]*\).*/\1/p')
	for library; do
		for folder in "lib/$MACHINE-linux-gnu" "usr/lib/$MACHINE-linux-gnu" lib64 usr/lib64 lib usr/lib; do
			[ ! -e "$sysroot/$folder/$library" ] || return 0
		done
		if [ -n "$EXEC" ] && [ -e "$fetched/$library" ]; then return 0; fi
	done
	return 1
}
missing() { # PROGRAM: the reason why it cannot run
	case $1 in
	zlib) libraries=libz.so.1 ;;
	sqlite) libraries=libsqlite3.so.0 ;;
	expat) libraries=libexpat.so.1 ;;
	xml2) libraries=libxml2.so.2 ;;
	curl) libraries='libcurl.so.4 libcurl-gnutls.so.4' ;;
	trace) libraries=libgcc_s.so.1 ;;
	throw | catch)
		command -v "${cxx%% *}" >/dev/null || { echo "no C++ compiler"; return; }
		libraries=libstdc++.so.6
		;;
	*) return ;;
	esac
	has $libraries || echo "no ${libraries%% *}"
}

# ---- running

start() { # PROGRAM
	case ${1##*/} in
	gone | gone-*)
		cp "$1" "$1-copy.$$" && mv "$1-copy.$$" "$out/gone-copy" && set -- "$out/gone-copy"
		;;
	esac
	# found by a relative name, too
	if [ -z "$EXEC" ] && [ "${1##*/}" = hard-pie ]; then
		(cd "$out" && ./hard-pie)
	elif [ -n "$EXEC" ] && [ -z "$musl" ]; then
		LD_LIBRARY_PATH=$fetched $EXEC "$1"
	else
		$EXEC "$1"
	fi </dev/null
}

# What the kernel is asked for: nothing writable and executable, no file to write to, no other
# process. (That of a whole program is ../strace.sh's.)
calls() {
	command -v strace >/dev/null || { echo "ok 0 - calls # SKIP no strace"; return; }
	strace -f -o "$out/calls.log" true 2>/dev/null ||
		{ echo "ok 0 - calls # SKIP strace may not trace here"; return; }
	program million static >"$out/calls.log" 2>&1
	strace -f -o "$out/calls.log" "$out/million" 'million: distinct' >/dev/null 2>&1 </dev/null
	wrong=$(awk '
		{ call = $0; sub(/^[0-9]+ +/, "", call); name = call; sub(/\(.*/, "", name) }
		name == "mremap" && call ~ /DONTUNMAP/ || name == "mmap" && call ~ /PROT_EXEC/ { copies++ }
		name ~ /^(mmap|mprotect|pkey_mprotect)$/ && call ~ /PROT_WRITE/ && call ~ /PROT_EXEC/ ||
		name == "shmat" && call ~ /SHM_EXEC/ || name ~ /^(memfd_create|creat|vfork|clone3|execveat)$/ ||
		name ~ /^open/ && call ~ /O_(WRONLY|RDWR|CREAT|TRUNC|TMPFILE)/ { print call }
		END { if (copies < 50) print copies + 0, "copies of the entries only" }' "$out/calls.log")
	if [ -z "$wrong" ]; then
		echo "ok 0 - calls: 20,000 callbacks ask for nothing writable and executable, and write no file"
	else
		printf '%s\n' "$wrong" | sed 's/^/# /'
		echo "not ok 0 - calls: 20,000 callbacks ask for nothing writable and executable, and write no file"
	fi
}

# The lines of all programs under one plan; a test that was skipped with its reason.
number() {
	awk '
		/^# skipped: / { reason = substr($0, 12) }
		/^ok .*# SKIP$/ { $0 = $0 " " reason }
		/^ok / { n++; sub(/^ok [0-9]+/, "ok " n) }
		/^not ok / { n++; bad++; sub(/^not ok [0-9]+/, "not ok " n) }
		/^1\.\./ { next }
		{ print; fflush() }
		END { print "1.." n + 0; exit bad > 0 || !n }'
}

{
	for test; do
		if [ "$test" = calls ]; then
			[ -n "$EXEC" ] || calls
			continue
		fi
		reason=$(missing "$test")
		case "$EXEC:$test" in
		:*) ;;
		*:expat | *:xml2 | *:curl) # ../freestanding/fetch.sh does not fetch these
			[ -z "$reason" ] || { echo "# $test: $reason for $MACHINE"; continue; }
			;;
		esac
		if [ -n "$reason" ]; then
			echo "ok 0 - $test # SKIP $reason"
			continue
		fi
		kinds='static pie'
		case $test in hard | gone) kinds='static pie packed' ;; esac
		for kind in $kinds; do
			name=$test-$kind
			[ $kind != static ] || name=$test
			rm -f "$out/$name"
			{ guests "$test" && program "$test" $kind; } >"$out/$name.log" 2>&1
			if [ $? != 0 ] || grep -q warning: "$out/$name.log"; then
				sed 's/^/# /' "$out/$name.log"
				echo "not ok 0 - $name: builds without a warning"
				continue
			fi
			echo "# $name"
			start "$out/$name"
			status=$?
			[ $status -le 1 ] || echo "not ok 0 - $name: exit status $status"
		done
	done
} 2>&1 | number
