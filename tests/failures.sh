#!/bin/sh
# Whatever is wrong with ld.so, libc, a library, a symbol: the error says which
# file and why, word for word; the process goes on; nothing is left behind.
: "${MACHINE:?}" "${BUILD:?}" "${EXEC=}" "${TEST_INTERP=}"
probe=$BUILD/tests/failures-probe
. tests/tap.sh

run() { # [VARIABLE=VALUE] -- ARGUMENT...: what the probe says and its status
	set_=
	[ "$1" = -- ] || { set_=$1; shift; }
	shift
	if [ -n "$EXEC" ]; then
		$EXEC ${set_:+-E "$set_"} "$probe" "$@" 2>&1
	else
		env ${set_:+"$set_"} "$probe" "$@" 2>&1
	fi
	echo "status $?"
}
fails() { # REASON WHAT: the interpreter $work/ld.so must be refused
	is "$(run -- "$work/ld.so" init)" "error: $work/ld.so: $1
status 3" "$2"
}
matches() { # GOT PATTERN WHAT
	case $1 in $2) true ;; *) false ;; esac
	status=$?
	result $status "$3"
	[ $status = 0 ] || printf '%s\n' "$1" | sed 's/^/#   /'
}
C() { # FILE FLAG...: a library of this machine, from a line of C
	file=$1
	shift
	${CC:-gcc} -shared -nostdlib -o "$file" "$@" -x c -
}

# ---- which files are the real ones

good=$(run -- "${TEST_INTERP:--}" init | sed -n 's/^libc: //p')
[ -n "$good" ]
result $? "the resident of this run: $good"
root=
case $EXEC in *' -L '*) root=${EXEC#* -L } ;; esac
libc=$root$good
case $good in
*/ld-musl-*) kind=musl ld=$libc ;;
*)
	kind=glibc
	ld=${TEST_INTERP:-$root$(run -- - init >/dev/null
		case $MACHINE in x86_64) echo /lib64/ld-linux-x86-64.so.2 ;;
		*) echo /lib/ld-linux-aarch64.so.1 ;; esac)}
	;;
esac

# ---- ld.so

fails 'no such file or directory' 'ld.so: missing'
: >"$work/ld.so"
fails 'not an ELF file' 'ld.so: empty'
echo 'This is text, longer than the four bytes of a magic number.' >"$work/ld.so"
fails 'not an ELF file' 'ld.so: text'
head -c 100000 "$ld" | tr '\0-\377' '\1-\377\0' >"$work/ld.so"
fails 'not an ELF file' 'ld.so: garbage'

# Where the last PT_LOAD ends in the file, and the table of program headers.
readelf=$(${CC:-gcc} -print-prog-name=readelf)
end=0 headers=$((64 + 56 * $($readelf -hW "$ld" | awk '/Number of program headers/ { print $NF }')))
for load in $($readelf -lW "$ld" | awk '$1 == "LOAD" { print $2 "+" $5 }'); do
	[ $(($load)) -le $end ] || end=$(($load))
done
for cut in '3 -' '4 the ELF header' '63 the ELF header' '64 the program headers' \
	"$((headers - 1)) the program headers" "$headers a PT_LOAD" '4096 a PT_LOAD' \
	'30000 a PT_LOAD' "$((end - 1)) a PT_LOAD"; do
	head -c "${cut%% *}" "$ld" >"$work/ld.so"
	case $cut in
	*-) fails 'not an ELF file' "ld.so: cut at ${cut%% *}" ;;
	*) fails "truncated: ends inside ${cut#* }" "ld.so: cut at ${cut%% *}" ;;
	esac
done
head -c $end "$ld" >"$work/ld.so"
chmod 755 "$work/ld.so"
case $kind in musl) its=$work/ld.so ;; *) its=$good ;; esac
is "$(run -- "$work/ld.so" init)" "libc: $its
status 0" 'ld.so: cut behind its last PT_LOAD it still works'

