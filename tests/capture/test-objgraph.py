#!/usr/bin/env python3
# test-objgraph.py - side by side with the real objgraph, in one process, for a dozen programs.
# SPDX-License-Identifier: MIT
"""test-objgraph.py [PROGRAM...] speaks TAP. Needs $HEAPGRAPH, objgraph, and to be allowed to trace a
child.

objgraph answers from inside and we from a capture of the same process a moment later, so what the
asking itself made or lost (lists, frames, the objects of json) differs. Each difference is listed
by object and must be one of these:

- counts: an object that only one of the two has met, and those of the asking are few;
- leaking: objgraph also names what a root explains (modules, locals, what the interpreter keeps, the
  __dict__ of a static type), and what its owner does not tell the collector of (the table of a
  type's subclasses); we name nothing that objgraph does not;
- neighbours: we also show referrers that the collector does not track, weak references, and what a
  Task of asyncio holds as a Future: its tp_traverse drops what the visitor returns of these, on
  which gc.get_referrers() depends."""

import collections
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)

import hgd

TARGET = os.path.join(HERE, 'objgraph-target.py')
TRACKED = 1
ASKING = 60  # objects, tracked, that asking makes or loses


def find_python():
    for python in '/usr/bin/python3', sys.executable:
        if os.path.exists(python) and subprocess.call(
                [python, '-c', 'import objgraph'], stderr=subprocess.DEVNULL) == 0:
            return python
    return None


def program_names():
    with open(TARGET, encoding='utf-8') as file:
        return re.findall(r"^    '(\w+)': '''$", file.read(), re.M)


