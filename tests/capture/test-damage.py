#!/usr/bin/env python3
# test-damage.py - the walk over damaged heaps: saved images, and a process that destroys its own.
# SPDX-License-Identifier: MIT
import os
import signal
import subprocess
import sys
import tempfile

HEAPGRAPH, TAKE_IMAGE, DAMAGE_WALK = (
    os.environ[name] for name in ('HEAPGRAPH', 'TAKE_IMAGE', 'DAMAGE_WALK'))
ROUNDS = os.environ.get('ROUNDS', '40')
SEED = os.environ.get('SEED', '1')

TARGET = '''
import collections, functools, itertools, os, signal, weakref
class Slots:
    __slots__ = ('x', '__weakref__')
class Plain:
    pass
def generate():
    local = [1]
    yield local
keep = []
for i in range(50):
    one, two = Slots(), Plain()
    one.x, two.y, two.z = [i], {i: one}, (one, two)
    keep += [one, two, weakref.ref(one), collections.deque([one, two] * 40), {one, two},
             collections.OrderedDict(x=two), functools.partial(print, one), itertools.tee([one]),
             functools.lru_cache()(len), 'x' * i, 2 ** i, i / 3, bytearray(9), generate()]
    next(keep[-1])
print('ready', flush=True)
os.kill(os.getpid(), signal.SIGSTOP)
'''

# Writes nonsense over objects it keeps: sizes without end, lists of themselves, pointers to nowhere.
HOSTILE = '''
import ctypes, os, random, signal
class Node: pass
keep = [[[], {i: i}, (i,), Node(), {i}, 'x%d' % i, i * 2 ** 70] for i in range(2000)]
addresses = [id(one) for row in keep for one in row]
choice, pid = random.Random(1).choice, os.getpid()
for address in addresses:
    for word in (16, 24):
        ctypes.c_uint64.from_address(address + word).value = choice(
            [1 << 60, address, id(keep), 1, 2 ** 64 - 1, 0x4141414141414141, 8])
os.write(1, b'ready' + bytes([10]))
os.kill(pid, signal.SIGSTOP)
'''


def start(code):
    process = subprocess.Popen([sys.executable, '-S', '-E', '-c', code], stdout=subprocess.PIPE)
    process.stdout.readline()
    os.waitpid(process.pid, os.WUNTRACED)
    return process


def stop(process):
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def report(number, condition, title, text):
    print('%s %d - %s' % ('ok' if condition else 'not ok', number, title))
    for line in text.strip().split('\n') if text.strip() else ():
        print('# ' + line)
    return bool(condition)


def run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          universal_newlines=True, errors='replace')
    return done.returncode, done.stdout


def main():
    print('1..2')
    with tempfile.TemporaryDirectory() as folder:
        target = start(TARGET)
        image = os.path.join(folder, 'image')
        status, text = run([TAKE_IMAGE, '--save', image, str(target.pid)])
        stop(target)
        if status == 0:
            status, text = run([DAMAGE_WALK, image, ROUNDS, SEED])
        good = report(1, status == 0, '%s walks over damaged images end, and no reference leads to no object' % ROUNDS, text)
        target = start(HOSTILE)
        status, text = run([HEAPGRAPH, 'capture', str(target.pid), '-o', os.path.join(folder, 'hostile.hgd')])
        stop(target)
        # it is either read for what it is, or refused in one line; never a crash
        good &= report(2, status in (0, 1), 'a process that has destroyed its heap', text)
    sys.exit(not good)


if __name__ == '__main__':
    main()
