#!/usr/bin/env python3
# make-dump.py - writes the small dump that the tests of the command line ask about.
# SPDX-License-Identifier: MIT
"""make-dump.py SESSIONS OUT.hgd [PID]: a heap with so many sessions, always the same.

    module app ── __dict__ ── cache: Cache (values inline) ── sessions: {'a': [Session, ...], 7: 'seven'}
        │                 ├── evil: {'\x1b[31m': '\u202e...'}, long keys, a key that is a tuple
        │                 ├── step: function ── __closure__ ── cell ── list
        │                 └── shared, in a list 3 times
        └── Session and User: classes; User.kind is an attribute of the class
    module __main__ ── __dict__ ── node: Node (slots) ── next: Node
    a cycle of two Pair that no root reaches; a list held from C; a local variable of main()
"""

import struct
import sys
import zlib

VISITED, OWNED, WEAK = 16, 32, 64
ATTRIBUTE, ITEM, VALUE, KEY, ELEMENT, LOCAL, CELL, SLOT, TYPE, INTERNAL, WEAK_KIND = range(1, 12)
TRACKED, HAS_DEL, CUT = 1, 8, 64


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def column(numbers):
    if not numbers:
        return b'\0\0'
    return b'\x08' + struct.pack('<%dQ' % len(numbers), *numbers)


def block(kind, records, contents):
    head = struct.pack('<BBHIII', kind, 0, 0, records, len(contents), len(contents))
    return head + struct.pack('<I', zlib.crc32(contents, zlib.crc32(head))) + contents


class Object:
    def __init__(self, address, type_name, size, value, length, flags):
        self.address, self.type_name, self.size = address, type_name, size
        self.value, self.length, self.flags = value, length, flags
        self.references = []  # how, target, label; label None: a text to come

    def refer(self, kind, target, label=0, flags=VISITED):
        self.references.append((kind | flags, target.address, label))
        return target


class Heap:
    def __init__(self):
        self.objects, self.texts, self.classes, self.roots = [], {}, {}, []
        self.next, self.strings, self.numbers = 0x7f0000001000, {}, {}
        self.pid = '4711'
        self.make_type('builtins', 'type')

    def text(self, content):
        return self.texts.setdefault(content, len(self.texts))

    def new(self, type_name, size=56, value=None, length=None, flags=TRACKED, at=None):
        one = Object(at or self.next, type_name, size, value, length, flags)
        if not at:
            self.next += 0x100
        self.objects.append(one)
        return one

    def make_type(self, module, name, flags=0, bases=()):
        full = name if module == 'builtins' else module + '.' + name
        made = self.new('type', 400, full, flags=0 if module == 'builtins' else TRACKED)
        self.classes[full] = (made, module, name, flags, [self.classes[base][0] for base in bases])
        return made

    def string(self, content):
        if content not in self.strings:
            flags = CUT if len(content) > 80 else 0
            self.strings[content] = self.new('str', 49 + len(content), content[:80], len(content),
                                             flags)
        return self.strings[content]

    def number(self, content):
        if content not in self.numbers:
            self.numbers[content] = self.new('int', 28, str(content), None, 0)
        return self.numbers[content]

    def list(self, items, type_name='list'):
        made = self.new(type_name, 56 + 8 * len(items), None, len(items))
        for index, item in enumerate(items):
            made.refer(ITEM, item, index)
        return made

    def dict(self, items):
        made = self.new('dict', 64 + 100 * len(items), None, len(items))
        for key, value in items:
            made.refer(KEY, key)
            made.refer(VALUE, value, key.address)
        return made

    def attributes(self, owner, kind=ATTRIBUTE, **values):
        for name, value in values.items():
            owner.refer(kind, value, self.text(name))
        return owner

    def write(self, path):
        for one in self.objects:
            one.refer(TYPE, self.classes[one.type_name][0], flags=OWNED)
        with open(path, 'wb') as out:
            out.write(b'\x89HGD\r\n\x1a\n' + struct.pack('<II', 1, 0))
            facts = self.facts()
            out.write(block(1, len(facts), b''.join(
                varint(len(part)) + part for pair in facts for part in pair)))
            tail = self.pack_objects(), self.pack_threads()
            types = self.pack_types()
            texts = [text.encode() for text in self.texts]
            out.write(block(2, len(texts), column([len(text) for text in texts]) + b''.join(texts)))
            out.write(types)
            for part in tail:
                out.write(part)
            references = sum(len(one.references) for one in self.objects)
            out.write(block(10, 1, b''.join(map(varint, (
                len(texts), len(self.classes), 0, len(self.objects), references, 1, 1,
                len(self.roots))))))

    def facts(self):
        pairs = [('runtime', 'CPython'), ('python', '3.11.2'), ('source', 'process'),
                 ('taken', '1700000000000000'), ('pid', self.pid), ('process-start', '100'),
                 ('boot-id', 'e3c5'), ('argv', "['app.py', '\x1b[31m']"), ('word-size', '8'),
                 ('instant', 'yes'), ('external-roots', 'yes'), ('values', 'short')]
        return [(key.encode(), value.encode()) for key, value in pairs]

    def pack_types(self):
        out = []
        for made, module, name, flags, bases in self.classes.values():
            out.append(varint(made.address) + varint(self.text(module)) + varint(self.text(name)) +
                       varint(16) + varint(0) + varint(flags) + varint(len(bases)) +
                       b''.join(varint(base.address) for base in bases) + varint(0))
        return block(3, len(out), b''.join(out))

    def pack_objects(self):
        objects, names = self.objects, list(self.classes)
        references = [reference for one in objects for reference in one.references]
        values = [(one.value or '').encode() for one in objects]
        contents = varint(len(references)) + b''.join(map(column, (
            [one.address for one in objects],
            [names.index(one.type_name) for one in objects],
            [one.flags for one in objects],
            [one.size for one in objects],
            [one.size - 15 for one in objects],
            [self.count(one) + 1 for one in objects],
            [0 if one.length is None else one.length + 1 for one in objects],
            [0 if one.value is None else len(value) + 1 for one, value in zip(objects, values)],
            [0 for one in objects],
            [len(one.references) for one in objects])))
        contents += b''.join(values) + b''.join(
            column([reference[part] for reference in references]) for part in range(3))
        return block(5, len(objects), contents)

    def count(self, one):
        """The references there are, and one more for a local variable and for C code."""
        return (sum(target == one.address and not how & WEAK
                    for other in self.objects for how, target, _ in other.references) +
                sum(root[1] is one and root[0] in (1, 4) for root in self.roots))

    def pack_threads(self):
        main = next(root[1] for root in self.roots if root[3])
        threads = block(7, 1, varint(140001) + varint(self.text('MainThread') + 1) + varint(0))
        frames = block(8, 1, varint(0) + varint(self.text('main')) + varint(self.text('/srv/app.py')) +
                       varint(12) + varint(0))
        assert main
        roots = b''.join(map(column, (
            [root[0] for root in self.roots], [root[1].address for root in self.roots],
            [0 if root[2] is None else self.text(root[2]) + 1 for root in self.roots],
            [root[3] for root in self.roots], [0] * len(self.roots))))
        return threads + frames + block(9, len(self.roots), roots)


