#!/bin/sh
# What a dynamic program finds when main begins, and what happens when it ends, is
# the same here: in fixed-address and static-pie programs, at start and on first
# need.
: "${BUILD:?}" "${EXEC=}" "${TEST_INTERP=}"
interp=${TEST_INTERP:--}
. tests/tap.sh

# with VARIABLE... -- COMMAND: runs it with this environment and no other. The
# emulator has one of its own, and gives its guest the variables in another order.
order=cat
if [ -n "$EXEC" ]; then
	order=sort
	with() {
		variables=
		while [ "$1" != -- ]; do variables="$variables -E $1"; shift; done
		shift
		env -i "$(command -v "${EXEC%% *}")" ${EXEC#* } $variables "$@"
	}
else
	with() {
		for word; do
			case $word in --) ;; *) set -- "$@" "$word" ;; esac
			shift
		done
		env -i "$@"
	}
fi

for probe in "$BUILD/tests/boot-probe" "$BUILD/tests/boot-probe-pie"; do
for moment in start late; do
	name="${probe##*/} $moment"

	n=0 wrong=
	set --
	while [ $n -le 40 ]; do
		want=$(printf '%s\n' "$@" | $order)
		got=$(with "$@" -- "$probe" $moment "$interp" env | $order)
		[ "$got" = "$want" ] || wrong="$wrong $n"
		n=$((n + 1))
		set -- "$@" "V$n=value$n"
	done
	is "$wrong" '' "$name: 0 to 40 variables arrive in order"

	got=$(with A=1 LD_TRACE_LOADED_OBJECTS=1 B=2 LD_DEBUG=help LD_TRACE_PRELINKING=1 \
		LD_ASSUME_KERNEL=2.2.5 C=3 -- "$probe" $moment "$interp" env 2>&1 | $order)
	is "$got" "A=1
B=2
C=3" "$name: variables that make ld.so exit are kept from it"

	got=$($EXEC "$probe" $moment "$interp" args)
	is "$got" "4 <$probe> <$moment> <$interp> <args>" "$name: argc and argv"
	got=$($EXEC "$probe" $moment "$interp" args '' 'b c')
	is "$got" "6 <$probe> <$moment> <$interp> <args> <> <b c>" "$name: empty arguments"

	$EXEC "$probe" $moment "$interp" facts >"$work/facts"
	status=$?
	grep -v '^ok\|^1\.\.' "$work/facts" | sed 's/^/#   /'
	is "$status" 0 "$name: names, auxv, stack bounds, threads, errors of their own"

	for way in return bdl_exit exit thread; do
		got=$($EXEC "$probe" $moment "$interp" $way; echo " $?")
		case $got in
		'[atexit][destructor][buffered] 7') got=right ;;
		esac
		is "$got" right "$name: $way ends with its status and flushes stdout"
	done
done

	# no arguments: everything by default (this machine's own resident)
	if [ "$interp" = - ]; then
		got=$(with X=y -- "$probe")
		is "$got" X=y "${probe##*/}: argc 1"
		got=$(with X=y -- "$probe" z)
		is "$got" X=y "${probe##*/}: argc 2"
	fi

	got=$($EXEC "$probe" start /nonexistent/ld.so without; echo " $?")
	is "$got" '/nonexistent/ld.so: no such file or directory
[destructor] 9' "${probe##*/}: without a resident main runs, constructors and destructors too"
done
finish
