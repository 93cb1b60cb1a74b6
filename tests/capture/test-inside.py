#!/usr/bin/env python3
# test-inside.py - the pure-Python capture changes nothing, shows no more than it should, and writes safely.
# SPDX-License-Identifier: MIT
"""Speaks TAP. What may differ between versions runs under the system's CPython, and with
$HEAPGRAPH_PYTHONS=all also under the oldest and the newest at hand."""

import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CAPTURE = os.path.normpath(os.path.join(HERE, '..', '..', 'core', 'capture', 'python'))
PROGRAMS = os.path.join(HERE, '..', 'programs')
sys.dont_write_bytecode = True
sys.path[:0] = [HERE, CAPTURE]

# Prints what a program can see of itself, with or without a dump in the middle.
PROGRAM = '''
import gc, random, sys, threading, weakref, heapgraph_dump
random.seed(1)
class Node:
    made = 0
    def __init__(self, number):
        Node.made += 1
        self.number, self.links, self.text = number, [], str(number)
    def __repr__(self):
        print('repr of', self.number)
        return 'Node'
    def __del__(self):
        gone.append(self.number)
    def __eq__(self, other):
        print('eq')
        return self is other
    __hash__ = None
gone = []
nodes = [Node(number) for number in range(300)]
for node in nodes:
    node.links = [random.choice(nodes) for _ in range(3)]
weak = weakref.ref(nodes[5])
def rows(source):
    for one in source:
        yield one.number
suspended = rows(iter(nodes))
total = next(suspended)
def counting(source):
    local = {'kept': len(source)}
    if dump:
        heapgraph_dump.dump(sys.argv[1])
    return sorted(local), sum(one.number for one in source)
dump = len(sys.argv) > 2
gc.disable()
sizes = [sys.getsizeof(one) for one in nodes]
shapes = [len(gc.get_referents(one)) for one in nodes]
print(counting(nodes), gc.isenabled(), gc.get_threshold())
print(sizes == [sys.getsizeof(one) for one in nodes], shapes == [len(gc.get_referents(one)) for one in nodes])
total += sum(suspended)
print(total, weak() is nodes[5], random.random(), len(gone), Node.made)
del nodes[10:], node
print(gc.collect() > 0, len(gone))
gc.enable()
if dump:
    heapgraph_dump.dump(sys.argv[1])
print(gc.isenabled(), threading.active_count())
'''

# Prints how many objects and blocks there are more after the second dump, without a collection.
LEFT = '''
import gc, sys, heapgraph_dump
class Plain:
    def __init__(self):
        self.one, self.two = [], {}
kept = [Plain() for _ in range(500)]
def objects():
    return len(gc.get_objects())
def blocks():
    gc.collect()
    return sys.getallocatedblocks()
def dump():
    heapgraph_dump.dump(sys.argv[1])
dump()
first = blocks()
gc.disable()
before = objects()
dump()
after = objects()
print(after - before, blocks() - first)
'''

SECRETS = '''
import heapgraph_dump
class Account:
    def __init__(self):
        self.password = 'hunter' + '2'
        self.number = 8005551234567
        self.blob = b'top secret' * 2
account = Account()
holder = {'key ' + 'of a dict': account, ('tuple', 'inside' + ' a tuple'): 1}
long = ''.join(['x' * 79, 'E', 'NDS', ' HERE', 'y' * 90])
import sys
heapgraph_dump.dump(sys.argv[1], values=sys.argv[2])
'''


