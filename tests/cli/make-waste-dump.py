#!/usr/bin/env python3
# make-waste-dump.py - writes the small dump that the test of `heapgraph advise` asks about.
# SPDX-License-Identifier: MIT
"""make-waste-dump.py OUT.hgd: a module `app` whose __dict__ has
    users    a list of 20 User with a __dict__, a str of its own each and equal ones
"""

import importlib.util
import os
import sys

sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location(
    'dumps', os.path.join(os.path.dirname(os.path.abspath(__file__)), 'make-dump.py'))
dumps = importlib.util.module_from_spec(spec)
spec.loader.exec_module(dumps)

HEAP, HAS_DICT = 1, 8


def make_users(heap):
    users = []
    for index in range(20):
        user = heap.new('app.User', 56)
        state = heap.new('str', 56, 'pending', 7, 0)
        values = heap.dict([(heap.string('name'), heap.string('user %d' % index)),
                            (heap.string('state'), state)])
        heap.attributes(user, dumps.INTERNAL, __dict__=values)
        users.append(user)
    return heap.list(users)


def main(path):
    heap = dumps.Heap()
    for name in ('object', 'module', 'dict', 'list', 'tuple', 'str', 'int'):
        heap.make_type('builtins', name)
    heap.make_type('app', 'User', HEAP | HAS_DICT, ['object'])
    app = heap.new('module', 72, 'app')
    names = {'users': make_users(heap)}
    heap.attributes(app, dumps.INTERNAL, __dict__=heap.dict(
        [(heap.string(name), value) for name, value in names.items()]))
    heap.roots = [(0, app, 'app', 0), (1, heap.number(12), 'x', 1)]
    heap.write(path)


main(sys.argv[1])
