# __init__.py - the package heapgraph: dumps of what is in this process's heap.
# SPDX-License-Identifier: MIT
"""What is in the heap of this process, for the tool heapgraph to look at.

    import heapgraph
    heapgraph.dump('app.hgd')

The command heapgraph takes the dump from outside where it is installed and may; otherwise
heapgraph_dump does it, one file that can also be copied and used without this package.

    heapgraph.install(signal='USR2', on_memory_error=True)
    python -m heapgraph run --on-memory-error script.py

In a console or a test, where the command is installed, questions are a call:

    heapgraph.show_growth()
    heapgraph.backrefs(session, filename='refs.png')"""

from heapgraph.outside import dump
from heapgraph.install import install
from heapgraph.ask import (
    backrefs, chain, growth, most_common_types, refs, show_growth, show_most_common_types)

__all__ = ['backrefs', 'chain', 'dump', 'growth', 'install', 'most_common_types', 'refs',
           'show_growth', 'show_most_common_types']
