#!/usr/bin/env python3
# test-truth.py - runs truth.py under every CPython at hand.
# SPDX-License-Identifier: MIT
"""Speaks TAP: a line for each Python; what truth.py says is shown as comments. The system's
Python gets a big heap, with what Debian has to import, the others a small one; with
$HEAPGRAPH_PYTHONS=full the whole standard library."""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)

import pythons

WANTED = [(3, minor) for minor in range(8, 16)]


def run(python, big):
    full = os.environ.get('HEAPGRAPH_PYTHONS') == 'full'
    arguments = [os.path.join(HERE, 'truth.py')] + (['--big'] if big else [] if full else ['--few'])
    try:
        done = python.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
    except subprocess.TimeoutExpired:
        return False, 'it takes too long'
    return done.returncode == 0, done.stdout.decode(errors='replace')


def is_system(python):
    return python.command == ['/usr/bin/python3']


def main():
    found = pythons.find()
    big = next(filter(is_system, found), found[0])
    number = 0
    for number, python in enumerate(found, 1):
        ok, said = run(python, python is big)
        print('%sok %d - CPython %s' % ('' if ok else 'not ', number, python))
        for line in said.splitlines():
            print('#   ' + line[:300])
        sys.stdout.flush()
    for version in WANTED:
        if not any(python.version[:2] == version for python in found):
            number += 1
            print('ok %d - CPython %d.%d # SKIP not at hand (tests/capture/fetch-python.sh)' % (number, *version))
    print('1..%d' % number)


if __name__ == '__main__':
    main()
