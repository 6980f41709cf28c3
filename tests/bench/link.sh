#!/bin/sh
# What baredl's own linker costs, against the dlopen and dlsym of this machine's
# glibc and musl. x86-64.
#
# usage: [MACHINE=x86_64] [BUILD=build/x86_64] [CC=gcc] [LDFLAGS=] tests/bench/link.sh
# after `make`. Figures are lines that begin with "figure:". The status is 0 whether
# or not they are met. What this machine lacks is a line "absent: NAME".
cd "$(dirname "$0")/../.." || exit 1
: "${CC:=gcc}" "${MACHINE:=$(uname -m)}" "${BUILD:=build/$MACHINE}"
lib=$BUILD/libbaredl.a
src=tests/bench/link
work=$BUILD/tests/bench-link
functions=20000 pointers=100000 # of the large library
pairs=1000                      # of opening and closing

die() { echo "bench-link: $*" >&2; exit 1; }

[ "$MACHINE" = x86_64 ] && [ "$(uname -m)" = x86_64 ] || die "for x86-64, on x86-64"
[ -e "$lib" ] || die "needs $lib: run make"
mkdir -p "$work" || exit 1

# ---- The programs

flags="-std=gnu11 -O2 -Iarch -Iarch/$MACHINE"
$CC $flags -ffreestanding -fno-stack-protector -Iinclude -static -nostdlib $LDFLAGS \
	"$src/open.c" "$lib" -o "$work/baredl" ||
	die "cannot link $src/open.c"
$CC $flags -DPEER "$src/open.c" -o "$work/glibc" ||
	die "cannot compile $src/open.c for glibc"
peers=glibc
if command -v musl-gcc >/dev/null &&
	musl-gcc $flags -DPEER "$src/open.c" -o "$work/musl" 2>"$work/log"; then
	peers="$peers musl"
else
	echo "absent: musl"
fi

# ---- Measuring

# figure NAME VALUE UNIT LIMIT: the value must be at most the limit, and a number.
figure() {
	echo "$2 $4" | awk -v name="$1" -v unit="$3" '{
		print "figure:", name, $1, unit, "<=", $2,
			($1 ~ /^[0-9]/ && $1 + 0 <= $2 ? "met" : "short") }'
}

# measure NAME LIMIT ROUNDS EACH EXPECTED PEERS ARG...: runs `open ARG...` on each
# side in turn, ROUNDS times, after once for the page cache. A run is EACH operations
# and gives EXPECTED ('': the same on all sides). Peers that cannot do it are left out.
measure() {
	name=$1 limit=$2 rounds=$3 each=$4 expected=$5 peers_here=$6 sides= ratio=none
	shift 6
	for side in baredl $peers_here; do
		line=$("$work/$side" "$@" 2>"$work/log")
		if [ -z "$line" ]; then
			why=$(head -n 1 "$work/log")
		elif [ "${line##* }" != "${expected:-${line##* }}" ]; then
			why="wrong result ${line##* }"
		else
			sides="$sides $side"
			continue
		fi
		[ $side = baredl ] && word=failed || word=absent
		echo "$word: $side, link.$name: ${why:-crashed}"
	done

	: >"$work/$name.rounds"
	while [ "$rounds" -gt 0 ]; do
		for side in $sides; do
			echo "$side $("$work/$side" "$@")" >>"$work/$name.rounds"
		done
		rounds=$((rounds - 1))
	done
	awk -v own=baredl -v expected="$expected" -f "$src/median.awk" \
		"$work/$name.rounds" >"$work/$name.table" || die "link.$name: see above"

	while read -r side time faults kib over low high; do
		if [ "$each" -gt 1 ]; then
			printf '  %-7s %9.1f ns' "$side" "$(quotient "$time" "$each")"
		else
			printf '  %-7s %9.1f us, %5d page faults, %7d KiB mapped' \
				"$side" "$(quotient "$time" 1000)" "${faults%.*}" "${kib%.*}"
		fi
		case $side,$over in
		baredl,* | *,0)
			echo
			continue
			;;
		glibc,*) ratio=$(printf %.3f "$over") ;;
		esac
		printf '; baredl/%s %.3f (%.3f..%.3f)\n' "$side" "$over" "$low" "$high"
	done <"$work/$name.table"
	figure "link.$name.ratio" "$ratio" x "$limit"
}
quotient() { awk -v a="$1" -v b="$2" 'BEGIN { print a / b }'; }

# ---- What is opened

assemble() { # OBJECT, from stdin
	cat "$src/chain.s" - | $CC -x assembler -c -o "$1" - || die "cannot assemble $1"
}
link() { # FILE OBJECT [FLAG...]
	$CC -shared -nostdlib -Wl,--hash-style=gnu -o "$@" || die "cannot link $1"
}
has_relr() { readelf -dW "$1" 2>/dev/null | grep -q '(RELR)'; }

