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

compile() { # FILE FLAG...: makes $work/fault.o, or none
	file=$work/$1
	shift
	rm -f "$work/fault.o"
	$CC -ffreestanding -fno-stack-protector -fPIC -Os $cflags "$@" -c -o "$work/fault.o" "$file"
}
c() { # SOURCE [FLAG...]
	printf '%s\n' "$1" >"$work/fault.c"
	shift
	compile fault.c "$@"
}
assembly() { # SOURCE
	printf "$1" >"$work/fault.S"
	compile fault.S
}

# What lint.sh says of $work/fault.o: alone in an archive, as an object of the
# core, or as the core's default.c.o.
say() { # archive|object|default
	case $1 in
	archive)
		rm -f "$work/fault.a"
		$AR rcs "$work/fault.a" "$work/fault.o"
		sh tests/lint.sh "$work/fault.a"
		;;
	object) sh tests/lint.sh "$BUILD/libbaredl.a" "$work/fault.o" ;;
	default)
		cp "$work/fault.o" "$work/default.c.o"
		sh tests/lint.sh "$BUILD/libbaredl.a" "$work/default.c.o"
		;;
	esac 2>&1
}
planted() { # KIND FINDING: the whole line, or what it begins with
	found=$(say "$1")
	[ $? != 0 ] && case "
$found" in *"
lint: $2"*) ;; *) false ;; esac
	status=$?
	result $status "caught: $2"
	[ $status = 0 ] || printf '%s\n' "$found" | sed 's/^/#   /'
}
harmless() { # KIND WHAT
	found=$(say "$1")
	result $? "no fault: $2"
	[ -z "$found" ] || printf '%s\n' "$found" | sed 's/^/#   /'
}
hidden='__attribute__((visibility("hidden")))'
nothing='int bdl_f(void) { return 0; }'
end='.section .note.GNU-stack, "", %%progbits\n'

case $MACHINE in
x86_64) unmarked=-fcf-protection=none absolute32=R_X86_64_32 ;;
*) unmarked=-mbranch-protection=none absolute32=R_AARCH64_ABS32 ;;
esac

c "$nothing"
harmless archive 'a function bdl_f'
harmless object 'a function in the core'
c 'extern int other(void); int bdl_f(void) { return other(); }'
planted archive 'undefined symbol: fault.o: other'
c "extern char __start_bdl_imports[] $hidden; char *bdl_f(void) { return __start_bdl_imports; }"
planted archive 'undefined symbol: fault.o: __start_bdl_imports'
c 'int main(void); int bdl_f(void) { return main(); }'
planted archive 'undefined symbol: fault.o: main'
c 'int f(void) { return 0; }'
planted archive 'visible, and not bdl_*: fault.o: f'
c '__attribute__((weak)) int weak(void) { return 0; }'
planted archive 'visible, and not bdl_*: fault.o: weak'
c 'void _start(void) { }'
planted archive 'visible, and not bdl_*: fault.o: _start'
c 'void *memcpy(void *a, const void *b, unsigned long n) { return n ? a : (void *)b; }'
planted archive 'visible, and not bdl_*: fault.o: memcpy'
c 'int bdlx;'
planted archive 'visible, and not bdl_*: fault.o: bdlx'
c 'static __thread int t; int *bdl_f(void) { return &t; }'
planted archive 'fault.o: uses the thread pointer of a C compiler: R_'
c 'static __thread int t = 1; int *bdl_f(void) { return &t; }' -ftls-model=local-exec -fno-pic
planted archive 'fault.o: uses the thread pointer of a C compiler: R_'
c 'void use(char *); int bdl_f(void) { char b[64]; use(b); return b[0]; }' -fstack-protector-all
planted archive 'fault.o: stack canary: '
c "$nothing" -fno-asynchronous-unwind-tables -fno-unwind-tables
planted archive 'fault.o: no unwind tables: .eh_frame'
c "$nothing" $unmarked
planted archive "fault.o: not marked $FEATURE: the note is missing"
planted object "fault.o: not marked $FEATURE: the note is missing"
assembly "\t.text\n\t.globl bdl_f\n\t.type bdl_f, %%function\nbdl_f:\n\tret\n"
planted archive 'fault.o: function without .size: bdl_f'
planted archive 'fault.o: executable stack: no .note.GNU-stack'
assembly "\t.section x, \"awx\"\n\t.long 0\n\t.section .note.GNU-stack, \"x\", %%progbits\n"
planted archive 'fault.o: executable stack: asked for'
planted archive 'fault.o: writable and executable: '

