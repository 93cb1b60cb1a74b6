# growing_list.py - a list deep in the objects of a module that nothing is ever taken out of.
# SPDX-License-Identifier: MIT
import stage


class Order:
    def __init__(self, number):
        self.number = number
        self.lines = ['line %d of order %d' % (line, number) for line in range(5)]


class Archive:
    def __init__(self):
        self.orders = []


class Service:
    def __init__(self):
        self.archive = {'2026': Archive()}


service = Service()


def step():
    service.archive['2026'].orders.extend(Order(number) for number in range(3000))


stage.run(step)