patched() { # OFFSET OCTAL REASON: one byte of the header is another
	cp "$ld" "$work/ld.so"
	chmod u+w "$work/ld.so"
	printf "\\$2" | dd of="$work/ld.so" bs=1 seek="$1" conv=notrunc 2>/dev/null
	fails "$3" "ld.so: $3"
}
patched 4 001 'EI_CLASS: not a 64-bit object'
patched 5 002 'EI_DATA: not little-endian'
patched 18 003 'e_machine: made for another machine'
patched 16 001 'e_type: no executable or shared object'
patched 16 002 'e_type: not a shared object'
patched 54 040 'e_phentsize: not 56'
rm -f "$work/ld.so"
for other in /usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1 /lib64/ld-linux-x86-64.so.2; do
	case $other in *"${MACHINE#x86_}"*) continue ;; esac
	[ -e "$other" ] || continue
	cp "$other" "$work/ld.so"
	fails 'e_machine: made for another machine' "ld.so: that of another machine"
done
rm -f "$work/ld.so"
mkdir "$work/ld.so"
fails 'cannot be read' 'ld.so: a directory'
rmdir "$work/ld.so"
mkfifo "$work/ld.so"
fails 'cannot be read' 'ld.so: a FIFO, which nobody writes to'
rm -f "$work/ld.so"
fails 'no such file or directory' 'ld.so: missing again'

# Not even root may read what it gives its rights up for.
cp "$ld" "$work/ld.so"
cp "$probe" "$work/probe"
chmod 000 "$work/ld.so"
chmod 755 "$work" "$work/probe"
as=
[ "$(id -u)" != 0 ] || as='setpriv --reuid=65534 --clear-groups'
is "$($as $EXEC "$work/probe" "$work/ld.so" init 2>&1; echo "status $?")" \
	"error: $work/ld.so: permission denied
status 3" 'ld.so: unreadable'
rm -f "$work/ld.so"

# Some systems have a program at ld.so's place that prints a message and exits.
cp "$BUILD/examples/hello" "$work/ld.so"
fails 'e_type: not a shared object' 'ld.so: a static program'
cp "$BUILD/tests/resident-pie" "$work/ld.so"
fails 'not a dynamic linker: no symbol __tls_get_addr' 'ld.so: a static-pie program'
echo 'void f(void) { }' | C "$work/ld.so"
fails 'not a dynamic linker: no symbol __tls_get_addr' 'ld.so: another library'
echo 'int main(void) { return 0; }' | ${CC:-gcc} -pie -fPIE -x c -o "$work/ld.so" -
fails 'not a dynamic linker: no symbol __tls_get_addr' 'ld.so: a dynamic program'
rm -f "$work/ld.so"

# However it is first needed, the error is the same, and the next try may go well.
for need in init sym open bind; do
	prefix=
	[ $need != bind ] || prefix='1 missing: '
	is "$(run -- "$work/ld.so" $need "${TEST_INTERP:--}")" \
		"error: $prefix$work/ld.so: no such file or directory
libc: $good
status 0" "$need: fails, a second try goes well"
done
is "$(run -- "$work/ld.so" init "$work/none")" "error: $work/ld.so: no such file or directory
error: $work/none: no such file or directory
status 5" 'init: fails twice'

# With these a dynamic linker would print something and end the process.
for variable in LD_TRACE_LOADED_OBJECTS=1 LD_TRACE_PRELINKING=1 LD_DEBUG=help LD_DEBUG=libs:help \
	LD_ASSUME_KERNEL=2.2.5; do
	is "$(run $variable -- "${TEST_INTERP:--}" init)" "libc: $good
status 0" "$variable is no order to us"
done

# ---- libc

if [ $kind = glibc ]; then
	mkdir "$work/bad" "$work/copy"
	cp "$ld" "$work/ld.so" # with no libc beside it
	beside() { # WANT WHAT
		is "$(run "LD_LIBRARY_PATH=$work/bad:$work/copy" -- "$work/ld.so" "${3:-init}")" "libc: $1
status 0" "$2"
	}
	cp "$libc" "$work/copy/libc.so.6"
	is "$(run "LD_LIBRARY_PATH=$work/copy" -- - init)" "libc: $good
status 0" 'libc: the one beside ld.so goes before LD_LIBRARY_PATH'
	beside "$work/copy/libc.so.6" 'libc: LD_LIBRARY_PATH when there is none beside'
	case $EXEC in '') default=$good ;; *) default='*' ;; esac
	found=$(run "LD_LIBRARY_PATH=$work/copy" -- "$work/ld.so" secure)
	matches "$found" "libc: $default
