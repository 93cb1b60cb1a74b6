# kept.py - keeps things under names, and gives them up one by one, saying what that freed.
# SPDX-License-Identifier: MIT
"""Prints the number of its process, then answers a line each on its input: `drop NAME` deletes a
global name, runs the collector, and prints how many bytes fewer tracemalloc counts."""

import array
import collections
import functools
import gc
import os
import sys
import tracemalloc
import weakref

tracemalloc.start()


class Plain:
    def __init__(self, number):
        self.name = 'name %d' % number
        self.text = 'number %d' % number


class Slotted:
    __slots__ = ('name', 'next', 'text')

    def __init__(self, number, following):
        self.name = 'name %d' % number
        self.next = following
        self.text = 'number %d' % number


class Node:
    def __init__(self, parent):
        self.parent = parent
        self.children = [] if parent else [Node(self) for _ in range(3)]


def rows(text):
    position = 0
    while True:
        position += 1
        yield text[position:]


def chain(length):
    link = None
    for number in range(length):
        link = Slotted(number, link)
    return link


def ring(length):
    first = last = Plain(0)
    for number in range(1, length):
        one = Plain(number)
        one.before, last.after = last, one
        last = one
    first.before, last.after = last, first
    return first


def fail(text):
    copies = [text * number for number in range(300)]
    raise ValueError(len(copies))


def catch():
    try:
        fail('a text')
    except ValueError as error:
        return error


def make_cached():
    @functools.lru_cache(maxsize=None)
    def cached(text):
        return 'result of ' + text
    for number in range(2000):
        cached('question %d' % number)
    return cached


def make_closure():
    data = ['line %d' % number for number in range(3000)]

    def handler():
        return data
    return handler


instances = [Plain(number) for number in range(3000)]
slotted = chain(5000)
cycle = ring(2000)
tree = [Node(None) for _ in range(500)]
texts = {'key %d' % number: 'value %d' % number for number in range(4000)}
nested = {'key %d' % number: {'a': [None] * 5, 'b': 'text %d' % number} for number in range(4000)}
integers = [number + 1000000 for number in range(20000)]
pairs = [('one %d' % number, 'other %d' % number) for number in range(10000)]
floats = [number * 1.5 for number in range(20000)]
elements = {'element %d' % number for number in range(5000)}
frozen = frozenset('frozen %d' % number for number in range(5000))
queue = collections.deque('item %d' % number for number in range(5000))
counts = collections.Counter('word %d' % number for number in range(3000))
ordered = collections.OrderedDict(('key %d' % number, ['item %d' % number]) for number in range(2000))
big_bytes = bytes(300000)
changeable = bytearray(200000)
doubles = array.array('d', range(30000))
generators = [rows('text of generator %d ' % number * 5) for number in range(1000)]
for generator in generators:
    next(generator)
generator = None
error = catch()
cached = make_cached()
handler = make_closure()
shared = ['shared %d' % number for number in range(2000)]
first_owner = [shared, ['own %d' % number for number in range(1000)]]
second_owner = [shared, None]
shared = None
weakly_known = [Plain(number) for number in range(1000)]
known = [weakref.ref(one) for one in weakly_known]
NAMES = ('instances slotted cycle tree texts nested integers pairs floats elements frozen queue counts ordered big_bytes changeable '
         'doubles generators error cached handler first_owner weakly_known').split()


def collect():
    """A full collection empties the lists of free objects, too."""
    for _ in range(3):
        gc.collect()


def drop(name):
    collect()
    before = tracemalloc.get_traced_memory()[0]
    del globals()[name]
    collect()
    return before - tracemalloc.get_traced_memory()[0]


collect()
print(os.getpid(), *NAMES, flush=True)
for line in sys.stdin:
    print(drop(line.split()[1]), flush=True)
os._exit(0)