large=$work/large
awk -v functions=$functions -v pointers=$pointers -f "$src/synth.awk" >"$large.s"
assemble "$large.o" <"$large.s"
link "$large.so" "$large.o"
link "$large-relr.so" "$large.o" -Wl,-z,pack-relative-relocs 2>"$work/log"
has_relr "$large-relr.so" || # an older GNU ld
	ld.lld -shared --hash-style=gnu --pack-dyn-relocs=relr "$large.o" \
		-o "$large-relr.so" 2>"$work/log"

# Its functions' names in a random order, always the same.
awk 'BEGIN { state = 1 }
	$1 == "chain" { sub(/,/, ""); state = state * 16807 % 2147483647; print state, $2 }
	' "$large.s" | sort -n | cut -d ' ' -f 2 >"$work/hits"
sed 's/$/x/' "$work/hits" >"$work/misses"

# Fifty libraries and a root that needs them. They need each other in circles, so
# each is first linked alone, for the others to be linked against.
closure=$work/closure
mkdir -p "$closure/alone"
awk -v libraries=50 -v functions=400 -v uses=8 -v dir="$closure" \
	-f "$src/closure.awk" >"$closure/uses" || exit 1
all=
while read -r name uses; do
	assemble "$closure/$name.o" <"$closure/$name.s"
	link "$closure/alone/$name.so" "$closure/$name.o" -Wl,-soname,"$name.so"
	all="$all $closure/alone/$name.so"
done <"$closure/uses"
while read -r name uses; do
	needs=
	for use in $uses; do needs="$needs $closure/alone/$use.so"; done
	link "$closure/$name.so" "$closure/$name.o" $needs \
		-Wl,-soname,"$name.so,-rpath,\$ORIGIN,--allow-shlib-undefined"
done <"$closure/uses"
echo '	chain root, _ZN7closure7Library008function000ERNS_7ContextE' |
	assemble "$closure/root.o"
link "$closure/root.so" "$closure/root.o" $all -Wl,--no-as-needed,-rpath,'$ORIGIN' \
	-Wl,--allow-shlib-undefined

echo '	chain one, one' | assemble "$work/small.o"
link "$work/small.so" "$work/small.o" \
	-Wl,-z,noseparate-code,-z,norelro,--build-id=none,-s

# ---- Figures

echo "a library of $functions functions and imports, $pointers relative relocations:"
measure synth.rela 0.30 41 1 100 "$peers" open "$large.so" check
if has_relr "$large-relr.so"; then
	echo 'the same, its relative relocations packed (RELR):'
	measure synth.relr 0.30 41 1 100 "$peers" open "$large-relr.so" check
else
	echo 'absent: RELR (a linker that packs relocations)'
fi
echo 'a library and the 50 it needs, 20,000 imports:'
measure closure 0.50 41 1 100 "$peers" open "$closure/root.so" root

# real NAME LIBRARY FUNCTION: an installed library, and what it needs.
real() {
	if [ -z "$2" ]; then
		echo "absent: $1"
		return
	fi
	echo "$2 and what it needs, with a C library there already:"
	measure "$1" 0.80 21 1 '' glibc mixed "$2" "$3"
}
installed() { # PATTERN: the first such library
	for file in /usr/lib/x86_64-linux-gnu/$1; do
		if [ -e "$file" ]; then
			echo "$file"
			return
		fi
	done
}
icu=$(installed 'libicui18n.so.??')
real llvm "$(installed 'libLLVM*.so.1')" LLVMIsMultithreaded
real icu "$icu" "ucol_equals_${icu##*.}"
real crypto "$(installed libcrypto.so.3)" OpenSSL_version_num

echo "looking up $functions names in the large library, each:"
measure sym.hit 0.80 41 $functions $functions "$peers" names "$large.so" "$work/hits"
echo 'looking up as many that it has not, each:'
measure sym.miss 0.25 41 $functions 0 "$peers" names "$large.so" "$work/misses"
echo "opening and closing a library of one function (musl unmaps nothing), each:"
measure small 0.30 41 $pairs $pairs "$peers" pairs "$work/small.so" $pairs

# ---- Size

$CC $flags -ffreestanding -fno-stack-protector -Iinclude -static -nostdlib $LDFLAGS \
	-Wl,--no-gc-sections "$src/open.c" "$lib" -Wl,-Map="$work/map" \
	-o "$work/whole" || die "cannot link $src/open.c"
sed 's/libbaredl\.a(link\.o)/linker(link.o)/' "$work/map" >"$work/map.linker"
set -- $(awk -v archive=linker -f tests/bench/linked-size.awk "$work/map.linker")
echo "the linker, by the map: $2 bytes of .text* + $3 of .rodata*, $5 of writable data"
[ "$1" -gt 0 ] || set -- none
figure link.size "$1" bytes 40960
