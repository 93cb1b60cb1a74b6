# __init__.py - the package heapgraph: dump(path) writes what is in this process's heap.
# SPDX-License-Identifier: MIT
"""What is in the heap of this process, for the tool heapgraph to look at.

    import heapgraph
    heapgraph.dump('app.hgd')

All of it is heapgraph_dump, one file that can also be copied and used without this package."""

from heapgraph_dump import dump

__all__ = ['dump']
