"""fork-target.py MODE FOLDER - a busy program that checks all it does, until FOLDER/stop is there.

MODE wait: makes children and reaps whatever ends (SIGCHLD handler, waitpid(-1)), counts and checks them.
MODE spawn: threads run programs, sleep, wait on locks, pipes and descriptors, in Python and in C.
Threads that change the heap run in both. Prints "ready", and at the end "right" or what went wrong.
SPDX-License-Identifier: MIT
"""
import ctypes
import os
import queue
import select
import signal
import subprocess
import sys
import threading
import time

mode, folder = sys.argv[1:3]
stop = threading.Event()
problems = []
counts = {}
libc = ctypes.CDLL(None, use_errno=True)


class Timespec(ctypes.Structure):
    _fields_ = [('seconds', ctypes.c_long), ('nanoseconds', ctypes.c_long)]


def check(condition, text):
    if not condition and len(problems) < 20:
        problems.append(text)


def repeat(func):
    def run():
        counts[func.__name__] = 0
        while not stop.is_set():
            try:
                func()
            except BaseException as error:
                check(False, '%s: %r' % (func.__name__, error))
                return
            counts[func.__name__] += 1

    threading.Thread(target=run, name=func.__name__).start()


def change():
    table = {}
    for i in range(2000):
        table[i] = [i, str(i), {i: table.get(i - 1)}]
    check(sum(one[0] for one in table.values()) == 1999000, 'a sum is wrong')


def sleep():
    before = time.monotonic()
    time.sleep(0.05)
    check(time.monotonic() - before >= 0.0499, 'a sleep was too short')


def wait_for_lock():
    lock = threading.Lock()
    lock.acquire()
    before = time.monotonic()
    check(not lock.acquire(timeout=0.03), 'a lock was free')
    check(time.monotonic() - before >= 0.0299, 'a wait for a lock was too short')


def wait_for_descriptor():
    before = time.monotonic()
    check(select.select([quiet], [], [], 0.03) == ([], [], []), 'a quiet pipe was ready')
    check(time.monotonic() - before >= 0.0299, 'a select was too short')


def sleep_in_c():
    # not one EINTR: no signal has a handler here
    left = Timespec()
    check(libc.nanosleep(ctypes.byref(Timespec(0, 40000000)), ctypes.byref(left)) == 0, 'nanosleep was interrupted')
    check(libc.poll(None, 0, 30) == 0, 'poll was interrupted')


def run_program():
    check(subprocess.call(['/bin/sh', '-c', 'exit 7']) == 7, 'a program ended otherwise')
    said = subprocess.run(['/bin/cat'], input=b'abc' * 1000, stdout=subprocess.PIPE)
    check(said.stdout == b'abc' * 1000 and said.returncode == 0, 'a program said something else')


def pass_on():
    items.put(counts['pass_on'])


def take():
    try:
        item = items.get(timeout=0.2)
    except queue.Empty:
        return
    check(item == expected[0], 'an item is missing')
    expected[0] += 1


def reap():
    """Three children, reaped by whoever ends first; after them there is none."""
    made = {}
    for code in range(3):
        pid = os.fork()
        if not pid:
            time.sleep(0.001 * code)
            os._exit(code + 1)
        made[pid] = code + 1
    while made:
        pid, status = os.waitpid(-1, 0)
        check(pid in made, 'waitpid returned process %d, which is not ours' % pid)
        check(os.WEXITSTATUS(status) == made.pop(pid, None), 'a child ended otherwise')
    try:
        check(False, 'waitpid found %s' % (os.waitpid(-1, os.WNOHANG),))
    except ChildProcessError:
        pass


def on_child(*_):
    counts['signals'] += 1


quiet, writer = os.pipe()
items = queue.Queue(10)
expected = [0]
repeat(change)
repeat(sleep)
repeat(wait_for_lock)
if mode == 'spawn':
    for one in (wait_for_descriptor, sleep_in_c, run_program, pass_on, take):
        repeat(one)
else:
    counts['signals'] = 0
    signal.signal(signal.SIGCHLD, on_child)
print('ready', flush=True)
while not os.path.exists(folder + '/stop'):
    if mode == 'wait':
        reap()
        counts['reap'] = counts.get('reap', 0) + 1
    else:
        time.sleep(0.01)
stop.set()
for thread in threading.enumerate():
    if thread is not threading.current_thread():
        thread.join()
if mode == 'wait':
    check(0 < counts['signals'] <= 3 * counts['reap'], '%d signals of %d children' % (counts['signals'], 3 * counts['reap']))
try:
    check(False, 'a child is left: %s' % (os.waitpid(-1, os.WNOHANG | 0x40000000),))  # __WALL
except ChildProcessError:
    pass
print('right' if not problems else 'wrong: ' + '; '.join(problems), counts, flush=True)
