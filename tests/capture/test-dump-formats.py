#!/usr/bin/env python3
# test-dump-formats.py - our writer and reader of dumps against two that share no code with them.
# SPDX-License-Identifier: MIT
"""What heapgraph_dump.py writes, the C reader must tell as hgd.py reads it; what the C writer
writes, hgd.py must read as the C reader tells it. Speaks TAP.

$CONVERT_DUMP is the tool of that name."""

import collections
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [HERE, os.path.join(HERE, '../../core/capture/python')]

import heapgraph_dump
import hgd

CONVERT = os.environ['CONVERT_DUMP']
TEXT_KINDS = {hgd.KINDS.index(kind) for kind in hgd.TEXT_LABELS}


def convert(*arguments):
    return subprocess.run([CONVERT, *map(str, arguments)], stdout=subprocess.PIPE, check=True).stdout.decode()


def escape(data):
    return '%d:' % len(data) + ''.join(chr(byte) if 32 < byte < 127 else '\\x%02x' % byte for byte in data)


def hexadecimal(number):
    """As C's %#x has it."""
    return '%#x' % number if number else '0'


def unknown(number):
    return -1 if number is None else number


def object_lines(dump):
    """What hgd.py read of the objects, in the form of convert-dump's text."""
    types = {id(one): number for number, one in enumerate(dump.types)}
    sites = {id(one): number for number, one in enumerate(dump.sites)}
    for one in dump.objects.values():
        yield 'object %#x type %d flags %s size %d sizeof %d refcount %d length %d site %d value%s' % (
            one.identity, types[id(one.type)], hexadecimal(one.flags), one.size, unknown(one.sizeof),
            unknown(one.refcount), unknown(one.length), -1 if one.site is None else sites[id(one.site)],
            '' if one.value is None else ' ' + escape(one.value))
        for reference in one.references:
            kind = hgd.KINDS.index(reference.kind)
            yield '    how 0x%02x to %#x label %s' % (kind | reference.flags, reference.target, reference.label)


def other_lines(dump):
    for key, value in dump.facts.items():
        yield 'fact %s=%s' % (key, value)
    for text in dump.texts:
        yield 'text ' + escape(text.encode())
    for one in dump.types:
        yield 'type %#x module %s name %s basic %d item %d flags %s bases%s slots%s' % (
            one['identity'], one['module'], one['qualname'], one['basicsize'], one['itemsize'],
            hexadecimal(one['flags']),
            ''.join(' %#x' % base for base in one['bases']), ''.join(' ' + slot for slot in one['slots']))
    for site in dump.sites:
        yield 'site' + ''.join(' %s:%d' % line for line in site)
    for thread, name, interpreter in dump.threads:
        yield 'thread %d name %s interpreter %d' % (thread, name, interpreter)
    for thread, function, file, line, identity in dump.frames:
        yield 'frame of %d function %s file %s line %d object %s' % (
            thread, function, file, line, hexadecimal(identity))
    for root in dump.roots:
        yield 'root kind %d object %#x name %s frame %d' % (root[0], root[1], root[2], unknown(root[3]))


def translate(line, texts):
    """A line of convert-dump's text, numbers of texts replaced by the texts."""
    def text(match):
        number = int(match[2])
        return match[1] + ('None' if number < 0 else texts[number])
    word = line.split(None, 1)[0]
    if word == 'how':
        kind = int(line.split()[1], 16) & 15
        return re.sub(r'(label )(\d+)$', text, line) if kind in TEXT_KINDS else line
    if word == 'site':
        return re.sub(r'( )(\d+)(?=:)', text, line)
    if word == 'root':
        line = line.rpartition(' interpreter')[0]
    if word == 'type':
        before, slots, after = line.partition(' slots')
        line = before + slots + re.sub(r'( )(\d+)', text, after)
    if word in ('type', 'thread', 'frame', 'root'):
        return re.sub(r'( (?:module|name|function|file) )(-?\d+)', text, line)
    return line


def compare(path):
    """Returns: the first line in which both readers of the dump differ, or None."""
    dump = hgd.read(path)
    ours = [translate(line, dump.texts) for line in convert('text', path).splitlines()]
    theirs = [*other_lines(dump), *object_lines(dump)]
    by_kind = collections.Counter(line.split(None, 1)[0] for line in ours)
    if len(ours) != len(theirs):
        return '%d and %d lines: %s' % (len(ours), len(theirs), by_kind)
    is_object = lambda line: line.startswith(('object', '    how'))
    ours.sort(key=is_object)
    for one, other in zip(ours, theirs):
        if one != other:
            return '%s\n#    is not %s' % (one, other)
    return None


class Slotted:
    __slots__ = ('left', 'right')


def make_heap():
    thing = Slotted()
    thing.left = {'key': 'value', 17: (1.5, 2j, b'bytes\0'), 'nothing': None}
    thing.right = ['\ud800 alone', 'nul \0 inside', '\U0001f40d', '', {1, 'two', frozenset([3])}]
    return [thing, [object()] * 30000, list(range(5000)), {number: str(number) for number in range(2000)},
            (lambda: thing), collections.deque([None] * 10000), [None] * 300000,
            [[None] * 200 for _ in range(150)]]


def check(name, difference):
    check.done += 1
    print('%sok %d %s' % ('not ' if difference else '', check.done, name))
    if difference:
        print('# ' + difference)


check.done = 0


def main():
    heap = make_heap()
    with tempfile.TemporaryDirectory() as folder:
        path, again = os.path.join(folder, 'one.hgd'), os.path.join(folder, 'again.hgd')
        heapgraph_dump.dump(path)
        check('heapgraph_dump.py to the C reader', compare(path))
        convert('rewrite', path, again)
        check('the same, through the C writer, to hgd.py', compare(again))
        same = convert('text', path) == convert('text', again)
        check('the same to the C reader', None if same else 'the text differs')
        for seed in range(6):
            convert('random', seed, 20 * seed * seed, path)
            check('random heap %d from the C writer to hgd.py' % seed, compare(path))
    print('1..%d' % check.done)
    return heap


main()
