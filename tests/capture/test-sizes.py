#!/usr/bin/env python3
# test-sizes.py - the size of an object is what freeing it gives back, as tracemalloc sees it.
#
# usage: HEAPGRAPH=heapgraph test-sizes.py. Speaks TAP, a line for each CPython at hand (pythons.py).
# An object and what only it has - its dict, an attribute's values - are counted together. What is
# asked for may be rounded up by up to 8 bytes.
# SPDX-License-Identifier: MIT
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hgd  # noqa: E402
import pythons  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
HEAPGRAPH = os.environ['HEAPGRAPH']
PARTS = ('__dict__', 'buffer', 'keywords', 'gi_frame')


def size_of(dump, identity):
    """Returns: the bytes of the object and of what nobody else holds."""
    one = dump.objects[identity]
    return one.size + sum(dump.objects[reference.target].size for reference in one.references
                          if reference.label in PARTS and dump.objects[reference.target].refcount == 1)


def compare(lines, dump):
    wrong = []
    for line in lines:
        name, real, *identities = line.strip().split('|')
        sizes = {size_of(dump, int(identity)) for identity in identities}
        if not all(-1 <= int(real) - size <= 8 for size in sizes):
            wrong.append('%s takes %s bytes, we say %s' % (name, real, sorted(sizes)))
    return wrong


def run(python, path):
    target = python.start([os.path.join(HERE, 'size-target.py')], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          universal_newlines=True)
    lines = []
    for line in target.stdout:
        if line.startswith('ready'):
            break
        lines.append(line)
    done = subprocess.run([HEAPGRAPH, 'capture', str(target.pid), '-o', path], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, universal_newlines=True)
    target.communicate('')
    return compare(lines, hgd.read(path)) if done.returncode == 0 else [done.stdout]


def main():
    failed = 0
    chosen = pythons.choose()
    for number, python in enumerate(chosen, 1):
        with tempfile.TemporaryDirectory() as folder:
            wrong = run(python, os.path.join(folder, 'sizes.hgd'))
        failed += bool(wrong)
        print('%s %d - %s' % ('not ok' if wrong else 'ok', number, python))
        for line in wrong:
            print('#   ' + line)
        sys.stdout.flush()
    print('1..%d' % len(chosen))
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