def make_classes(heap):
    for name in ('module', 'dict', 'list', 'tuple', 'str', 'int', 'function', 'cell', 'weakref'):
        heap.make_type('builtins', name)
    heap.make_type('app', 'Base', 1)
    kind = heap.dict([(heap.string('kind'), heap.string('human'))])
    user = heap.make_type('app', 'User', 1, ['app.Base'])
    base = heap.dict([(heap.string('version'), heap.number(3))])
    heap.attributes(heap.classes['app.Base'][0], INTERNAL, __dict__=base)
    heap.attributes(user, INTERNAL, __dict__=kind)
    for module, name in (('app', 'Session'), ('app', 'Cache'), ('app', 'Node'), ('other', 'Node'),
                         ('app', 'Pair')):
        heap.make_type(module, name, 1)


def make_cache(heap, n_sessions):
    """Users keep their values inline, sessions in a __dict__, nodes in slots."""
    sessions = []
    for index in range(n_sessions):
        user = heap.new('app.User', 72)
        heap.attributes(user, name=heap.string('user %d' % index))
        session = heap.new('app.Session', 48)
        fields = heap.dict([(heap.string('user'), user), (heap.string('id'), heap.number(index))])
        heap.attributes(session, INTERNAL, __dict__=fields)
        sessions.append(session)
    by_name = heap.dict([(heap.string('a'), heap.list(sessions)),
                         (heap.number(7), heap.string('seven'))])
    return heap.attributes(heap.new('app.Cache', 64), sessions=by_name), sessions


def make_step(heap):
    seen = heap.list([heap.string('one')])
    cell = heap.new('cell', 40)
    cell.refer(CELL, seen)
    step = heap.new('function', 152, 'app.counter.<locals>.step')
    return heap.attributes(step, INTERNAL, __closure__=heap.list([cell], 'tuple'))


def make_evil(heap):
    pair = heap.list([heap.number(1), heap.number(2)], 'tuple')
    return pair, heap.dict([
        (heap.string('\x1b[31mred\n'), heap.string('\u202egnp')),
        (heap.string('quote\'"'), heap.string('\U0001f600 \u4e2d\u6587')),
        (heap.string('k' * 100), heap.string('v' * 100)),
        (pair, heap.string('of a tuple'))])


def make_module(heap, name, items):
    module = heap.new('module', 72, name)
    fields = heap.dict([(heap.string(key), value) for key, value in items])
    heap.attributes(module, INTERNAL, __dict__=fields)
    heap.roots.append((0, module, name, 0))
    return module


def main(n_sessions, path, pid='4711'):
    heap = Heap()
    heap.pid = pid
    make_classes(heap)
    cache, sessions = make_cache(heap, n_sessions)
    shared = heap.string('shared')
    pair, evil = make_evil(heap)
    watcher = heap.new('weakref', 72)
    watcher.refer(WEAK_KIND, sessions[0], flags=WEAK)
    make_module(heap, 'app', [
        ('cache', cache), ('evil', evil), ('step', make_step(heap)), ('pair', pair),
        ('shared', heap.list([shared, shared, shared])), ('watcher', watcher),
        ('Session', heap.classes['app.Session'][0]), ('User', heap.classes['app.User'][0])])
    last = heap.new('app.Node', 48)
    first = heap.attributes(heap.new('app.Node', 48), SLOT, next=last)
    heap.new('other.Node', 48)
    make_module(heap, '__main__', [('node', first), ('sub', heap.list([]))])
    make_module(heap, 'app.sub', [('here', heap.string('in app.sub'))])
    one, other = heap.new('app.Pair', 1000, flags=TRACKED | HAS_DEL), heap.new('app.Pair', 500)
    heap.attributes(one, other=other)
    heap.attributes(other, other=one)
    heap.roots.append((1, heap.list([heap.string('local')]), 'pending', 1))
    heap.roots.append((4, heap.list([heap.string('from C')]), None, 0))
    heap.roots.append((3, heap.objects[0], None, 0))
    heap.write(path)


if __name__ == '__main__':
    main(int(sys.argv[1]), *sys.argv[2:])
