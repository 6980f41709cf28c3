#!/bin/sh
# run.sh [PROGRAM...]  baredl's own linker: threads, thread-local storage, a resident
# that comes late, unwinding, limits, who opens what. See README.md.
#
# Builds guests (libraries) and programs into $BUILD/tests/own and runs the programs,
# each of whose tests is a process of its own; one of them alone:
# $BUILD/tests/own/PROGRAM 'beginning of its name'.
#
# MACHINE, BUILD, CC, EXEC   as for the other scripts; all may be absent
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 1
root=${here%/tests/own}
: "${CC:=gcc}" "${EXEC=}"
: "${MACHINE:=$($CC -dumpmachine | sed 's/-.*//')}"
: "${BUILD:=$root/build/$MACHINE}"
case $BUILD in /*) ;; *) BUILD=$(cd "$root" && mkdir -p "$BUILD" && cd "$BUILD" && pwd) ;; esac
out=$BUILD/tests/own
export MACHINE BUILD CC EXEC
mkdir -p "$out" || exit 1
. "$here/guests.sh"

# arch.mk's, for what is not linked with libgcc
bare=$(sed -n 's/^ARCH_CFLAGS *:*= *//p' "$root/arch/$MACHINE/arch.mk")

# As BARE_TEST in ../tests.mk; GUESTS is where the programs find their libraries.
program() { # NAME SOURCE...
	name=$1
	shift
	for source; do set -- "$@" "$here/$source"; shift; done
	$CC -Os -g -std=c11 -Wall -Wextra -Wshadow -Wundef -Wpointer-arith -I"$root/include" -I"$root/arch" \
		-I"$root/arch/$MACHINE" -ffreestanding -fno-builtin -fno-stack-protector \
		-fno-tree-loop-distribute-patterns -fasynchronous-unwind-tables -Wl,--eh-frame-hdr \
		$bare -Wno-unused-function -fno-pie -static -nostdlib -DGUESTS="\"$out/\"" \
		-DCLONE_H="\"../link/clone-$MACHINE.h\"" -DMACHINE_H="\"signals-$MACHINE.h\"" \
		-DEMULATED=$([ -n "$EXEC" ] && echo 1 || echo 0) "$@" "$BUILD/libbaredl.a" -o "$out/$name"
}

number() { # the lines of all programs under one plan
	awk '
		/^ok / { n++; sub(/^ok [0-9]+/, "ok " n) }
		/^not ok / { n++; bad++; sub(/^not ok [0-9]+/, "not ok " n) }
		/^1\.\./ { next }
		{ print; fflush() }
		END { print "1.." n + 0; exit bad > 0 || !n }'
}

if [ $# = 0 ]; then
	set -- $(cd "$here" && ls ./*.c | sed 's|^./||; s|\.c$||')
fi
{
	for test; do
		{ guests "$test" && program "$test" "$test.c"; } >"$out/$test.log" 2>&1
		if [ $? != 0 ] || grep -q warning: "$out/$test.log"; then
			sed 's/^/# /' "$out/$test.log"
			echo "not ok 0 - $test: builds without a warning"
			continue
		fi
		$EXEC "$out/$test" </dev/null
		status=$?
		[ $status -le 1 ] || echo "not ok 0 - $test: exit status $status"
	done
} 2>&1 | number
