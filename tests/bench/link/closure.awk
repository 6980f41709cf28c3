# awk -v libraries=N -v functions=N -v uses=N -v dir=DIR -f closure.awk
# Many small libraries that import much from each other, as DIR/libK.s, assembly
# that follows chain.s. Function j of a library calls one of the j mod USES-th
# library that it uses, no two the same. What each uses goes to stdout, as lines
# "libK libA libB ...".

# 47 characters, as in synth.awk.
function name(lib, i)
{
	return sprintf("_ZN7closure7Library%02d8function%03dERNS_7ContextE", lib, i)
}

# The same sequence in every awk (Lehmer's generator fits a double).
function random(n) { state = state * 16807 % 2147483647; return state % n }

BEGIN {
	state = 20261124
	for (lib = 0; lib < libraries; lib++) {
		split("", used)
		line = "lib" lib
		for (k = 0; k < uses; k++) {
			do other = random(libraries)
			while (other == lib || other in used)
			used[other] = 1
			from[k] = other
			line = line " lib" other
		}
		print line
		file = dir "/lib" lib ".s"
		shift_by = random(functions)
		for (j = 0; j < functions; j++)
			print "\tchain " name(lib, j) ", " \
				name(from[j % uses], (j + shift_by) % functions) >file
		close(file)
	}
}
