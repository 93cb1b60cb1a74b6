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
from tap import finish, report  # noqa: E402

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
    'equal_texts': ('equal-texts', '20,000 str at __main__.Order.it have 3 different values'),
    'equal_bytes': ('equal-values', '20,000 bytes at __main__.Order.it have 10 different values'),
    'equal_tuples': ('equal-values', '20,000 tuple at __main__.Order.it have 7 different values'),
    'equal_numbers': ('equal-values', '20,000 float at __main__.Order.it have 50 different values'),
    'array_of_ints': ('array', 'a list of 200,000 int'),
    'array_of_floats': ('array', '__main__.Order.it: 2,000 lists of 40,000 float'),
    'empty_lists': ('empty', '20,000 empty list at __main__.Order.it'),
    'empty_dicts': ('empty', '20,000 empty dict at __main__.Order.it'),
    'empty_sets': ('empty', '20,000 empty set at __main__.Order.it'),
    'sparse_lists': ('sparse', '20,000 list at __main__.Order.it with 20,000 items'),
    'sparse_dict': ('sparse', 'dict at'),
    'sparse_dict_of_texts': ('sparse', 'dict at'),
    'sparse_set': ('sparse', 'set at'),
    'records': ('records', '20,000 dict with the same keys (street, zip, city)'),
    'copies_whole': ('copies', '2 bytes have the same length and begin alike'),
    'copies_slices': ('copies', '512 pieces look as if cut out of a bytes'),
    'copies_lines': ('copies', '20,000 pieces look as if cut out of a str'),
    'generator': ('generator', 'nothing but the local variable generator().rows holds a list of 20,000 items'),
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


def run(*arguments, **more):
    """Returns: what heapgraph printed."""
    done = subprocess.run([HEAPGRAPH, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
    if done.returncode:
        raise RuntimeError('heapgraph %s: exit status %d\n%s' % (arguments[0], done.returncode, done.stderr.decode()))
    return done.stdout.decode()


def measure(python, case, folder):
    """Returns: the advice about the case, and what its remedy saves in truth."""
    dump = os.path.join(folder, 'heap.hgd')
    process, before = start(python, case)
    try:
        run('capture', str(process.pid), '-o', dump)
    finally:
        stop(process)
    process, after = start(python, case, 'remedy')
    stop(process)
    told = run('advise', '-d', dump, '--format', 'json', env=dict(os.environ, XDG_CACHE_HOME=folder))
    os.unlink(dump)
    return json.loads(told), before - after


def test_case(python, case, folder):
    kind, sentence, *rest = EXPECTED[case]
    try:
        advice, saved = measure(python, case, folder)
    except RuntimeError as problem:
        report(False, '%s: %s' % (python, case), problem)
        return
    fitting = [one for one in advice if one['kind'] == kind and sentence in one['sentence']]
    promised = sum(one['saving'] for one in fitting[:1])
    paths = [one['path'] for one in fitting]
    report(fitting and abs(promised - saved) <= TOLERANCE * saved and
           all(path in paths for path in rest),
           '%s: %s: promised %d bytes, saved %d' % (python, case, promised, saved),
           json.dumps(advice, indent=1))


def main():
    cases = os.environ.get('CASES', ' '.join(EXPECTED)).split()
    for python in pythons.find():
        if os.environ.get('PYTHONS', '') not in str(python):
            continue
        for case in cases:
            with tempfile.TemporaryDirectory() as folder:
                test_case(python, case, folder)
    finish()


main()
