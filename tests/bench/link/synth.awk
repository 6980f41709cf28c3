# awk -v functions=N -v pointers=N -f synth.awk
# A large library without dependencies, in assembly that follows chain.s. Function i
# calls function (i * 7919 + 1) mod N. The table takes a relative relocation a
# pointer; "check" tells whether all are right, and then calls the first function.

# 47 characters that differ in the middle, as mangled C++ names do.
function name(i) { return sprintf("_ZN5synth9Component%05d8evaluateERNS_7ContextE", i) }

BEGIN {
	for (i = 0; i < functions; i++)
		print "\tchain " name(i) ", " name((i * 7919 + 1) % functions)

	print "\t.globl check\n\t.type check, @function\ncheck:"
	print "\tlea table(%rip), %rcx\n\tlea bytes(%rip), %rdx\n\tmov $" pointers ", %eax"
	print "1:\tcmp %rdx, (%rcx)\n\tjne 2f"
	print "\tadd $8, %rcx\n\tinc %rdx\n\tdec %eax\n\tjnz 1b"
	print "\tjmp " name(0) "@PLT\n2:\tneg %eax\n\tret\n\t.size check, . - check"

	print "\t.local bytes\n\t.comm bytes, " pointers
	print "\t.section .data.rel.ro, \"aw\"\n\t.p2align 3\ntable:"
	for (i = 0; i < pointers; i++)
		print "\t.quad bytes+" i
}
