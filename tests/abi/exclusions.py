"""Where a compiler does otherwise than the psABI, AAPCS64 or gcc: signatures that are left
out for it. Looked at with gcc 12 and clang 14, 15, 16, 19, 22; --all undoes it."""

from model import SIZES, leaves


def parts(s):
    """All types in it."""
    return [p for t in s.types() for p in t.walk()]


def passes(s, kinds):
    """Is something of these kinds a parameter, or in a struct that goes either way?"""
    return any(p.kind in kinds for t in s.types()
               if t.is_struct() or t is not s.result for p in t.walk())


def has_vector(types, letters, size):
    return any(p.kind == '<' and p.of[0].kind in letters
               and p.count * SIZES[p.of[0].kind] == size for t in types for p in t.walk())


def bit_field(s, test):
    return any(p.kind == '.' and test(p.count) for p in parts(s))


def nothing_but(t, kind):
    kinds = {element.kind for _, _, element in leaves(t)}
    return t.is_struct() and kinds == {kind}


def nameless(t):
    """Unnamed bit-fields and nothing else."""
    return t.is_struct() and any(p.kind == '.' and p.count for p in t.walk()) and not any(
        p.kind not in '.{u[' for p in visible(t))


def visible(t):
    """The types in it but those of bit-fields."""
    yield t
    if t.kind not in ':.':
        for part in t.of:
            yield from visible(part)


def has_wide(types):
    return any(p.kind == '<' and p.count * SIZES[p.of[0].kind] > 16
               for t in types for p in t.walk())


def stretched(t):
    """A vector in something that is aligned to 32 or more."""
    return t.is_struct() and any(p.kind in '<w' for p in t.walk()) and any(
        p.align >= 32 or p.member_align >= 32 for p in t.walk())


def packed_bits(t):
    """A struct with bit-fields as a member of something packed."""
    return t.is_struct() and t.pack is not None and any(
        p.kind == ':' for m in t.of if m.kind != ':' for p in m.walk())


def packed_quads(t):
    return t.is_struct() and any(p.pack is not None for p in t.walk()) and any(
        p.kind in '<gwGW' for p in t.walk())


def vector_members(s):
    """How many members an arm64 call has in vector registers, if all find room."""
    return sum(count * (2 if element.kind in 'EFDGW' else 1) for t in s.parameters
               for _, count, element in leaves(t) if element.kind in 'eyfdgwEFDGW<')


# compiler, machine, versions below this (0: all), which signatures, why
TABLE = [
    ('g++', 'any', 0, lambda s: any(t.kind == 'e' for t in s.parameters[s.fixed:]),
     'g++ makes a variadic _Float16 a double'),
    ('any', 'x86_64', 0, lambda s: any(nameless(t) for t in s.types()),
     'a struct of unnamed bit-fields: gcc passes it in registers only; baredl refuses it'),
    ('any', 'x86_64', 0, lambda s: has_vector(s.types(), 'd', 8),
     'a vector of one double: gcc passes it in memory, clang in a register; baredl refuses it'),
    ('gcc', 'x86_64', 0, lambda s: any(
        p.kind == 'u' and has_wide([p]) for t in s.parameters[s.fixed:] for p in t.walk()),
     'gcc crashes at va_arg of a union with a wide vector'),
    ('gcc', 'x86_64', 0, lambda s: any(
        p.kind == 'u' and has_wide([p]) for p in s.result.walk()),
     'gcc clears the upper half of a union with a wide vector when it returns it'),
    ('clang', 'x86_64', 18, lambda s: any(t.kind in 'nN' for t in s.parameters),
     'clang before 18 splits an __int128 between r9 and the stack, and aligns it to 8 there'),
    ('clang', 'x86_64', 19, lambda s: passes(s, 'w'),
     'an older clang takes __float128 for MEMORY in structs and when it counts registers'),
    ('clang', 'x86_64', 0, lambda s: bit_field(s, lambda n: n),
     'unnamed bit-fields are INTEGER to gcc and padding to clang'),
    ('clang', 'x86_64', 0, lambda s: s.variadic and has_wide(s.parameters[:s.fixed]),
     'in a variadic function clang passes vectors of 32 and 64 bytes in memory, also fixed ones'),
    ('clang', 'x86_64', 0, lambda s: any(stretched(p) for p in parts(s)),
     'clang passes a struct that is a vector and padding of 16 bytes or more in a register'),
    ('clang', 'x86_64', 0, lambda s: any(
        p.kind == 'u' and has_wide([p]) and any(m.kind in '[{u' for m in p.of) for p in parts(s)),
     'clang looks at two of the eightbytes of a union with a wide vector only'),
    ('clang', 'x86_64', 0, lambda s: any(
        t.is_sizeless() and any(p.align > 8 or p.member_align > 8 for p in t.walk())
        for t in s.parameters[s.fixed:]),
     'clang aligns the variadic arguments behind an empty struct by that of the struct'),
    ('clang', 'x86_64', 0, lambda s: any(
        p.kind == 'u' and any(m.kind == '.' for m in p.of) for p in parts(s)),
     'an unnamed bit-field of no width is INTEGER in a union to gcc, nothing to clang'),
    ('clang', 'x86_64', 0, lambda s: any(packed_bits(p) for p in parts(s)),
     'bit-fields in a struct that is not aligned: INTEGER to gcc, MEMORY to clang'),
    ('gcc', 'aarch64', 13, lambda s: any(nothing_but(t, 'y') for t in s.types()),
     'gcc before 13 knows no HFA of __bf16'),
    ('clang', 'aarch64', 22, lambda s: vector_members(s) > 8 and any(
        nothing_but(t, 'y') for t in s.parameters),
     'an older clang spreads an HFA of __bf16 over the stack, a word each'),
    ('clang', 'aarch64', 0, lambda s: any(
        t.is_struct() and {'y', 'e'} <= {e.kind.lower() for _, _, e in leaves(t)}
        for t in s.types()),
     'clang makes an HFA of _Float16 and __bf16'),
    ('clang++', 'aarch64', 0, lambda s: any(
        p.kind == 'u' and any(m.kind == '_' for q in p.of for m in q.of) for p in parts(s)),
     'a union with an empty class is an HFA to clang++, not to g++'),
    ('gcc', 'aarch64', 0, lambda s: s.variadic and any(t.kind == 'y' for t in s.parameters),
     'gcc refuses __bf16 in variadic functions'),
    ('clang', 'aarch64', 0, lambda s: bit_field(s, lambda n: not n),
     'an unnamed bit-field of no width makes a struct no HFA to clang before 15; a union, to gcc'),
    ('clang', 'aarch64', 0, lambda s: any(nameless(p) for p in parts(s)),
     'a struct of unnamed bit-fields is empty to clang, and passed by gcc'),
    ('clang', 'aarch64', 19, lambda s: any(packed_quads(p) for p in parts(s)),
     'an older clang aligns an HFA of long doubles or vectors to 16 on the stack if packed, too'),
]


def excluded(s, compiler, machine):
    """Why, or None."""
    for kind, where, below, test, why in TABLE:
        if (kind in ('any', compiler.kind, compiler.name) and where in ('any', machine)
                and (not below or compiler.version < below) and test(s)):
            return why
    return None