status 0" 'libc: a setuid program works'
	case $found in *"$work/copy"*) false ;; esac
	result $? 'libc: and does not look in LD_LIBRARY_PATH'
	echo garbage >"$work/bad/libc.so.6"
	beside "$work/copy/libc.so.6" 'libc: garbage in LD_LIBRARY_PATH is passed over'
	head -c 100000 "$libc" >"$work/bad/libc.so.6"
	beside "$work/copy/libc.so.6" 'libc: a truncated one in LD_LIBRARY_PATH is passed over'
	# glibc's and ld.so's private symbols belong together: rename one
	private=$($readelf --dyn-syms -W "$libc" | awk '$7 == "UND" && $4 == "OBJECT" &&
		/@GLIBC_PRIVATE/ { sub(/@.*/, "", $8); print $8; exit }')
	LC_ALL=C sed "s/\\x00$private\\x00/\\x00X${private#?}\\x00/" "$libc" >"$work/bad/libc.so.6"
	! cmp -s "$libc" "$work/bad/libc.so.6"
	result $? "libc: one with $private renamed"
	beside "$work/copy/libc.so.6" 'libc: one that lacks a symbol of ld.so is passed over'
	# Those of other releases, if they want what this ld.so does not have. (If not,
	# nobody can tell before ld.so runs them, as things are.)
	lacks() { # LIBC
		{ $readelf --dyn-syms -W "$ld"; echo libc; $readelf --dyn-syms -W "$1"; } | awk '
			$1 == "libc" { wants = 1 }
			{ sub(/@.*/, "", $8) }
			$7 != "UND" { if (!wants) has[$8] = 1; next }
			wants && $5 == "GLOBAL" && !($8 in has) { print $8 }'
	}
	for other in build/guests/glibc-*; do
		case $MACHINE-$other in x86_64-*-amd64 | aarch64-*-arm64) ;; *) continue ;; esac
		other_libc=$other/lib/$MACHINE-linux-gnu/libc.so.6
		[ -n "$(lacks "$other_libc")" ] || continue
		cp "$other_libc" "$work/bad/libc.so.6"
		beside "$work/copy/libc.so.6" "libc: that of ${other##*/} is passed over"
	done
	echo 'void f(void) { }' | C "$work/bad/libc.so.6"
	beside "$work/copy/libc.so.6" 'libc: another library in LD_LIBRARY_PATH is passed over'
	rm "$work/bad/libc.so.6"
	mkdir "$work/bad/libc.so.6"
	beside "$work/copy/libc.so.6" 'libc: a directory in LD_LIBRARY_PATH is passed over'

	# damaged inside: only a rehearsal finds out
	mkdir "$work/pair"
	cp "$ld" "$work/pair/ld.so"
	cp "$libc" "$work/pair/libc.so.6"
	chmod u+w "$work/pair/libc.so.6"
	is "$(run -- "$work/pair/ld.so" rehearse)" "libc: $work/pair/libc.so.6
status 0" 'rehearsal: a pair that works'
	cp "$libc" "$work/pair/whole"
	LC_ALL=C sed "s/\\x00$private\\x00/\\x00X${private#?}\\x00/" "$libc" >"$work/pair/libc.so.6"
	is "$(run -- "$work/pair/ld.so" rehearse)" \
		"error: $work/pair/ld.so: rehearsal: ended with status 127
status 3" 'rehearsal: a libc that ld.so refuses'
	cp "$work/pair/whole" "$work/pair/libc.so.6"
	damaged=$work/pair/libc.so.6
else
	mkdir "$work/pair"
	cp "$ld" "$work/pair/ld.so"
	is "$(run -- "$work/pair/ld.so" rehearse)" "libc: $work/pair/ld.so
status 0" 'rehearsal: a musl that works'
	damaged=$work/pair/ld.so
fi
# All its code is zeros: an instruction that faults, on both machines.
chmod u+w "$damaged"
set -- $($readelf -SW "$damaged" | sed -n 's/.* \.text *PROGBITS *//p')
dd if=/dev/zero of="$damaged" bs=4096 seek=$((0x$2 / 4096 + 1)) count=$((0x$3 / 4096 - 1)) \
	conv=notrunc 2>/dev/null
matches "$(run -- "$work/pair/ld.so" rehearse)" \
	"error: $work/pair/ld.so: rehearsal: killed by signal [0-9]*
