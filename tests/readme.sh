#!/bin/sh
# The program in README.md builds with the command in README.md and prints what
# README.md says.
: "${MACHINE:?}" "${CC:=gcc}"
. tests/tap.sh
awk '/^```c$/ { on = 1; next } /^```$/ { on = 0 } on' README.md >"$work/hello.c"
command=$(sed -n 's/^\$ gcc /gcc /p' README.md | head -n 1)
want=$(awk '/^\$ \.\/hello$/ { getline; print }' README.md)
[ -s "$work/hello.c" ] && [ -n "$command" ] && [ -n "$want" ]
result $? "README.md has a program, a command and its output"
cp -r include "$work/"
mkdir -p "$work/build/x86_64"
cp "${BUILD:-build/$MACHINE}/libbaredl.a" "$work/build/x86_64/"
(cd "$work" && sh -c "$CC ${command#gcc } -Wall -Wextra -Werror")
result $? "it builds: $command"
is "$("$work/hello")" "$want" "and prints: $want"
finish
