#!/bin/sh
# fetch.sh [DEST] - fetch the libraries that the programs here open, for both
# machines, to DEST/<machine>/ (build/freestanding). Nothing is installed, no root is
# needed: Debian 12's packages from this system's mirror (MIRROR=URL names another),
# checked against its keyring, of which only these files are kept. What is there
# already is left alone; remove it to fetch it anew.
set -u

packages='zlib1g liblzma5 libzstd1 libsqlite3-0 liblua5.4-0 libc6'
libraries='libz.so.1 liblzma.so.5 libzstd.so.1 libsqlite3.so.0 liblua5.4.so.0 libm.so.6'
suite=bookworm

say() { echo "fetch.sh: $*" >&2; }

mkdir -p "${1:-build/freestanding}" || exit 1
dest=$(cd "${1:-build/freestanding}" && pwd) || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
# Both from this system's own apt configuration; afterwards apt sees only ours.
unset APT_CONFIG
settings=$(apt-config dump | grep -E '^Acquire::(https?::|Check-|Retries|ForceIPv|Max-)')
[ -n "${MIRROR:-}" ] || MIRROR=$(apt-get update --print-uris 2>/dev/null |
	sed -n "s#^'\(.*/debian/*\)dists/.*#\1#p" | head -n 1)
[ -n "$MIRROR" ] || {
	say "no Debian mirror in this system's apt sources: set MIRROR=URL"
	exit 1
}

# use_apt ARCH: makes apt-get see the suite for that architecture, and nothing of
# this system: no package state, sources or preferences of its own.
use_apt() {
	apt=$work/apt-$1
	export APT_CONFIG="$apt/apt.conf"
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/empty"
	: >"$apt/status"
	keyring=/usr/share/keyrings/debian-archive-keyring.gpg
	[ ! -r $keyring ] || keyring="[signed-by=$keyring]"
	case $keyring in '['*) ;; *) keyring= ;; esac
	echo "deb $keyring $MIRROR $suite main" >"$apt/sources.list"
	cat >"$APT_CONFIG" <<-END
		$settings
		Acquire::Languages "none";
		APT::Architecture "$1";
		APT::Architectures { "$1"; };
		APT::Sandbox::User "root";
		Dir::State "$apt";
		Dir::State::status "$apt/status";
		Dir::State::Lists "$apt/lists";
		Dir::Cache "$apt/cache";
		Dir::Etc::main "none";
		Dir::Etc::parts "$apt/empty";
		Dir::Etc::sourcelist "$apt/sources.list";
		Dir::Etc::sourceparts "$apt/empty";
		Dir::Etc::preferences "none";
		Dir::Etc::preferencesparts "$apt/empty";
	END
	apt-get -qq update
}

fetch() { # MACHINE ARCH
	new=$work/$1
	mkdir -p "$new/debs" "$new/root" "$new/libraries"
	use_apt "$2" && (cd "$new/debs" && apt-get -qq download $packages) || return 1
	for package in "$new"/debs/*.deb; do
		dpkg-deb -x "$package" "$new/root" || return 1
	done
	for library in $libraries; do
		cp -L "$(find "$new/root" -name "$library" | head -n 1)" \
			"$new/libraries/$library" || return 1
	done
	mv "$new/libraries" "$dest/$1"
}

failed=0
for machine in x86_64-amd64 aarch64-arm64; do
	[ ! -d "$dest/${machine%-*}" ] || continue
	fetch "${machine%-*}" "${machine#*-}" >"$work/log" 2>&1 && echo "${machine%-*}: fetched" ||
		{ failed=1; say "${machine%-*}: $(tail -n 1 "$work/log")"; }
done
exit $failed
