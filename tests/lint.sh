#!/bin/sh
# lint.sh ARCHIVE OBJECT...
# Rules that no test program can see: what the object files say. ARCHIVE is what
# we ship, the OBJECTs are the core that went into it.
archive=$1 bad=0
shift
: "${READELF:=readelf}" "${NM:=nm}" "${FEATURE:=}"

no() { # RULE FINDINGS: complains if there are any
	[ -z "$2" ] || { printf '%s\n' "$2" | sed "s|^|lint: $1: |" >&2; bad=1; }
}

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
path=$(cd "$(dirname "$archive")" && pwd)/${archive##*/}
(cd "$work" && ${AR:-ar} x "$path") || exit 1

# A tool that prints nothing would find nothing.
for file in "$work"/*.o "$@"; do
	$READELF -h "$file" >/dev/null && $NM "$file" >/dev/null ||
		{ echo "lint: ${file##*/}: cannot be read" >&2; exit 1; }
done

# ---- what we ship

# The linker itself defines the bounds of sections and of the init arrays; link.o
# and call.o may use what baredl.o has.
no 'undefined symbol' "$(cd "$work" && for m in *.o; do
	{ case $m in link.o|call.o) $NM --defined-only baredl.o ;; esac; $NM -u "$m"; } | awk -v member="$m" '
		NF == 3 { defined[$3]; next }
		$2 in defined || $2 == "_GLOBAL_OFFSET_TABLE_" { next }
		member == "baredl.o" && $2 ~ /^__(start|stop)_bdl_(imports|slots)$/ { next }
		member == "start.o" && $2 ~ /^__(preinit|init|fini)_array_(start|end)$/ { next }
		member == "start.o" && ($2 == "main" || $2 == "bdl_start") { next }
		{ print member ": " $2 }'
done)"
no 'visible, and not bdl_*' "$(cd "$work" && for m in *.o; do
	$READELF -sW "$m" | awk -v member="$m" '
		($5 == "GLOBAL" || $5 == "WEAK") && $7 != "UND" && $8 !~ /^bdl_/ &&
		!(member == "start.o" && $8 == "_start") { print member ": " $8 }'
done)"
for m in "$work"/*.o; do
	name=${m##*/}
	sections=$($READELF -SW "$m")
	no "$name: function without .size" \
		"$($READELF -sW "$m" | awk '$4 == "FUNC" && $3 == 0 && $7 != "UND" { print $8 }')"
	no "$name: executable stack" "$(printf '%s\n' "$sections" |
		awk '/\.note\.GNU-stack/ { found = 1; if (/ X /) print "asked for" }
			END { if (!found) print "no .note.GNU-stack" }')"
	no "$name: writable and executable" "$(printf '%s\n' "$sections" | grep ' WAX')"
	no "$name: uses the thread pointer of a C compiler" "$($READELF -rW "$m" |
		awk '/TLS|TPOFF|TPREL|DTPMOD|GOTTP/ { print $3, $5 }'
		printf '%s\n' "$sections" | grep -E '\.t(data|bss)')"
	no "$name: stack canary" "$($NM "$m" | grep stack_chk)"
	no "$name: no unwind tables" \
		"$(printf '%s\n' "$sections" | grep -q '\.eh_frame' || echo .eh_frame)"
	[ -z "$FEATURE" ] || no "$name: not marked $FEATURE" \
		"$($READELF -nW "$m" | grep -q "feature.*$FEATURE" || echo 'the note is missing')"
done

# ---- the core: no state of its own, no address written into it

# Debug information is not loaded, and may hold addresses. The one default instance
# may be written to; besides it default.c has just the slots of an empty import.
for object; do
	name=${object##*/} own=
	no "$name: not marked $FEATURE" "$([ -z "$FEATURE" ] ||
		$READELF -nW "$object" | grep -q "feature.*$FEATURE" || echo 'the note is missing')"
	[ "$name" != default.c.o ] || own='^(\.bss(\.instance)?|bdl_slots)$'
	no "$name: writable static data" "$($READELF -SW "$object" | sed 's/^ *\[ *[0-9]*\] *//' |
		awk -v own="$own" '$2 ~ /PROGBITS|NOBITS|_ARRAY/ && $7 ~ /W/ && $5 !~ /^0+$/ &&
			!(own && $1 ~ own) { print $1 }'
		$READELF -sW "$object" | awk '$7 == "COM" { print $8 }')"
	no "$name: absolute relocation" "$($READELF -rW "$object" | awk '
		/^Relocation section/ { skip = /\.rela\.debug/ }
		!skip && $3 ~ /^R_X86_64_(64|32S?|16|8)$|^R_AARCH64_(P32_)?(ABS|MOVW_[US]ABS)/ {
			print $3, $5 }')"
done

# ---- the source

no 'an #if on the architecture outside arch/ and the header' "$(
	grep -nE '^[[:space:]]*#[[:space:]]*(if|elif).*(x86_64|amd64|aarch64|arm64)' \
		src/*.[ch] src/*/*.[ch] tests/*.[ch] tests/*/*.[ch] examples/*/*.[ch] 2>/dev/null)"
no 'more than 400 lines' "$(wc -l src/*.[chS] src/*/*.[ch] arch/*.h arch/*/*.[hS] 2>/dev/null |
	awk '$1 > 400 && $2 != "total" { print $2 ": " $1 }')"
exit $bad
