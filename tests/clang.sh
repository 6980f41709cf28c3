#!/bin/sh
# clang builds the library and programs that work, without a warning.
: "${MACHINE:?}"
command -v clang >/dev/null || { echo "1..0 # SKIP no clang"; exit 77; }
. tests/tap.sh

make -s BUILD="$work" CC=clang CFLAGS='-Os -Werror' examples "$work/tests/resident" \
	"$work/tests/resident-pie" >"$work/log" 2>&1
result $? "clang builds the library and its users"
sed 's/^/#   /' "$work/log"
make -s BUILD="$work" CC=clang lint >"$work/log" 2>&1
result $? "its objects keep the rules of lint.sh"
sed 's/^/#   /' "$work/log"
"$work/examples/hello" >"$work/out"
result $? "hello runs"
[ "$(cat "$work/out")" = 'hello from a static program: 2 3 5 7 11' ]
result $? "and says what it should"
for test in resident resident-pie; do
	"$work/tests/$test" >"$work/out"
	result $? "$test passes"
done

# lld leaves out what is not named, also of sections that have bounds
if command -v ld.lld >/dev/null; then
	clang -fuse-ld=lld -Wl,--gc-sections -static -nostdlib -ffreestanding -fno-builtin -Iinclude \
		-Itests -Iarch "-Iarch/$MACHINE" tests/import-bind.c "$work/libbaredl.a" -o "$work/lld"
	result $? "lld --gc-sections links"
	"$work/lld" >"$work/out"
	result $? "and its import table is bound and read-only"
fi
finish
