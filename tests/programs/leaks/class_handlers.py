# class_handlers.py - a list of the class in which closures are kept, and with them the sessions.
# SPDX-License-Identifier: MIT
import stage


class Session:
    def __init__(self, number):
        self.number = number
        self.visited = ['/page/%d/%d' % (number, page) for page in range(10)]


class EventBus:
    handlers = []


def log_in(number):
    session = Session(number)

    def on_event(event):
        session.visited.append(event)
    EventBus.handlers.append(on_event)


def step():
    for number in range(1500):
        log_in(number)


stage.run(step)
