#!/bin/sh
# At every instruction of the assembly an unwinder finds the callers.
: "${MACHINE:?}" "${BUILD:?}"
command -v gdb >/dev/null || { echo "1..0 # SKIP no gdb"; exit 77; }
out=$(gdb -q -batch -nx -x tests/cfi.py "$BUILD/tests/boot-probe" 2>&1 </dev/null)
case $out in
*ptrace:*) echo "1..0 # SKIP ptrace is not permitted"; exit 77 ;;
esac
printf '%s\n' "$out" | grep -E '^(ok|not ok|1\.\.|#)'
! printf '%s\n' "$out" | grep -q '^not ok'
