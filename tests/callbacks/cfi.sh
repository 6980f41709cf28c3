#!/bin/sh
# At every instruction of a prepared call and of a callback an unwinder finds the callers, and
# what they have in registers.
: "${MACHINE:?}" "${BUILD:?}" "${CC:=gcc}" "${EXEC=}"
here=tests/callbacks out=$BUILD/tests/callbacks
skip() { echo "1..0 # SKIP $*"; exit 77; }
[ -z "$EXEC" ] || skip "gdb would see the emulator"
command -v gdb >/dev/null || skip "no gdb"
mkdir -p "$out" || exit 1
bare=$(sed -n 's/^ARCH_CFLAGS *:*= *//p' "arch/$MACHINE/arch.mk")
$CC -Os -g -std=c11 -Wall -Wextra -Wno-unused-function -Iinclude -Iarch -I"arch/$MACHINE" -ffreestanding \
	-fno-builtin -fno-stack-protector -fasynchronous-unwind-tables -Wl,--eh-frame-hdr $bare -fno-pie -static \
	-nostdlib -DGUESTS='""' -DEMULATED=0 "$here/cfi/probe.c" "$BUILD/libbaredl.a" -o "$out/cfi-probe" || exit 1
text=$(gdb -q -batch -nx -x "$here/cfi.py" "$out/cfi-probe" 2>&1 </dev/null)
case $text in
*ptrace:*) skip "ptrace is not permitted" ;;
esac
printf '%s\n' "$text" | grep -E '^(ok|not ok|1\.\.|#)' || { printf '%s\n' "$text"; exit 1; }
! printf '%s\n' "$text" | grep -q '^not ok'
