# scattered.py - many objects of one type, each in two of many small lists.
# SPDX-License-Identifier: MIT
import stage


class Event:
    def __init__(self, number):
        self.text = 'event %d ' % number * 10


class User:
    def __init__(self):
        self.events = []


users = [User() for _ in range(500)]
days = [[] for _ in range(30)]


def step():
    for number in range(10000):
        event = Event(number)
        users[number % 500].events.append(event)
        days[number % 30].append(event)


stage.run(step)
