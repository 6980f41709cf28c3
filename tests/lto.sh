#!/bin/sh
# The same import in two files is one function, whoever compiles, with -flto and without.
: "${MACHINE:?}" "${BUILD:?}" "${CC:=gcc}" "${EXEC=}"
. tests/tap.sh

for file in one two; do
	printf '%s\n' '#include <baredl.h>' 'int getpid(void);' \
		'BDL_IMPORT(getpid, "getpid", "libc.so.6");' >"$work/$file.c"
done
echo 'int two(void); int main(void) { return getpid() != two(); }' >>"$work/one.c"
echo 'int two(void); int two(void) { return getpid(); }' >>"$work/two.c"

program() { # COMPILER...
	rm -f "$work/program"
	"$@" -O2 -ffreestanding -fno-stack-protector -Iinclude -static -nostdlib \
		-o "$work/program" "$work/one.c" "$work/two.c" "$BUILD/libbaredl.a" 2>"$work/log" &&
		$EXEC "$work/program"
	result $? "$*"
	sed 's/^/#   /' "$work/log"
}
program $CC
program $CC -flto
if command -v clang >/dev/null && command -v ld.lld >/dev/null; then
	program clang "--target=$MACHINE-linux-gnu" -fuse-ld=lld
	program clang "--target=$MACHINE-linux-gnu" -fuse-ld=lld -flto
fi
finish
