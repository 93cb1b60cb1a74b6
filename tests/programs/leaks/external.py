# external.py - objects whose last reference a C extension has forgotten to give back.
# SPDX-License-Identifier: MIT
import ctypes

import stage


class Frame:
    def __init__(self):
        self.pixels = bytearray(1000000)


def step():
    for _ in range(3):
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(Frame()))


stage.run(step)
