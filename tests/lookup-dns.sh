#!/bin/sh
# examples/lookup prints what `dig +short` prints, byte for byte, and exits as
# its README says; examples/block finds addresses. The name server is NSD, on
# 127.0.0.1 of a private network.
#
# The resident is this machine's libc, or with EXEC what the emulator finds.
# TEST_INTERP=/lib/ld-musl-...: that musl, in a root folder with nothing else.
# TEST_ROOT=DIR: what is in that folder, see tests/guests/fetch.sh.
set -u
: "${MACHINE:?}" "${EXEC=}" "${TEST_INTERP=}" "${TEST_ROOT=}"
# Other libcs cannot live alone in a folder; for this machine's own none is needed.
case $TEST_INTERP in */ld-musl-*) ;; *) TEST_INTERP= ;; esac
build=$(cd "${BUILD:-build/$MACHINE}" && pwd) || exit 1
PATH=$PATH:/usr/sbin:/sbin

skip() { echo "1..0 # SKIP $*"; exit 77; }

# ---- outside: find a way in, clean up behind it

if [ -z "${INSIDE-}" ]; then
	for tool in nsd dig ip unshare mount chroot; do
		command -v $tool >/dev/null || skip "no $tool"
	done
	[ -e /etc/resolv.conf ] || skip "no /etc/resolv.conf to put another one over"
	for namespace in 'unshare -Urmn' 'unshare -mn' ''; do
		$namespace true 2>/dev/null && break
	done
	[ -n "$namespace" ] || skip "no private network namespace can be made here"
	dir=$(mktemp -d) || exit 1
	trap 'rm -rf "$dir"' EXIT
	trap 'exit 130' INT TERM
	INSIDE=$dir $namespace sh "$0"
	exit
fi

# ---- the name server

dir=$INSIDE
ip link set lo up || exit 1
# Packets to this address get lost: nobody has it, and nobody says so.
ip route add 198.51.100.1 dev lo || exit 1

repeat() { # FIRST LAST FORMAT: printf for each number
	i=$1
	while [ "$i" -le "$2" ]; do printf "$3\n" "$i"; i=$((i + 1)); done
}
a63=aaaaaaaaabbbbbbbbbcccccccccdddddddddeeeeeeeeefffffffffggggggggg
long=$a63.$a63.$a63.${a63%????????????} # 253 characters with .zone.test
x50=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
x255=$x50$x50$x50$x50${x50}xxxxx

cat >"$dir/zone.test" <<'END'
$ORIGIN zone.test.
$TTL 300
@	SOA	ns1 host\.master.mail 2024010101 7200 3600 1209600 300
	NS	ns1
	NS	ns2.elsewhere.example.
	MX	10 mail
	MX	20 mail.elsewhere.example.
	A	192.0.2.1
	AAAA	2001:db8::1
	TXT	"v=spf1 -all"
ns1	A	127.0.0.1
both	A	192.0.2.2
	AAAA	2001:db8::2
	TXT	plain
six	AAAA	::
	AAAA	::1
	AAAA	::192.0.2.1
	AAAA	::ffff:192.0.2.1
	AAAA	2001:db8::
	AAAA	2001:db8:0:1:1:1:1:1
	AAAA	2001:db8:0:0:1:0:0:1
	AAAA	2001:0:0:1::1
	AAAA	1:2:3:4:5:6:7:8
	AAAA	fe80::a:bc:def0:0
nullmx	MX	0 .
mx3	MX	65535 mail
	MX	0 a.mail
	MX	5 MiXeD.Elsewhere.Example.
_sip._tcp SRV	10 60 5060 sip
	SRV	65535 0 65535 sip.elsewhere.example.
	SRV	0 0 0 .
txt	TXT	"first" "" "third; with \"quotes\" and \\"
	TXT	""
odd	TXT	"\000\001\t\009\010\031 ~\127\128\255 $@.()"
here	PTR	both
c1	CNAME	c2
c2	CNAME	c3
c3	CNAME	both
away	CNAME	both.elsewhere.example.
dead	CNAME	absent
cempty	CNAME	empty
empty	HINFO	a b
old	DNAME	new
both.new A	192.0.2.9
a.b.ent	A	192.0.2.3
*.wild	A	192.0.2.4
sp\032a\009ce	A	192.0.2.5
do\.t	A	192.0.2.6
q\"\\\;\@\$\(\000\255 A	192.0.2.7
esc1	CNAME	sp\032a\009ce
esc2	CNAME	do\.t
esc3	CNAME	q\"\\\;\@\$\(\000\255
END
{
	repeat 1 30 'many A 192.0.2.1%02d' # 512 bytes, as much as UDP carries
	repeat 1 30 'many6 AAAA 2001:db8::1:%d'
	repeat 1 250 'huge A 198.51.100.%d'
	printf 'huge TXT'; repeat 1 200 " \"$x255\"" | tr -d '\n'; echo
	echo "x255 TXT \"$x255\""
	echo "$long A 192.0.2.8"
	echo "long CNAME $long"
	echo "longmx MX 1 $long"
} >>"$dir/zone.test"
cat >"$dir/reverse4" <<'END'
$ORIGIN 2.0.192.in-addr.arpa.
$TTL 300
@	SOA	ns1.zone.test. hostmaster.zone.test. 1 7200 3600 1209600 300
	NS	ns1.zone.test.
