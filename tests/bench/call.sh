#!/bin/sh
# What calls cost whose signature is known only at run time, and callbacks: bdl_call,
# bdl_invoke, bdl_callback_new against the same call by C through a PLT, the least that
# a call from data can do (call/floor.S), libffi, and dyncall and LuaJIT where they
# are. x86-64.
#
# usage: [MACHINE=x86_64] [BUILD=build/x86_64] [CC=gcc] [PEERS=PREFIX] tests/bench/call.sh
# after `make`. PREFIX/include and PREFIX/lib may have a dyncall, or another libffi.
# Figures are lines that begin with "figure:". The status is 0 whether or not they are
# met. What this machine lacks is a line "absent: NAME".
cd "$(dirname "$0")/../.." || exit 1
: "${CC:=gcc}" "${MACHINE:=$(uname -m)}" "${BUILD:=build/$MACHINE}" "${PEERS:=}"
lib=$BUILD/libbaredl.a
src=tests/bench/call
work=$BUILD/tests/bench-call
rows='ii dd i6 mix10 s16 callback make' # see call.h
runs='1 2 3 4 5' rounds=5 ms=3          # of all cases; runs, for addresses matter
steps=20                                # calls that are counted

die() { echo "bench-call: $*" >&2; exit 1; }

[ "$MACHINE" = x86_64 ] && [ "$(uname -m)" = x86_64 ] || die "for x86-64, on x86-64"
[ -e "$lib" ] || die "needs $lib: run make"
mkdir -p "$work" || exit 1

# ---- The program: all sides in one, so that they can be measured in turn

