#!/bin/sh
# fetch.sh [DEST [GUEST...]] - fetch the C libraries that `make test-guests`
# runs in, to DEST (build/guests).
#
# A guest is the C library of one Debian release for one architecture, unpacked
# as a sysroot. Nothing is installed on this system, and no root is needed:
#
#	DEST/glibc-bullseye-amd64/	lib -> usr/lib, lib64 -> usr/lib64
#	DEST/glibc-bullseye-amd64/.guest	one line, also in DEST/GUESTS.tsv:
#		name  arch  glibc|musl  version  interpreter  library directory
#
# Guests that are there already are left alone; remove their folder to fetch
# them anew. Packages come from this system's Debian mirror and are checked
# against its keyring; MIRROR=URL names another one (needed on Ubuntu).
set -u

releases='glibc-bullseye glibc-bookworm glibc-trixie glibc-forky glibc-experimental
musl-bullseye musl-bookworm musl-trixie musl-forky'

# Besides libc, a few ordinary libraries for the tests to open; libc comes first.
glibc_packages='libc6 libgcc-s1 libstdc++6 zlib1g libsqlite3-0'
musl_packages='musl'

say() { echo "fetch.sh: $*" >&2; }

mkdir -p "${1:-build/guests}" || exit 1
dest=$(cd "${1:-build/guests}" && pwd) || exit 1
[ $# = 0 ] || shift
[ $# -gt 0 ] || set -- $(for r in $releases; do echo "$r-amd64 $r-arm64"; done)
work=$dest/.fetch
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
# Both from this system's own apt configuration; afterwards apt sees only ours.
unset APT_CONFIG
settings=$(apt-config dump | grep -E '^Acquire::(https?::|Check-|Retries|ForceIPv|Max-)')

find_mirror() {
	[ -n "${MIRROR:-}" ] || MIRROR=$(apt-get indextargets \
		--format '$(REPO_URI) $(ORIGIN) $(LABEL)' 'Created-By: Packages' 2>/dev/null |
		awk '$2 == "Debian" && $3 == "Debian" { print $1; exit }')
	# Before the first `apt-get update` there are no labels to go by.
	[ -n "$MIRROR" ] || MIRROR=$(apt-get update --print-uris 2>/dev/null |
		sed -n "s#^'\(.*/debian/*\)dists/.*#\1#p" | head -n 1)
	[ -n "$MIRROR" ] || {
		say "no Debian mirror in this system's apt sources: set MIRROR=URL"
		exit 1
	}
}

# use_apt SUITE ARCH: makes apt-get see that suite for that architecture, and
# nothing of this system: no package state, sources or preferences of its own.
use_apt() {
	apt=$work/apt-$1-$2
	export APT_CONFIG="$apt/apt.conf"
	[ ! -e "$apt/ready" ] || return 0
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/empty"
	: >"$apt/status"
	: >"$apt/preferences"
	keyring=/usr/share/keyrings/debian-archive-keyring.gpg
	deb="deb $([ ! -r $keyring ] || echo "[signed-by=$keyring] ")$MIRROR"
	echo "$deb $1 main" >"$apt/sources.list"
	if [ "$1" = experimental ]; then
		# Not complete by itself: glibc from there, the rest from sid.
		echo "$deb sid main" >>"$apt/sources.list"
		printf 'Package: src:glibc\nPin: release a=experimental\nPin-Priority: 990\n' \
			>"$apt/preferences"
	fi
	cat >"$APT_CONFIG" <<-END
		$settings
		Acquire::Languages "none";
		APT::Architecture "$2";
		APT::Architectures { "$2"; };
		APT::Sandbox::User "root";
		Dir::State "$apt";
		Dir::State::status "$apt/status";
		Dir::State::Lists "$apt/lists";
		Dir::Cache "$apt/cache";
		Dir::Etc::main "none";
		Dir::Etc::parts "$apt/empty";
		Dir::Etc::sourcelist "$apt/sources.list";
		Dir::Etc::sourceparts "$apt/empty";
		Dir::Etc::preferences "$apt/preferences";
		Dir::Etc::preferencesparts "$apt/empty";
	END
	apt-get -qq update >"$apt/log" 2>&1 && apt-cache show libc6 >/dev/null 2>&1 || {
		say "suite $1 ($2) is not reachable: $(tail -n 1 "$apt/log")"
		rm -r "$apt"
		return 1
	}
	: >"$apt/ready"
}

# unpack ROOT PACKAGE...: as one usr-merged tree, whatever the release does.
unpack() {
	root=$1
	shift
	mkdir -p "$root/usr/lib" "$root/usr/lib64" "$root/etc" "$root/tmp"
	ln -s usr/lib "$root/lib"
	ln -s usr/lib64 "$root/lib64"
	for package; do
		# dpkg -x would replace the links by folders.
		dpkg-deb --fsys-tarfile "$package" | tar -x -C "$root" --no-same-owner \
			--keep-directory-symlink --delay-directory-restore \
			--exclude=./usr/share || return 1
	done
	# Absolute links lead out of the sysroot, to this system's libc.
	find "$root" -type l -lname '/*' | while read -r link; do
		ln -sfnr "$root$(readlink "$link")" "$link"
	done
}

# fetch KIND SUITE ARCH
fetch() {
	name=$1-$2-$3
	case $1-$3 in
	glibc-amd64) interp=/lib64/ld-linux-x86-64.so.2 libs=/usr/lib/x86_64-linux-gnu ;;
	glibc-arm64) interp=/lib/ld-linux-aarch64.so.1 libs=/usr/lib/aarch64-linux-gnu ;;
	musl-amd64) interp=/lib/ld-musl-x86_64.so.1 libs=/usr/lib/x86_64-linux-musl ;;
	musl-arm64) interp=/lib/ld-musl-aarch64.so.1 libs=/usr/lib/aarch64-linux-musl ;;
	*) say "no guest $name; there are (-amd64 and -arm64):" $releases; return 1 ;;
	esac
	use_apt "$2" "$3" || return 1
	[ "$1" = glibc ] && packages=$glibc_packages || packages=$musl_packages
	rm -rf "$work/new"
	mkdir -p "$work/new/debs"
	(cd "$work/new/debs" && apt-get -qq download $packages) >"$work/new/log" 2>&1 &&
		unpack "$work/new/root" "$work"/new/debs/*.deb &&
		[ -s "$work/new/root$interp" ] || {
		say "$name failed: $(tail -n 1 "$work/new/log")"
		return 1
	}
	version=$(dpkg-deb -f "$work/new/debs/${packages%% *}"_*.deb Version)
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$name" "$3" "$1" "$version" "$interp" "$libs" \
		>"$work/new/root/.guest"
	rm -rf "${dest:?}/$name"
	mv "$work/new/root" "$dest/$name"
	echo "$name: $version"
}

failed=0
for guest; do
	[ ! -e "$dest/$guest/.guest" ] || continue
	mkdir -p "$work"
	[ -n "${MIRROR:-}" ] || find_mirror
	suite=${guest#*-}
	fetch "${guest%%-*}" "${suite%-*}" "${guest##*-}" || failed=1
done
cat "$dest"/*/.guest >"$dest/GUESTS.tsv" 2>/dev/null
exit $failed