1	PTR	zone.test.
2	PTR	both.zone.test.
	PTR	also.zone.test.
3	CNAME	3.0-127
3.0-127	PTR	delegated.zone.test.
END
cat >"$dir/reverse6" <<'END'
$ORIGIN 8.b.d.0.1.0.0.2.ip6.arpa.
$TTL 300
@	SOA	ns1.zone.test. hostmaster.zone.test. 1 7200 3600 1209600 300
	NS	ns1.zone.test.
1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0 PTR zone.test.
f.e.d.c.b.a.9.8.7.6.5.4.3.2.1.0.0.0.0.0.0.0.0.0 PTR both.zone.test.
END
cat >"$dir/nsd.conf" <<END
server:
	ip-address: 127.0.0.1
	username: ""
	zonesdir: "$dir"
	database: ""
	pidfile: "$dir/nsd.pid"
	xfrdfile: "$dir/xfrd.state"
	xfrdir: "$dir"
	zonelistfile: "$dir/zone.list"
	server-count: 1
	round-robin: no
	rrl-ratelimit: 0
remote-control:
	control-enable: no
zone:
	name: zone.test
	zonefile: zone.test
zone:
	name: 2.0.192.in-addr.arpa
	zonefile: reverse4
zone:
	name: 8.b.d.0.1.0.0.2.ip6.arpa
	zonefile: reverse6
zone:
	name: unloaded.test # answers SERVFAIL
	zonefile: absent
END
nsd -d -c "$dir/nsd.conf" >"$dir/nsd.log" 2>&1 &
nsd=$!
trap 'kill $nsd; wait $nsd' EXIT

resolv() { # WORDS...: the new /etc/resolv.conf, one line each
	printf '%s\n' "$@" 'options timeout:1 attempts:1 ndots:1' >"$dir/resolv.conf"
}
normal() { resolv 'nameserver 127.0.0.1' 'search .'; }
normal
mount --bind "$dir/resolv.conf" /etc/resolv.conf || exit 1

tries=0
until [ "$(dig -r +short ns1.zone.test. A)" = 127.0.0.1 ]; do
	tries=$((tries + 1))
	[ $tries -lt 30 ] || {
		echo "Bail out! NSD does not serve the zone"
		sed 's/^/# /' "$dir/nsd.log"
		exit 1
	}
	sleep 0.2
done

# ---- the resident

root=$TEST_ROOT
if [ -n "$EXEC" ]; then
	[ -z "$root" ] || EXEC="${EXEC%% *} -L $root"
	root=${EXEC##*-L }
	run="$EXEC $build"
elif [ -n "$root$TEST_INTERP" ]; then
	if [ -z "$root" ]; then
		root=$dir/root
		mkdir -p "$root${TEST_INTERP%/*}" && cp "$TEST_INTERP" "$root$TEST_INTERP" || exit 1
	fi
	mkdir -p "$root/proc" "$root/etc" "$root/build" && : >>"$root/etc/resolv.conf" &&
		mount --bind "$dir/resolv.conf" "$root/etc/resolv.conf" &&
		mount --rbind /proc "$root/proc" && mount --bind "$build" "$root/build" || exit 1
	run="chroot $root /build"
else
	run=$build
fi
example() { # NAME ARGS...: leaves $dir/got, $dir/err and $status
	$run/examples/"$@" >"$dir/got" 2>"$dir/err"
	status=$?
}
lookup() { example lookup "$@"; }
lookup --resident
read -r kind _ <"$dir/got"
sed 's/^/# /' "$dir/got"

# musl asks again by TCP since 1.2.4; before, an answer may be cut short.
tcp=yes
if [ "$kind" = musl ]; then
	version=$($EXEC "$root$(sed -n 's/^ld.so: //p' "$dir/got")" 2>&1 |
		sed -n 's/^Version //p')
	echo "# version $version"
	case $version in 1.1.* | 1.2.[0-3]) tcp=no ;; esac
fi

# ---- the checks

count=0 failed=0
result() { # STATUS DESCRIPTION: one line of TAP, and what went wrong
	count=$((count + 1))
	[ "$1" != 0 ] || { printf 'ok %d - %s\n' $count "$2"; return; }
	failed=1
	printf 'not ok %d - %s\n' $count "$2"
	echo "#   exit status $status, expected $code; stderr:"
	sed 's/^/#   /' "$dir/err"
	diff "$dir/want" "$dir/got" | sed 's/^/#   /'
}

# lookup LOOKUP-ARGS prints what dig prints. Its exit status is 0 if dig has
# found a record of that type, else 1, and then it says why.
same() { # "LOOKUP-ARGS" TYPE DIG-ARGS...
	args=$1 type=$2
	shift 2
	dig -r +short "$@" >"$dir/want"
	dig -r +noall +answer "$@" | awk -v type="$type" '$4 == type { n++ } END { exit !n }'
	code=$?
	lookup $args
	[ $status = $code ] && cmp -s "$dir/want" "$dir/got" &&
		[ "$(wc -l <"$dir/err")" = $code ]
	result $? "lookup $args"
}

