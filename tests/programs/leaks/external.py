# external.py - objects whose last reference a C extension has forgotten to give back.
# SPDX-License-Identifier: MIT
import ctypes

import stage


def step():
    for number in range(3):
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(bytearray(1000000 + number)))


stage.run(step)
