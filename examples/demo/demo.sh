#!/bin/sh
# demo.sh LOOKUP RESPONDER - what `make demo` shows: that a static program looks
# names up through the C library of the machine.
#
# Where no name server answers, RESPONDER does, and then the answers are known
# and are checked. Exits with 0 if all went well. EXEC is an emulator for LOOKUP.
set -u
[ $# = 2 ] || { echo "usage: demo.sh LOOKUP RESPONDER" >&2; exit 2; }
lookup=$1 responder=$2
: "${EXEC=}"

die() { echo "demo: $*" >&2; exit 1; }

[ -x "$lookup" ] || die "no program $lookup"
[ -x "$responder" ] || die "no program $responder"

# ---- With the machine's own name server

# Its timeouts are longer than anybody wants to watch.
online() { timeout 2 $EXEC "$lookup" "$@"; }

show_online() { # ARGUMENT...: one look-up, whatever comes of it
	printf '\n$ lookup %s\n' "$*"
	online "$@" 2>&1 || true
}

# ---- With the responder

checked=0 wrong=0

look_up() { # ARGUMENT...: show one look-up; sets answer and status
	printf '\n$ lookup %s\n' "$*"
	answer=$("$responder" $EXEC "$lookup" "$@" 2>&1)
	status=$?
	[ -z "$answer" ] || printf '%s\n' "$answer"
	[ $status != 125 ] || die "there is no name server, and none can be started.
The responder needs a private network, which this system does not give to
ordinary users (see the sysctls kernel.unprivileged_userns_clone and
kernel.apparmor_restrict_unprivileged_userns) or to this container. Try as root."
	checked=$((checked + 1))
}

expect() { # STATUS ANSWER: what it should have been
	[ "$status" = "$1" ] && [ "$answer" = "$2" ] && return
	wrong=$((wrong + 1))
	printf 'WRONG: exit status %s, expected %s and:\n%s\n' "$status" "$1" "$2"
}

# ---- Facts

number() { # OFFSET SIZE: an unsigned number in LOOKUP; ELF's are little-endian
	od -A n -t "u$2" -j "$1" -N "$2" "$lookup" | tr -d ' '
}

has_segment() { # TYPE: whether LOOKUP's program headers name such a segment
	at=$(number 32 8) size=$(number 54 2) left=$(number 56 2)
	while [ "$left" -gt 0 ]; do
		[ "$(number "$at" 4)" != "$1" ] || return 0
		at=$((at + size)) left=$((left - 1))
	done
	return 1
}

resident() { # KEY: what LOOKUP says of the C library
	$EXEC "$lookup" --resident | sed -n "s/^$1: //p"
}

# glibc's version is known to programs, musl's to those who run it as one.
c_library() {
	libc=$(resident libc)
	kind=$($EXEC "$lookup" --resident | sed -n 1p)
	version=
	[ "$kind" != musl ] || version=$("$libc" 2>&1 </dev/null | sed -n 's/^Version //p')
	echo "$kind${version:+ $version} ($libc)"
}

# ---- The demo

echo "lookup is a static program without a C library. It borrows the one that this
machine has, to ask the DNS with its res_search."

real=deb.debian.org
if online -t A $real 2>/dev/null | grep -q '^[0-9.]*$'; then
	printf '\nA name server answers here, so these are real.\n'
	show_online -t A $real
	show_online -t AAAA $real
	show_online -t MX debian.org
else
	echo "
No name server answers here. A responder of this demo does, on 127.0.0.1 of a
private network: its answers are known, and are checked."
	look_up -t A demo.test
	expect 0 '192.0.2.1
192.0.2.2'
	look_up -t AAAA demo.test
	expect 0 2001:db8::1
	look_up -t MX demo.test
	expect 0 '10 mail.demo.test.
20 mail.example.'
	look_up -t TXT demo.test
	expect 0 "\"answered by the demo's own responder\""
	look_up -x 192.0.2.1
	expect 0 demo.test.
	look_up nobody.test
	expect 1 'lookup: nobody.test: no such name (NXDOMAIN)'
	[ $wrong = 0 ] || die "$wrong wrong answers of $checked"
	printf '\n%s right answers of %s.\n' $checked $checked
fi

! has_segment 3 || die "$lookup has an interpreter"
! has_segment 2 || die "$lookup has a dynamic section"
echo "
What this proved:
  program         $lookup, $(($(wc -c <"$lookup"))) bytes
  linked          statically: no interpreter, no dynamic section
  C library       $(c_library)
  dynamic linker  $(resident ld.so)"