# lookup ARGS prints what is in $dir/want, says MESSAGE, and exits with CODE.
says() { # CODE MESSAGE ARGS...
	code=$1 message=$2
	shift 2
	lookup "$@"
	[ $status = "$code" ] && cmp -s "$dir/want" "$dir/got" &&
		[ "$(cat "$dir/err")" = "$message" ]
	result $? "${what:+$what: }${message:-lookup $*}"
}

set -f
what=
all='A AAAA MX TXT NS CNAME SOA SRV PTR'
while read -r name types; do
	[ "$types" != all ] || types=$all
	for type in $types; do
		same "-t $type $name" "$type" -t "$type" "$name"
	done
done <<END
zone.test. all
both.zone.test. all
absent.zone.test. A MX PTR
empty.zone.test. A TXT
ent.zone.test. A
any.wild.zone.test. A MX
six.zone.test. AAAA
mx3.zone.test. MX
nullmx.zone.test. MX
_sip._tcp.zone.test. SRV
txt.zone.test. TXT
odd.zone.test. TXT
x255.zone.test. TXT
here.zone.test. PTR
c1.zone.test. all
away.zone.test. A CNAME
cempty.zone.test. A CNAME
dead.zone.test. A CNAME
both.old.zone.test. A MX
esc1.zone.test. A CNAME
esc2.zone.test. A CNAME
esc3.zone.test. A CNAME
$long.zone.test. A
long.zone.test. A CNAME
longmx.zone.test. MX
many.zone.test. A
2.2.0.192.in-addr.arpa. PTR
END
for address in 192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.99 2001:db8::1 \
	2001:DB8:0::fedc:ba98:7654:3210; do
	same "-x $address" PTR -x $address
done
same 'zone.test' A zone.test.
same '-t mx MX3.ZONE.Test.' MX MX3.ZONE.Test. MX
same 'zone.test both.zone.test' A zone.test. A both.zone.test. A

for name in 'sp\032a\009ce' 'do\.t' 'q\"\\\;\@\$\(\000\255' '\065bsent'; do
	if [ "$kind" = musl ]; then
		# Plain letters are plain letters, however they were written.
		[ "$name" != '\065bsent' ] || continue
		: >"$dir/want"
		says 4 "lookup: $name.zone.test: musl cannot ask for it" "$name.zone.test"
	else
		same "$name.zone.test." A "$name.zone.test." A
	fi
done

what='over 512 bytes'
while read -r name type; do
	if [ $tcp = yes ]; then
		same "-t $type $name" "$type" -t "$type" "$name"
	else
		dig -r +short +ignore +noedns -t "$type" "$name" >"$dir/want"
		says 6 "lookup: $name: answer cut short (TC)" -t "$type" "$name"
	fi
done <<END
many6.zone.test. AAAA
huge.zone.test. A
huge.zone.test. TXT
END

printf '192.0.2.1\n192.0.2.2\n' >"$dir/want"
what='one of three'
says 1 'lookup: absent.zone.test: no such name (NXDOMAIN)' \
	zone.test absent.zone.test both.zone.test
: >"$dir/want"
what=
says 1 'lookup: both.zone.test: no MX records (NODATA)' -t MX both.zone.test
says 3 'lookup: x.unloaded.test: try again: the server failed (SERVFAIL)' x.unloaded.test
says 4 'lookup: elsewhere.example: refused by the server (REFUSED)' elsewhere.example
says 2 'lookup: 192.0.2.256: not an IPv4 or IPv6 address' -x 192.0.2.256
says 2 'lookup: a..b: empty label' a..b
says 2 "lookup: ${a63}x: label over 63 bytes" "${a63}x"
says 2 "lookup: x.$long.zone.test: name over 255 bytes" "x.$long.zone.test"

code=0
printf '2001:db8::1\n192.0.2.1\n' >"$dir/want"
example block zone.test
[ $status = $code ] && cmp -s "$dir/want" "$dir/got"
result $? 'block zone.test'

: >"$dir/want"
what='nobody listens'
resolv 'nameserver 127.0.0.2'
says 3 'lookup: zone.test: try again: no server answered' zone.test
what='packets get lost'
resolv 'nameserver 198.51.100.1'
says 3 'lookup: zone.test: try again: no server answered' zone.test
echo 192.0.2.1 >"$dir/want"
what='the first server is silent'
resolv 'nameserver 198.51.100.1' 'nameserver 127.0.0.1'
says 0 '' zone.test
what='the first server is not there'
resolv 'nameserver 127.0.0.2' 'nameserver 127.0.0.1'
says 0 '' zone.test

normal
code=8
$run/examples/lookup zone.test >/dev/full 2>"$dir/err"
status=$?
cp "$dir/err" "$dir/got"
echo 'lookup: cannot write the output' >"$dir/want"
[ $status = $code ] && cmp -s "$dir/want" "$dir/got"
result $? 'no room for the output'

echo "1..$count"
exit $failed
