#!/bin/sh
# The archive keeps the rules of lint.sh, and lint.sh would tell if it did not:
# each rule is broken once, in a copy.
: "${MACHINE:?}" "${BUILD:?}" "${CC:=gcc}"
READELF=$($CC -print-prog-name=readelf) NM=$($CC -print-prog-name=nm)
AR=$($CC -print-prog-name=ar)
FEATURE=$(sed -n 's/^ARCH_FEATURE := *//p' "arch/$MACHINE/arch.mk")
cflags=$(sed -n 's/^ARCH_CFLAGS *:= *//p' "arch/$MACHINE/arch.mk")
export READELF NM AR FEATURE
. tests/tap.sh

objects="$BUILD/src/*.o $BUILD/arch/$MACHINE/*.o"
found=$(sh tests/lint.sh "$BUILD/libbaredl.a" $objects 2>&1)
result $? "libbaredl.a keeps the rules"
[ -z "$found" ] || printf '%s\n' "$found" | sed 's/^/#   /'

compile() { # FILE FLAG...
	file=$1
	shift
	$CC -ffreestanding -fno-stack-protector -fPIC -Os $cflags "$@" -c -o "${file%.*}.o" "$file"
}

# planted KIND EXPECTED: a fault in $work/fault.{c,S}, alone in an archive or an
# object of the core, must be called EXPECTED.
planted() {
	case $1 in
	archive)
		rm -f "$work/fault.a"
		$AR rcs "$work/fault.a" "$work/fault.o"
		found=$(sh tests/lint.sh "$work/fault.a" 2>&1)
		;;
	object) found=$(sh tests/lint.sh "$BUILD/libbaredl.a" "$work/fault.o" 2>&1) ;;
	esac
	[ $? != 0 ] && printf '%s\n' "$found" | grep -q "$2"
	result $? "caught: $2"
}
c() { # SOURCE KIND EXPECTED [FLAG...]
	printf '%s\n' "$1" >"$work/fault.c"
	kind=$2 expected=$3
	shift 3
	compile "$work/fault.c" "$@" && planted "$kind" "$expected"
}
hidden='__attribute__((visibility("hidden")))'

c 'extern int other(void); int bdl_f(void) { return other(); }' \
	archive 'undefined symbol: fault.o: other'
c 'int f(void) { return 0; }' archive 'visible, and not bdl_\*: fault.o: f'
c 'int memcpy_(int x) { return x; }' archive 'visible, and not bdl_\*: fault.o: memcpy_'
c "static __thread int t; int *bdl_f(void) { return &t; }" archive 'uses the thread pointer'
c 'void use(char *); int bdl_f(void) { char b[64]; use(b); return b[0]; }' \
	archive 'stack canary: ' -fstack-protector-all
c 'int bdl_f(void) { return 0; }' archive 'no unwind tables: .eh_frame' \
	-fno-asynchronous-unwind-tables -fno-unwind-tables
case $MACHINE in
x86_64) unmarked=-fcf-protection=none ;;
*) unmarked=-mbranch-protection=none ;;
esac
c 'int bdl_f(void) { return 0; }' archive "not marked $FEATURE" $unmarked
c 'int bdl_f(void) { return 0; }' object "not marked $FEATURE" $unmarked
c "static int n; int bdl_f(void) { return n++; }" object 'writable static data: .bss'
c "int n $hidden = 5; int bdl_f(void) { return n++; }" object 'writable static data: .data'
c "static const char *const names[] = { \"a\", \"b\", \"c\" };
const char *bdl_f(int i) { return names[i]; }" object 'absolute relocation: R_'

printf '\t.text\n\t.globl bdl_f\n\t.type bdl_f, %%function\nbdl_f:\n\tret\n' >"$work/fault.S"
compile "$work/fault.S" && planted archive 'function without .size: bdl_f'
planted archive 'executable stack: no .note.GNU-stack'
printf '\t.section x, "awx"\n\t.long 0\n\t.section .note.GNU-stack, "x"\n' >"$work/fault.S"
compile "$work/fault.S" && planted archive 'writable and executable: '
planted archive 'executable stack: asked for'

# ---- what is linked with it is static

for program in examples/hello examples/lookup; do
	headers=$($READELF -lW "$BUILD/$program")
	! printf '%s\n' "$headers" | grep -qE 'INTERP|DYNAMIC'
	result $? "$program: no interpreter, no dynamic section"
	! printf '%s\n' "$headers" | grep -E 'LOAD|GNU_STACK' | grep -qE 'RWE| WE'
	result $? "$program: no segment writable and executable"
done
$READELF -lW "$BUILD/tests/resident-pie" | grep -q INTERP
[ $? = 1 ]
result $? "a static-pie program: no interpreter"
finish
