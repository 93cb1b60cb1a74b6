# closure.py - a closure uses one number of a big list, and keeps the list.
# SPDX-License-Identifier: MIT
import stage


def make(rounds):
    large_data = ['row %d of the large data' % row for row in range(30000 * rounds)]

    def handler():
        return len(large_data)
    return handler


handler = None
rounds = 0


def step():
    global handler, rounds
    rounds += 1
    handler = make(rounds)


stage.run(step)