class Heapgraph:
    def __init__(self, folder):
        self.folder, self.store = folder, os.path.join(folder, 'heap.db')

    def ask(self, *words):
        done = subprocess.run([os.environ['HEAPGRAPH'], words[0], '-d', self.store, *words[1:]],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode:
            raise AssertionError('%s: %s' % (words, done.stderr.decode()))
        return done.stdout.decode(errors='replace')

    def rows(self, *words):
        return json.loads(self.ask(*words, '--format', 'json'))

    def capture(self, pid, name):
        path = os.path.join(self.folder, name + '.hgd')
        subprocess.run([os.environ['HEAPGRAPH'], 'capture', str(pid), '-o', path], check=True,
                       stderr=subprocess.DEVNULL)
        self.ask('load', path)
        return hgd.read(path)


def of_types(objects, types):
    counts = collections.Counter(types[one] for one in objects)
    return ', '.join('%d %s' % (count, name) for name, count in counts.most_common())


def compare_counts(theirs, dump, heapgraph, said):
    """Returns: the objects both have met."""
    types = dict(theirs['tracked'])
    ours = {one.identity for one in dump.objects.values() if one.flags & TRACKED}
    lost, made = set(types) - ours, ours - set(types)
    counted = {row['type']: row['count'] for row in
               heapgraph.rows('most-common-types', '--tracked', '--short-names')}
    type_name = {}
    for name in set(counted) | set(theirs['stats']):
        difference = counted.get(name, 0) - theirs['stats'].get(name, 0)
        gone = sum(types[one] == name for one in lost)
        type_name[name] = difference + gone  # so many of the made ones must be of this type
    assert all(count >= 0 for count in type_name.values()), \
        'fewer than objgraph: %s' % {n: c for n, c in type_name.items() if c < 0}
    assert sum(type_name.values()) == len(made), (type_name, len(made))
    said.append('counts: %d types, %d objects; only objgraph met %s; only we met %s' % (
        len(theirs['stats']), len(types), of_types(lost, types) or 'none',
        ', '.join('%d %s' % (c, n) for n, c in type_name.items() if c) or 'none'))
    assert len(lost) <= ASKING and len(made) <= ASKING, said[-1]
    return ours & set(types)


def owned(dump, roots):
    """What tracked objects own without telling the collector, and what roots refer to."""
    return {one.target for obj in dump.objects.values() if obj.flags & TRACKED or obj.identity in roots
            for one in obj.references if one.flags & hgd.OWNED and not one.flags & hgd.VISITED
            or obj.identity in roots}


def compare_leaking(theirs, both, dump, heapgraph, said):
    leaking = {int(row['address'], 16) for row in heapgraph.rows('leaking', '-n', '0')}
    roots = {row['address'] for row in heapgraph.rows(
        'sql', 'select distinct address from object where nr in (select nr from root)')}
    more = (leaking & both) - set(theirs['leaking'])
    assert not more, 'we call leaking what objgraph does not: %s' % [hex(one) for one in more]
    explained = (set(theirs['leaking']) & both) - leaking
    unexplained = explained - roots - owned(dump, roots)
    assert not unexplained, 'nothing explains %s' % [hex(one) for one in unexplained]
    said.append('leaking: objgraph %d, of these %d roots, %d held by roots or by what does not tell, %d left' % (
        len(theirs['leaking']), len(explained & roots), len(explained - roots), len(leaking & both)))


def compare_neighbours(theirs, both, dump, heapgraph, said):
    checked, types = 0, dict(theirs['tracked'])
    for address, drawn in theirs['neighbours'].items():
        if int(address) not in both:
            continue
        text = heapgraph.ask('backrefs', address, '--depth', '1', '--too-many', '1000', '--nodes', '5000', '--dicts')
        shown = {int(number, 16) for weak, number in
                 re.findall(r'^  \S.*?( \(weak\))?  (0x[0-9a-f]+)  ', text, re.M) if not weak}
        tracked = {one for one in shown if one in both}
        expected = {one for one in drawn if one in both}
        tracked -= {one for one in tracked - expected if types[one] == 'Task'}
        assert tracked == expected, '%s: we %s, objgraph %s\n%s' % (
            hex(int(address)), sorted(map(hex, tracked - expected))[:5], sorted(map(hex, expected - tracked))[:5],
            text[:1000])
        checked += 1
    assert checked >= 2, 'only %d objects' % checked
    said.append('neighbours: of %d objects' % checked)


def compare_growth(theirs, heapgraph, said):
    """What the program made grows alike; of other types, by what asking made or lost."""
    grown = {row['type']: row['growth'] for row in
             heapgraph.rows('show-growth', '--tracked', '--short-names', '--all', '-n', '0')}
    known = {name: growth for name, _, growth in theirs['growth']}
    differing = {name: (known.get(name, 0), grown.get(name, 0)) for name in set(known) | set(grown)
                 if known.get(name, 0) != max(0, grown.get(name, 0))}
    noise = {name for name, (one, other) in differing.items() if abs(one - other) <= ASKING}
    assert set(differing) == noise, differing
    builtin = {'dict', 'list', 'tuple', 'set', 'frame', 'cell', 'function', 'method', 'builtin_function_or_method',
               'weakref', 'ReferenceType', 'generator', 'StringIO', 'Match', 'Pattern', 'type', 'lock'}
    assert set(differing) <= builtin, differing
    said.append('growth: %d types; apart by what asking makes: %s' % (len(known), sorted(differing) or 'none'))


def compare(python, name, folder, said):
    heapgraph = Heapgraph(folder)
    target = subprocess.Popen([python, '-B', TARGET, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        for step in 'first', 'second':
            theirs = json.loads(target.stdout.readline())
            dump = heapgraph.capture(target.pid, step)
            both = compare_counts(theirs, dump, heapgraph, said)
            compare_leaking(theirs, both, dump, heapgraph, said)
            compare_neighbours(theirs, both, dump, heapgraph, said)
            if step == 'second':
                compare_growth(theirs, heapgraph, said)
            target.stdin.write(b'\n')
            target.stdin.flush()
    finally:
        target.stdin.close()
        target.kill()
        target.wait()


def main():
    python = find_python()
    if not python or importlib.util.find_spec('json') is None:
        print('1..0 # SKIP no objgraph')
        return
    names = sys.argv[1:] or program_names()
    for number, name in enumerate(names, 1):
        said = []
        with tempfile.TemporaryDirectory() as folder:
            try:
                compare(python, name, folder, said)
                print('ok %d - %s' % (number, name))
            except AssertionError as error:
                print('not ok %d - %s' % (number, name))
                said.append(str(error))
        for line in '\n'.join(said).splitlines():
            print('#   ' + line, flush=True)
    print('1..%d' % len(names))


main()
