# bound_method.py - one bound method that is kept keeps its instance, and all of that.
# SPDX-License-Identifier: MIT
import stage


class Report:
    def __init__(self, rounds):
        self.rows = ['row %d of the report' % row for row in range(30000 * rounds)]

    def send(self):
        return len(self.rows)


on_exit = None
rounds = 0


def step():
    global on_exit, rounds
    rounds += 1
    on_exit = Report(rounds).send


stage.run(step)
