#!/bin/sh
# setup.sh - install what the tests need (Debian, Ubuntu; root or sudo), and
# fetch a musl for arm64, which is no package that can be installed here.
# Running it again is harmless. Builds need none of this but gcc and make.
set -u
cd "$(dirname "$0")/.." || exit 1

packages='
	gcc g++ make libc6-dev binutils file pkgconf git
	clang lld
	musl musl-dev musl-tools
	qemu-user gcc-aarch64-linux-gnu g++-aarch64-linux-gnu libc6-dev-arm64-cross
	nsd bind9-dnsutils iproute2
	strace gdb valgrind
	ca-certificates debian-archive-keyring'

die() { echo "setup.sh: $*" >&2; exit 1; }
command -v apt-get >/dev/null ||
	die "this is for Debian and Ubuntu; elsewhere install:" $packages

missing=
for package in $packages; do
	case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
	*' installed') ;;
	*) missing="$missing $package" ;;
	esac
done

if [ -n "$missing" ]; then
	echo "setup.sh: installing$missing"
	root=
	[ "$(id -u)" = 0 ] || root=sudo
	[ -z "$root" ] || command -v sudo >/dev/null || die "not root, and no sudo"
	# The tests start the name server themselves, on an address of their own.
	# As a package it would start at once, and at every boot.
	policy=/usr/sbin/policy-rc.d
	if [ ! -e $policy ]; then
		trap '$root rm -f $policy' EXIT
		printf '#!/bin/sh\nexit 101\n' | $root tee $policy >/dev/null
		$root chmod 755 $policy
	fi
	apt="$root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y"
	$apt update || die "apt-get update failed"
	$apt --no-install-recommends install $missing >/dev/null ||
		die "could not install:$missing"
	case $missing in
	*' nsd'*) [ ! -d /run/systemd/system ] || $root systemctl -q disable nsd ;;
	esac
fi

sh tests/guests/fetch.sh build/guests musl-trixie-arm64 ||
	die "no musl for arm64: its tests will be skipped"
echo "setup.sh: all there"
