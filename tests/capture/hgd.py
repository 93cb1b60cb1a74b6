# hgd.py - reads a dump by the words of FORMAT.md, sharing no code with what writes it.
# SPDX-License-Identifier: MIT
"""read(path) returns a Dump: facts, texts, types, sites, objects by identity, roots, frames."""

import struct
import subprocess
import zlib

MAGIC = b'\x89HGD\r\n\x1a\n'
KINDS = ('unnamed', 'attribute', 'item', 'value', 'key', 'element', 'local', 'cell', 'slot',
         'type', 'internal', 'weak')
TEXT_LABELS = ('attribute', 'local', 'slot', 'internal')
HEADER = struct.Struct('<BBHIIII')
VISITED, OWNED, WEAK, GUESSED = 16, 32, 64, 128


class Bad(Exception):
    pass


def check(condition, message):
    if not condition:
        raise Bad(message)


class Reference:
    __slots__ = ('kind', 'flags', 'target', 'label')

    def __init__(self, kind, flags, target, label):
        self.kind, self.flags, self.target, self.label = kind, flags, target, label

    def __repr__(self):
        return '%s %r -> %#x (%d)' % (self.kind, self.label, self.target, self.flags)


class Object:
    __slots__ = ('identity', 'type', 'flags', 'size', 'sizeof', 'refcount', 'length', 'value',
                 'site', 'references')

    def visited(self):
        return [one.target for one in self.references if one.flags & VISITED]


class Contents:
    """The bytes of one block, read from front to back."""

    def __init__(self, data):
        self.data = data
        self.position = 0

    def take(self, size):
        check(self.position + size <= len(self.data), 'a block ends too early')
        self.position += size
        return self.data[self.position - size:self.position]

    def varint(self):
        number = shift = 0
        while True:
            byte = self.take(1)[0]
            number |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                check(number < 1 << 64, 'a varint is too big')
                return number
            check(shift < 70, 'a varint is too long')

    def column(self, count):
        encoding = self.take(1)[0]
        if encoding == 0:
            return [self.varint()] * count
        if encoding in (1, 2, 4, 8):
            code = {1: 'B', 2: 'H', 4: 'I', 8: 'Q'}[encoding]
            return list(struct.Struct('<%d%s' % (count, code)).unpack(self.take(encoding * count)))
        if encoding in (16, 17):
            size = self.varint()
            end = self.position + size
            numbers = [self.varint() for _ in range(count)]
            check(self.position == end, 'a column has another size than it says')
            return numbers if encoding == 16 else sums([(one >> 1) ^ -(one & 1) for one in numbers])
        check(encoding in (33, 34, 36, 40), 'unknown encoding %d of a column' % encoding)
        width = encoding - 32
        code = {1: 'b', 2: 'h', 4: 'i', 8: 'q'}[width]
        return sums(struct.Struct('<%d%s' % (count, code)).unpack(self.take(width * count)))


def sums(differences):
    total, numbers = 0, []
    for difference in differences:
        total = (total + difference) % (1 << 64)
        numbers.append(total)
    return numbers


