#!/usr/bin/env python3
"""generate.py --out FOLDER --cc NAME=COMMAND... --machine M, and one of
    --seed S --batch B --count N    so many random signatures
    --corners FILE                  the named ones
    SIGNATURE...                    these

Writes FOLDER/NAME.c (.cc for a NAME that ends with +) for each compiler: functions of
those signatures, calls of such functions, and tables (abi.h). They are all numbered in
the same way. A signature that a compiler has not or gets wrong is NULL in its table."""

import argparse
import random
import re
import shlex
import subprocess
import sys

from draw import Draw
from exclusions import excluded
from model import (SIZES, SMALL, SPELLINGS, Declarations, Signature, Types, bit_fields, leaves)

POOL = 0.3  # structs a signature


class Compiler:
    def __init__(self, argument):
        self.name, _, command = argument.partition('=')
        self.command = shlex.split(command)
        self.cxx = self.name.endswith('+')
        self.kind = 'clang' if 'clang' in self.name else 'gcc'
        self.version = int(subprocess.run(
            self.command + ['-E', '-P', '-x', 'c', '-'], input='__clang_major__'
            if self.kind == 'clang' else '__GNUC__', stdout=subprocess.PIPE, text=True,
            check=True).stdout.split()[-1])

    def language(self):
        return 'c++' if self.cxx else 'c'

    def probe(self, machine):
        """Which scalars and vectors it has: all are tried in one run, a line each."""
        tries = [(letter, 0, c) for letter, all in SPELLINGS.items() if letter != 'v'
                 for c in all]
        vectors = [(letter, size, c) for letter, _, c in tries for size in (8, 16, 32, 64)
                   if letter in 'cbBhHiIlLqQeyfd' and size >= SIZES[letter]]
        tries += vectors
        lines = []
        for i, (letter, size, c) in enumerate(tries):
            vector = f' __attribute__((vector_size({size})))' if size else ''
            lines.append(f'typedef {c} t{i}{vector}; t{i} f{i}(t{i} *a) {{ return *a; }}')
        errors = subprocess.run(
            self.command + ['-w', '-x', self.language(), '-S', '-o', '/dev/null', '-'],
            input='\n'.join(lines), stderr=subprocess.PIPE, text=True).stderr
        bad = {int(n) for n in re.findall(r'<stdin>:(\d+):\d+: error', errors)}
        self.spelling, self.vectors = {'v': 'void'}, set()
        for i, (letter, size, c) in enumerate(tries):
            if i + 1 in bad:
                continue
            if size:
                self.vectors.add((letter, size))
            else:
                self.spelling.setdefault(letter, c)
        if machine == 'aarch64':
            self.spelling.setdefault('w', 'long double')
            self.spelling.setdefault('W', '_Complex long double')

    def has(self, t):
        if t.kind == '_':
            return False
        if t.kind == '<':
            return (t.of[0].kind, t.count * SIZES[t.of[0].kind]) in self.vectors
        if not (t.is_struct() or t.kind in '[:.'):
            return t.kind in self.spelling
        if t.is_struct() and [m.kind for m in t.of] == ['_']:
            return self.cxx
        if self.cxx and t.is_sizeless():
            return False
        return all(self.has(part) for part in t.of)


def wide(machine_vectors, most):
    return sorted(f'<{size // SIZES[letter]}{letter}>' for letter, size in machine_vectors
                  if size <= most)


# ---- C ---------------------------------------------------------------------------------

def is_aligned(t):
    return any(x.align > 16 or x.member_align > 16 or x.kind == '<' and
               x.count * SIZES[x.of[0].kind] > 16 for x in t.walk())


