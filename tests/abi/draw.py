"""Random types and signatures, as text. Small ones mostly, and near the rules' edges."""

from model import SIZES, VARIADIC_NOT

# How often, of scalars.
WEIGHTS = {
    **dict.fromkeys('ilpdf', 12), **dict.fromkeys('cbBhHIqLQs?', 4),
    **dict.fromkeys('nNg', 4), **dict.fromkeys('FDGweyEW', 2),
}
INTEGERS = 'cbBhHiIlLqQps?'
EDGES = list(range(1, 18)) + [24, 32, 33]  # sizes of structs


class Draw:
    """[letters], [vectors]: what some compiler has; [common]: the letters that all have.
    The latter come more often, so that few signatures are not for everyone."""

    def __init__(self, random, letters, common, vectors, cxx):
        self.random = random
        self.letters = [x for x in WEIGHTS if x in letters]
        self.weights = [WEIGHTS[x] * (1 if x in common else 0.1) for x in self.letters]
        self.floats = [x for x in 'ffddgweyFDGWE' if x in letters]
        self.float_weights = [1 if x in common else 0.1 for x in self.floats]
        self.vectors = vectors
        self.cxx = cxx

    def one_in(self, n):
        return self.random.randrange(n) == 0

    def number(self, low, high):
        return self.random.randint(low, high)

    def scalar(self):
        return self.random.choices(self.letters, self.weights)[0]

    def floating(self):
        return self.random.choices(self.floats, self.float_weights)[0]

    def integer(self):
        return self.random.choice(INTEGERS)

    def vector(self):
        return self.random.choice(self.vectors)

    # ---- structs ----

    def bare_struct(self):
        recipe = self.random.choices(
            [self.homogeneous, self.sized, self.eightbytes, self.mixed, self.bits, self.union,
             self.nested, self.empty, self.large],
            [5, 4, 4, 3, 3, 2, 2, 1, 0.4])[0]
        return recipe()

    def struct(self):
        text = self.bare_struct()
        chance = self.number(1, 16)
        if chance <= 2:
            text = self.random.choice(['!', '!', '!1', '!2', '!4', '!8', '!16']) + text
        if chance == 2 or chance == 3:
            text = f'@{self.random.choice([2, 4, 8, 16, 16, 32, 64, 128])}{text}'
        return text

    def homogeneous(self):
        base = self.vector() if self.one_in(4) else self.floating()
        n, form = self.number(1, 5), self.number(1, 6)
        if form == 1:
            return f'{{[{n}{base}]}}'
        if form == 2 and n > 1:
            k = self.number(1, n - 1)
            return f'{{{{{base * k}}}{base * (n - k)}}}'
        if form == 3:
            return f'{{{base * (n - 1)}u{{{base}{{{base}}}}}}}'
        if form == 4 and n > 1:
            return f'{{[{n // 2}{{{base}{base}}}]{base * (n % 2)}}}'
        return f'{{{base * n}}}'

    def sized(self):
        """Of a size around the edges, if alignment does not add to it."""
        size = self.random.choice(EDGES)
        form = self.number(1, 3)
        if form == 1:
            return f'{{[{size}{self.random.choice("cbB")}]}}'
        members, at = '', 0
        while at < size:
            fits = [x for x in self.letters if x in 'cBbhHiIlLqpfd' and SIZES[x] <= size - at
                    and at % SIZES[x] == 0]
            letter = self.random.choice(fits)
            members += letter
            at += SIZES[letter]
        return f'{{{members}}}'

    def eightbytes(self):
        """Each eightbyte of a kind of its own."""
        return '{' + ''.join(
            self.random.choice(['l', 'p', 'd', 'd', 'ff', 'fi', 'if', 'ii', 'hhhh', '[8c]',
                                '[4h]', 'cf', 'chi', 'f', 'i', 'c'])
            for _ in range(self.number(1, 4))) + '}'

    def member(self):
        chance = self.number(1, 12)
        if chance == 1:
            text = self.vector()
        elif chance <= 3:
            text = self.struct()
        elif chance == 4:
            text = f'[{self.number(1, 4)}{self.scalar()}]'
        elif chance == 5:
            text = f'[{self.number(1, 3)}[{self.number(1, 2)}{self.scalar()}]]'
        else:
            text = self.scalar()
        if self.one_in(20) and text[0] not in '@!{u':
            text = f'@{self.random.choice([2, 4, 8, 16, 32])}{text}'
        return text

    def mixed(self):
        return '{' + ''.join(self.member() for _ in range(self.number(1, 4))) + '}'

    def bit_field(self):
        letter = self.random.choice('cbBhHiIlLqQ?')
        most = 1 if letter == '?' else SIZES[letter] * 8
        if self.one_in(6):
            return f'{letter}.{self.random.choice([0, self.number(1, most)])}'
        return f'{letter}:{self.number(1, most)}'

    def bits(self):
        return '{' + ','.join(
            self.scalar() if self.one_in(5) else self.bit_field()
            for _ in range(self.number(1, 6))) + '}'

    def union(self):
        parts = [self.bit_field() if self.one_in(8) else self.member()
                 for _ in range(self.number(1, 4))]
        return 'u{' + ','.join(parts) + '}'

    def nested(self):
        form = self.number(1, 4)
        inner = self.bare_struct()
        if form == 1:
            return f'{{{self.scalar()}{inner}}}'
        if form == 2:
            return f'{{{inner}{self.scalar()}}}'
        if form == 3:
            return f'{{[{self.number(1, 3)}{inner}]}}'
        return f'{{{{{inner}}}}}'

    def empty(self):
        if self.cxx:
            return self.random.choice(
                ['{_}', '{{_}d}', '{d{_}}', '{{_}i}', '{{_}{_}}', '{l{_}}', '{f{_}f}'])
        return self.random.choice(
            ['{}', '{{}}', '{d{}}', '{{}f}', '{i.0}', '{l{}d}', 'u{}', '{[3{}]i}'])

    def large(self):
        return self.random.choice(
            ['{[200c]}', '{[50i]}', '{[25d]}', '{[9l]}', '{[625d]}', '{[5000c]}', '{[65c]}'])

    def type(self):
        chance = self.number(1, 100)
        if chance <= 48:
            return self.scalar()
        if chance <= 55:
            return self.vector()
        return self.struct()

    # ---- signatures ----

    def palette(self, pool):
        """What one signature draws its parameters from."""
        chance = self.number(1, 100)
        if chance <= 12:
            return self.integer
        if chance <= 24:
            return self.floating
        if chance <= 44:
            return lambda: self.random.choice(pool)
        if chance <= 60:
            few = [self.type() for _ in range(self.number(1, 3))]
            return lambda: self.random.choice(few)
        return lambda: (self.random.choice(pool) if self.one_in(2)
                        else self.vector() if self.one_in(10) else self.scalar())

    def length(self):
        chance = self.number(1, 100)
        if chance <= 35:
            return self.number(0, 3)
        if chance <= 80:
            return self.number(4, 8)
        if chance <= 95:
            return self.number(9, 14)
        return self.number(15, 30)

    def signature(self, pool):
        draw = self.palette(pool)
        parameters = [draw() for _ in range(self.length())]
        chance = self.number(1, 100)
        result = 'v' if chance <= 10 else draw() if chance <= 40 else self.random.choice(
            pool) if chance <= 80 else self.type()
        if parameters and self.one_in(12):
            more = [draw() for _ in range(self.number(0, 8))]
            more = ['d' if x == 'f' else 'i' if x in VARIADIC_NOT else x for x in more]
            parameters += ['...'] + more
        return f'{result}({",".join(parameters)})'
