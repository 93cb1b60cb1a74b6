# generators.py - generators that nobody ever closes, each with a connection.
# SPDX-License-Identifier: MIT
import stage


class Connection:
    def __init__(self, number):
        self.number = number
        self.buffer = 'buffer of connection %d ' % number * 10


def rows(connection):
    for row in range(10):
        yield connection, row


waiting = set()


def step():
    for number in range(2500):
        generator = rows(Connection(number))
        next(generator)
        waiting.add(generator)


stage.run(step)
