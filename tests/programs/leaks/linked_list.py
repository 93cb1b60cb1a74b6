# linked_list.py - a list of links that is never cut.
# SPDX-License-Identifier: MIT
import stage


class Link:
    def __init__(self, number, previous):
        self.number = number
        self.previous = previous


last = None


def step():
    global last
    for number in range(30000):
        last = Link(number, last)


stage.run(step)
