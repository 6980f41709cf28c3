#!/bin/sh
# Every shared object of this machine, opened by baredl's own linker and by the
# system's ld.so: the exported names, their versions and where they lie must be
# the same, and so must what the object's own references are bound to. peer.c asks
# ld.so, own.c asks baredl, each object in processes of its own; the C library
# itself stays the resident's (BDL_USE_RESIDENT).
#
# What became of each object is in $BUILD/tests/everything/list, a line each:
#	loaded PATH N and M	N look-ups and M references, all the same
#	differs PATH WHAT	another answer: the first one, < ld.so's, > ours
#	binds PATH WHAT		the same answers, but a reference bound to something else
#	failed PATH WHY		baredl cannot open it, but ld.so can
#	crashed PATH HOW	killed, ended, hung, or so when it was closed
#	skipped PATH WHY	not counted: a part of the C library
#	refused PATH WHY	not counted: the system cannot open it either
#
# usage: run.sh [OBJECT...]; MACHINE, BUILD, EXEC and CC as tests/all.sh sets them
set -u
: "${MACHINE:?}" "${BUILD:?}" "${EXEC=}" "${CC:=gcc}"
tests=$(cd "$(dirname "$0")/.." && pwd) || exit 1
BUILD=$(cd "$BUILD" && pwd) || exit 1
out=$BUILD/tests/everything limit=20

ask() { # peer|own PATH: its status; the list in $work/$1, messages in $work/$1.error
	timeout -k 2 $limit $EXEC "$out/$1" "$2" \
		3>"$work/$1" >/dev/null 2>"$work/$1.error" </dev/null
}
whole() { grep -qx end "$work/$1"; }
closed() { [ "$(tail -n 1 "$work/$1")" = closed ]; }
# The part of a list that begins with the word slot, or that does not.
symbols() { sed '/^slot \|^end$/,$d' "$work/$1"; }
slots() { grep '^slot ' "$work/$1"; }
different() { # 0 if they are, and $work/diff says how
	symbols peer >"$work/a"
	symbols own >"$work/b"
	! diff "$work/a" "$work/b" >"$work/diff"
}
# Under ld.so libc is in the global scope, before what an object or its libraries define
# of the same name; beside a host that has its own it is not.
differently_bound() {
	slots peer >"$work/a"
	slots own >"$work/b"
	awk 'NR == FNR { ours[$2] = $4; next }
		index($4, "libc.so.6+") == 1 && ours[$2] ~ /\+/ { $4 = ours[$2] }
		{ print }' "$work/b" "$work/a" >"$work/c"
	! diff "$work/c" "$work/b" >"$work/diff"
}
first_difference() {
	echo "$(grep -c '^[<>]' "$work/diff") lines: $(grep '^<' "$work/diff" | head -n 1)" \
		"$(grep '^>' "$work/diff" | head -n 1)"
}
message() { tr '\n' ' ' <"$work/$1.error" | cut -c 1-300; }
how() { # STATUS
	case $1 in
	124 | 137) echo "no end after $limit s" ;;
	*) if [ "$1" -gt 128 ]; then echo "signal $(($1 - 128))"; else echo "exit status $1"; fi ;;
	esac
}

# One that is opened, but not by baredl's own linker, must be in here.
of_libc() {
	case ${1##*/} in
	ld-linux* | ld-musl* | libc.so.* | libm.so.* | libmvec.so.* | libpthread.so.* | libdl.so.* | \
		librt.so.* | libutil.so.* | libanl.so.* | libresolv.so.* | libBrokenLocale.so.* | \
		libnss_files.so.* | libnss_dns.so.* | libnss_compat.so.* | libnss_hesiod.so.* | \
		libnsl.so.1 | libthread_db.so.* | libc_malloc_debug.so.* | libmemusage.so | \
		libpcprofile.so) return 0 ;;
	esac
	return 1
}

