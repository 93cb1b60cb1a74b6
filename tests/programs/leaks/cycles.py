# cycles.py - parents and children refer to each other, and the collector does not run.
# SPDX-License-Identifier: MIT
import gc

import stage

gc.disable()


class Node:
    def __init__(self, parent=None):
        self.parent = parent
        self.children = []
        self.payload = bytearray(500)

    def __del__(self):
        pass


def make():
    root = Node()
    root.children.append(Node(root))


def step():
    for _ in range(1200):
        make()


stage.run(step)
