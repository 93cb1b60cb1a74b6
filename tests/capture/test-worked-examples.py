#!/usr/bin/env python3
# test-worked-examples.py - the examples of objgraph's documentation and tests, answered by heapgraph.
# SPDX-License-Identifier: MIT
"""Speaks TAP. Needs $HEAPGRAPH. HG_UPDATE=1 rewrites tests/expected/worked-*.

Each letter is one of objgraph's: a two objects and a reference, b the quick start, c and d too many
neighbours, e a chain, f what grew, g new objects, h what is said of a picture, i types of a few objects.
Addresses, and sizes, which differ from Python to Python, are numbered or left out."""

import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
EXPECTED = os.path.join(HERE, '..', 'expected')
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, '..', '..', 'core', 'capture', 'python'))

import heapgraph_dump


class TestObject:
    __slots__ = ('refers_to',)


class MyBigFatObject:
    pass


class Finder:
    def __init__(self):
        self.bar = [{'boobytrap': MyBigFatObject()}]


def build():
    """The objects of the examples, in __main__."""
    names = globals()
    names['A'], names['B'] = TestObject(), TestObject()
    names['B'].refers_to = names['A']
    names['x'] = x = []
    names['y'] = [x, [x], dict(x=x)]
    names['seven'] = list(range(7))
    names['moo'] = moo = ''.join(['m', 'o', 'o'])
    names['cows'] = [[moo] for _ in range(42)]
    names['my_object'] = Finder()
    names['few'] = ['a few', 1, 2.0, 1, 'b few']
    names['cache'] = []


def grow():
    cache.extend(MyBigFatObject() for _ in range(2))
    cache.append([[] for _ in range(9)])


class Tool:
    def __init__(self, folder):
        self.folder = folder

    def load(self, name):
        path = os.path.join(self.folder, name + '.hgd')
        heapgraph_dump.dump(path)
        self.run('load', path)

    def run(self, *words, drawn=None):
        """Returns: what is printed, remarks and errors after results, and the drawn file last."""
        command = [os.environ['HEAPGRAPH'], words[0], '-d', 'heap.db', *words[1:]]
        done = subprocess.run(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=dict(os.environ, PATH='/nowhere'))
        text = '$ heapgraph %s\n%s%s' % (' '.join(words), done.stdout.decode(), done.stderr.decode())
        if drawn:
            with open(os.path.join(self.folder, drawn), encoding='utf-8') as file:
                text += file.read()
        return text if text.endswith('\n') else text + '\n'


def plain(text):
    numbers = {}

    def number(match):
        return numbers.setdefault(match.group(), '@%d' % (len(numbers) + 1))

    text = re.sub(r'0x[0-9a-f]{5,}', number, text)
    text = re.sub(r'[+]?\d+(\.\d+)? (B|KiB)( retained)?', 'SIZE', text)
    return re.sub(r'(?<=\S) {2,}', '  ', text)


def examples(tool):
    own = r'__main__\.(TestObject|MyBigFatObject|Finder)$'
    yield 'a', [tool.run('backrefs', 'A', '--filter', own),
                tool.run('refs', 'B', '-o', 'a.dot', drawn='a.dot')]
    yield 'b', [tool.run('refs', 'y'), tool.run('refs', 'y', '-o', 'b.dot', drawn='b.dot')]
    yield 'c', [tool.run('refs', 'seven', '--too-many', '5')]
    yield 'd', [tool.run('backrefs', 'moo', '--too-many', '5', '--depth', '1'),
                tool.run('backrefs', 'moo', '--too-many', '0', '--depth', '1')]
    yield 'e', [tool.run('chain', 'my_object', '--forward', '--to', 'MyBigFatObject'),
                tool.run('chain', 'my_object', '--forward', '--to', 'MyBigFatObject', '-o', 'e.dot', drawn='e.dot'),
                tool.run('chain', 'my_object', '--forward', '--to', 'TestObject', '--avoid', '__main__.Finder')]
    yield 'f', [tool.run('show-growth', '--filter', own)]
    yield 'g', [tool.run('show-growth', '--ids', '--filter', own), tool.run('show-growth', '--new', 'MyBigFatObject')]
    yield 'h', [tool.run('backrefs', 'A', '-o', 'h.png'), tool.run('backrefs', 'A', '-o', 'h.gif')]
    yield 'i', [tool.run('refs', 'few', '--too-many', '0')]


def main():
    if sys.version_info < (3, 11):
        print('1..0 # SKIP older Pythons have a __dict__ in each instance')
        return
    build()
    n_examples = 0
    with tempfile.TemporaryDirectory() as folder:
        tool = Tool(folder)
        tool.load('before')
        grow()
        tool.load('after')
        for letter, parts in examples(tool):
            n_examples += 1
            text, path = plain('\n'.join(parts)), os.path.join(EXPECTED, 'worked-%s.txt' % letter)
            if os.environ.get('HG_UPDATE'):
                with open(path, 'w', encoding='utf-8') as file:
                    file.write(text)
            with open(path, encoding='utf-8') as file:
                expected = file.read()
            print('%sok %d - example %s' % ('' if text == expected else 'not ', n_examples, letter))
            for line in [] if text == expected else text.splitlines():
                print('#   ' + line)
    print('1..%d' % n_examples)


if __name__ == '__main__':
    main()
