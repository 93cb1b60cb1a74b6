#!/usr/bin/env python3
# objgraph-target.py - a program that asks objgraph about itself, and waits to be captured.
# SPDX-License-Identifier: MIT
"""objgraph-target.py NAME: runs the program of that name (below), prints what objgraph says as one line
of JSON, waits for a line on its input, lets the program grow, and does the same again."""

import gc
import io
import json
import re
import sys

import objgraph

PROGRAMS = {
    'closures': '''
class Session: pass
handlers = []
def grow(n):
    for i in range(n):
        session = Session()
        session.seen = [i]
        handlers.append(lambda event, session=session: session.seen.append(event))
''',
    'cycles': '''
class Parent: pass
class Child:
    def __init__(self, parent): self.parent = parent
families = []
def grow(n):
    for i in range(n):
        parent = Parent()
        parent.children = [Child(parent) for _ in range(3)]
        families.append(parent)
    lost = Parent(); lost.itself = lost
''',
    'slots': '''
class Point:
    __slots__ = ('x', 'y', 'next')
points = []
def grow(n):
    for i in range(n):
        point = Point(); point.x = i; point.y = (i, i); point.next = points[-1] if points else None
        points.append(point)
''',
    'subclasses': '''
class Names(dict): pass
class Rows(list): pass
class Tags(set): pass
class Text(str): pass
held = []
def grow(n):
    for i in range(n):
        held.append((Names(a=i), Rows([i]), Tags([i]), Text(i)))
''',
    'weak': '''
import weakref
class Watched: pass
watched, watchers = [], weakref.WeakSet()
values = weakref.WeakValueDictionary()
def grow(n):
    for i in range(n):
        one = Watched(); watched.append(one); watchers.add(one); values[len(watched)] = one
''',
    'generators': '''
class Job: pass
running = []
def work(job):
    held = [job]
    while True:
        yield held
def grow(n):
    for i in range(n):
        running.append(work(Job())); next(running[-1])
''',
    'coroutines': '''
import asyncio
class Request: pass
tasks, loop = [], asyncio.new_event_loop()
async def serve(request):
    await asyncio.sleep(3600)
async def start(n):
    tasks.extend(asyncio.ensure_future(serve(Request())) for _ in range(n))
    await asyncio.sleep(0)
def grow(n):
    loop.run_until_complete(start(n))
''',
    'threads': '''
import threading
class Local: pass
stop, threads, local = threading.Event(), [], threading.local()
def wait(one, ready):
    local.one = one
    ready.set()
    stop.wait()
def grow(n):
    for i in range(max(1, n // 10)):
        ready = threading.Event()
        threads.append(threading.Thread(target=wait, args=(Local(), ready), daemon=True))
        threads[-1].start()
        ready.wait()
''',
    'records': '''
import collections, dataclasses, enum
Row = collections.namedtuple('Row', 'a b')
@dataclasses.dataclass
class Record:
    a: int
    b: list
class Kind(enum.Enum):
    ONE = 1
    TWO = 2
rows = collections.deque()
def grow(n):
    for i in range(n):
        rows.append(Row(i, [i])); rows.append(Record(i, {'kind': Kind.ONE}))
''',
    'caches': '''
import functools
class Result: pass
@functools.lru_cache(maxsize=None)
def compute(i):
    result = Result(); result.parts = {'i': [i]}
    return result
done = 0
def grow(n):
    global done
    for i in range(n):
        compute(done); done += 1
''',
    'exceptions': '''
class Failure(Exception): pass
class Payload: pass
failures = []
def fail(payload):
    raise Failure(payload)
def grow(n):
    for i in range(n):
        try:
            fail(Payload())
        except Failure as error:
            failures.append(error)
''',
    'types': '''
import types
made, modules = [], []
def grow(n):
    for i in range(max(1, n // 10)):
        kind = type('Made', (), {'method': lambda self: kind})
        made.append(kind()); made.append(kind().method)
        module = types.ModuleType('plugin'); module.state = {'loaded': [made[-1]]}
        modules.append(module)
''',
}


def sample(module):
    """Objects of the program: what its names mean, and what is in these."""
    objects = [value for name, value in vars(module).items() if gc.is_tracked(value) and name[:2] != '__']
    for value in list(objects):
        if isinstance(value, (list, dict)) or type(value).__name__ in ('deque', 'set'):
            objects += [one for one in list(value)[:12] if gc.is_tracked(one)]
    kinds = {}
    for value in objects:
        kinds.setdefault(type(value), []).append(value)
    return [value for values in kinds.values() for value in values[:4]
            if not isinstance(value, (type(module), type))]


def neighbours(obj, hidden):
    """The ids of what objgraph draws as referring to obj."""
    out = io.StringIO()
    objgraph.show_backrefs([obj], max_depth=1, too_many=10 ** 6, output=out, extra_ignore=hidden)
    return sorted({int(number) for number in re.findall(r'^  o(\d+) -> o%d' % id(obj), out.getvalue(), re.M)})


def ask(module, peaks):
    """Asks in an order that lets one answer disturb the next as little as can be."""
    sampled = sample(module)
    hidden = {id(sampled), id(sys._getframe())}
    drawn = {id(obj): neighbours(obj, hidden) for obj in sampled}
    del sampled
    growth = objgraph.growth(limit=None, peak_stats=peaks)
    leaking = [id(obj) for obj in objgraph.get_leaking_objects()]
    gc.collect()
    objects = gc.get_objects()
    stats = objgraph.typestats(objects)
    tracked = [[id(obj), type(obj).__name__] for obj in objects]
    del objects
    return json.dumps({'neighbours': drawn, 'growth': growth, 'leaking': leaking, 'stats': stats,
                       'tracked': tracked})


def main():
    module = type(sys)('program')
    sys.modules['program'] = module
    exec(PROGRAMS[sys.argv[1]], vars(module))
    peaks = {}
    for n in 100, 60:
        module.grow(n)
        gc.collect()
        print(ask(module, peaks), flush=True)
        gc.collect()
        sys.stdin.readline()


if __name__ == '__main__':
    main()
