# install.py - a dump at a signal, at the end, or when memory runs out.
# SPDX-License-Identifier: MIT
"""install(signal='USR2', at_exit=True, on_memory_error=True): nothing happens until then."""

import atexit
import itertools
import os
import signal as signals
import sys
import threading

from heapgraph.outside import dump

PATH = 'heapgraph-{pid}-{n}.hgd'


def signal_number(signal):
    """Returns: the number of a signal named 'USR2', 'SIGUSR2' or given as a number."""
    if isinstance(signal, int):
        return signals.Signals(signal)
    name = str(signal).upper()
    name = name if name.startswith('SIG') else 'SIG' + name
    if not hasattr(signals, name):
        raise ValueError('there is no signal %s' % signal)
    return getattr(signals, name)


class Dumper:
    """Writes dumps, each to a path of its own, and never lets the program feel a failure."""

    def __init__(self, path, values, sites=False):
        self.path, self.values, self.sites = path, values, sites
        self.numbers = itertools.count(1)
        self.busy = threading.Lock()

    def write(self, why):
        if not self.busy.acquire(False):
            return  # asked for again meanwhile
        try:
            path = self.path.format(pid=os.getpid(), n=next(self.numbers))
            facts = dump(path, self.values, sites=self.sites)
            self.say('%s: %s, %d objects, from %s' % (
                why, path, facts.get('objects', 0),
                'outside' if facts['source'] == 'process' else 'inside'))
        except Exception as error:
            self.say('%s: no dump: %s' % (why, error))
        finally:
            self.busy.release()

    @staticmethod
    def say(text):
        try:
            os.write(2, ('heapgraph: %s\n' % text).encode(errors='backslashreplace'))
        except OSError:
            pass


def on_signal(dumper, number):
    before = signals.getsignal(number)

    def handle(number, frame):
        dumper.write('signal %d' % number)
        if callable(before):
            before(number, frame)
    signals.signal(number, handle)


def on_top_error(dumper):
    """Before the program's own hooks tell of a MemoryError nobody caught."""
    before, before_in_thread = sys.excepthook, threading.excepthook

    def hook(kind, error, traceback):
        if issubclass(kind, MemoryError):
            dumper.write('MemoryError')
        before(kind, error, traceback)

    def hook_in_thread(arguments):
        if arguments.exc_type and issubclass(arguments.exc_type, MemoryError):
            dumper.write('MemoryError')
        before_in_thread(arguments)
    sys.excepthook, threading.excepthook = hook, hook_in_thread


def install(signal=None, at_exit=False, on_memory_error=False, path=PATH, values='short',
            sites=False):
    """Write a dump to [path] on a signal ('USR2'), at exit, or when a MemoryError reaches the top.

    path: {pid} and {n} in it become the process and the number of the dump.
    sites: as for dump(); from inside, where tracemalloc runs.
    A signal's handler of the program is called after the dump. Call from the main thread."""
    number = None if signal is None else signal_number(signal)
    if not isinstance(path, str):
        path = os.fspath(path)
    path.format(pid=0, n=0)
    dumper = Dumper(path, values, sites)
    if number is not None:
        on_signal(dumper, number)
    if at_exit:
        atexit.register(dumper.write, 'exit')
    if on_memory_error:
        on_top_error(dumper)
