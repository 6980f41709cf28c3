#!/bin/sh
# `make install` puts three files where it was told, pkg-config finds them, a
# program links with them, and `make uninstall` leaves nothing. A build in a
# folder elsewhere does not touch the source.
set -u
: "${MACHINE:?}" "${EXEC=}" "${CC:=cc}"
source=$(cd "$(dirname "$0")/.." && pwd) || exit 1

skip() { echo "1..0 # SKIP $*"; exit 77; }
command -v pkg-config >/dev/null || skip "no pkg-config"
command -v make >/dev/null || skip "no make"
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
# What the make that runs this test was told is not for the makes in here.
unset MAKEFLAGS MAKELEVEL MFLAGS MAKEOVERRIDES BUILD
case $CC in *-gcc) : "${CROSS_COMPILE=${CC%gcc}}" ;; esac

count=0 failed=0
ok() { # DESCRIPTION COMMAND...: its output is shown only if it fails
	count=$((count + 1)) what=$1
	shift
	if "$@" >"$dir/out" 2>&1; then
		echo "ok $count - $what"
	else
		failed=1
		echo "not ok $count - $what"
		sed 's/^/#   /' "$dir/out"
	fi
}

# Name, size and time of every source file.
listing() {
	find "$source" \( -path "$source/build" -o -name .git \) -prune -o \
		-printf '%P %s %T@\n' | sort
}

stage="$dir/dir with space"
run_make() {
	make -C "$source" CC="$CC" CROSS_COMPILE="${CROSS_COMPILE-}" BUILD="$dir/build" \
		MACHINE="$MACHINE" DESTDIR="$stage" PREFIX=/usr "$@"
}

installed() { (cd "$stage" && find . -type f | sort); }
only_ours() {
	installed >"$dir/list"
	cat "$dir/list"
	printf '%s\n' ./usr/include/baredl.h ./usr/lib/libbaredl.a \
		./usr/lib/pkgconfig/baredl.pc | cmp - "$dir/list"
}
modes() { [ -z "$(find "$stage" -type f ! -perm 644)" ]; }
# As for a cross build: the stage is the root of the system to build for. By a
# name without a space, for there pkg-config has faults of its own.
pc() {
	ln -sfn "$stage" "$dir/root"
	PKG_CONFIG_LIBDIR="$dir/root/usr/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$dir/root" \
		PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 PKG_CONFIG_ALLOW_SYSTEM_LIBS=1 \
		pkg-config "$@" baredl
}
version() {
	want=$(awk '/define BDL_VERSION_/ { v = v s $3; s = "." } END { print v }' \
		"$source/include/baredl.h")
	have=$(pc --modversion)
	echo "header $want, pkg-config $have"
	[ "$want" = "$have" ]
}
links() {
	cat >"$dir/hello.c" <<-'END'
		#include <baredl.h>
		int puts(const char *);
		BDL_IMPORT(puts, "puts", "libc.so.6");
		int main(void) { return puts("hello") < 0; }
	END
	flags=$(pc --cflags --libs) && echo "$flags" &&
		$CC -static -nostdlib -fno-builtin -o "$dir/hello" "$dir/hello.c" $flags
}
runs() { [ "$($EXEC "$dir/hello")" = hello ]; }
nothing_left() { installed; [ -z "$(installed)" ]; }
same_source() { listing | diff "$dir/before" -; }

listing >"$dir/before"
ok 'make install' run_make install
ok 'installs the header, the library, the pkg-config file, nothing else' only_ours
ok 'all of them with mode 644' modes
ok 'pkg-config --validate' pc --validate
ok 'pkg-config gives the version of the header' version
ok 'a program links by the flags of pkg-config' links
ok 'and runs' runs
ok 'make install again' run_make install
ok 'make uninstall' run_make uninstall
ok 'leaves no file' nothing_left
ok 'the source is as it was' same_source
echo "1..$count"
exit $failed
