# Reads rounds of lines "SIDE NANOSECONDS PAGE-FAULTS KIB RESULT", one line a side,
# and prints for each side, in the order of the first round,
#
#	SIDE NANOSECONDS FAULTS KIB RATIO LOWEST HIGHEST
#
# all medians but the last two. RATIO is that of [own] to [SIDE] in the same round;
# 1 for [own] itself, 0 without it. Ends with 1 if not all results are [expected]; an empty one is
# what the first line says.

function median(v, n,    i, j, t)
{
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && v[j - 1] > v[j]; j--) {
			t = v[j]; v[j] = v[j - 1]; v[j - 1] = t
		}
	return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}

# The median of one column of [side]; leaves it sorted in [column].
function of(table, side,    i)
{
	split("", column)
	for (i = 1; i <= rounds[side]; i++)
		column[i] = table[side, i] + 0
	return median(column, rounds[side])
}

NR == 1 && expected == "" { expected = $5 }
$5 != expected {
	print $1 ": " $5 ", not " expected >"/dev/stderr"
	wrong = 1
}
{
	if (!rounds[$1]++)
		sides[++count] = $1
	n = rounds[$1]
	time[$1, n] = $2
	faults[$1, n] = $3
	kib[$1, n] = $4
}

END {
	if (wrong)
		exit 1
	for (s = 1; s <= count; s++) {
		side = sides[s]
		for (i = 1; i <= rounds[side]; i++)
			if ((own, i) in time)
				ratio[side, i] = time[own, i] / time[side, i]
		line = side " " of(time, side) " " of(faults, side) " " of(kib, side)
		line = line " " of(ratio, side)
		print line, column[1], column[rounds[side]]
	}
}
