#!/bin/sh
# examples/plugin says what its README says, and gives plugins that ask for more to the
# resident.
: "${MACHINE:?}" "${BUILD:?}" "${CC:=gcc}" "${EXEC=}"
. tests/tap.sh

said=$($EXEC "$BUILD/examples/plugin" "$BUILD/examples/shout.so" 'hello, plugin' 2>&1)
is "$said" 'plugin: here
HELLO, PLUGIN!
no C library was needed
plugin: gone' 'as in its README'
sed -n '/^plugin: here/,/^```/p' examples/plugin/README.md | sed '$d' >"$work/readme"
is "$said" "$(cat "$work/readme")" 'the README says so'

echo '#include <stdlib.h>
int run(const char *text) { return system("") + atoi(text); }' >"$work/calls.c"
$CC -shared -fPIC -o "$work/calls.so" "$work/calls.c" &&
	said=$($EXEC "$BUILD/examples/plugin" "$work/calls.so" 0 2>&1)
is "$said" 'a C library was needed' 'one that calls libc is opened by the resident'
said=$($EXEC "$BUILD/examples/plugin" "$work/none.so" text 2>&1)
case $said in *"$work/none.so"*) ;; *) false ;; esac
result $? 'one that is missing is named'
finish
