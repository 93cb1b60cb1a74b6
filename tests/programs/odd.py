#!/usr/bin/env python3
# odd.py - a heap of everything that is hard to draw.
# SPDX-License-Identifier: MIT
"""odd.py [SIZE]: names nobody should use, and shapes that are too big.

Says its process number and waits to be captured from outside, until its input ends. SIZE (a
million) is the number of lists that hold one string, and of links of a list."""

import collections
import os
import sys
import weakref


class Node:
    __slots__ = ('next',)


class Wide:
    """Ten thousand attributes."""


class Closer:
    def __init__(self, inner):
        self.inner = inner
        self.file = {'closed': False}

    def __del__(self):
        pass


class Odd:
    """Attributes with names that only setattr() can make."""


NAMES = ('two words', '"quoted" \'both\'', 'new\nline', '<b>bold</b>&amp;', 'ünï', 'смотри', '中文',
         '\U0001f600\U0001f468\u200d\U0001f469', 'שלום', 'مرحبا', '\u202egnp.exe', '\ud800half', 'nul\0byte', '\x1b[31m',
         '\\n{|}<>', 'x' * 300, '')

size = int(sys.argv[1]) if len(sys.argv) > 1 else 1000000

shared = ''.join(['shared ', 'string'])
fan_in = [[shared] for _ in range(size)]

first = last = Node()
for _ in range(size - 1):
    last.next = Node()
    last = last.next
last.next = None
del last

itself = []
itself.append(itself)

wide = Wide()
for number in range(10000):
    setattr(wide, 'attribute_%05d' % number, [number])

odd = Odd()
for position, name in enumerate(NAMES):
    setattr(odd, name, [position])
odd_keys = {name: [name] for name in NAMES}
odd_keys[3, 'tuple'] = [3]
odd_keys[frozenset([1])] = [1]
odd_keys[None] = odd_keys[2.5] = odd_keys[b'bytes\xff'] = [shared]
strange = type('<img src=x onerror="alert(1)">', (), {'__module__': 'app\n"x"'})()
strange.text = '</svg><script>alert(1)</script>'

closer = Closer(Closer(None))
closer.inner.inner = closer
watched = Closer('watched')
watchers = [weakref.ref(watched), weakref.proxy(watched), weakref.WeakValueDictionary(w=watched)]
queue = collections.deque([watched, closer])


def generate(seed):
    held = [seed]
    yield held


generator = generate(closer)
next(generator)
aliases = [queue, queue, queue, {'same': queue, 'again': queue}]


def wait(local):
    print(os.getpid(), flush=True)
    sys.stdin.read()


wait([watched])
