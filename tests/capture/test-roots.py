#!/usr/bin/env python3
# test-roots.py - why the runtime holds objects: modules, frames, interpreters, C code.
# SPDX-License-Identifier: MIT
"""Speaks TAP, a few lines for each CPython at hand (pythons.py). $HOLDER is holder.c as a library."""
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hgd
import pythons
from tap import finish, report

HEAPGRAPH, HOLDER = os.environ['HEAPGRAPH'], os.environ['HOLDER']
MODULE, FRAME, INTERPRETER, STATIC, EXTERNAL = range(5)
PROGRAM = '''
import ctypes, gc, os, sys, threading
holder, python = ctypes.CDLL(sys.argv[1]), ctypes.pythonapi
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
python.Py_IncRef.argtypes = [ctypes.c_void_p]
holder.keep_on_stack.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int]
class InGlobal: pass
class OnStack: pass
class InMalloc: pass
class InCycle: pass
class InLocal: pass
def give(kind):
    """An object whose only reference is C's."""
    one = kind()
    one.part = [kind.__name__]
    python.Py_IncRef(id(one))
    return id(one)
ctypes.c_void_p.in_dll(holder, 'kept_global').value = give(InGlobal)
room = libc.malloc(64)
ctypes.c_void_p.from_address(room).value = give(InMalloc)
told, ends = os.pipe(), os.pipe()
def keep():
    holder.keep_on_stack(give(OnStack), told[1], ends[0])
threading.Thread(target=keep, daemon=True, name='keeper').start()
def wait(argument):
    local = InLocal()
    cycle = InCycle()
    cycle.itself = cycle
    del cycle
    print('ready', flush=True)
    sys.stdin.read()
    return argument, local
interpreters = None
try:
    import _interpreters as interpreters
except ImportError:
    try:
        import _xxsubinterpreters as interpreters
    except ImportError:
        pass
if interpreters:
    other = interpreters.create()
    interpreters.run_string(other, 'class Elsewhere: pass\\nkept = [Elsewhere() for _ in range(3)]\\nwhose = "other"')
whose = 'main'
gc.disable()
os.read(told[0], 1)
wait(['an argument'])
'''


def ask(path, *arguments):
    return subprocess.run([HEAPGRAPH, *arguments, '-d', path], stdout=subprocess.PIPE, universal_newlines=True).stdout


def check_interpreters(python, path):
    """A path begins in the main interpreter; what another one holds says so."""
    report("str 'main'" in ask(path, 'show', 'whose').replace('  ', ' '), '%s: a name of the main interpreter' % python)
    way = ask(path, 'chain', 'Elsewhere#1')
    report(not way or 'module __main__ of interpreter 1' in way, '%s: what another interpreter holds' % python, way)


def take(python, path):
    target = python.start(['-c', PROGRAM, HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, universal_newlines=True)
    ready = target.stdout.readline()
    done = subprocess.run([HEAPGRAPH, 'capture', str(target.pid), '-o', path], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, universal_newlines=True)
    target.kill()
    target.communicate()
    if done.returncode == 0:
        check_interpreters(python, path)
    return hgd.read(path) if done.returncode == 0 and ready else print('# ' + done.stdout)


def find(dump, name):
    return {one.identity: one for one in dump.objects.values() if one.type['qualname'] == name}


def names_of(dump, name, kind):
    """Returns: the names of the roots of that kind that are objects of the class."""
    found = find(dump, name)
    return [root[2] for root in dump.roots if root[0] == kind and root[1] in found]


def check(python, dump):
    held = names_of(dump, 'InGlobal', EXTERNAL)
    report(held == ['C data of %s' % os.path.basename(HOLDER)], '%s: held by a global variable of C' % python, held)
    held = names_of(dump, 'OnStack', EXTERNAL)
    report(len(held) == 1 and held[0].startswith('C stack of thread '), '%s: held by the stack of C' % python, held)
    held = names_of(dump, 'InMalloc', EXTERNAL)
    report(held == [None], '%s: held by other memory of C' % python, held)
    roots = {root[1] for root in dump.roots}
    report(len(find(dump, 'InCycle')) == 1 and not roots & set(find(dump, 'InCycle')), '%s: a cycle has no root' % python)
    check_frames(python, dump)
    there = find(dump, 'Elsewhere')
    if there or any(dump.interpreters):  # not every Python has the module to make them
        modules = {root[2] for root, interpreter in zip(dump.roots, dump.interpreters)
                   if root[0] == MODULE and interpreter == 1}
        report(len(there) == 3 and {'__main__', 'sys'} <= modules, '%s: another interpreter has roots of its own' % python, modules)


def check_frames(python, dump):
    held = names_of(dump, 'InLocal', FRAME)
    if python.version < (3, 11):  # frames are objects, and have the locals
        held = [reference.label for one in dump.objects.values() if one.type['qualname'] == 'frame'
                for reference in one.references if reference.target in find(dump, 'InLocal')]
    report(held == ['local'], '%s: held by a local variable' % python, held)
    threads = [thread[1] for thread in dump.threads]
    frames = [(threads[frame[0]], frame[1]) for frame in dump.frames]
    report(('MainThread', 'wait') in frames and ('keeper', 'keep') in frames, '%s: threads have their frames' % python, frames)


def main():
    for python in pythons.choose():
        with tempfile.TemporaryDirectory() as folder:
            dump = take(python, os.path.join(folder, 'roots.hgd'))
        if dump:
            check(python, dump)
        else:
            report(False, '%s: the capture' % python)
    finish()


if __name__ == '__main__':
    main()
