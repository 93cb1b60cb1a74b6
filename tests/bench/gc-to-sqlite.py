#!/usr/bin/env python3
# gc-to-sqlite.py - the plain way to get a heap into SQLite, to compare with.
# SPDX-License-Identifier: MIT
"""gc-to-sqlite.py OBJECTS STORE: makes about so many objects, walks them with gc.get_referents,
and inserts a row for each object and each reference, with an index for either direction.

Prints one line of numbers: objects references seconds peak-KiB store-bytes
where the peak is what came on top of the heap itself."""

import gc
import os
import sqlite3
import sys
import time


class Line:
    def __init__(self, product, amount, price):
        self.product, self.amount, self.price = product, amount, price


class Order:
    def __init__(self, customer, number):
        self.customer, self.number, self.status = customer, number, 'pending'
        self.lines = [Line('product %d' % line, line * 1000, line * 1.5) for line in range(6)]
        self.tags = {'number': str(number), 'where': ('aisle', number * 1000)}


class Customer:
    def __init__(self, number):
        self.name = 'customer %d' % number
        self.orders = [Order(self, number * 10 + order) for order in range(2)]


def peak():
    with open('/proc/self/status') as file:
        lines = dict(line.split(':', 1) for line in file)
    return int(lines['VmHWM'].split()[0])


def walk(start):
    """Yields each object that can be reached from [start], and what it refers to."""
    todo, seen = [start], {id(start)}
    while todo:
        thing = todo.pop()
        referents = gc.get_referents(thing)
        yield thing, referents
        for one in referents:
            if id(one) not in seen and one is not sys.modules:
                seen.add(id(one))
                todo.append(one)


def load(start, path):
    store = sqlite3.connect(path)
    store.executescript('CREATE TABLE object (address INTEGER PRIMARY KEY, type TEXT, size INTEGER);'
                        'CREATE TABLE reference (source INTEGER, target INTEGER)')
    objects, references, n_objects, n_references = [], [], 0, 0
    for thing, referents in walk(start):
        objects.append((id(thing), type(thing).__qualname__, sys.getsizeof(thing)))
        references.extend((id(thing), id(one)) for one in referents)
        if len(objects) >= 10000:
            store.executemany('INSERT INTO object VALUES (?,?,?)', objects)
            store.executemany('INSERT INTO reference VALUES (?,?)', references)
            n_objects, n_references = n_objects + len(objects), n_references + len(references)
            objects, references = [], []
    store.executemany('INSERT INTO object VALUES (?,?,?)', objects)
    store.executemany('INSERT INTO reference VALUES (?,?)', references)
    store.executescript('CREATE INDEX by_source ON reference (source);'
                        'CREATE INDEX by_target ON reference (target)')
    store.commit()
    store.close()
    return n_objects + len(objects), n_references + len(references)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    gc.disable()
    customers = [Customer(number) for number in range(int(sys.argv[1]) // 62)]
    before, start = peak(), time.perf_counter()
    n_objects, n_references = load(customers, sys.argv[2])
    print(n_objects, n_references, '%.3f' % (time.perf_counter() - start), peak() - before,
          os.path.getsize(sys.argv[2]))


main()
