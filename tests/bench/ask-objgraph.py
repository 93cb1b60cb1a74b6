#!/usr/bin/env python3
# ask-objgraph.py - the same questions to objgraph, inside a process with such a heap.
# SPDX-License-Identifier: MIT
"""ask-objgraph.py OBJECTS - prints a name and seconds for each question."""

import io
import sys
import time

import objgraph


class Session:
    pass


class EventBus:
    handlers = []


def build(objects):
    customers = []
    for number in range(objects // 20):
        session = Session()
        session.user, session.tags = 'user %d' % number, ['a%d' % number, 'b%d' % number]
        session.lines = [(number, index, str(number * 10 + index)) for index in range(4)]
        if number % 10 == 0:
            EventBus.handlers.append(lambda session=session: session)
        customers.append(session)
    return customers


def measure(name, ask):
    start = time.perf_counter()
    ask()
    print(name, '%.4f' % (time.perf_counter() - start), flush=True)


def main(objects):
    customers = build(objects)
    session = customers[10]
    objgraph.growth()
    measure('types', objgraph.most_common_types)
    measure('by-type', lambda: objgraph.by_type('Session'))
    measure('growth', objgraph.growth)
    measure('backrefs', lambda: objgraph.show_backrefs([session], max_depth=3, output=io.StringIO()))
    measure('chain', lambda: objgraph.find_backref_chain(session, objgraph.is_proper_module))
    measure('leaking', objgraph.get_leaking_objects)


main(int(sys.argv[1]))