class File:
    """What one compiler gets."""

    def __init__(self, compiler, types, machine):
        self.c, self.types, self.machine = compiler, types, machine
        self.declarations = Declarations(compiler.spelling)
        self.code, self.rows, self.used = [], [], {}

    def type_name(self, t):
        if t.kind == 'v':
            return 'void'
        number = self.types.number(t)
        self.declarations.declare(number, self.types)
        self.used[number] = t
        return f'T{number}'

    def kept(self, t):
        return 'long long' if t.kind in SMALL else self.type_name(t)

    def row(self, number, name, s, why):
        text = s.text.replace('\\', '\\\\')
        name = f'"{name}"' if name else 'NULL'
        reason = f'"{why}"' if why else 'NULL'
        numbers = ', '.join(str(self.types.number(t)) for t in s.parameters)
        result = -1 if s.result.kind == 'v' else self.types.number(s.result)
        functions = 'NULL, NULL'
        if why is None and all(self.c.has(t) for t in s.types() if t.kind != 'v'):
            self.functions(number, s)
            functions = f'(void *)f{number}, g{number}'
        self.code.append(f'static const unsigned short p{number}[] = {{ {numbers or 0} }};')
        self.rows.append(f'{{ {name}, "{text}", {reason}, {functions}, {result}, '
                         f'{len(s.parameters)}, {s.fixed}, p{number} }},')

    def functions(self, number, s):
        names = [self.type_name(t) for t in s.parameters]
        result = self.type_name(s.result)
        fixed = s.fixed
        declared = [f'{n} a{i}' for i, n in enumerate(names[:fixed])]
        body = [f'*({self.kept(t)} *)abi_seen[{i}] = a{i};'
                for i, t in enumerate(s.parameters[:fixed])]
        body += [f'ABI_ALIGNED(a{i});' for i, t in enumerate(s.parameters[:fixed])
                 if is_aligned(t)]
        prototype = list(names[:fixed])
        if s.variadic:
            declared.append('...')
            prototype.append('...')
            body.append(f'va_list l; va_start(l, a{fixed - 1});')
            body += [f'*({n} *)abi_seen[{i + fixed}] = va_arg(l, {n});'
                     for i, n in enumerate(names[fixed:])]
            body.append('va_end(l);')
        if result != 'void':
            body.append(f'return *({result} *)abi_give;')
        self.code.append(f'static {result} f{number}({", ".join(declared) or "void"}) '
                         f'{{ {" ".join(body)} }}')
        call = (f'(({result} (*)({", ".join(prototype) or "void"}))f)('
                + ', '.join(f'*({n} *)v[{i}]' for i, n in enumerate(names)) + ')')
        if result != 'void':
            call = f'*({self.kept(s.result)} *)r = {call}'
        self.code.append(f'static void g{number}(void *f, void *const *v, void *r) '
                         f'{{ (void)v; (void)r; {call}; }}')

    def type_row(self, number):
        if number not in self.used:
            return '{ 0, 0, 0, NULL, 0, NULL },'
        t, name = self.used[number], f'T{number}'
        keep = f'({name})-1 < 0 ? KEEP_SIGNED : KEEP_UNSIGNED' if t.kind in SMALL else 'KEEP'
        records = []
        for path, count, element in leaves(t):
            what, size = 'LEAF_ALL', None
            if element.kind == '?':
                what = 'LEAF_BOOL'
            elif element.kind in 'gG' and self.machine == 'x86_64':
                what, size = 'LEAF_X87', 16
                count *= 2 if element.kind == 'G' else 1
            if size is None:
                size = SIZES[element.kind] if element.kind in SIZES else \
                    element.count * SIZES[element.of[0].kind]
            offset = f'offsetof({name}, {path[1:]})' if path else '0'
            records.append(f'{{ {offset}, {size}, {count}, {what} }}')
        table = 'NULL'
        if records:
            table = f'l{number}'
            self.code.append(f'static const struct abi_leaf l{number}[] = '
                             f'{{ {", ".join(records)} }};')
        fields, bits = list(bit_fields(t)), 'NULL'
        if fields:
            bits = f'b{number}'
            self.code.append(f'static void b{number}(void *o) {{ {name} *t = ({name} *)o; '
                             + ' '.join(f't->{p[1:]} = {v};' for p, v in fields) + ' }')
        return (f'{{ sizeof({name}), _Alignof({name}), {keep}, {table}, {len(records)}, '
                f'{bits} }},')

    def write(self, folder, seed):
        type_rows = [self.type_row(i) for i in range(len(self.types.all))]
        path = f'{folder}/{self.c.name}.{"cc" if self.c.cxx else "c"}'
        with open(path, 'w', encoding='ascii') as out:
            print('#include "abi.h"', *self.declarations.lines, *self.code, sep='\n', file=out)
            print('static const struct abi_type types[] = {', *type_rows, '};', sep='\n',
                  file=out)
            print('static const struct abi_row rows[] = {', *self.rows, '};', sep='\n', file=out)
            command = ' '.join(self.c.command).replace('"', '')
            print(f'static const struct abi_batch batch = {{ "{command}", "{seed}", '
                  f'{int(self.c.kind == "gcc")}, types, rows, '
                  f'{len(type_rows)}, {len(self.rows)} }};\nABI_BATCH(batch);', file=out)