# Prints for some classes the bytes an instance takes, as tracemalloc has it, and its size in the dump.
SIZES = '''
import gc, sys, tracemalloc, heapgraph_dump, hgd
class Three:
    def __init__(self, value):
        self.one, self.two, self.three = value, value, value
class Four(Three):
    def __init__(self, value):
        Three.__init__(self, value)
        self.four = value
class Slots:
    __slots__ = ('one', 'two')
    def __init__(self, value):
        self.one = self.two = value
class Unnamed:
    def __init__(self, value):
        for letter in 'abcdefghij':
            setattr(self, letter, value)
value, kept = object(), []
gc.disable()
for kind in (Three, Four, Slots, Unnamed):
    for _ in range(100):
        kind(value)
    made = [None] * 5000
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for index in range(5000):
        made[index] = kind(value)
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    kept.append((kind, made, round((after - before) / 5000)))
heapgraph_dump.dump(sys.argv[1])
dump = hgd.read(sys.argv[1])
def size_of(one):
    return one.size + sum(dump.objects[reference.target].size for reference in one.references
                          if reference.label == '__dict__')
for kind, made, real in kept:
    print(kind.__name__, real, *sorted({size_of(dump.objects[id(one)]) for one in made}))
'''

# Threads that change everything while the dump is taken, as fast as they can.
BUSY = '''
import collections, random, sys, threading, time, heapgraph_dump, hgd
class Thing:
    def __init__(self):
        self.parts, self.name = [], 'thing'
shared = {'dict': {}, 'list': [], 'set': set(), 'deque': collections.deque(), 'ordered': collections.OrderedDict()}
stop = threading.Event()
def change(seed):
    draw = random.Random(seed)
    while not stop.is_set():
        thing = Thing()
        setattr(thing, 'attribute %d' % draw.randrange(50), thing)
        key = draw.randrange(2000)
        for name in ('dict', 'ordered'):
            shared[name][key] = thing
            shared[name].pop(draw.randrange(2000), None)
        shared['list'].append(thing)
        shared['deque'].append([thing])
        shared['set'].add((key, thing.name))
        setattr(Thing, 'class attribute %d' % draw.randrange(50), key)
        if draw.randrange(50) == 0:
            time.sleep(0.001)
        if len(shared['list']) > 3000:
            shared['list'] = []
            shared['deque'].clear()
            shared['set'] = set()
sys.setswitchinterval(5e-4)
threads = [threading.Thread(target=change, args=(seed,)) for seed in range(3)]
for thread in threads:
    thread.start()
try:
    for number in range(2):
        heapgraph_dump.dump(sys.argv[1] + str(number))
finally:
    stop.set()
for number in range(2):
    dump = hgd.read(sys.argv[1] + str(number))
    print(len(dump.threads), len(dump.objects) > 1000)
'''

# A frozen object is in no list of the collector; it is found all the same.
FROZEN = '''
import gc, sys, heapgraph_dump, hgd
kept = [[]]
gc.freeze()
young = [[]]
heapgraph_dump.dump(sys.argv[1])
dump = hgd.read(sys.argv[1])
print([dump.objects[id(one)].flags >> 1 & 3 for one in (kept, kept[0], young)])
'''