flags="-std=gnu11 -O2 -Wall -Wextra -fPIE -fplt"
rpath=$PWD/$work
case $work in /*) rpath=$work ;; esac
prefix=
if [ -n "$PEERS" ]; then
	prefix="-I$PEERS/include -L$PEERS/lib"
	rpath=$PEERS/lib:$rpath
	export PKG_CONFIG_PATH="$PEERS/lib/pkgconfig"
fi

link() { # PROGRAM OBJECT... [FLAG...]
	program=$1
	shift
	$CC -pie -Wl,-z,now "-Wl,-rpath,$rpath" -o "$program" "$@" "$work/libtarget.so"
}

$CC -std=gnu11 -O2 -fwrapv -fPIC -shared -nostdlib -Wl,-soname,libtarget.so \
	"$src/target.c" -o "$work/libtarget.so" || die "cannot compile target.c"
objects=
for unit in main.c plt.c floor.c floor.S block.c prepared.c; do
	$CC $flags -Iinclude -c "$src/$unit" -o "$work/$unit.o" ||
		die "cannot compile $unit"
	objects="$objects $work/$unit.o"
done

# peer NAME UNIT LIBRARIES [FLAG...]: one more side, if this machine has it.
libraries=
peer() {
	name=$1 unit=$2 libs=$3
	shift 3
	if $CC $flags $prefix "$@" -c "$src/$unit" -o "$work/$unit.o" 2>"$work/log" &&
		link "$work/probe" "$work/main.c.o" "$work/$unit.o" $prefix $libs \
			2>>"$work/log"; then
		objects="$objects $work/$unit.o" libraries="$libraries $libs"
	else
		echo "absent: $name"
		return 1
	fi
}
version() { echo "$1 $(pkg-config --modversion "$1" 2>/dev/null || echo '?')"; }

peer libffi-plan libffi.c -lffi -DPLAN || peer libffi libffi.c -lffi
peer dyncall dyncall.c '-ldyncall_s -ldyncallback_s'
peer luajit luajit.c "$(pkg-config --libs luajit 2>/dev/null || echo -lluajit-5.1)" \
	$(pkg-config --cflags luajit 2>/dev/null || echo -I/usr/include/luajit-2.1)
link "$work/calls" $objects "$lib" $prefix $libraries || die "cannot link the program"
"$work/calls" list >"$work/cases" || exit 1
$CC -O2 tests/tools/stepcount.c -o "$work/stepcount" || exit 1

# ---- Measuring

# counted SIDE ROW N: the instructions of N calls and what is around them
counted() { "$work/stepcount" "$work/calls" step "$1" "$2" "$3" 2>>"$work/log"; }

# A loop of Lua is not counted: it is compiled after a number of rounds.
: >"$work/log"
while read -r side row; do
	[ "$side" != luajit ] || continue
	few=$(counted "$side" "$row" $steps) more=$(counted "$side" "$row" $((2 * steps)))
	[ -z "$few" ] || [ -z "$more" ] ||
		echo "$side $row $few $more" | awk -v n=$steps '{ print $1, $2, ($4 - $3) / n }'
done <"$work/cases" >"$work/instructions"
[ ! -s "$work/log" ] || echo "not counted: $(tail -n 1 "$work/log")"

for run in $runs; do
	"$work/calls" time $rounds $ms || exit 1
done >"$work/rounds"
for row in $rows; do
	awk -v row="$row" '$2 == row { print $1, $3, 0, 0, "same" }' "$work/rounds" |
		awk -v own=prepared -f tests/bench/link/median.awk |
		awk -v row="$row" '{ print $1, row, $2, $5, $6, $7 }'
done >"$work/times"

# value FILE SIDE ROW COLUMN
value() {
	awk -v side="$2" -v row="$3" -v column="$4" '
		$1 == side && $2 == row { print $column; found = 1 }
		END { if (!found) print "none" }' "$work/$1"
}

# table FILE COLUMN FORMAT TITLE: a line a side, a column a row
table() {
	awk -v rows="$rows" -v column="$2" -v format="$3" -v title="$4" '
		!($1 in seen) { seen[$1] = 1; sides[++count] = $1 }
		{ cell[$1, $2] = sprintf(format, $column) }
		END {
			columns = split(rows, row)
			printf "%-15s", title
			for (c = 1; c <= columns; c++) printf "%10s", row[c]
			print ""
			for (s = 1; s <= count; s++) {
				printf "  %-13s", sides[s]
				for (c = 1; c <= columns; c++)
					printf "%10s", (sides[s], row[c]) in cell ? cell[sides[s], row[c]] : "-"
				print ""
			}
		}' "$work/$1"
}

# figure NAME VALUE UNIT LIMIT: the value must be at most the limit, and a number.
figure() {
	echo "$2 $4" | awk -v name="$1" -v unit="$3" '{
		print "figure:", name, $1, unit, "<=", $2,
			($1 ~ /^[0-9]/ && $1 + 0 <= $2 + 0 ? "met" : "short") }'
}

# ratio NAME PEER ROW LIMIT: of the prepared call to the peer's
ratio() {
	over=$(value times "$2" "$3" 4)
	[ "$over" = none ] || over=$(printf %.3f "$over")
	figure "$1.$2" "$over" ratio "$4"
}

# ---- Figures

echo "Each call with its loop and the function called: tests/bench/call/target.c."
echo "Peers, if not absent: $(version libffi), dyncall, $(version luajit)."
table instructions 3 %g instructions
table times 3 %.2f "ns, median"
table times 4 %.3f "prepared / it"

while read -r row limit; do
	case $row in
	callback | make) name=call.$row ;;
	*) name=call.prepared.$row ;;
	esac
	figure "$name" "$(value instructions prepared "$row" 3)" instructions "$limit"
	[ $row != make ] || continue
	ratio "$name" libffi "$row" 0.3
	[ "$(value times dyncall "$row" 3)" = none ] || ratio "$name" dyncall "$row" 0.5
done <<END
ii 55
dd 55
i6 80
mix10 130
s16 80
callback 60
make 100
END
for row in ii dd i6 mix10 s16; do
	floor=$(value instructions floor $row 3)
	figure call.block.$row "$(value instructions block $row 3)" instructions \
		"$(awk -v floor="$floor" 'BEGIN { print 1.2 * floor }')"
done

# ---- Size

bare=$(sed -n 's/^ARCH_CFLAGS *:*= *//p' "arch/$MACHINE/arch.mk")
$CC -std=c11 -Os $bare -ffreestanding -fno-stack-protector -Iinclude -static -nostdlib \
	-Wl,--gc-sections examples/signature/signature.c "$lib" -Wl,-Map="$work/map" \
	-o "$work/signature" || die "cannot link examples/signature"
sed 's/libbaredl\.a(call\.o)/calls(call.o)/' "$work/map" >"$work/map.calls"
set -- $(awk -v archive=calls -f tests/bench/linked-size.awk "$work/map.calls")
echo "signatures and callbacks, as examples/signature has them: $1 bytes of code and constants"
