# scattered.py - many objects of one type, in many small lists.
# SPDX-License-Identifier: MIT
import stage


class Event:
    def __init__(self, number):
        self.text = 'event %d ' % number * 10


class User:
    def __init__(self):
        self.events = []


users = [User() for _ in range(500)]


def step():
    for number in range(10000):
        users[number % 500].events.append(Event(number))


stage.run(step)