class Tests:
    def __init__(self, python, folder):
        self.python, self.folder = python, folder
        self.path = os.path.join(folder, 'one.hgd')

    def run(self, program, *arguments):
        script = os.path.join(self.folder, 'program.py')
        with open(script, 'w') as file:
            file.write(program)
        environment = dict(os.environ, PYTHONPATH=CAPTURE + os.pathsep + HERE, PYTHONHASHSEED='1', **self.python.environment)
        done = subprocess.run([*self.python.command, '-B', script, self.path, *arguments], env=environment,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=200)
        return done.stdout.decode(errors='replace')

    def test_behaviour_is_unchanged(self):
        without, with_dump = self.run(PROGRAM), self.run(PROGRAM, 'dump')
        return without == with_dump and 'Traceback' not in without, [without, with_dump]

    def test_nothing_is_left_behind(self):
        said = self.run(LEFT)
        objects, blocks = map(int, said.split())
        return objects == 0 and abs(blocks) < 100, [said]

    def test_size_is_what_an_instance_takes(self):
        said = self.run(SIZES)
        rows = [line.split() for line in said.splitlines()]
        return len(rows) == 4 and all(len(row) == 3 and row[1] == row[2] for row in rows), [said]

    def test_busy_threads_do_no_harm(self):
        said = self.run(BUSY)
        return said == '4 True\n' * 2, [said]

    def test_frozen_objects_are_permanent(self):
        said = self.run(FROZEN)
        return said == '[3, 3, 0]\n', [said]

    def test_values_short_are_cut(self):
        self.run(SECRETS, 'short')
        data = shown(self.path)
        return b'hunter2' in data and b'x' * 79 + b'E' in data and b'NDS HERE' not in data, [self.python]

    def test_values_none_shows_names_only(self):
        self.run(SECRETS, 'none')
        data = shown(self.path)
        secret = [one for one in (b'hunter', b'8005551234567', b'top secret', b'key of a dict', b'inside a tuple',
                                  b'program.py\', ') if one in data]
        return not secret and b'password' in data and b'account' in data, secret

    def test_a_service_can_be_dumped_twice(self):
        import hgd
        second = self.path + '2'
        done = self.python.run(['-B', os.path.join(PROGRAMS, 'leaky.py'), '--rounds', '1', '--dump', self.path,
                                '--rounds', '2', '--dump', second], stdout=subprocess.PIPE, timeout=200)
        counts = [sum(1 for one in hgd.read(path).objects.values() if one.type['qualname'] == 'Session')
                  for path in (self.path, second)]
        return done.returncode == 0 and counts == [40, 120], [counts]


def shown(path):
    """Returns: all texts and values a dump shows."""
    import hgd
    dump = hgd.read(path)
    parts = [one.encode('utf-8', 'backslashreplace') for one in dump.texts + list(dump.facts.values())]
    return b'\n'.join(parts + [one.value for one in dump.objects.values() if one.value])


# --- what needs one Python only

def test_file_is_private(folder):
    import heapgraph_dump
    path = os.path.join(folder, 'private.hgd')
    old = os.umask(0)
    heapgraph_dump.dump(path)
    os.umask(old)
    return os.stat(path).st_mode & 0o777 == 0o600, [oct(os.stat(path).st_mode)]


def test_symlink_is_not_followed(folder):
    import heapgraph_dump
    target, link = os.path.join(folder, 'precious'), os.path.join(folder, 'link.hgd')
    with open(target, 'w') as file:
        file.write('precious')
    os.symlink(target, link)
    heapgraph_dump.dump(link)
    with open(target) as file:
        return file.read() == 'precious' and not os.path.islink(link), [os.listdir(folder)]


def test_failure_leaves_nothing(folder):
    import heapgraph_dump
    path = os.path.join(folder, 'failing')
    os.mkdir(path)
    name = os.path.join(path, 'no.hgd')
    capture, heapgraph_dump._module_roots = heapgraph_dump._module_roots, lambda: 1 / 0
    try:
        heapgraph_dump.dump(name)
    except ZeroDivisionError:
        return os.listdir(path) == [], [os.listdir(path)]
    finally:
        heapgraph_dump._module_roots = capture
    return False, ['it did not fail']


def test_kill_leaves_no_whole_name(folder):
    path = os.path.join(folder, 'killed.hgd')
    program = ('import sys, os, heapgraph_dump\n'
               'heapgraph_dump._module_roots = lambda: os.kill(os.getpid(), 9)\n'
               'heapgraph_dump.dump(sys.argv[1])\n')
    done = subprocess.run([sys.executable, '-B', '-c', program, path], env=dict(os.environ, PYTHONPATH=CAPTURE))
    return done.returncode == -9 and not os.path.exists(path), [done.returncode, os.listdir(folder)]


