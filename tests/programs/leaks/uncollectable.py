# uncollectable.py - gc.DEBUG_SAVEALL keeps all that the collector finds.
# SPDX-License-Identifier: MIT
import gc

import stage

gc.set_debug(gc.DEBUG_SAVEALL)


class Pair:
    __slots__ = ['other']

    def __init__(self):
        self.other = None


def step():
    for _ in range(200):
        one, other = Pair(), Pair()
        one.other, other.other = other, one
    one = other = None
    gc.collect()


stage.run(step)
