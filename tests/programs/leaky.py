#!/usr/bin/env python3
# leaky.py - a small service that forgets to forget.
# SPDX-License-Identifier: MIT
"""A small service with sessions, an event bus and a cache, and with leaks.

Each round some customers log in, look at things and log out. Three things stay behind:
- EventBus.handlers, a list of the class, keeps a closure for each session; the closure keeps
  the session, and with it its basket;
- catalogue.cache keeps the page of every query there ever was;
- each finished Request is part of a cycle with its Response (until the collector runs).

    leaky.py --rounds 3 --dump before.hgd --rounds 5 --dump after.hgd

does three rounds, writes a dump, does five more and writes another one. At --wait it says its
process number and waits, to be captured from outside, for a line of input or its end."""

import os
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'core', 'capture', 'python'))

CUSTOMERS = 40


class EventBus:
    """Whoever subscribes is never forgotten."""

    handlers = []

    @classmethod
    def subscribe(cls, handler):
        cls.handlers.append(handler)

    @classmethod
    def publish(cls, event):
        for handler in cls.handlers:
            handler(event)


class Product:
    __slots__ = ('number', 'name', 'price')

    def __init__(self, number):
        self.number = number
        self.name = 'product %d' % number
        self.price = number * 0.99


class Line:
    def __init__(self, product, amount):
        self.product = product
        self.amount = amount


class Basket:
    def __init__(self, session):
        self.session = session
        self.lines = []
        self.status = 'open'

    def add(self, product, amount):
        self.lines.append(Line(product, amount))


class Session:
    """What the service knows of a customer who is there."""

    def __init__(self, user):
        self.user = user
        self.token = os.urandom(16).hex()
        self.basket = Basket(self)
        self.visited = []
        self.settings = {'language': 'en', 'currency': 'EUR', 'theme': 'dark'}


class Request:
    def __init__(self, session, path):
        self.session = session
        self.path = path
        self.response = Response(self)


class Response:
    def __init__(self, request):
        self.request = request
        self.body = ('<html>%s</html>' % request.path) * 20


class Catalogue:
    def __init__(self):
        self.products = [Product(number) for number in range(200)]
        self.cache = {}

    def search(self, query):
        """Every page is kept for the next one who asks, who never comes."""
        if query not in self.cache:
            found = [product for product in self.products if product.number % 7 == len(query) % 7]
            self.cache[query] = {'query': query, 'found': found, 'page': 'results for %s ' % query * 10}
        return self.cache[query]


class Service:
    def __init__(self):
        self.sessions = {}
        self.catalogue = catalogue
        self.served = 0

    def log_in(self, user):
        session = Session(user)
        self.sessions[session.token] = session

        def on_price_change(event):
            session.visited.append(event)
        EventBus.subscribe(on_price_change)
        return session

    def log_out(self, session):
        del self.sessions[session.token]  # and the handler stays

    def serve(self, session, query):
        request = Request(session, '/search?q=' + query)
        found = self.catalogue.search(query)['found']
        session.basket.add(found[self.served % len(found)], 1)
        self.served += 1
        return request.response.body


catalogue = Catalogue()
service = Service()


def do_round(number):
    sessions = [service.log_in('customer-%d-%d' % (number, one)) for one in range(CUSTOMERS)]
    for position, session in enumerate(sessions):
        for look in range(3):
            service.serve(session, 'thing %d %d %d' % (number, position, look))
    EventBus.publish('prices of round %d' % number)
    for session in sessions:
        service.log_out(session)


def parse(arguments):
    """Returns: pairs of an action and its argument, in their order."""
    actions = []
    arguments = list(arguments)
    while arguments:
        name = arguments.pop(0)
        if name == '--wait':
            actions.append((name, None))
        elif name in ('--rounds', '--dump', '--values') and arguments:
            actions.append((name, arguments.pop(0)))
        else:
            sys.exit(__doc__ if name in ('-h', '--help') else 'leaky.py: what is %s?' % name)
    return actions


def main(arguments):
    rounds = 0
    values = 'short'
    for name, value in parse(arguments):
        if name == '--rounds':
            for _ in range(int(value)):
                rounds += 1
                do_round(rounds)
        elif name == '--values':
            values = value
        elif name == '--dump':
            import heapgraph_dump
            heapgraph_dump.dump(value, values=values)
        elif name == '--wait':
            print(os.getpid(), flush=True)
            sys.stdin.readline()


if __name__ == '__main__':
    main(sys.argv[1:])
