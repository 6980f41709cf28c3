#!/bin/sh
# Programs run on kernels with pages of 4, 16 and 64 KiB (as the emulator has them).
: "${MACHINE:?}" "${BUILD:?}" "${EXEC=}"
case $EXEC in
*qemu-aarch64*) ;;
*) echo "1..0 # SKIP no emulator: the page size of a real kernel is fixed"; exit 77 ;;
esac
count=0 failed=0
for page in 4096 16384 65536; do
	for test in resident resident-pie own-start; do
		count=$((count + 1))
		if ${EXEC%% *} -p $page ${EXEC#* } "$BUILD/tests/$test" >/dev/null; then
			echo "ok $count - $test with pages of $page bytes"
		else
			echo "not ok $count - $test with pages of $page bytes"
			failed=1
		fi
	done
	# our own linker
	count=$((count + 1))
	if ${EXEC%% *} -p $page ${EXEC#* } "$BUILD/examples/plugin" "$BUILD/examples/shout.so" text |
		grep -q 'TEXT!'; then
		echo "ok $count - plugin with pages of $page bytes"
	else
		echo "not ok $count - plugin with pages of $page bytes"
		failed=1
	fi
done
echo "1..$count"
exit $failed