def test_file_object_and_standard_output(folder):
    import hgd
    import io
    import heapgraph_dump
    buffer = io.BytesIO()
    facts = heapgraph_dump.dump(buffer)
    path = os.path.join(folder, 'output.hgd')
    with open(path, 'wb') as file:
        subprocess.run([sys.executable, '-B', '-c', 'import heapgraph_dump; heapgraph_dump.dump("-")'],
                       env=dict(os.environ, PYTHONPATH=CAPTURE), stdout=file, check=True)
    return len(buffer.getvalue()) == facts['bytes'] and hgd.read(path).end is not None, [facts]


def test_a_script_is_run_and_dumped(folder):
    import hgd
    script, path = os.path.join(folder, 'script.py'), os.path.join(folder, 'script.hgd')
    with open(script, 'w') as file:
        file.write('import sys\nkept = ["here I am"]\nprint(__name__, sys.argv[1:])\n')
    done = subprocess.run([sys.executable, '-B', os.path.join(CAPTURE, 'heapgraph_dump.py'), '-o', path, script, 'a'],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    values = {one.value for one in hgd.read(path).objects.values()}
    return done.stdout == b"__main__ ['a']\n" and b'here I am' in values, [done]


def test_usage(folder):
    tool = os.path.join(CAPTURE, 'heapgraph_dump.py')
    codes = [subprocess.run([sys.executable, '-B', tool, *arguments], stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL).returncode
             for arguments in (['--help'], [], ['--nonsense', 'x'], ['--values', 'all', 'x'])]
    return codes == [0, 2, 2, 2], codes


def test_a_list_longer_than_a_block(folder):
    import heapgraph_dump
    import hgd
    many = [[] for _ in range(270000)]
    path = os.path.join(folder, 'many.hgd')
    heapgraph_dump.dump(path)
    one = hgd.read(path).objects[id(many)]
    return (one.length == len(one.references) == 270000
            and [reference.label for reference in one.references] == list(range(270000))
            and one.visited() == list(map(id, many))), [len(one.references)]


def test_tracemalloc_sites(folder):
    import hgd
    path = os.path.join(folder, 'sites.hgd')
    program = ('import sys, heapgraph_dump\nclass Kept: __slots__ = ()\n'
               'def make():\n    return [Kept() for _ in range(7)]\nkept = make()\nheapgraph_dump.dump(sys.argv[1])\n')
    script = os.path.join(folder, 'sites.py')
    with open(script, 'w') as file:
        file.write(program)
    subprocess.run([sys.executable, '-B', '-X', 'tracemalloc=5', script, path], check=True,
                   env=dict(os.environ, PYTHONPATH=CAPTURE))
    dump = hgd.read(path)
    sites = [one.site for one in dump.objects.values() if one.type['qualname'] == 'Kept']
    return len(sites) == 7 and all(one and one[0] == (script, 4) and one[-1] == (script, 5) for one in sites) \
        and 'tracemalloc' in dump.facts, sites[:2]


def main():
    import pythons
    found = pythons.find()
    system = next((one for one in found if one.command == ['/usr/bin/python3']), found[0])
    runs = []
    with tempfile.TemporaryDirectory() as folder:
        everywhere = os.environ.get('HEAPGRAPH_PYTHONS', 'few') != 'few'
        for python in dict.fromkeys([system, found[0], found[-1]] if everywhere else [system]):
            tests = Tests(python, folder)
            runs += [(name, getattr(tests, name), (), python) for name in dir(Tests) if name.startswith('test_')]
        runs += [(name, value, (folder,), None) for name, value in sorted(globals().items())
                 if name.startswith('test_')]
        for number, (name, test, arguments, python) in enumerate(runs, 1):
            try:
                ok, told = test(*arguments)
            except Exception as error:
                ok, told = False, ['%s: %s' % (type(error).__name__, error)]
            print('%sok %d - %s%s' % ('' if ok else 'not ', number, name[5:].replace('_', ' '),
                                      ', CPython %s' % python if python else ''), flush=True)
            for line in [] if ok else '\n'.join(map(str, told)).splitlines()[:40]:
                print('#   ' + line[:500])
    print('1..%d' % len(runs))


if __name__ == '__main__':
    main()
