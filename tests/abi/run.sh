#!/bin/sh
# run.sh [SIGNATURE...]  calls and callbacks of named and random signatures, against gcc's and
# clang's own. See README.md. With SIGNATUREs just these.
#
# N      random signatures for each compiler (20000), by the thousand; 0: the named only
# SEED   of the random ones (anew each time; it is printed)
# BATCH  just this thousand of them, NUMBER just this one of it
# ALL    1: what exclusions.py leaves out, too
# JOBS   compilers at a time (2)
# MACHINE, BUILD, CC, EXEC   as for the other scripts; all may be absent
set -uf # signatures have ? and []
here=$(cd "$(dirname "$0")" && pwd) || exit 1
root=${here%/tests/abi}
: "${CC:=gcc}" "${EXEC=}" "${N:=20000}" "${SEED:=$(date +%s)}" "${BATCH=}" "${NUMBER=}" "${ALL=}" "${JOBS:=2}"
: "${MACHINE:=$($CC -dumpmachine | sed 's/-.*//')}"
: "${BUILD:=$root/build/$MACHINE}"
case $BUILD in /*) ;; *) BUILD=$(cd "$root" && mkdir -p "$BUILD" && cd "$BUILD" && pwd) ;; esac
out=$BUILD/tests/abi
command -v python3 >/dev/null || { echo "1..0 # SKIP no python3"; exit 77; }
rm -rf "$out"
mkdir -p "$out" || exit 1

# ---- compilers: what is there ----

case $(uname -m) in "$MACHINE") cross= target= ;; *) cross=$MACHINE-linux-gnu- target="--target=$MACHINE-linux-gnu" ;; esac
native=$([ -n "$EXEC" ] || echo 1)
has() { grep -qw "$1" /proc/cpuinfo; }
there() { command -v "${1%% *}" >/dev/null && echo | $1 -x c++ -fsyntax-only - 2>/dev/null; }
gcc=${cross}gcc gxx=${cross}g++ clang="clang $target" clangxx="clang++ $target"
# __bf16, which gcc has always
if [ "$MACHINE" = aarch64 ] && { [ -z "$native" ] || has bf16; }; then
	clang="$clang -march=armv8.2-a+bf16" clangxx="$clangxx -march=armv8.2-a+bf16"
fi
there "$gcc" || gcc=
there "$gxx" || gxx=
there "$clang" || clang= clangxx=
for missing in "${gcc:+1}${cross}gcc" "${gxx:+1}${cross}g++" "${clang:+1}clang"; do
	case $missing in 1*) ;; *) echo "# no $missing here, so nothing is compared with it" ;; esac
done
if [ -z "$gcc$clang" ]; then echo "1..0 # SKIP neither gcc nor clang for $MACHINE"; exit 77; fi

# ---- the driver ----

bare=$(sed -n 's/^ARCH_CFLAGS *:*= *//p' "$root/arch/$MACHINE/arch.mk")
$CC -Os -g -std=c11 -Wall -Wextra -Wshadow -Wundef -Wpointer-arith -Werror -I"$here" -I"$root/tests" \
	-I"$root/include" -I"$root/arch" -I"$root/arch/$MACHINE" $bare -ffreestanding -fno-builtin \
	-fno-stack-protector -Wno-unused-function -fno-pie -c "$here/driver.c" -o "$out/driver.o" &&
	$CC $bare -c "$here/guard-$MACHINE.S" -o "$out/guard.o" || exit 1
CALLER="-w -Wno-psabi -Wno-packed-bitfield-compat -ffreestanding -fno-strict-aliasing -fno-stack-protector \
	-fno-asynchronous-unwind-tables -fno-pie -I$here"

