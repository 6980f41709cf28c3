# tap.sh - TAP for the scripts, and a folder to work in. To be sourced.
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
count=0 failed=0

result() { # STATUS WHAT
	count=$((count + 1))
	if [ "$1" = 0 ]; then echo "ok $count - $2"; else echo "not ok $count - $2"; failed=1; fi
}

is() { # GOT WANT WHAT
	[ "$1" = "$2" ]
	result $? "$3"
	[ "$1" = "$2" ] || printf 'got:\n%s\nwant:\n%s\n' "$1" "$2" | sed 's/^/#   /'
}

finish() {
	echo "1..$count"
	exit $failed
}