status 3" 'rehearsal: code that crashes'
matches "$(run -- "$work/pair/ld.so" rehearse "${TEST_INTERP:--}")" \
	"error: $work/pair/ld.so: rehearsal: killed by signal [0-9]*
libc: $good
status 0" 'rehearsal: and then another ld.so'

# ---- nothing where it is looked for: only in a root folder of our own

if [ -z "$EXEC" ] && [ -z "$TEST_INTERP" ]; then
	enter=
	for namespace in 'unshare -Urm' 'unshare -m'; do
		$namespace true 2>/dev/null && { enter=$namespace; break; }
	done
	case $MACHINE in
	x86_64) fixed=/lib64/ld-linux-x86-64.so.2 ;;
	*) fixed=/lib/ld-linux-$MACHINE.so.1 ;;
	esac
	jail=$work/jail
	none="/lib/ld-musl-$MACHINE.so.1: no such file or directory"
	elsewhere=/usr/lib/$MACHINE-linux-gnu # not beside any ld.so
	jail() { # an empty one
		rm -rf "$jail"
		mkdir -p "$jail/proc" "$jail${fixed%/*}" "$jail$elsewhere" "$jail/bin" "$jail/stub"
		cp "$probe" "$jail/probe"
	}
	in_jail() { # [VARIABLE=VALUE]
		$enter sh -c "mount --rbind /proc '$jail/proc' && exec env $1 chroot '$jail' /probe - ${2:-init}" 2>&1
		echo "status $?"
	}
	refused() { # FAULTS WHAT [VARIABLE=VALUE [COMMAND]]
		is "$(in_jail "${3-}" "${4-}")" "error: no usable dynamic linker: $1
status 3" "$2"
	}
	no_libc="$fixed: libc.so.6: not found where this ld.so looks"
	jail
	refused "$fixed: no such file or directory; $none" 'nothing there at all'
	cp "$BUILD/examples/hello" "$jail$fixed"
	refused "$fixed: e_type: not a shared object; $none" 'a message-only program at the fixed path'
	cp "$BUILD/tests/resident-pie" "$jail$fixed"
	refused "$fixed: not a dynamic linker: no symbol __tls_get_addr; $none" \
		'a message-only static-pie program at the fixed path'
	cp "$ld" "$jail$fixed"
	refused "$no_libc; $none" 'ld.so but no libc'
	if [ -e /etc/ld.so.cache ]; then
		mkdir "$jail/etc"
		cp /etc/ld.so.cache "$jail/etc/"
		refused "$no_libc; $none" 'nor where ld.so.cache says'
	fi
	head -c 100000 "$libc" >"$jail${fixed%/*}/libc.so.6"
	refused "$no_libc; ${fixed%/*}/libc.so.6: PT_INTERP: outside the file; $none" \
		'ld.so and a truncated libc beside it'
	rm "$jail${fixed%/*}/libc.so.6"
	echo garbage >"$jail$elsewhere/libc.so.6"
	refused "$no_libc; $elsewhere/libc.so.6: not an ELF file; $none" 'ld.so, and garbage as libc'
	LC_ALL=C sed "s/\\x00$private\\x00/\\x00X${private#?}\\x00/" "$libc" >"$jail$elsewhere/libc.so.6"
	refused "$no_libc; $elsewhere/libc.so.6: made with another ld.so; $none" \
		'ld.so, and a libc that lacks its symbols'
	echo 'void f(void) { }' | C "$jail$elsewhere/libc.so.6"
	refused "$no_libc; $elsewhere/libc.so.6: not a C library: no symbol __libc_start_main; $none" \
		'ld.so, and another library as libc'
	rm "$jail$elsewhere/libc.so.6"
	cp "$libc" "$jail/stub/libc.so.6"
	is "$(in_jail LD_LIBRARY_PATH=/stub)" "libc: /stub/libc.so.6
status 0" 'ld.so, and libc in LD_LIBRARY_PATH'
	refused "$no_libc; $none" 'but not for a setuid program' LD_LIBRARY_PATH=/stub secure

	# the interpreter of /bin/sh goes first, whatever it is
	echo 'int main(void) { return 0; }' |
		${CC:-gcc} -Wl,--dynamic-linker=/stub/ld.so -x c -o "$jail/bin/sh" -
	refused "/stub/ld.so: no such file or directory; $no_libc; $none" "/bin/sh's ld.so is missing"
	cp "$BUILD/examples/hello" "$jail/stub/ld.so"
	refused "/stub/ld.so: e_type: not a shared object; $no_libc; $none" \
		"/bin/sh's ld.so is a message-only program"
	cp "$libc" "$jail$elsewhere/libc.so.6"
	is "$(in_jail)" "libc: $elsewhere/libc.so.6
