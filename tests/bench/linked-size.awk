# Reads GNU ld's map of a program and prints, in bytes, what the archive [archive]
# put into it:
#
#	COUNTED CODE RODATA EH_FRAME WRITABLE OTHER...
#
# COUNTED is CODE (.text*) + RODATA (.rodata*, .data.rel.ro*). The rest is not
# counted: .eh_frame, writable data, and other loaded sections as NAME=BYTES.
# Strings count as they are before the linker merges them with other files'.

function hex(text,    i, n)
{
	for (i = 3; i <= length(text); i++)
		n = 16 * n + index("0123456789abcdef", substr(text, i, 1)) - 1
	return n
}

# Books the section that was read last.
function book()
{
	if (name ~ /^\.text/)
		code += size
	else if (name ~ /^\.(rodata|data\.rel\.ro)/)
		rodata += size
	else if (name ~ /^\.eh_frame/)
		eh_frame += size
	else if (name ~ /^(\.t?data|\.t?bss|COMMON)/)
		writable += size
	else if (size && name !~ /^\.(comment|debug)/)
		other = other " " name "=" size
	size = ours = 0
}

/^Linker script and memory map/ { map = 1 }
!map { next }

# " NAME ADDRESS SIZE FILE"; a long name has a line of its own before the rest.
/^ [^ *]+$/ { book(); name = $1; next }
/^ [^ *]+ +0x/ { book(); name = $1; sub(/^ [^ ]+/, "") }
/^ +0x[0-9a-f]+ +0x[0-9a-f]+ [^ ]/ {
	ours = index($0, archive "(")
	if (ours)
		size = hex($2)
}
/ \(size before relaxing\)$/ { if (ours) size = hex($1) }

END {
	book()
	print code + rodata, code + 0, rodata + 0, eh_frame + 0, writable + 0 other
}