# make_and_run FOLDER WORDS_FOR_GENERATE COMPILER...: with each as NAME=COMMAND.
make_and_run() {
	folder=$1 words=$2
	shift 2
	mkdir -p "$folder"
	(
		for cc; do set -- "$@" --cc "$cc"; shift; done
		# shellcheck disable=SC2086
		python3 -B "$here/generate.py" --out "$folder" --machine "$MACHINE" ${ALL:+--all} "$@" $words
	) || return 1
	objects=
	for cc; do
		name=${cc%%=*}
		source=$folder/$name.c
		[ -e "$source" ] || source=${source}c
		${cc#*=} $CALLER -c "$source" -o "$folder/$name.o" || return 1
		objects="$objects $folder/$name.o"
	done
	$CC $bare -fno-pie -static -nostdlib -o "$folder/program" "$out/driver.o" "$out/guard.o" $objects \
		"$BUILD/libbaredl.a" || return 1
	timeout -k 5 300 $EXEC "$folder/program" $NUMBER </dev/null
	status=$?
	[ $status -le 1 ] || echo "exit status $status"
	return $status
}

# report NAME COMMAND...: what make_and_run says, and a failure if it fails without saying so.
report() {
	log=$out/$1.log
	shift
	"$@" >"$log" 2>&1
	status=$?
	grep -E '^(ok|not ok|#) ' "$log"
	if [ $status != 0 ] && ! grep -q '^not ok ' "$log"; then
		echo "not ok 0 - ${log##*/}: see below"
		sed 's/^/# /' "$log" | tail -n 20
	fi
	return $status
}

number() { # all lines under one plan
	awk '
		/^ok / { n++; sub(/^ok [0-9]+/, "ok " n) }
		/^not ok / { n++; bad++; sub(/^not ok [0-9]+/, "not ok " n) }
		/^1\.\./ { next }
		{ print; fflush() }
		END { print "1.." n + 0; exit bad > 0 || !n }'
}

# ---- what is run ----

vectors=16 wide= avx2= avx512=
if [ "$MACHINE" != x86_64 ]; then
	vectors=64 # a compiler's own type there, in memory
elif [ -n "$native" ]; then
	if has avx2; then vectors=32 avx2=-mavx2 wide=-mavx2; fi
	if has avx512f; then vectors=64 avx512=-mavx512f wide=-mavx512f; fi
fi

named() { # WORDS_FOR_GENERATE
	words=$1
	set --
	[ -z "$gcc" ] || set -- "$@" "gcc=$gcc -O1 $wide"
	[ -z "$gxx" ] || set -- "$@" "g++=$gxx -O2 $wide"
	[ -z "$clang" ] || set -- "$@" "clang=$clang -O1 $wide" "clang++=$clangxx -O0 $wide"
	make_and_run "$out/named" "--vectors $vectors $words" "$@"
}

old_cpu() { # the named ones again where there is no AVX
	EXEC='qemu-x86_64 -cpu Nehalem' vectors=16 wide=
	named "--corners $here/corners"
}

batch() { # NUMBER: its flags follow from the number
	words="--seed $SEED --batch $1 --count 1000" flags=-O$(($1 % 3))
	case $(($1 % 4)),$vectors in
	1,32 | 1,64) flags="$flags $avx2" words="$words --vectors 32" ;;
	3,64) flags="$flags $avx512" words="$words --vectors 64" ;;
	esac
	folder=$out/batch-$1
	set --
	[ -z "$gcc" ] || set -- "$@" "gcc=$gcc $flags"
	[ -z "$clang" ] || set -- "$@" "clang=$clang $flags"
	make_and_run "$folder" "$words" "$@"
}

batches() { # FIRST STEP LAST: one after the other
	i=$1
	while [ "$i" -le "$3" ]; do
		if report "batch-$i" batch "$i"; then
			rm -rf "$out/batch-$i" "$out/batch-$i.log"
		else
			echo "# again: MACHINE=$MACHINE SEED=$SEED BATCH=$i sh tests/abi/run.sh"
		fi
		i=$((i + $2))
	done
}

{
	if [ $# != 0 ]; then
		N=0 NUMBER= given=
		for signature; do given="$given $(printf %s "$signature" | tr -d ' ')"; done
		report given named "$given"
	elif [ -n "$BATCH" ]; then
		batches "$BATCH" 1 "$BATCH"
		N=0
	else
		report corners named "--corners $here/corners"
		if [ "$MACHINE$native" != x86_641 ]; then
			:
		elif command -v qemu-x86_64 >/dev/null; then
			echo '# on a CPU without AVX'
			(report old_cpu old_cpu)
		else
			echo 'ok 0 - a CPU without AVX # SKIP no qemu-x86_64'
		fi
	fi
	if [ "$N" != 0 ]; then
		echo "# $N random signatures for each compiler, SEED=$SEED"
		last=$(((N + 999) / 1000)) job=1
		while [ "$job" -le "$JOBS" ]; do
			batches "$job" "$JOBS" "$last" &
			job=$((job + 1))
		done
		wait
	fi
} 2>&1 | number
