"""Types and signatures: the grammar of baredl.h -> a tree -> declarations in C."""

SPELLINGS = {
    # The first that the compiler has is taken.
    'v': ['void'], 'p': ['void *'], 's': ['char *'], '?': ['_Bool', 'bool'], 'c': ['char'],
    'b': ['signed char'], 'B': ['unsigned char'], 'h': ['short'], 'H': ['unsigned short'],
    'i': ['int'], 'I': ['unsigned'], 'l': ['long'], 'L': ['unsigned long'],
    'q': ['long long'], 'Q': ['unsigned long long'],
    'n': ['__int128'], 'N': ['unsigned __int128'],
    'e': ['_Float16'], 'y': ['__bf16'],
    'f': ['float'], 'd': ['double'], 'g': ['long double'],
    'w': ['__float128', '_Float128'],
    'E': ['_Complex _Float16'], 'F': ['_Complex float'], 'D': ['_Complex double'],
    'G': ['_Complex long double'], 'W': ['_Complex __float128', '_Complex _Float128'],
}
SIZES = {
    **dict.fromkeys('?cbB', 1), **dict.fromkeys('hHey', 2), **dict.fromkeys('iIfE', 4),
    **dict.fromkeys('lLqQpsdF', 8), **dict.fromkeys('nNgwD', 16), **dict.fromkeys('GW', 32),
}
SMALL = '?cbBhH'  # kept as a long long, see abi.h
VARIADIC_NOT = SMALL + 'f'


class Type:
    def __init__(self, kind):
        self.kind = kind      # a letter, '<' '[' '{' 'u' ':' '.'
        self.text = ''
        self.of = []          # members; else the one type meant
        self.count = 0        # elements; bits
        self.pack = None      # of a struct: 0 is packed, else the n of !n
        self.align = 0        # of a struct
        self.member_align = 0 # as a member

    def is_struct(self):
        return self.kind in '{u'

    def walk(self):
        yield self
        for part in self.of:
            yield from part.walk()

    def innermost(self):
        """The type of an array's elements."""
        return self.of[0].innermost() if self.kind == '[' else self

    def is_sizeless(self):
        """C: no byte at all."""
        if self.kind == '[':
            return self.of[0].is_sizeless()
        return self.is_struct() and all(
            m.kind == '.' and m.count == 0 or m.is_sizeless() for m in self.of)


class Signature:
    def __init__(self, text):
        self.text = text.replace(' ', '')
        self.at = 0
        self.result = self.type()
        self.parameters = []
        self.fixed = None
        self.expect('(')
        while not self.accept(')'):
            if self.text.startswith('...', self.at):
                self.at += 3
                self.fixed = len(self.parameters)
            else:
                self.parameters.append(self.type())
            if self.peek() != ')':
                self.expect(',')
        if self.peek():
            raise ValueError(f'{self.text}: character {self.at + 1}')
        self.variadic = self.fixed is not None
        if not self.variadic:
            self.fixed = len(self.parameters)

    def types(self):
        return [self.result] + self.parameters

    def peek(self):
        return self.text[self.at:self.at + 1]

    def accept(self, c):
        if self.peek() != c:
            return False
        self.at += 1
        return True

    def expect(self, c):
        if not self.accept(c):
            raise ValueError(f'{self.text}: no {c} at character {self.at + 1}')

    def number(self):
        begin = self.at
        while self.peek().isdigit():
            self.at += 1
        return int(self.text[begin:self.at])

    def type(self):
        begin = self.at
        t = self.any_type()
        t.text = self.text[begin:self.at]
        return t

    def any_type(self):
        if self.accept('<'):
            t = Type('<')
            t.count = self.number()
            t.of = [self.type()]
            self.expect('>')
            return t
        if self.peek() in ('@', '!', 'u', '{'):
            return self.struct()
        letter = self.peek()
        if letter not in SPELLINGS and letter != '_':
            raise ValueError(f'{self.text}: no type at character {self.at + 1}')
        self.at += 1
        return Type(letter)

    def struct(self):
        align, pack = 0, None
        while self.peek() in ('@', '!'):
            if self.accept('@'):
                align = self.number()
            else:
                self.expect('!')
                pack = self.number() if self.peek().isdigit() else 0
        t = Type('u' if self.accept('u') else '{')
        t.align, t.pack = align, pack
        self.expect('{')
        while not self.accept('}'):
            t.of.append(self.member())
            self.accept(',')
        return t

    def member(self):
        begin, align = self.at, 0
        if self.accept('@'):
            align = self.number()
            if self.peek() in ('{', 'u', '!', '@'):  # the struct's own
                self.at, align = begin, 0
        t = self.array() if self.peek() == '[' else self.type()
        if self.peek() in (':', '.'):
            bits = Type(self.peek())
            self.at += 1
            bits.count, bits.of = self.number(), [t]
            return bits
        t.member_align = align
        return t

    def array(self):
        begin = self.at
        self.expect('[')
        t = Type('[')
        t.count = self.number()
        t.of = [self.array() if self.peek() == '[' else self.type()]
        self.expect(']')
        t.text = self.text[begin:self.at]
        return t


