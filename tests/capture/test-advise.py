#!/usr/bin/env python3
# test-advise.py - what `heapgraph advise` promises is what the remedy saves, on every Python at hand.
# SPDX-License-Identifier: MIT
"""Each case of programs/waste.py runs twice, as it is and with the remedy applied; the difference
of what tracemalloc counts must be within 5 % of the saving that advise tells about the first.
CASES may name the cases to run, PYTHONS a version."""

import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pythons  # noqa: E402

HEAPGRAPH = os.environ['HEAPGRAPH']
PROGRAM = os.path.join(os.environ['HG_TESTS'], 'programs', 'waste.py')
TOLERANCE = 0.05

# case: kind of advice, words of its sentence, its path
EXPECTED = {
    'slots': ('slots', '20,000 instances of __main__.Plain with 3 attributes (age, email, name)'),
    'slots_vars': ('slots', '20,000 instances of __main__.Plain with 3 attributes'),
    'slots_one': ('slots', 'with 1 attribute (only)'),
    'slots_derived': ('slots', '20,000 instances of __main__.Derived with 12 attributes'),
    'slots_weak': ('slots', '20,000 instances of __main__.Plain'),
    'inherited_dict': ('inherited-dict', '__main__.Child has __slots__ but inherits a __dict__ from __main__.Parent'),
    'inherited_dict_used': ('inherited-dict', '__main__.ChildMore has __slots__ but inherits'),
}


def start(python, case, *more):
    """Returns: a process that has built its data and waits, and the bytes these took."""
    environment = dict(os.environ, **python.environment, PYTHONDONTWRITEBYTECODE='1', PYTHONHASHSEED='0')
    process = subprocess.Popen(python.command + [PROGRAM, case, *more], env=environment,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    line = process.stdout.readline()
    return process, int(line or -1)


def stop(process):
    process.communicate()


def measure(python, case, folder):
    """Returns: the advice about the case, and what its remedy saves in truth."""
    dump = os.path.join(folder, 'heap.hgd')
    process, before = start(python, case)
    taken = subprocess.run([HEAPGRAPH, 'capture', str(process.pid), '-o', dump], stdout=subprocess.DEVNULL,
                           stderr=subprocess.PIPE)
    stop(process)
    if taken.returncode:
        raise RuntimeError(taken.stderr.decode())
    process, after = start(python, case, 'remedy')
    stop(process)
    environment = dict(os.environ, XDG_CACHE_HOME=folder)
    told = subprocess.run([HEAPGRAPH, 'advise', '-d', dump, '--format', 'json'], env=environment,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    os.unlink(dump)
    if told.returncode:
        raise RuntimeError(told.stderr.decode())
    return json.loads(told.stdout.decode()), before - after


class Tests:
    def __init__(self):
        self.n = self.failed = 0

    def check(self, condition, title, *more):
        self.n += 1
        self.failed += not condition
        print('%s %d - %s' % ('ok' if condition else 'not ok', self.n, title))
        for one in () if condition else more:
            print('#   ' + str(one).replace('\n', '\n#   '))
        sys.stdout.flush()

    def finish(self):
        print('1..%d' % self.n)
        sys.exit(self.failed > 0)


def test_case(tests, python, case, folder):
    kind, sentence, *rest = EXPECTED[case]
    advice, saved = measure(python, case, folder)
    fitting = [one for one in advice if one['kind'] == kind and sentence in one['sentence']]
    promised = sum(one['saving'] for one in fitting[:1])
    paths = [one['path'] for one in fitting]
    tests.check(fitting and abs(promised - saved) <= TOLERANCE * saved and
                all(path in paths for path in rest),
                '%s: %s: promised %d bytes, saved %d' % (python, case, promised, saved),
                json.dumps(advice, indent=1))


def main():
    tests = Tests()
    cases = os.environ.get('CASES', ' '.join(EXPECTED)).split()
    for python in pythons.find():
        if os.environ.get('PYTHONS', '') not in str(python):
            continue
        for case in cases:
            with tempfile.TemporaryDirectory() as folder:
                test_case(tests, python, case, folder)
    tests.finish()


main()
