# growing_dict.py - a dict of the module that nothing is ever taken out of.
# SPDX-License-Identifier: MIT
import stage


class Result:
    def __init__(self, number):
        self.number = number
        self.text = 'the result of question %d ' % number * 10


cache = {}


def step():
    for number in range(len(cache), len(cache) + 4000):
        cache[number] = Result(number)


stage.run(step)