# ---- which signatures --------------------------------------------------------------------

def random_signatures(options, compilers):
    """So many that all compilers have; those that only some have are added."""
    dice = random.Random(f'{options.seed}/{options.batch}')
    letters = set().union(*(c.spelling for c in compilers)) - {'v'}
    common = letters.intersection(*(c.spelling for c in compilers))
    vectors = set.intersection(*(c.vectors for c in compilers))
    draw = Draw(dice, letters, common, wide(vectors, options.vectors),
                all(c.cxx for c in compilers))
    pool = [draw.struct() for _ in range(max(4, int(options.count * POOL)))]
    done = 0
    while done < options.count:
        s = Signature(draw.signature(pool))
        if len(s.parameters) > 64:
            continue
        whys = [excluded(s, c, options.machine) for c in compilers]
        has = [w is None and all(c.has(t) for t in s.types() if t.kind != 'v')
               for w, c in zip(whys, compilers)]
        if any(has):
            done += all(has)
            yield None, s


def named_signatures(options):
    with open(options.corners, encoding='utf-8') as lines:
        for line in lines:
            words = line.partition('#')[0].split()
            if not words:
                continue
            only = [w[5:] for w in words if w.startswith('only=')]
            if not only or options.machine in only:
                yield words[0], Signature(''.join(w for w in words[1:] if w[:5] != 'only='))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--out', required=True)
    parser.add_argument('--machine', required=True)
    parser.add_argument('--cc', action='append', required=True)
    parser.add_argument('--vectors', type=int, default=16, help='bytes of the widest')
    parser.add_argument('--seed', type=int)
    parser.add_argument('--batch', type=int)
    parser.add_argument('--count', type=int)
    parser.add_argument('--corners')
    parser.add_argument('--all', action='store_true', help='also what exclusions.py leaves out')
    parser.add_argument('signatures', nargs='*')
    options = parser.parse_args()
    compilers = [Compiler(c) for c in options.cc]
    for c in compilers:
        c.probe(options.machine)
        c.vectors = {(letter, size) for letter, size in c.vectors if size <= options.vectors}
    if options.seed is not None:
        chosen = random_signatures(options, compilers)
        seed = f'seed {options.seed} batch {options.batch}'
    elif options.corners:
        chosen, seed = named_signatures(options), 'corners'
    else:
        chosen = (('given', Signature(text)) for text in options.signatures)
        seed = 'given'
    types = Types()
    files = [File(c, types, options.machine) for c in compilers]
    for number, (name, s) in enumerate(chosen):
        for file in files:
            why = None if options.all else excluded(s, file.c, options.machine)
            file.row(number, name, s, why)
    for file in files:
        file.write(options.out, seed)


if __name__ == '__main__':
    try:
        main()
    except ValueError as fault:
        sys.exit(f'generate.py: {fault}')
