# leaky.py - the store that the tests of the window look at: three snapshots of a small service that leaks.
# SPDX-License-Identifier: MIT
import os
import subprocess
import sys

NAMES = ('before', 'between', 'after')


def heapgraph(*words):
    return subprocess.run([os.environ['HEAPGRAPH'], *words], check=True, capture_output=True, text=True).stdout


def make_store(folder):
    """Returns: its path; the dumps it was loaded from stand beside it."""
    store = os.path.join(folder, 'leaky.db')
    if not os.path.exists(store):
        dumps = [os.path.join(folder, f'{name}.hgd') for name in NAMES]
        words = [word for dump in dumps for word in ('--rounds', '4', '--dump', dump)]
        subprocess.run([sys.executable, os.path.join(os.environ['PROGRAMS'], 'leaky.py'), *words], check=True,
                       stdout=subprocess.DEVNULL)
        heapgraph('load', '-d', store, *dumps)
    return store
