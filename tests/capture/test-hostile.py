#!/usr/bin/env python3
"""test-hostile.py - memory that lies: the capture ends, in time, with a dump or one line that says why.

Live programs spoil their own heap where it hurts most: lists of the collector without an end, counts of 2^60, types
that are none, bases that are each other. Damage at random is test-damage.py's. Speaks TAP.
SPDX-License-Identifier: MIT
"""
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import pythons
from tap import finish, report, skip_all

TAKE_IMAGE = os.environ["TAKE_IMAGE"]
HEAPGRAPH = os.environ["HEAPGRAPH"]
OBJECTS = """
import asyncio, collections, contextvars, ctypes, functools, gc, itertools, os, struct, sys, threading, types, weakref
class Plain:
    pass
class Slots:
    __slots__ = "a", "b", "__weakref__"
def generate():
    yield kept
kept = []
for i in range(50):
    plain, slots = Plain(), Slots()
    plain.name, slots.a, slots.b = str(i), [i], plain
    kept.append([plain, slots, {i: plain}, {str(i): slots}, {i, plain}, (i, plain), collections.deque([plain, i]), generate(),
        collections.OrderedDict(a=plain), collections.defaultdict(list, a=plain), functools.partial(print, plain),
        weakref.ref(plain), itertools.cycle([plain]), memoryview(b"abc"), bytearray(b"x"), ValueError(plain), 1 << 200])
next(kept[0][7])
threading.Thread(target=threading.Event().wait, daemon=True).start()
"""
READY = "\nprint('ready', flush=True)\nsys.stdin.read()\n"
# each spoils what OBJECTS made; the collector must not run again
SPOILED = {
    "a collector's list without an end": "gc.disable(); a, b = id(kept[3]) - 16, id(kept[4]) - 16\n"
        "ctypes.memmove(b, struct.pack('Q', a), 8)",
    "a collector's list that leads nowhere": "gc.disable(); ctypes.memmove(id(kept[3]) - 16, struct.pack('Q', 0x1000), 8)",
    "counts of 2^60": "gc.disable()\nfor part in kept[5][:6]: ctypes.memmove(id(part) + 16, struct.pack('Q', 1 << 60), 8)",
    "types that are none": "gc.disable()\nfor part in kept[6]: ctypes.memmove(id(part) + 8, struct.pack('Q', id(kept) & ~15), 8)",
    "a type of garbage": "gc.disable(); ctypes.memmove(id(Plain) + 24, os.urandom(200), 200)",
    "objects of garbage": "gc.disable()\nfor row in kept[10:]:\n    for part in row[:6]: ctypes.memmove(id(part) + 16, os.urandom(32), 32)",
    "bases that are each other": "gc.disable()\nctypes.memmove(id(Plain) + 256, struct.pack('Q', id(Slots)), 8)\n"
        "ctypes.memmove(id(Slots) + 256, struct.pack('Q', id(Plain)), 8)",
}
# words that would make a type if addresses were taken for its flags and sizes, and its objects; nothing is wrong
LOOKALIKE = """
import ctypes, sys
BIG, N_OBJECTS = 10920040, 200
words = (ctypes.c_size_t * ((BIG >> 3) + 64 * N_OBJECTS))()
text = ctypes.create_string_buffer(b"a name")
ctypes.memset(words, 1, ctypes.sizeof(words))
words[0:64] = [0x7f0012341000] * 64
words[0:6] = [2, id(type), 0, ctypes.addressof(text), BIG, BIG]
kept = []
for i in range(64, 64 * N_OBJECTS, 64):
    words[i:i + 2] = [1, ctypes.addressof(words)]
    kept.append(ctypes.c_void_p(ctypes.addressof(words) + 8 * i))
"""


def start(python, program):
    process = python.start(["-c", program + READY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    process.stdout.readline()
    return process


def end(process):
    process.kill()
    process.communicate()


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=100)


def test_spoiled(python, folder, title, spoil):
    process, dump = start(python, OBJECTS + spoil), f"{folder}/dump.hgd"
    result = run(HEAPGRAPH, "capture", "-o", dump, str(process.pid))
    alive = process.poll() is None
    end(process)
    says = result.stderr.startswith("heapgraph: ") if result.returncode else os.path.getsize(dump) > 1000
    report(alive and result.returncode in (0, 1) and says, f"{python}: {title}", result)
    if os.path.exists(dump):
        os.unlink(dump)


def test_lookalike(python, folder):
    process, dump = start(python, LOOKALIKE), f"{folder}/dump.hgd"
    result = run(HEAPGRAPH, "capture", "--no-ghost", "-o", dump, str(process.pid))
    end(process)
    report(result.returncode == 0, f"{python}: addresses that look like a type", result)


def main():
    found = pythons.find()
    process = start(pythons.find_system(found), OBJECTS)
    reason = run(TAKE_IMAGE, str(process.pid)).stderr
    end(process)
    if re.search("Yama|traced", reason):
        skip_all(reason)
    with tempfile.TemporaryDirectory() as folder:
        for python in pythons.choose(found):
            for title, spoil in SPOILED.items():
                test_spoiled(python, folder, title, spoil)
            test_lookalike(python, folder)
    finish()


if __name__ == "__main__":
    main()