def leaves(t, path=''):
    """(path, how many, element) of each leaf but bit-fields; '_' is none."""
    if t.kind == '[':
        element, count = t, 1
        while element.kind == '[':
            count *= element.count
            element = element.of[0]
        if element.is_struct():
            for i in range(t.count):
                yield from leaves(t.of[0], f'{path}[{i}]')
        else:
            yield path, count, element
    elif t.is_struct():
        for i, m in enumerate(t.of):
            if m.kind not in ':._':
                yield from leaves(m, f'{path}.m{i}')
    elif t.kind != '_':
        yield path, 1, t


def bit_fields(t, path=''):
    """(path, all its bits set) of each named bit-field."""
    if t.kind == '[' and t.innermost().is_struct():
        for i in range(t.count):
            yield from bit_fields(t.of[0], f'{path}[{i}]')
    elif t.is_struct():
        for i, m in enumerate(t.of):
            if m.kind == ':':
                yield f'{path}.m{i}', '1' if m.of[0].kind == '?' else '-1'
            elif m.kind not in '._':
                yield from bit_fields(m, f'{path}.m{i}')


class Declarations:
    """Typedefs of one file; types of equal text are one, T<number>."""

    def __init__(self, spelling):
        self.spelling = spelling  # letter -> C
        self.lines = []
        self.done = set()

    def declare(self, number, types):
        """Types of this number, after those that it is made of."""
        t = types[number]
        if number in self.done:
            return
        self.done.add(number)
        for part in t.walk():
            if part is not t and (part.is_struct() or part.kind == '<'):
                self.declare(types.number(part), types)
        name = f'T{number}'
        if t.kind == '<':
            element = self.spelling[t.of[0].kind]
            size = t.count * SIZES[t.of[0].kind]
            self.lines.append(
                f'typedef {element} {name} __attribute__((vector_size({size})));')
        elif t.is_struct():
            self.lines += self.struct(t, name, types)
        else:
            self.lines.append(f'typedef {self.spelling[t.kind]} {name};')

    def struct(self, t, name, types):
        attributes = ['packed'] if t.pack == 0 else []
        if t.align:
            attributes.append(f'aligned({t.align})')
        attributes = f'__attribute__(({", ".join(attributes)})) ' if attributes else ''
        members = []
        for i, m in enumerate(t.of):
            if m.kind == ':':
                members.append(f'{self.spelling[m.of[0].kind]} m{i} : {m.count};')
            elif m.kind == '.':
                members.append(f'{self.spelling[m.of[0].kind]} : {m.count};')
            elif m.kind != '_':
                dimensions, element = '', m
                while element.kind == '[':
                    dimensions += f'[{element.count}]'
                    element = element.of[0]
                spelling = self.spelling.get(element.kind) or f'T{types.number(element)}'
                align = f' __attribute__((aligned({m.member_align})))' if m.member_align else ''
                members.append(f'{spelling} m{i}{dimensions}{align};')
        word = 'union' if t.kind == 'u' else 'struct'
        line = f'typedef {word} {attributes}{{ {" ".join(members)} }} {name};'
        if t.pack:
            return [f'#pragma pack(push, {t.pack})', line, '#pragma pack(pop)']
        return [line]


class Types:
    """All types of a batch; equal texts have one number."""

    def __init__(self):
        self.numbers, self.all = {}, []

    def number(self, t):
        if t.text not in self.numbers:
            self.numbers[t.text] = len(self.all)
            self.all.append(t)
        return self.numbers[t.text]

    def __getitem__(self, number):
        return self.all[number]