c 'static int n; int bdl_f(void) { return n++; }'
planted object 'fault.o: writable static data: .bss'
harmless default 'an instance in default.c'
c "int n $hidden = 5; int bdl_f(void) { return n++; }"
planted object 'fault.o: writable static data: .data'
planted default 'default.c.o: writable static data: .data'
c "int n $hidden; int bdl_f(void) { return n++; }" -fcommon
planted object 'fault.o: writable static data: n'
c 'int bdl_f(void) { static int n __attribute__((section("mine"))); return n++; }'
planted object 'fault.o: writable static data: mine'
c '__attribute__((constructor)) static void f(void) { __asm__ volatile(""); } '"$nothing"
planted object 'fault.o: writable static data: .init_array'
c 'static const char *const names[] = { "a", "b", "c" };
const char *bdl_f(int i) { return names[i]; }'
planted object 'fault.o: writable static data: .data.rel'
planted object 'fault.o: absolute relocation: R_'
planted default 'default.c.o: absolute relocation: R_'
assembly "\t.section .rodata\n\t.long bdl_f\n$end"
planted object "fault.o: absolute relocation: $absolute32 bdl_f"
c "$nothing"'
__asm__(".pushsection .rodata\n\t.long bdl_f - .\n\t.popsection");'
harmless object 'a distance instead of an address'

rm -f "$work/fault.o"
for tool in READELF NM; do
	! (eval "export $tool=/nonexistent"; sh tests/lint.sh "$BUILD/libbaredl.a" $objects) >/dev/null 2>&1
	result $? "caught: no $tool"
done

# The source: in a tree of its own.
mkdir -p "$work/tree/src" "$work/tree/arch/x" "$work/tree/tests/unit"
cp tests/lint.sh "$work/tree/tests/"
archive=$(cd "$BUILD" && pwd)/libbaredl.a
in_tree() { (cd "$work/tree" && sh tests/lint.sh "$archive" 2>&1); }
source_fault() { # FILE FINDING
	case "
$(in_tree)" in *"
lint: $2"*) ;; *) false ;; esac
	result $? "caught: $2"
	rm "$work/tree/$1"
}
is "$(in_tree)" '' 'no fault: a tree of its own'
conditional='an #if on the architecture outside arch/ and the header'
echo '#if defined(__x86_64__)' >"$work/tree/src/a.c"
source_fault src/a.c "$conditional: src/a.c:1:#if defined(__x86_64__)"
echo '# ifdef __aarch64__' >"$work/tree/src/a.h"
source_fault src/a.h "$conditional: src/a.h:1:# ifdef __aarch64__"
echo '#elif __aarch64__' >"$work/tree/tests/a.c"
source_fault tests/a.c "$conditional: tests/a.c:1:#elif __aarch64__"
echo '#ifndef __x86_64__' >"$work/tree/tests/unit/a.c"
source_fault tests/unit/a.c "$conditional: tests/unit/a.c:1:#ifndef __x86_64__"
yes '/* */' | head -n 400 >"$work/tree/src/a.c"
is "$(in_tree)" '' 'no fault: 400 lines'
yes '/* */' | head -n 401 >"$work/tree/src/a.c"
source_fault src/a.c 'more than 400 lines: src/a.c: 401'
yes '/* */' | head -n 401 >"$work/tree/arch/x/a.S"
source_fault arch/x/a.S 'more than 400 lines: arch/x/a.S: 401'

# ---- what is linked with it is static

for program in examples/hello examples/lookup; do
	headers=$($READELF -lW "$BUILD/$program")
	! printf '%s\n' "$headers" | grep -qE 'INTERP|DYNAMIC'
	result $? "$program: no interpreter, no dynamic section"
	! printf '%s\n' "$headers" | grep -E 'LOAD|GNU_STACK' | grep -qE 'RWE| WE'
	result $? "$program: no segment writable and executable"
done
# Our own linker is there for who names it, whatever the flags.
carries() { $NM "$1" | grep -q ' load_closure$'; }
program() { # NAME SOURCE
	printf '%s\n' "$2" >"$work/$1.c"
	$CC -Iinclude -Os -ffreestanding -fno-stack-protector $cflags -static -nostdlib \
		-o "$work/$1" "$work/$1.c" "$BUILD/libbaredl.a"
}
program imports '#include <baredl.h>
int getpid(void);
BDL_IMPORT(getpid, "getpid", "libc.so.6");
int main(void) { return getpid() < 0; }'
! carries "$work/imports" && [ -e "$work/imports" ]
result $? "a program with imports only does not carry our own linker"
program opens '#include <baredl.h>
int main(void) { return !bdl_open("x.so", BDL_OWN); }'
carries "$work/opens"
result $? "one that calls bdl_open does"
$READELF -lW "$BUILD/tests/resident-pie" | grep -q INTERP
[ $? = 1 ]
result $? "a static-pie program: no interpreter"
finish
