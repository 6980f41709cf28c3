#!/bin/sh
# setup.sh - install what the tests need (Debian, Ubuntu; root or sudo), and
# fetch a musl for arm64, which is no package that can be installed here.
# Running it again is harmless. Builds need none of this but gcc and make.
set -u
cd "$(dirname "$0")/.." || exit 1

packages='
	gcc g++ make libc6-dev binutils file pkgconf git python3
	clang lld
	musl musl-dev musl-tools
	qemu-user gcc-aarch64-linux-gnu g++-aarch64-linux-gnu libc6-dev-arm64-cross
	nsd bind9-dnsutils iproute2
	strace gdb valgrind
	libffi-dev libluajit-5.1-dev
	ca-certificates debian-archive-keyring'
# Libraries for tests/everything to open, and what they need; those that this system
# has by these names.
libraries='libabsl-dev libgtk2.0-0 libgd3 libgstreamer1.0-0 libgnat-12 libgles2 libegl1
	libgl1 libglut3.12 libgstreamer-plugins-base1.0-0 libqt5core5a libsqlite3-0 libexpat1 libxml2 libcurl4 libzstd1 liblzma5 zlib1g libicu72'

die() { echo "setup.sh: $*" >&2; exit 1; }
command -v apt-get >/dev/null ||
	die "this is for Debian and Ubuntu; elsewhere install:" $packages

installed() { case $(dpkg-query -W -f '${Status}' "$1" 2>/dev/null) in *' installed') ;; *) false ;; esac; }
missing= more=
for package in $packages; do
	installed "$package" || missing="$missing $package"
done
for package in $libraries; do
	installed "$package" || more="$more $package"
done

if [ -n "$missing$more" ]; then
	echo "setup.sh: installing$missing$more"
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
	[ -z "$missing" ] || $apt --no-install-recommends install $missing >/dev/null ||
		die "could not install:$missing"
	# one by one: this system may not have all of them
	for package in $more; do
		$apt --no-install-recommends install "$package" >/dev/null 2>&1 ||
			echo "setup.sh: no $package here"
	done
	case $missing in
	*' nsd'*) [ ! -d /run/systemd/system ] || $root systemctl -q disable nsd ;;
	esac
fi

sh tests/guests/fetch.sh build/guests musl-trixie-arm64 ||
	die "no musl for arm64: its tests will be skipped"
sh tests/freestanding/fetch.sh build/freestanding ||
	die "no libraries for tests/freestanding: some of them will be skipped"
echo "setup.sh: all there"
