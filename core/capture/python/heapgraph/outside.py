# outside.py - dumps of this process, taken from outside where that can be had.
# SPDX-License-Identifier: MIT
"""dump(path) asks the command `heapgraph` to capture this process: it sees one instant, and
references counted to the last. Where there is no such command, or the system does not let a
child look into its parent, heapgraph_dump does it from inside."""

import gc
import os
import re
import shutil
import subprocess
import sys

import heapgraph_dump

PR_SET_PTRACER = 0x59616d61
SAID = re.compile(r'([\d,]+) objects, ([\d,]+) references; stopped for ([\d.]+) ms')

# Waits until its parent has opened the door, then becomes the command; its pid stays.
WAIT = 'read go && exec "$0" "$@"'


def find_command():
    """Returns: the path of the command heapgraph, or None. $HEAPGRAPH names another one."""
    return shutil.which(os.environ.get('HEAPGRAPH') or 'heapgraph')


def yama_scope():
    """Returns: who may trace: 0 all of the same user, 1 ancestors, 2 root, 3 nobody."""
    try:
        with open('/proc/sys/kernel/yama/ptrace_scope') as file:
            return int(file.read())
    except (OSError, ValueError):
        return 0


def find_prctl():
    """Returns: the system call prctl as a function, or None. The package ctypes would bring a lot
    into the program; the module in C that it is made of is enough."""
    try:
        import _ctypes
        address = _ctypes.dlsym(_ctypes.dlopen(None, 0), 'prctl')
    except (ImportError, AttributeError, OSError):
        return None
    return lambda *arguments: _ctypes.call_function(address, arguments)


# Found when the program imports this package, and only where it is needed: what is not in the
# program yet shall not come into it by a dump.
prctl = find_prctl() if yama_scope() == 1 else None


def open_door(child):
    """Lets this one child trace us where only ancestors may; 0 closes the door."""
    if prctl is not None:
        prctl(PR_SET_PTRACER, child, 0, 0, 0)


def obstacle(path):
    """Returns: why this process cannot be captured from outside, or None."""
    if hasattr(path, 'write') or path == '-':
        return 'a stream is written from inside'
    if not sys.platform.startswith('linux'):
        return 'only Linux lets one process read another'
    if find_command() is None:
        return 'the command heapgraph is not installed'
    scope = yama_scope()
    if scope and os.geteuid() != 0 and (scope > 1 or prctl is None):
        return 'kernel.yama.ptrace_scope is %d' % scope
    return None


def capture(path, values):
    """Returns: what the command said of its capture.  Raises OSError if it failed."""
    command = [find_command(), 'capture', str(os.getpid()), '-o', os.fspath(path),
               '--values', values]
    child = subprocess.Popen(['/bin/sh', '-c', WAIT] + command, stdin=subprocess.PIPE,
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    open_door(child.pid)
    try:
        said = child.communicate(b'go\n')[1].decode(errors='replace')
    finally:
        open_door(0)
    counts = SAID.search(said)
    if child.returncode != 0 or not counts:
        raise OSError(said.strip() or 'heapgraph ended with %d' % child.returncode)
    objects, references = (int(one.replace(',', '')) for one in counts.groups()[:2])
    return {'source': 'process', 'objects': objects, 'references': references,
            'pause': float(counts.group(3)) / 1000}


def dump(path, values='short', collect=False, sites=False):
    """Write the heap of this process to [path], a name or a binary file.

    values: 'short' (at most 80 characters of str, numbers, ...) or 'none'.
    collect: run the collector first.
    sites: tell where objects were allocated, for `heapgraph sites`. That is known to tracemalloc,
    which must run, and only from inside.
    Returns: facts about what was written, a dict. Its 'source' is 'process' if the command
    heapgraph captured this process, and 'pure-python' if it could not; 'obstacle' says why."""
    if values not in ('short', 'none'):
        raise ValueError("values must be 'short' or 'none', not %r" % (values,))
    if sites and not heapgraph_dump.is_tracing():
        raise ValueError('sites=True needs tracemalloc: python -X tracemalloc=10, or '
                         'tracemalloc.start(10)')
    reason = 'sites are known from inside' if sites else obstacle(path)
    if reason is None:
        if collect:
            gc.collect()
        try:
            return capture(path, values)
        except OSError as error:
            reason = str(error)
    facts = dict(heapgraph_dump.dump(path, values, collect) or {})
    facts.update(source='pure-python', obstacle=reason)
    return facts
