#!/bin/sh
# run.sh [-v] [NAME...]  the cases, by baredl's own linker and by the machine's
# run.sh --peer [NAME...]  what the machine's linker does in them, to be read
# run.sh --table           the table of ../README.md
#
# A case (../README.md tells its form) is built with every tool that is here: gcc (which
# is $CC) with its linker, the same with gold, clang with lld. Both drivers then run
# its script, and their texts must be equal. Then once more: gcc's libraries opened
# from memory, clang's from a descriptor, gold's by a position-independent program.
# -v shows the commands that build.
#
# MACHINE, BUILD, CC, EXEC   as for the other scripts; all may be absent
# JOBS                       cases at a time (2)
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 1
root=${here%/tests/link}
: "${CC:=gcc}" "${EXEC=}" "${JOBS:=2}" "${VERBOSE=}"
: "${MACHINE:=$($CC -dumpmachine | sed 's/-.*//')}"
: "${BUILD:=$root/build/$MACHINE}"
case $BUILD in /*) ;; *) BUILD=$(cd "$root" && mkdir -p "$BUILD" && cd "$BUILD" && pwd) ;; esac
out=$BUILD/tests/link
export MACHINE BUILD CC EXEC VERBOSE

# ---- the tools -----------------------------------------------------------------

tool_cc() { # TOOL: the command that compiles and links with it
	case $1 in
	gcc) echo "$CC" ;;
	gold) echo "$CC -fuse-ld=gold" ;;
	clang) echo "clang --target=$MACHINE-linux-gnu -fuse-ld=lld" ;;
	esac
}

links() { # COMMAND...: whether it makes a library without a warning
	said=$(echo 'int links;' | "$@" -shared -fPIC -nostdlib -x c -o "$out/probe.$$" - 2>&1)
	set -- $?
	rm -f "$out/probe.$$"
	[ "$1" = 0 ] && [ -z "$said" ]
}

tools_here() {
	for tool in gcc clang gold; do
		if links $(tool_cc $tool); then echo $tool; fi
	done
}

# ---- one case --------------------------------------------------------------------

# Splits a case: build and script, and its files, into the current folder.
split() { # CASE
	awk '
		/^--- / { to = $2; printf "" >to; next }
		to { print >to; next }
		/^#/ || /^$/ { next }
		/^(so|plain|sh|edit|has|lacks|only|if|tools|needs|peer|mode|env|nomemory)( |$)/ { print >"build"; next }
		{ print >"script" }' "$1"
}

make_library() { # KIND FILE WORD...
	kind=$1 file=$2 soname=-Wl,-soname,${2##*/} rpath='-Wl,-rpath,$ORIGIN,--enable-new-dtags'
	shift 2
	flags=
	for w; do
		case $w in
		"$MACHINE":*) w=${w#*:} ;;
		x86_64:* | aarch64:*) continue ;;
		esac
		case $w in
		nosoname) soname= && continue ;;
		norpath) rpath= && continue ;;
		"$tool":*) w=${w#*:} ;;
		gcc:* | clang:* | gold:*) continue ;;
		esac
		flags="$flags $w"
	done
	with=$(tool_cc "$tool")
	case $kind in
	so) kind="-nostdlib -ffreestanding -fno-builtin -fno-stack-protector" ;;
	plain) # as programmers do, with crt files and libc
		kind=
		case $flags in *.cc*) with=$(echo "$with" | sed 's/gcc/g++/; s/^clang/clang++/') ;; esac ;;
	esac
	set -- $with -shared -fPIC -O1 -w -fsemantic-interposition -Wl,--no-as-needed -include "$here/guest.h" $kind \
		-o "$file" $soname $rpath $flags
	[ -z "$VERBOSE" ] || echo "# $*"
	case $file in */*) mkdir -p "${file%/*}" ;; esac
	"$@"
}

shows() { # has|lacks FILE PATTERN: that the case is about what it says
	want=$1 file=$2
	shift 2
	found=lacks
	readelf -hldrsVW "$file" 2>&1 | grep -Eq -- "$*" && found=has
	[ $found = "$want" ] || { echo "$file $found $*" && return 1; }
}

make_all() { # everything that the build file says, in order
	while read -r word rest; do
		case $word in
		so | plain) make_library "$word" $rest || return ;;
		sh) (eval "$rest") || return ;;
		edit) $EXEC "$out/edit" $rest || return ;;
		has | lacks) shows "$word" $rest || return ;;
		esac
	done <build
}

say() { sed -n "s/^$1 *//p" build; } # what the directive says, if it is there

runs() { # OUTPUT DRIVER...: runs it on the script
	to=$1
	shift
	timeout -k 1 20 env $(say env) $EXEC "$@" >"$to" 2>"$to.err"
	echo "exit $?" >>"$to"
}

verdict() { # WANT GOT WHAT
	if cmp -s "$1" "$2"; then echo "ok $3" && return; fi
	echo "not ok $3"
	diff -U 30 "$1" "$2" | sed -n '3,$ s/^/# /p'
	sed 's/^/# stderr: /' "$2.err"
}

