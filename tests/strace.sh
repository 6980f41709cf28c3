#!/bin/sh
# What baredl promises to leave alone, seen by the kernel: no program is run, no
# process or thread made, no file written, created or removed, and no memory
# is ever writable and executable at once.
set -u
: "${MACHINE:?}" "${EXEC=}"
build=${BUILD:-build/$MACHINE}

# Programs that ask for no thread, no file and no process themselves.
programs='examples/hello
examples/block
examples/lookup --resident
examples/lookup -x 127.0.0.1
tests/resident'

skip() { echo "1..0 # SKIP $*"; exit 77; }
[ -z "$EXEC" ] || skip "strace would show the emulator's calls"
command -v strace >/dev/null || skip "no strace"
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
strace -f -o "$dir/log" true 2>/dev/null || skip "strace may not trace here"

count=0 failed=0
result() { # STATUS DESCRIPTION
	count=$((count + 1))
	[ "$1" = 0 ] && echo "ok $count - $2" || { failed=1; echo "not ok $count - $2"; }
}

# Reads a log of `strace -f -o` and prints each call that breaks a promise,
# failed calls too: it is the attempt that counts.
violations() {
	awk '
	{ call = $0; sub(/^[0-9]+ +/, "", call); name = call; sub(/\(.*/, "", name) }
	name == "execve" && !started++ { next }
	name ~ /^(execve|execveat|fork|vfork|clone|clone3)$/ ||
	name ~ /^(creat|memfd_create|memfd_secret|truncate|ftruncate|fallocate)$/ ||
	name ~ /^(mknod|mkdir|rename|renameat2?|link|symlink|unlink|rmdir)(at)?$/ ||
	name ~ /^open/ && call ~ /O_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)/ ||
	name ~ /^(mmap|mprotect|pkey_mprotect)$/ && call ~ /PROT_WRITE/ && call ~ /PROT_EXEC/ ||
	name == "shmat" && call ~ /SHM_EXEC/ && call !~ /SHM_RDONLY/ { print call }
	END { if (!started) print "no execve: not a log" }'
}

# The checker first: one log that keeps every promise, then one for each that
# is broken.
begin='7 execve("./p", ["./p"], 0x7ffd /* 2 vars */) = 0'
good='7 openat(AT_FDCWD, "/lib/libc.so.6", O_RDONLY|O_CLOEXEC) = 3
7 mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f00
7 mmap(NULL, 4096, PROT_READ|PROT_EXEC, MAP_PRIVATE|MAP_DENYWRITE, 3, 0) = 0x7f00
7 mprotect(0x7f00, 4096, PROT_READ) = 0
7 write(1, "openat O_RDWR PROT_WRITE|PROT_EXEC", 34) = 34
7 +++ exited with 0 +++'
found=$(printf '%s\n' "$begin" "$good" | violations)
[ -z "$found" ]
result $? "a log without violations passes"
while read -r bad; do
	found=$(printf '%s\n' "$begin" "$good" "$bad" | violations)
	[ "7 $found" = "$bad" ]
	result $? "caught: $bad"
done <<'END'
7 execve("/bin/sh", ["sh"], 0x7ffd /* 2 vars */) = -1 ENOENT (No such file or directory)
7 execveat(3, "", ["sh"], NULL, AT_EMPTY_PATH) = 0
7 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD) = 8
7 clone3({flags=CLONE_VM|CLONE_THREAD}, 88) = 8
7 fork() = 8
7 vfork( <unfinished ...>
7 openat(AT_FDCWD, "/tmp/x", O_WRONLY|O_CREAT, 0600) = 3
7 open("/etc/passwd", O_RDWR) = -1 EACCES (Permission denied)
7 openat(AT_FDCWD, "/tmp", O_RDONLY|O_TMPFILE) = 3
7 creat("/tmp/x", 0600) = 3
7 unlink("/tmp/x") = 0
7 unlinkat(AT_FDCWD, "/tmp/x", 0) = 0
7 renameat2(AT_FDCWD, "/tmp/x", AT_FDCWD, "/tmp/y", 0) = 0
7 mkdirat(AT_FDCWD, "/tmp/x", 0700) = 0
7 memfd_create("x", MFD_CLOEXEC) = 3
7 mmap(NULL, 4096, PROT_READ|PROT_WRITE|PROT_EXEC, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f00
7 mprotect(0x7f00, 4096, PROT_READ|PROT_WRITE|PROT_EXEC) = 0
7 pkey_mprotect(0x7f00, 4096, PROT_WRITE|PROT_EXEC, 1) = 0
7 shmat(0, NULL, SHM_EXEC) = 0x7f00
END
[ -n "$(printf '' | violations)" ]
result $? "caught: an empty log"

while read -r program; do
	# Its own test says whether it does its work (without a network, say, it may
	# not). Here it must only have come to its end.
	strace -f -o "$dir/log" "$build"/$program >"$dir/out" 2>&1 </dev/null
	status=$?
	[ $status -lt 126 ]
	result $? "$program runs under strace"
	[ $status -lt 126 ] || sed 's/^/#   /' "$dir/out"
	found=$(violations <"$dir/log")
	[ -z "$found" ]
	result $? "$program keeps the promises"
	[ -z "$found" ] || printf '%s\n' "$found" | sed 's/^/#   /'
done <<END
$programs
END
echo "1..$count"
exit $failed