judge() { # PATH: one line for the list
	case ${1##*/} in ld-linux* | ld-musl*) echo "skipped $1 it is the one that is asked"; return ;; esac
	ask peer "$1"
	ours=0 theirs=$?
	whole peer || { echo "refused $1 $(how $theirs) $(message peer)"; return; }
	ask own "$1" || ours=$?
	if [ $ours = 4 ] && of_libc "$1"; then
		echo "skipped $1 the resident's"
	elif [ $ours = 3 ] || [ $ours = 4 ]; then
		echo "failed $1 $(message own)"
	elif ! whole own; then
		echo "crashed $1 $(how $ours) $(message own)"
	elif different; then
		echo "differs $1 $(first_difference)"
	elif closed peer && ! closed own; then
		echo "crashed $1 at bdl_close: $(how $ours) $(message own)"
	elif [ $theirs = 0 ] && [ $ours != 0 ]; then
		echo "crashed $1 at exit: $(how $ours) $(message own)"
	elif differently_bound; then
		echo "binds $1 $(first_difference)"
	else
		echo "loaded $1 $(symbols own | wc -l) and $(slots own | wc -l)"
	fi
}

# ---- the part that xargs runs, several at once

if [ "${1-}" = --judge ]; then
	shift
	. "$tests/tap.sh"
	ulimit -c 0
	HOME=$work TMPDIR=$work LC_ALL=C
	export HOME TMPDIR LC_ALL
	unset DISPLAY DBUS_SESSION_BUS_ADDRESS
	cd "$work" || exit 1
	for object; do judge "$object" >"$work/line"; cat "$work/line" >>"$list"; done 2>/dev/null
	exit
fi

# ---- the whole

. "$tests/tap.sh"
mkdir -p "$out" || exit 1
cd "$tests/.." || exit 1
warn='-std=c11 -O2 -g -Wall -Wextra -Wshadow -Wno-unused-function'
$CC $warn -Iinclude tests/everything/peer.c -o "$out/peer" -ldl >"$work/log" 2>&1 &&
	$CC $warn -Iinclude -Itests -Iarch -Iarch/"$MACHINE" -ffreestanding -fno-builtin \
		-fno-stack-protector -fasynchronous-unwind-tables -Wl,--eh-frame-hdr -fno-pie \
		-static -nostdlib tests/everything/own.c "$BUILD/libbaredl.a" -o "$out/own" \
		>>"$work/log" 2>&1
[ $? = 0 ] || { sed 's/^/# /' "$work/log"; result 1 'builds'; finish; }

# No network for constructors, if this machine lets us.
apart=
for way in 'unshare -n' 'unshare -rn'; do
	$way true 2>/dev/null && { apart=$way; break; }
done

list=$out/list
export list MACHINE BUILD EXEC CC
: >"$list"

judge_all() { # reads paths
	$apart xargs -P "$(nproc)" -n 8 sh "$tests/everything/run.sh" --judge
}
objects() { # DIRECTORY: its shared objects, each file once
	find "$1" -maxdepth 1 -type f -name '*.so*' -size +0 | while read -r file; do
		case $(head -c 4 "$file" | tr -d '\0') in ?ELF) echo "$file" ;; esac
	done
}

if [ $# -gt 0 ]; then
	printf '%s\n' "$@" | judge_all
elif [ -z "$EXEC" ]; then
	objects "/usr/lib/$MACHINE-linux-gnu" | judge_all
else
	# The sysroot of this run, and of other releases what is no older than the
	# libc that peer was linked with. ld.so and libc come from there, too.
	emulator=${EXEC%% *}
	for root in "${EXEC#* -L }" build/guests/glibc-bookworm-arm64 build/guests/glibc-trixie-arm64 \
		build/guests/glibc-forky-arm64 build/guests/glibc-experimental-arm64; do
		case $MACHINE-$root in aarch64-* | *-/usr/*) ;; *) continue ;; esac
		[ -d "$root" ] || continue
		root=$(cd "$root" && pwd) gconv=
		# many, but small and all alike: once is enough
		case $root in *bookworm*) gconv=$root/usr/lib/$MACHINE-linux-gnu/gconv ;; esac
		EXEC="$emulator -L $root"
		for directory in "$root/lib" "$root/usr/lib/$MACHINE-linux-gnu" $gconv; do
			[ -d "$directory" ] || continue
			objects "$directory"
		done | sed "s|^$root||" >"$work/objects"
		: >"$list.part"
		list=$list.part judge_all <"$work/objects"
		sed "s|^\([a-z]*\) |\1 $root|" "$list.part" >>"$list"
		rm -f "$list.part"
	done
fi
LC_ALL=C sort -o "$list" "$list"

number() { grep -c "^$1 " "$list"; }
shown() { # KIND...: those in the list, as comments
	for kind; do grep "^$kind " "$list"; done | cut -c 1-400 | sed 's/^/# /'
}
differs=$(number differs) binds=$(number binds) failed_=$(number failed) crashed=$(number crashed)
opened=$(($(number loaded) + binds + differs))
all=$((opened + failed_ + crashed))
sum() { awk -v field="$1" '/^loaded / { n += $field } END { print n + 0 }' "$list"; }
echo "# $all objects; not counted: $(number skipped) of the C library, $(number refused) refused by the system"
[ "$differs" = 0 ] && [ "$opened" -gt 0 ]
result $? "$((opened - differs)) objects, same symbols: $(sum 3) look-ups"
shown differs
[ "$binds" = 0 ]
result $? "$(number loaded) objects, same references: $(sum 5)"
shown binds
[ $((opened * 100)) -ge $((all * 95)) ] && [ "$all" -gt 0 ]
result $? "at least 95 % of those that the system itself can open load: $opened of $all"
shown failed
[ "$crashed" = 0 ]
result $? 'no crash'
shown crashed
if [ $# = 0 ] && [ -z "$EXEC" ]; then
	if [ "$all" -ge 300 ]; then
		result 0 'at least 300 objects'
	else
		result 0 'at least 300 objects # SKIP tests/setup.sh installs more'
	fi
fi
finish
