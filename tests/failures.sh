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

# ---- which files are the real ones

good=$(run -- "${TEST_INTERP:--}" init | sed -n 's/^libc: //p')
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
for cut in '40 the ELF header' '100 the program headers' '30000 a PT_LOAD'; do
	head -c "${cut%% *}" "$ld" >"$work/ld.so"
	fails "truncated: ends inside ${cut#* }" "ld.so: cut at ${cut%% *}"
done
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
mkdir "$work/ld.so"
fails 'cannot be read' 'ld.so: a directory'
rmdir "$work/ld.so"

# Some systems have a program at ld.so's place that prints a message and exits.
cp "$BUILD/examples/hello" "$work/ld.so"
fails 'e_type: not a shared object' 'ld.so: a static program'
cp "$BUILD/tests/resident-pie" "$work/ld.so"
case $(run -- "$work/ld.so" init) in
"error: $work/ld.so: "*"
status 3") true ;; *) false ;; esac
result $? 'ld.so: a static-pie program'
printf '.globl f\n.type f, %%function\nf: ret\n.size f, . - f\n' >"$work/f.s"
${CC:-gcc} -shared -nostdlib -o "$work/ld.so" "$work/f.s"
fails 'not a dynamic linker: no symbol __tls_get_addr' 'ld.so: another library'
rm -f "$work/ld.so"

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
	case $(run "LD_LIBRARY_PATH=$work/copy" -- "$work/ld.so" secure) in
	*"$work/copy"*) false ;;
	esac
	result $? 'libc: but not in a setuid program'
	echo garbage >"$work/bad/libc.so.6"
	beside "$work/copy/libc.so.6" 'libc: garbage in LD_LIBRARY_PATH is passed over'
	head -c 100000 "$libc" >"$work/bad/libc.so.6"
	beside "$work/copy/libc.so.6" 'libc: a truncated one in LD_LIBRARY_PATH is passed over'
	for other in build/guests/glibc-trixie-*; do
		case $MACHINE-$other in x86_64-*-amd64 | aarch64-*-arm64) ;; *) continue ;; esac
		[ -d "$other" ] || continue
		cp "$other/lib/$MACHINE-linux-gnu/libc.so.6" "$work/bad/libc.so.6"
		beside "$work/copy/libc.so.6" "libc: that of ${other##*/} is passed over"
	done

	# damaged inside: only a rehearsal finds out
	mkdir "$work/pair"
	cp "$ld" "$work/pair/ld.so"
	cp "$libc" "$work/pair/libc.so.6"
	chmod u+w "$work/pair/libc.so.6"
	is "$(run -- "$work/pair/ld.so" rehearse)" "libc: $work/pair/libc.so.6
status 0" 'rehearsal: a pair that works'
	dd if=/dev/zero of="$work/pair/libc.so.6" bs=1024 seek=160 count=1100 conv=notrunc 2>/dev/null
	case $(run -- "$work/pair/ld.so" rehearse) in
	"error: $work/pair/ld.so: rehearsal: killed by signal "*"
status 3" | "error: $work/pair/ld.so: rehearsal: ended with status "*"
status 3") true ;;
	*) false ;;
	esac
	result $? 'rehearsal: a libc damaged inside is an error, no process is left'
fi

# ---- nothing where it is looked for: only in a root folder of our own

if [ -z "$EXEC" ] && [ -z "$TEST_INTERP" ]; then
	enter=
	for namespace in 'unshare -Urm' 'unshare -m'; do
		$namespace true 2>/dev/null && { enter=$namespace; break; }
	done
	jail=$work/jail
	mkdir -p "$jail/proc" "$jail/lib64"
	cp "$probe" "$jail/probe"
	in_jail() {
		$enter sh -c "mount --rbind /proc '$jail/proc' && exec chroot '$jail' /probe - init" 2>&1
		echo "status $?"
	}
	fixed="/lib64/ld-linux-x86-64.so.2"
	none="/lib/ld-musl-x86_64.so.1: no such file or directory"
	is "$(in_jail)" "error: no usable dynamic linker: $fixed: no such file or directory; $none
status 3" 'nothing there at all'
	cp "$BUILD/examples/hello" "$jail$fixed"
	is "$(in_jail)" "error: no usable dynamic linker: $fixed: e_type: not a shared object; $none
status 3" 'a message-only program at the fixed path'
	cp "$ld" "$jail$fixed"
	is "$(in_jail)" "error: no usable dynamic linker: $fixed: libc.so.6: not found where this ld.so looks; $none
status 3" 'ld.so but no libc'
	head -c 100000 "$libc" >"$jail/lib64/libc.so.6"
	is "$(in_jail)" "error: no usable dynamic linker: $fixed: libc.so.6: not found where this ld.so looks; /lib64/libc.so.6: PT_INTERP: outside the file; $none
status 3" 'ld.so and a truncated libc'
fi

# ---- libraries, symbols, versions

interp=${TEST_INTERP:--}
if [ $kind = glibc ]; then
	none='libnone.so.1: cannot open shared object file: No such file or directory'
	m=$(dirname "$good")/libm.so.6
	versions="error: $m: symbol cos@NONE_1.0: not found"
else
	none='Error loading shared library libnone.so.1: No such file or directory'
	m=$good
	versions="error: $m: symbol cos@NONE_1.0: musl has no symbol versions"
fi
is "$(run -- "$interp" init libnone.so.1)" "error: $none
status 0" 'library missing'
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
