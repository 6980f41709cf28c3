#!/bin/sh
# A call through a bound import executes exactly as many instructions as the
# same call through a PLT.
#
# One object file, caller.o, calls functions of lib.so between two int3. It is
# linked into a static program (bound.c: imports) and into an ordinary dynamic
# one (plt.c, -z now), and tools/stepcount counts what runs between the two.
# With -fcf-protection=branch both ways have a landing pad, else neither.
#
# usage: [MACHINE=x86_64] [BUILD=build/x86_64] [CC=gcc] tests/plt-cost.sh
cd "$(dirname "$0")/.." || exit 1
: "${CC:=gcc}" "${MACHINE:=$(uname -m)}" "${BUILD:=build/$MACHINE}"
src=tests/plt-cost
work=$BUILD/tests/plt-cost
n=0 bad=0

skip() { echo "1..0 # SKIP $*"; exit 77; }
note() { sed 's/^/# /'; }
result() { # STATUS TEXT
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		bad=1
		echo "not ok $n - $2"
	fi
}

[ "$MACHINE" = x86_64 ] || skip "counts single steps on x86_64 only, not $MACHINE"
[ "$(uname -m)" = x86_64 ] || skip "this machine is $(uname -m), and cannot step x86_64"
mkdir -p "$work" || exit 1
$CC -O2 tests/tools/stepcount.c -o "$work/stepcount" || exit 1
"$work/stepcount" -w true >"$work/log" 2>&1
[ $? = 77 ] && skip "$(tail -n 1 "$work/log")"

# build DIR HEADERS COMPILER MODE: DIR/bound, DIR/plt and DIR/lib.so
build() {
	mkdir -p "$1" || return
	protection=-fcf-protection=$4
	flags="-std=c11 -O2 -ffreestanding -fno-stack-protector -fPIE -fplt $protection"
	ibtplt=
	[ "$4" = branch ] && ibtplt=-Wl,-z,ibtplt
	for unit in caller bound plt; do
		$3 $flags "-I$2" -c $src/$unit.c -o "$1/$unit.o" || return
	done
	$3 $flags -fPIC -shared -nostdlib -Wl,-soname,lib.so $src/lib.c -o "$1/lib.so" &&
	$3 -pie -Wl,-z,now $ibtplt "$1/caller.o" "$1/plt.o" "$1/lib.so" -o "$1/plt" &&
	$3 -static -nostdlib "$1/caller.o" "$1/bound.o" "$BUILD/libbaredl.a" -o "$1/bound"
}

# count DIR PROGRAM FUNCTION
count() { LD_LIBRARY_PATH=$1 "$work/stepcount" "$1/$2" "$3" 2>>"$work/log"; }

# how_called DIR FUNCTION: "call SECTION PAD" if the dynamic program calls it
# through an entry of a PLT: the section's name, and whether it has endbr64.
how_called() {
	$objdump -d --no-show-raw-insn "$1/plt" | awk -v f="<$2@plt>" '
		/^Disassembly of section/ { section = $4; sub(":", "", section) }
		entry { pad = $2 == "endbr64" ? "endbr64" : "none"; entry = 0 }
		$2 == f ":" { plt = section; entry = 1 }
		$2 ~ /call/ && $NF == f { call = "call" }
		END { print call, plt, pad }'
}

# compare DIR FUNCTION SIGNATURE COMPILER MODE
compare() {
	: >"$work/log"
	import=$(count "$1" bound "$2") plt=$(count "$1" plt "$2")
	case $5,$(how_called "$1" "$2") in
	none,call\ .plt*\ none | branch,call\ .plt*\ endbr64) ;;
	*)
		echo "not through a comparable PLT: $(how_called "$1" "$2")" >>"$work/log"
		plt= ;;
	esac
	[ -n "$import" ] && [ "$import" = "$plt" ]
	result $? "f($3): import ${import:-?} instructions, PLT ${plt:-?} ($4, cf-protection $5)"
	note <"$work/log"
}

compilers=$CC
for other in gcc clang; do
	[ "$CC" = $other ] || ! command -v $other >/dev/null || compilers="$compilers
$other"
done

IFS='
'
for compiler in $compilers; do
	unset IFS
	objdump=$($compiler -print-prog-name=objdump)
	for mode in none branch; do
		dir=$work/$(echo "$compiler" | tr -c 'A-Za-z0-9\n' _)-$mode
		if ! build "$dir" include "$compiler" $mode >"$work/log" 2>&1; then
			result 1 "build with $compiler, cf-protection $mode"
			note <"$work/log"
			continue
		fi
		compare "$dir" add 'int, int' "$compiler" $mode
		compare "$dir" mul 'double, double' "$compiler" $mode
		compare "$dir" ten '10 longs, 4 on the stack' "$compiler" $mode
		compare "$dir" sum 'const char *, ...' "$compiler" $mode
	done
done

# A test that cannot fail proves nothing: one nop more in each import is seen.
sed 's/"jmp \*bdl_slot_/"nop\\n\\t" &/' include/baredl.h >"$work/baredl.h"
build "$work/planted" "$work" "$CC" none >"$work/log" 2>&1
import=$(count "$work/planted" bound add) plt=$(count "$work/planted" plt add)
[ -n "$import" ] && [ "$import" = "$((plt + 1))" ]
result $? "one nop planted in the import is counted: import ${import:-?}, PLT ${plt:-?}"
[ $bad = 0 ] || note <"$work/log"

echo "1..$n"
exit $bad