status 0" "the fixed path's is right"
	rm "$jail$fixed" "$jail/stub/libc.so.6"
	cp "$ld" "$jail/stub/ld.so"
	is "$(in_jail)" "libc: $elsewhere/libc.so.6
status 0" "/bin/sh's is right, there is no other"
	for sh in garbage hello; do
		rm -f "$jail/bin/sh"
		case $sh in
		hello) cp "$BUILD/examples/hello" "$jail/bin/sh" ;;
		*) echo garbage >"$jail/bin/sh" ;;
		esac
		refused "$fixed: no such file or directory; $none" "/bin/sh is no dynamic program: $sh"
	done
	musl=/lib/ld-musl-$MACHINE.so.1
	if [ -e $musl ]; then
		mkdir -p "$jail/lib"
		cp $musl "$jail$musl"
		is "$(in_jail)" "libc: $musl
status 0" 'musl is all there is'
	fi

	# what a process may have runs out
	is "$( (ulimit -n 3; exec "$probe" - init) 2>&1; echo "status $?")" \
		"error: no usable dynamic linker: $fixed: too many open files; ${none%: *}: too many open files
status 3" 'no descriptor left'
	is "$( (ulimit -v 1000; exec "$probe" - init) 2>&1; echo "status $?")" 'error: out of memory
status 3' 'no memory left'
fi

# ---- libraries, symbols, versions

interp=${TEST_INTERP:--}
if [ $kind = glibc ]; then
	none='libnone.so.1: cannot open shared object file: No such file or directory'
	m=$(dirname "$good")/libm.so.6
	versions="error: $m: symbol cos@NONE_1.0: not found"
	garbage="$work/bad.so: invalid ELF header"
	empty="$work/empty.so: file too short"
	needs="$work/needs.so: libdep.so: cannot open shared object file: No such file or directory"
	lacks="$work/lacks.so: undefined symbol: no_such_function"
else
	none='Error loading shared library libnone.so.1: No such file or directory'
	m=$good
	versions="error: $m: symbol cos@NONE_1.0: musl has no symbol versions"
	garbage="Error loading shared library $work/bad.so: Exec format error"
	empty="Error loading shared library $work/empty.so: Exec format error"
	needs="Error loading shared library libdep.so: No such file or directory (needed by $work/needs.so)"
	lacks="Error relocating $work/lacks.so: no_such_function: symbol not found"
fi
is "$(run -- "$interp" init libnone.so.1)" "error: $none
status 0" 'library missing'
echo garbage that is longer than any header would be, or so it seems to be >"$work/bad.so"
is "$(run -- "$interp" init "$work/bad.so")" "error: $garbage
status 0" 'library of garbage'
: >"$work/empty.so"
is "$(run -- "$interp" init "$work/empty.so")" "error: $empty
status 0" 'library empty'
echo 'void f(void) { }' | C "$work/libdep.so"
echo 'void f(void); void g(void) { f(); }' | C "$work/needs.so" -Wl,--no-as-needed -L"$work" -ldep
rm "$work/libdep.so"
is "$(run -- "$interp" init "$work/needs.so")" "error: $needs
status 0" 'library whose own library is missing'
echo 'void no_such_function(void); void g(void) { no_such_function(); }' | C "$work/lacks.so"
is "$(run -- "$interp" init "$work/lacks.so")" "error: $lacks
status 0" 'library that lacks a symbol'
is "$(run -- "$interp" init libm.so.6 no_such_function)" \
	"error: $m: symbol no_such_function: not found
status 0" 'symbol missing'
is "$(run -- "$interp" init - no_such_function)" \
	"error: global scope: symbol no_such_function: not found
status 0" 'symbol missing in global scope'
is "$(run -- "$interp" init libm.so.6 cos NONE_1.0)" "$versions
status 0" 'version missing'
is "$(run -- "$interp" init libm.so.6 cos)" 'found
status 0' 'symbol found'
finish
