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

# ---- what we ship

# The linker itself defines the bounds of sections and of the init arrays.
no 'undefined symbol' "$(cd "$work" && for m in *.o; do
	$NM -u "$m" | awk -v member="$m" '
		$2 ~ /^__(start|stop)_bdl_(imports|slots)$/ { next }
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
	no "$name: writable and executable" "$(printf '%s\n' "$sections" | grep ' WAX ')"
	no "$name: uses the thread pointer of a C compiler" "$($READELF -rW "$m" |
		awk '/TLS|TPOFF|TPREL|DTPMOD|GOTTP/ { print $3, $5 }')"
	no "$name: stack canary" "$($NM "$m" | grep stack_chk)"
	no "$name: no unwind tables" \
		"$(printf '%s\n' "$sections" | grep -q '\.eh_frame' || echo .eh_frame)"
	[ -z "$FEATURE" ] || no "$name: not marked $FEATURE" \
		"$($READELF -nW "$m" | grep -q "feature.*$FEATURE" || echo 'the note is missing')"
done

# ---- the core: no state of its own, no address written into it

# The data of debug information, unwind tables and notes is not loaded as code is.
for object; do
	name=${object##*/}
	no "$name: not marked $FEATURE" "$([ -z "$FEATURE" ] ||
		$READELF -nW "$object" | grep -q "feature.*$FEATURE" || echo 'the note is missing')"
	[ "$name" != default.c.o ] || continue # the one default instance
	no "$name: writable static data" "$($READELF -SW "$object" | sed 's/^ *\[ *[0-9]*\] *//' |
		awk '$2 ~ /PROGBITS|NOBITS/ && $7 ~ /W/ && $5 !~ /^0+$/ { print $1 }')"
	no "$name: absolute relocation" "$($READELF -rW "$object" | awk '
		/^Relocation section/ { skip = /\.rela\.(debug|eh_frame)/ }
		!skip && $3 ~ /^R_X86_64_(64|32|32S)$|^R_AARCH64_ABS/ { print $3, $5 }')"
done

# ---- the source

no 'an #if on the architecture outside arch/ and the header' "$(
	grep -nE '^[[:space:]]*#[[:space:]]*(if|elif).*(x86_64|amd64|aarch64|arm64)' \
		src/*.[ch] tests/*.[ch] tests/*/*.[ch] examples/*/*.[ch] 2>/dev/null)"
no 'more than 400 lines' "$(wc -l src/*.[chS] arch/*.h arch/*/*.[hS] 2>/dev/null |
	awk '$1 > 400 && $2 != "total" { print $2 ": " $1 }')"
exit $bad
