# thread_local.py - what a request puts into a threading.local stays when it ends.
# SPDX-License-Identifier: MIT
import threading

import stage


class Row:
    def __init__(self, number):
        self.text = 'row %d ' % number * 20


context = threading.local()
context.rows = []


def step():
    for number in range(3000):
        context.rows.append(Row(number))


stage.run(step)
