# guests.sh - which libraries the programs need. To be sourced by run.sh.

# Newer than all that guests are made of.
is_made() { # FILE
	[ -e "$1" ] && [ -z "$(find "$here/guests" "$here/guests.sh" -newer "$1")" ]
}

# A library without libc, of guests/SOURCE and others beside it; its DT_SONAME is its
# name.
so() { # FILE SOURCE WORD...
	file=$1 source=$2
	shift 2
	if is_made "$out/$file"; then return; fi
	$CC -O1 -g -shared -fPIC -Wall -Wextra -nostdlib -ffreestanding -fno-builtin -fno-stack-protector \
		-o "$out/$file" -Wl,-soname,"$file",-rpath,'$ORIGIN' "$here/guests/$source" -L"$out" "$@"
}
# The same as programmers do it, with libc.
plain() { # FILE SOURCE WORD...
	file=$1 source=$2
	shift 2
	if is_made "$out/$file"; then return; fi
	$CC -O1 -g -shared -fPIC -Wall -Wextra -o "$out/$file" -Wl,-soname,"$file",-rpath,'$ORIGIN' \
		"$here/guests/$source" -L"$out" "$@"
}

counted() { # NAME NEEDED...
	name=$1 needs= libs=
	shift
	for other; do needs="$needs X($other)" libs="$libs -l:$other.so"; done
	so "$name.so" counted.c -DSELF="$name" -DNEEDS="$needs" $libs
}
counted_all() {
	counted base0 && counted base1 base0 && counted mid0 base0 base1 && counted mid1 base1 &&
	counted top0 mid0 && counted top1 mid0 mid1 && counted top2 mid1 && counted top3 base0 &&
	counted top4 && counted top5 top4
}

# C++, as programmers do it.
cxx() { # FILE SOURCE WORD...
	c=$CC
	CC=$(echo "$CC" | sed 's/gcc/g++/; s/clang/clang++/')
	plain "$@"
	status=$?
	CC=$c
	return $status
}

case $MACHINE in x86_64) traditional=gnu descriptors=gnu2 ;; *) traditional=trad descriptors=desc ;; esac
tls_all() {
	so tls-gd.so tls.c -DSTAYS -mtls-dialect=$traditional && so tls-desc.so tls.c -DSTAYS -mtls-dialect=$descriptors &&
	so tls-ie.so tls.c -ftls-model=initial-exec &&
	so tls-ie-zero.so tls.c -ftls-model=initial-exec -DZERO &&
	so tls-ie-zero-2.so tls.c -ftls-model=initial-exec -DZERO &&
	so tls-big.so tls.c -DSTAYS -DBIG=1048576
}

# lacks.so needs a library that is nowhere.
lacking() {
	if is_made "$out/lacks.so"; then return; fi
	so libgone.so.1 self.c && so lacks.so over.c -DSELF -l:libgone.so.1 -Wl,--unresolved-symbols=ignore-all &&
	rm -f "$out/libgone.so.1"
}

# c000.so needs c001.so needs ... c299.so: the same bytes, but for the numbers.
chain() {
	if is_made "$out/chain/c299.so"; then return; fi
	mkdir -p "$out/chain"
	so chain/c001.so chain.c -Wl,-soname,c001.so &&
	so chain/c000.so chain.c -Wl,-soname,c000.so,--no-as-needed -l:chain/c001.so || return
	n=1
	while [ $n -lt 299 ]; do
		a=$(printf %03d $n) b=$(printf %03d $((n + 1)))
		LC_ALL=C sed "s/c001/c@@@/g; s/c000/c$a/g; s/c@@@/c$b/g; s/#000/#$a/g" "$out/chain/c000.so" >"$out/chain/c$a.so"
		n=$((n + 1))
	done
	so chain/c299.so chain.c -DLAST -Wl,-soname,c299.so &&
	LC_ALL=C sed 's/#000/#299/g' "$out/chain/c299.so" >"$out/chain/new" && mv "$out/chain/new" "$out/chain/c299.so"
}

guests() { # PROGRAM
	case $1 in
	threads)
		counted_all && so slow.so slow.c && so slow-end.so slow.c -DEND &&
		so needs-slow.so needs-slow.c -l:slow.so &&
		so cross0.so cross.c -DSELF=0 && so cross1.so cross.c -DSELF=1 &&
		plain wants-libc.so wants-libc.c -fno-builtin && so self.so self.c &&
		so over-self.so over.c -DSELF -l:wants-libc.so -l:self.so && tls_all && lacking &&
		so fails.so fails.c -l:mid0.so -l:base0.so
		;;
	walk)
		counted_all && so walk.so walk.c && so target.so target.c -Wno-psabi &&
		so lazy.so lazy.c -Wno-psabi -fno-inline-functions -Wl,-z,lazy -l:target.so
		;;
	bare) counted_all && tls_all && so guarded.so guarded.c -fstack-protector-all ;;
	tls) tls_all && cxx thread-local.so thread-local.cc -static-libstdc++ -static-libgcc ;;
	late)
		counted_all && tls_all && so guarded.so guarded.c -fstack-protector-all && so slow.so slow.c &&
		so needs-slow.so needs-slow.c -l:slow.so && plain wants-libc.so wants-libc.c -fno-builtin
		;;
	choice)
		counted_all && so self.so self.c && plain wants-libc.so wants-libc.c -fno-builtin &&
		so over.so over.c -l:wants-libc.so && so over-self.so over.c -DSELF -l:wants-libc.so -l:self.so &&
		plain names-c.so self.c -Wl,--no-as-needed -lc && lacking && mkdir -p "$out/root" &&
		cp "$out"/self.so "$out"/names-c.so "$out"/wants-libc.so "$out"/over-self.so "$out"/lacks.so "$out/root"
		;;
	limits)
		counted_all && tls_all && so target.so target.c -Wno-psabi &&
		so lazy.so lazy.c -Wno-psabi -Wl,-z,lazy -l:target.so && plain wants-libc.so wants-libc.c -fno-builtin &&
		lacking && chain
		;;
	signals)
		counted_all && tls_all && so target.so target.c -Wno-psabi &&
		so lazy.so lazy.c -Wno-psabi -Wl,-z,lazy -l:target.so
		;;
	unwind)
		static='-static-libstdc++ -static-libgcc'
		so self.so self.c && cxx throw-static.so throw.cc $static && cxx catch-static.so catch.cc $static -l:throw-static.so &&
		cxx throw.so throw.cc && cxx catch.so catch.cc -l:throw.so &&
		plain trace-middle.so trace.c -DMIDDLE -funwind-tables -fno-builtin &&
		plain trace.so trace.c -funwind-tables -fno-builtin -static-libgcc -l:trace-middle.so
		;;
	races)
		counted_all && so part.so part.c -DPART && so user.so part.c -DUSER -l:part.so &&
		so other.so part.c -DOTHER -l:part.so && plain hooked.so part.c -DHOOKED -l:part.so -Wl,--no-as-needed -lc &&
		so interposer.so part.c -DINTERPOSER && so interposed.so part.c -DINTERPOSED
		;;
	esac
}
