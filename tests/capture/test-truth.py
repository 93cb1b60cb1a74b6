#!/usr/bin/env python3
# test-truth.py - runs truth.py under every CPython at hand.
# SPDX-License-Identifier: MIT
"""Speaks TAP: a line for each Python; what truth.py says is shown as comments.

$HEAPGRAPH_PYTHONS says which: `few` (the default) the system's, the oldest and the newest, with
a small heap; `all` every one, and the system's with the big heap that Debian's packages make;
`full` the same, and the others with the whole standard library."""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)

import pythons

WANTED = [(3, minor) for minor in range(8, 16)]


MODE = os.environ.get('HEAPGRAPH_PYTHONS', 'few')


def heap_of(is_system):
    """Returns: the argument that tells truth.py how big a heap to build."""
    if MODE == 'few' or MODE == 'all' and not is_system:
        return ['--few']
    return ['--big'] if is_system else []


def run(python, is_system):
    arguments = [os.path.join(HERE, 'truth.py'), *heap_of(is_system)]
    try:
        done = python.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=900)
    except subprocess.TimeoutExpired:
        return False, 'it takes too long'
    return done.returncode == 0, done.stdout.decode(errors='replace')


def main():
    found = pythons.find()
    system = pythons.find_system(found)
    chosen = pythons.choose(found)
    for number, python in enumerate(chosen, 1):
        ok, said = run(python, python is system)
        print('%sok %d - CPython %s' % ('' if ok else 'not ', number, python))
        for line in said.splitlines():
            print('#   ' + line[:300])
        sys.stdout.flush()
    number = len(chosen)
    for version in WANTED:
        if not any(python.version[:2] == version for python in chosen):
            number += 1
            reason = ('not at hand (tests/capture/fetch-python.sh)' if not any(
                python.version[:2] == version for python in found) else 'only with HEAPGRAPH_PYTHONS=all')
            print('ok %d - CPython %d.%d # SKIP %s' % (number, *version, reason))
    print('1..%d' % number)


if __name__ == '__main__':
    main()
