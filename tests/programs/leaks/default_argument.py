# default_argument.py - a mutable default argument that grows.
# SPDX-License-Identifier: MIT
import stage


class Item:
    def __init__(self, number):
        self.text = 'item %d ' % number * 10


def process(number, factor=2, cache={}, *, seen=[]):
    result = cache[number] = Item(number * factor)
    seen.append(number)
    return result


rounds = 0


def step():
    global rounds
    for number in range(rounds * 10000, rounds * 10000 + 10000):
        process(number)
    rounds += 1


stage.run(step)
