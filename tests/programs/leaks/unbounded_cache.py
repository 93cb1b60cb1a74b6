# unbounded_cache.py - functools.lru_cache(maxsize=None); the one beside it has a bound.
# SPDX-License-Identifier: MIT
import functools

import stage


class Page:
    def __init__(self, number):
        self.number = number
        self.text = 'page %d ' % number * 20


@functools.lru_cache(maxsize=None)
def load(number):
    return Page(number)


@functools.lru_cache(maxsize=3000)
def look_up(number):
    return Page(number)


rounds = 0


def step():
    global rounds
    for number in range(rounds * 5000, rounds * 5000 + 5000):
        load(number)
        look_up(number)
    rounds += 1


stage.run(step)
