#!/bin/sh
# The programs named in tests/guests/list work with every C library that
# tests/guests/fetch.sh has fetched: one check for each guest and program.
#
# Without an emulator a guest is entered by chroot, in a private mount
# namespace. It has no ld.so.cache, no /bin/sh and nothing of this system but
# /proc, /dev and the programs, so no other libc can be found there. With one
# ($EXEC, e.g. `qemu-aarch64 -L DIR`) the guest takes DIR's place.
#
# GUESTS  the folder that they are in (build/guests)
set -u
: "${MACHINE:?}" "${EXEC=}"
build=${BUILD:-build/$MACHINE}
guests=${GUESTS:-build/guests}
here=$(dirname "$0")

skip() { echo "1..0 # SKIP $*"; exit 77; }
case $MACHINE in
x86_64) arch=amd64 ;;
aarch64) arch=arm64 ;;
*) skip "no guests for $MACHINE" ;;
esac
set -- "$guests"/*-"$arch"/.guest
[ -e "$1" ] || skip "no $arch guests in $guests: tests/guests/fetch.sh gets them"

if [ -z "$EXEC" ] && [ -z "${INSIDE-}" ]; then
	for namespace in 'unshare -Urm' 'unshare -m'; do
		$namespace true 2>/dev/null && INSIDE=1 exec $namespace sh "$0"
	done
	skip "no private mount namespace can be made here"
fi

out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT
trap 'exit 130' INT TERM
count=0 failed=0

check() { # GUEST PROGRAM STATUS: one line of TAP, and on failure the output
	count=$((count + 1))
	case $3 in
	0) echo "ok $count - $1 $2" ;;
	77) echo "ok $count - $1 $2 $(sed -n 's/^1\.\.0 *//p' "$out")" ;;
	*)
		failed=1
		echo "not ok $count - $1 $2 (exit status $3)"
		sed 's/^/#   /' "$out"
		;;
	esac
}

# Did the guest's own libc run? $out is what tests/resident said of it. musl does
# not tell its version: there it is enough that it was musl.
is_own() { # KIND VERSION INTERPRETER
	for fact in "kind $1" "interpreter $3" "version ${2%%-*}"; do
		case $fact in version*) [ "$1" = glibc ] || continue ;; esac
		grep -qxF "# $fact" "$out" || { echo "expected: # $fact" >>"$out"; return 1; }
	done
}

for guest; do
	root=${guest%/.guest}
	IFS='	' read -r name _ kind version interpreter _ <"$guest"
	if [ -n "$EXEC" ]; then
		EXEC="${EXEC%% *} -L $root" # programs that run themselves again need it
		export EXEC
		run="$EXEC $build/"
	else
		mkdir -p "$root/proc" "$root/dev" "$root/build" &&
			mount --rbind /proc "$root/proc" && mount --rbind /dev "$root/dev" &&
			mount --bind "$build" "$root/build" || exit 1
		run="chroot $root /build/"
	fi
	for program in $(sed 's/#.*//' "$here/guests/list"); do
		timeout -k 5 30 $run$program >"$out" 2>&1 </dev/null
		status=$?
		[ $status != 0 ] || [ "$program" != tests/resident ] ||
			is_own "$kind" "$version" "$interpreter" || status="0, but not this libc"
		check "$name" "$program" "$status"
	done
done
echo "1..$count"
exit $failed
