#!/usr/bin/env python3
# capture-outside.py - what a capture from outside costs, beside the pure-Python capture.
# SPDX-License-Identifier: MIT
"""capture-outside.py TIME_CAPTURE [UNITS]: captures of a program that sleeps, of one that runs hot in
Python, of one stuck in C, each with the same heap; a unit is about 70 objects. Pause is what the
program stands still, all stops together; `seen` is the longest gap a thread of the program saw in its
own running. Objects a second are from the copied memory to the finished dump, on one processor;
walk leaves the writing out. Then the pure-Python capture inside such a program, and the ratio."""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

HEAP = '''
import gc, itertools, sys, threading, time
sys.path[:0] = [%r, %r]
from importlib import import_module
Customer = import_module('capture-inside').Customer
gc.disable()
customers = [Customer(number) for number in range(%d)]
gc.enable()
'''

TICKER = '''
gap = 0
def tick():
    global gap
    last = time.monotonic()
    while True:
        time.sleep(0.001)
        now = time.monotonic()
        gap = max(gap, now - last)
        last = now
threading.Thread(target=tick, daemon=True).start()
'''

READY = "print('ready', flush=True)\n"

PROGRAMS = {
    'sleeping': TICKER + READY + "time.sleep(0.2)\ngap = 0\nsys.stdin.readline()\nprint(gap, flush=True)\n",
    'hot': READY + 'while True:\n    pass\n',
    'stuck in C': READY + 'sum(itertools.repeat(1))\n',
}

INSIDE = '''
import heapgraph_dump, os
start = time.process_time()
objects = heapgraph_dump.dump(os.devnull)['objects']
print(objects, time.process_time() - start)
'''


def start(units, program):
    code = HEAP % (HERE, os.path.join(HERE, '..', '..', 'core', 'capture', 'python'), units) + program
    process = subprocess.Popen([sys.executable, '-c', code], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               universal_newlines=True)
    return process, process.stdout.readline()


def measure(time_capture, name, units):
    """Returns: the numbers time-capture prints, and the gap the program saw, if it looked."""
    process, _ = start(units, PROGRAMS[name])
    said = subprocess.run([time_capture, str(process.pid)], stdout=subprocess.PIPE, universal_newlines=True,
                          check=True).stdout
    seen = None
    if name == 'sleeping':
        process.stdin.write('\n')
        process.stdin.flush()
        seen = float(process.stdout.readline())
    process.kill()
    process.communicate()
    return [float(one) for one in said.split()], seen


def show(name, numbers, seen):
    objects, _, copied, pause, stops, walk, dump, above, bytes_ = numbers
    print('%-12s %9d %8.0f %8.1f %7s %6d %8.0f %8.2f %8.2f %9.0f %8.1f' % (
        name, objects, copied / 1e6, pause / 1e3, '' if seen is None else '%.1f' % (seen * 1e3), stops,
        pause / 1e3 / (copied / 1e9), objects / walk / 1e6, objects / dump / 1e6, above / objects,
        bytes_ / objects))


def main(arguments):
    time_capture, units = arguments[0], int(arguments[1]) if len(arguments) > 1 else 40000
    line = '%-12s %9s %8s %8s %7s %6s %8s %8s %8s %9s %8s'
    print('CPython %s' % sys.version.split()[0])
    print(line % ('', 'objects', 'copied', 'pause', 'seen', 'stops', 'pause', 'walk', 'dump', 'bytes an', 'dump:'))
    print(line % ('', '', 'MB', 'ms', 'ms', '', 'ms/GB', 'M obj/s', 'M obj/s', 'obj above', 'bytes'))
    speed = {}
    for name in PROGRAMS:
        numbers, seen = measure(time_capture, name, units)
        show(name, numbers, seen)
        speed[name] = numbers[0] / numbers[6]
    process, said = start(units // 4, INSIDE)
    process.communicate()
    objects, seconds = map(float, said.split())
    print('%-12s %9d %57.3f' % ('pure Python', objects, objects / seconds / 1e6))
    print('from outside %.0f times as fast as the pure-Python capture; hot / sleeping %.2f, stuck in C / sleeping %.2f'
          % (speed['sleeping'] / (objects / seconds), speed['hot'] / speed['sleeping'],
             speed['stuck in C'] / speed['sleeping']))


if __name__ == '__main__':
    main(sys.argv[1:])
