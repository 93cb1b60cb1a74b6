# context_variable.py - a context variable that is never reset.
# SPDX-License-Identifier: MIT
import contextvars

import stage


class Row:
    def __init__(self, number):
        self.text = 'row %d ' % number * 20


request_rows = contextvars.ContextVar('request_rows')
request_rows.set([])


def step():
    for number in range(3000):
        request_rows.get().append(Row(number))


stage.run(step)