one() { # NAME TOOL: TAP without numbers
	dir=$out/$1/$2 case=$here/cases/$1.case tool=$2
	if ! [ "$dir/made" -nt "$case" ] || ! [ "$dir/made" -nt "$here/run.sh" ] || [ -n "$VERBOSE" ]; then
		rm -rf "$dir"
		mkdir -p "$dir"
		cd "$dir" || return
		split "$case"
		touch build script
		for m in $(say only); do [ "$m" = "$MACHINE" ] || { echo "for $m only" >skip; }; done
		case " $(say tools | tr '\n' ' ') " in "  " | *" $tool "* | *" $MACHINE:$tool "*) ;; *) echo "not with $tool" >skip ;; esac
		for f in $(say needs); do
			case $f in "$tool":*) links $(tool_cc "$tool") "${f#*:}" || echo "no ${f#*:}" >skip ;; esac
		done
		(eval "$(say if)") >/dev/null 2>&1 || echo "not so: $(say if)" >skip
		[ -e skip ] || make_all >log 2>&1 || {
			echo "not ok $1 $2: does not build"
			sed 's/^/# /' log
			return
		}
		[ -z "$VERBOSE" ] || cat log
		touch made
	fi
	cd "$dir" || return
	if [ -e skip ]; then return; fi # it cannot be so there: no result
	mode=$(say mode)
	want=expected
	if [ -z "$(say peer)" ]; then
		want=peer.out
		runs $want "$out/peer" script
	fi
	if [ -n "$PEER" ]; then
		echo "== $1 $2"
		cat $want $want.err 2>/dev/null
		return
	fi
	runs own.out "$out/own" script "${mode:-own}"
	verdict $want own.out "$1 $2"
	# once more in another way, a different one for each tool
	case $2 in
	gcc) driver=own more=memory ;;
	clang) driver=own more=descriptor ;;
	gold) driver=own-pie more=${mode:-own} ;;
	esac
	if [ $driver = own ]; then
		if [ -n "$mode" ] || grep -q '^nomemory' build; then return; fi
	fi
	runs more.out "$out/$driver" script "$more"
	verdict $want more.out "$1 $2 ($driver $more)"
}

if [ "${1-}" = --one ]; then
	shift
	for name; do
		for tool in $TOOLS; do one "$name" "$tool"; done >"$WORK/$name.tap" 2>&1
	done
	exit
fi

# ---- the table -------------------------------------------------------------------

table() {
	echo '| case | section | what is observed |'
	echo '|---|---|---|'
	for case in "$here"/cases/*.case; do
		name=${case##*/}
		row="| ${name%.case} |"
		sed -n "1{s/^# \([^:]*\): \(..*\)/$row \1 | \2 |/p;t
			s/.*/$row has no title | |/p;}" "$case"
	done
}

if [ "${1-}" = --table ]; then table && exit; fi

# ---- all -------------------------------------------------------------------------

PEER=
while :; do
	case ${1-} in
	-v) VERBOSE=1 && shift ;;
	--peer) PEER=1 && shift ;;
	*) break ;;
	esac
done
mkdir -p "$out"
TOOLS=${TOOLS:-$(tools_here)}
TOOLS=$(echo $TOOLS)
export PEER TOOLS VERBOSE

build_drivers() {
	inc="-I$root/include -I$root/arch -I$root/arch/$MACHINE"
	warn="-Wall -Wextra -Wno-missing-prototypes"
	$CC -O1 $warn $inc -DPEER -rdynamic "$here/driver.c" -o "$out/peer" -pthread -ldl || return
	$CC -O1 -Wall -Wextra "$here/edit.c" -o "$out/edit" || return
	[ -z "$PEER" ] || return 0
	[ -e "$BUILD/libbaredl.a" ] || { echo "# no $BUILD/libbaredl.a" && return 1; }
	bare="-ffreestanding -fno-builtin -fno-stack-protector -fno-tree-loop-distribute-patterns"
	for kind in "-fno-pie -static" "-fPIE -static-pie"; do
		case $kind in *pie) own="own-pie" ;; *) own="own" ;; esac
		$CC -O1 -std=c11 $warn $inc $bare $kind -nostdlib \
			-DCLONE_H="\"clone-$MACHINE.h\"" "$here/driver.c" \
			"$BUILD/libbaredl.a" -o "$out/$own" || return
	done
}
if ! build_drivers >"$out/drivers.log" 2>&1; then
	sed 's/^/# /' "$out/drivers.log"
	echo "not ok 1 - the drivers build"
	echo "1..1"
	exit 1
fi

if [ $# = 0 ]; then
	whole=1
	set -- $(cd "$here/cases" && ls -- *.case)
else
	whole=
fi
# what a run writes beside the cases' folders, so that two runs do not meet
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
export WORK="$work"
for name; do echo "${name%.case}"; done >"$work/names"
xargs -P "$JOBS" -n 4 sh "$0" --one <"$work/names"
while read -r name; do cat "$work/$name.tap"; done <"$work/names" >"$work/all"
if [ -n "$PEER" ]; then cat "$work/all" && exit; fi

[ -z "$whole" ] || {
	for tool in gcc clang gold; do
		case " $TOOLS " in *" $tool "*) ;; *) echo "ok $tool # SKIP not here" ;; esac
	done
	table >"$work/table"
	sed -n '/^| case /,/^$/{/^|/p}' "$here/../README.md" >"$work/README"
	: >"$work/README.err"
	verdict "$work/table" "$work/README" "tests/README.md lists the cases (run.sh --table)"
} >>"$work/all"
awk '
	/^ok / { n++; print "ok " n " - " substr($0, 4); next }
	/^not ok / { n++; bad++; print "not ok " n " - " substr($0, 8); next }
	{ print }
	END { if (n) print "1.." n; exit bad > 0 || !n }' "$work/all"
