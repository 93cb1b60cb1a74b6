#!/usr/bin/env python3
# capture-inside.py - how fast the pure-Python capture is, beside a plain loop over the heap.
# SPDX-License-Identifier: MIT
"""capture-inside.py [UNITS]: objects a second of heapgraph_dump.dump, and of the plainest way
to get the graph in Python (gc.get_referents, type and sys.getsizeof for each object, into
dicts), in the same process; the memory each takes. A unit is about 100 objects."""

import gc
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', '..', 'core', 'capture', 'python'))

import heapgraph_dump


class Line:
    def __init__(self, product, amount, price):
        self.product, self.amount, self.price = product, amount, price


class Order:
    def __init__(self, customer, number):
        self.customer, self.number, self.status = customer, number, 'pending'
        self.lines = [Line('product %d' % line, line * 1000, line * 1.5) for line in range(6)]
        self.tags = {'number': str(number), 'where': ('aisle', number * 1000), 'marks': {number, -number}}


class Customer:
    def __init__(self, number):
        self.name = 'customer %d' % number
        self.orders = [Order(self, number * 10 + order) for order in range(2)]
        self.on_change = lambda event: (self, event)


def plain_loop():
    found = {}
    todo = gc.get_objects()
    seen = set(map(id, todo))
    while todo:
        thing = todo.pop()
        referents = gc.get_referents(thing)
        found[id(thing)] = (type(thing), sys.getsizeof(thing), [id(one) for one in referents])
        for one in referents:
            if id(one) not in seen:
                seen.add(id(one))
                todo.append(one)
    return len(found)


def high_water():
    """Returns: the most memory the process has had since the last call, and has now."""
    try:
        with open('/proc/self/status') as file:
            lines = dict(line.split(':') for line in file)
        with open('/proc/self/clear_refs', 'w') as file:
            file.write('5')
        return [int(lines[name].split()[0]) * 1024 for name in ('VmHWM', 'VmRSS')]
    except (OSError, KeyError):
        return [0, 0]


def measure(name, work):
    gc.collect()
    before = high_water()[1]
    start = time.process_time()
    objects = work()
    seconds = time.process_time() - start
    peak = high_water()[0]
    print('%-24s %8d objects %6.2f s  %.3f M objects/s  %4d bytes an object'
          % (name, objects, seconds, objects / seconds / 1e6, (peak - before) / objects))
    return objects / seconds


def main(arguments):
    units = int(arguments[0]) if arguments else 10000
    customers = [Customer(number) for number in range(units)]
    gc.collect()
    print('CPython %s' % sys.version.split()[0])
    path = '/tmp/capture-inside.%d.hgd' % os.getpid()
    rates = {}
    for values in ('short', 'none'):
        rates[values] = measure('heapgraph_dump, %s' % values,
                                lambda: heapgraph_dump.dump(path, values=values)['objects'])
    size = os.path.getsize(path)
    os.unlink(path)
    plain = measure('plain loop', plain_loop)
    print('%d bytes; %.2f times as fast as the plain loop; %d customers' % (
        size, rates['short'] / plain, len(customers)))


if __name__ == '__main__':
    main(sys.argv[1:])