class Dump:
    def __init__(self):
        self.facts, self.texts, self.types, self.sites = {}, [], [], []
        self.objects, self.threads, self.frames, self.roots = {}, [], [], []
        self.interpreters = []  # of each root
        self.references = 0
        self.last = None
        self.end = None

    def text(self, number):
        check(number < len(self.texts), 'a text is named before it stands in the file')
        return self.texts[number]

    def optional_text(self, number):
        return self.text(number - 1) if number else None

    def read_facts(self, contents, records):
        for _ in range(records):
            key = contents.take(contents.varint()).decode()
            self.facts[key] = contents.take(contents.varint()).decode()

    def read_texts(self, contents, records):
        for size in contents.column(records):
            self.texts.append(contents.take(size).decode())

    def read_types(self, contents, records):
        for _ in range(records):
            identity = contents.varint()
            module, qualname = self.text(contents.varint()), self.text(contents.varint())
            basicsize, itemsize, flags = (contents.varint() for _ in range(3))
            bases = [contents.varint() for _ in range(contents.varint())]
            slots = [self.text(contents.varint()) for _ in range(contents.varint())]
            self.types.append({'identity': identity, 'module': module, 'qualname': qualname,
                               'basicsize': basicsize, 'itemsize': itemsize, 'flags': flags,
                               'bases': bases, 'slots': slots})

    def read_sites(self, contents, records):
        for _ in range(records):
            self.sites.append([(self.text(contents.varint()), contents.varint())
                               for _ in range(contents.varint())])

    def reference(self, how, target, label, before):
        check(how & 15 < len(KINDS), 'unknown kind of label')
        kind = KINDS[how & 15]
        if kind in TEXT_LABELS:
            label = self.text(label)
        elif kind == 'value' and not label:
            check(before is not None, 'a value without a key before it')
            label = before.target
        return Reference(kind, how & 240, target, label)

    def add_references(self, owner, rows):
        for how, target, label in rows:
            before = owner.references[-1] if owner.references else None
            owner.references.append(self.reference(how, target, label, before))
            self.references += 1

    def read_objects(self, contents, records):
        n_references = contents.varint()
        columns = [contents.column(records) for _ in range(10)]
        columns[7] = [contents.take(size - 1) if size else None for size in columns[7]]
        rows = list(zip(contents.column(n_references), contents.column(n_references),
                        contents.column(n_references)))
        done = 0
        for record in zip(*columns):
            one = Object()
            (one.identity, kind, one.flags, one.size, sizeof, refcount, length, one.value, site,
             count) = record
            check(kind < len(self.types), 'a type is named before it stands in the file')
            one.type = self.types[kind]
            one.sizeof, one.refcount = sizeof - 1 if sizeof else None, refcount - 1 if refcount else None
            one.length = length - 1 if length else None
            one.site = self.sites[site - 1] if site else None
            one.references = []
            check(one.identity and one.identity not in self.objects, 'an object stands twice in the dump')
            self.objects[one.identity] = self.last = one
            self.add_references(one, rows[done:done + count])
            done += count
        check(done == n_references, 'references that belong to no object')

    def read_references(self, contents, records):
        check(self.last, 'references before any object')
        self.add_references(self.last, zip(*[contents.column(records) for _ in range(3)]))

    def read_threads(self, contents, records):
        for _ in range(records):
            identity, name, interpreter = (contents.varint() for _ in range(3))
            self.threads.append((identity, self.optional_text(name), interpreter))

    def read_frames(self, contents, records):
        for _ in range(records):
            thread, function, file, line, identity = (contents.varint() for _ in range(5))
            check(thread < len(self.threads), 'a frame of an unknown thread')
            self.frames.append((thread, self.text(function), self.text(file), line, identity))

    def read_roots(self, contents, records):
        for kind, identity, name, frame, interpreter in zip(*[contents.column(records) for _ in range(5)]):
            check(kind < 5, 'unknown kind of root')
            check(frame <= len(self.frames), 'a root of an unknown frame')
            self.roots.append((kind, identity, self.optional_text(name), frame - 1 if frame else None))
            self.interpreters.append(interpreter)

    def read_end(self, contents, records):
        self.end = [contents.varint() for _ in range(8)]
        here = [len(self.texts), len(self.types), len(self.sites), len(self.objects), self.references,
                len(self.threads), len(self.frames), len(self.roots)]
        if self.end != here:
            raise Bad('the file holds %r and says %r' % (here, self.end))


def read_block(file, dump):
    """Returns: whether it was not the last block."""
    header = file.read(20)
    check(len(header) == 20, 'truncated')
    kind, compression, reserved, records, raw, stored, checksum = HEADER.unpack(header)
    contents = file.read(stored)
    check(len(contents) == stored, 'truncated')
    check(zlib.crc32(contents, zlib.crc32(header[:16])) == checksum, 'a checksum is wrong')
    check(raw <= 64 << 20 and stored <= 64 << 20, 'a block is too big')
    if compression == 1:
        contents = zlib.decompress(contents)
    elif compression == 2:
        contents = subprocess.run(['zstd', '-dcq'], input=contents, stdout=subprocess.PIPE, check=True).stdout
    check(len(contents) == raw, 'a block has another size than it says')
    names = (None, 'facts', 'texts', 'types', 'sites', 'objects', 'references', 'threads', 'frames',
             'roots', 'end')
    check(0 < kind < len(names), 'unknown kind of block')
    reader = Contents(contents)
    getattr(dump, 'read_' + names[kind])(reader, records)
    check(reader.position == len(contents), 'a block of %s is longer than it should be' % names[kind])
    return names[kind] != 'end'


def read(path):
    dump = Dump()
    with open(path, 'rb') as file:
        check(file.read(16) == MAGIC + b'\1' + bytes(7), 'not a dump of version 1')
        while read_block(file, dump):
            pass
        check(not file.read(1), 'something follows the end')
    return dump
