#!/bin/sh
# run.sh TEST...    run the tests, one line each, and end with the verdict
# run.sh --verdict  the verdict over all runs that wrote to $TALLY
#
# A TEST is a program, run as `$EXEC TEST`, or a *.sh script, run by sh. It
# writes TAP (the plan first or last) and exits with 0 pass, 1 fail, 77 skip
# after `1..0 # SKIP reason`.
#
# LABEL    names this run in every line, e.g. "x86_64 glibc"
# TIMEOUT  seconds that one test may take (60)
# REQUIRE  1: what was skipped has failed, single checks (`ok 3 # SKIP`) too
# TALLY    a file to add the results to. The verdict is then left to --verdict,
#          and this run exits with 0 whatever failed, so that make goes on.
# MACHINE, BUILD, EXEC and CC are for the tests and are handed on.
set -u

# A verdict needs at least one test that passed: nothing run proves nothing.
verdict() {
	awk -F '\t' '
		{ n[$1]++; if ($1 == "FAIL") print "FAIL  " $2 }
		END {
			if (n["pass"] == 0) print "no test has passed"
			printf "%d passed, %d failed, %d skipped\n",
				n["pass"], n["FAIL"], n["skip"]
			exit n["FAIL"] > 0 || n["pass"] == 0
		}' "$1"
}

if [ "${1-}" = --verdict ]; then
	[ -r "${TALLY:?}" ] || { echo "0 passed, 1 failed, 0 skipped"; exit 1; }
	verdict "$TALLY"
	exit
fi

: "${LABEL=}" "${EXEC=}" "${REQUIRE=}"
export MACHINE BUILD EXEC CC REQUIRE LABEL
out=$(mktemp) || exit 1
tally=${TALLY:-$out.tally}
trap 'rm -f "$out" "$out.tally"' EXIT
trap 'exit 130' INT TERM

result() { # pass|skip|FAIL NAME REMARK: one line, and one in the tally
	printf '%s  %s%s\n' "$1" "${LABEL:+$LABEL  }" "$2${3:+ ($3)}"
	printf '%s\t%s%s\n' "$1" "${LABEL:+$LABEL  }" "$2" >>"$tally"
	[ "$1" != FAIL ] || sed 's/^/      /' "$out"
}

# What is wrong with the TAP in $out after exit status $1; empty if nothing.
complaint() {
	awk -v status="$1" -v limit="$limit" '
		/^1\.\.[0-9]+/ { plans++; plan = substr($1, 4) + 0 }
		/^ok /         { ran++ }
		/^not ok /     { ran++; failed++ }
		/^Bail out!/   { bailed = 1 }
		END {
			if (status == 124 || status == 137) print "no end after " limit " s"
			else if (failed) printf "%d of %d checks failed\n", failed, ran
			else if (status && status != 77) print "exit status " status
			else if (bailed) print "bailed out"
			else if (plans != 1) printf "%d plans\n", plans
			else if (plan != ran + 0) printf "planned %d, ran %d\n", plan, ran
			else if (status == 77 && plan) print "exit status 77 after checks"
			else if (!status && !plan) print "no checks"
		}' "$out"
}

limit=${TIMEOUT:-60}
: >"$out"
[ $# -gt 0 ] || result FAIL run.sh "no tests given"
for test; do
	name=${test##*/}
	if [ "$name" = run.sh ]; then name=${test%/run.sh} name=${name##*/}/; fi
	case $test in
	*.sh) timeout -k 5 "$limit" sh "$test" ;;
	*) timeout -k 5 "$limit" $EXEC "$test" ;;
	esac >"$out" 2>&1 </dev/null
	status=$?
	wrong=$(complaint $status)
	reason=$(sed -n 's/^1\.\.0 *# *[Ss][Kk][Ii][Pp][A-Za-z]* *//p' "$out")
	checks=$(grep -c '^ok ' "$out")
	skips=$(grep -ci '^ok .*# *skip' "$out")
	if [ -n "$wrong" ]; then
		result FAIL "$name" "$wrong"
	elif [ "$REQUIRE" = 1 ] && { [ $status = 77 ] || [ "$skips" -gt 0 ]; }; then
		result FAIL "$name" "skipped, but REQUIRE=1${reason:+: $reason}"
	elif [ $status = 77 ]; then
		result skip "$name" "$reason"
	elif [ "$skips" -gt 0 ]; then
		result pass "$name" "$checks, $skips skipped"
	else
		result pass "$name" "$checks"
	fi
done
[ -n "${TALLY:-}" ] || verdict "$tally"
