#!/usr/bin/env python3
# test-balance.py - the references of an application's heap add up to its reference counts.
# SPDX-License-Identifier: MIT
"""Speaks TAP, a line for each CPython at hand (pythons.py). Odd heaps are test-outside.py's."""
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pythons

HEAPGRAPH = os.environ['HEAPGRAPH']
# orders with lines, an index, a cache, queues, log records, threads that wait for work
APPLICATION = '''
import collections, dataclasses, datetime, decimal, enum, functools, json, logging, queue, sys, threading, typing
class State(enum.Enum):
    OPEN, PAID, SENT = range(3)
@dataclasses.dataclass
class Line:
    product: str
    amount: int
    price: decimal.Decimal
class Order:
    def __init__(self, customer, number):
        self.customer, self.number, self.state = customer, number, State(number % 3)
        self.lines = [Line('product %d' % n, n, decimal.Decimal(n) / 7) for n in range(4)]
        self.placed = datetime.datetime(2024, 1, 1) + datetime.timedelta(minutes=number)
        self.notes = json.loads('{"text": "note", "tags": ["a", "b", 1.5], "more": {"x": null}}')
class Customer:
    def __init__(self, number):
        self.name, self.seen = 'customer %d' % number, {number, -number}
        self.orders = [Order(self, number * 3 + n) for n in range(3)]
        self.on_change = functools.partial(notify, self)
def notify(customer, event):
    return customer, event
@functools.lru_cache(maxsize=1000)
def look_up(number):
    return [number]
customers = [Customer(number) for number in range(8000)]
by_name = {customer.name: customer for customer in customers}
recent = collections.deque(customers, maxlen=500)
by_state = collections.defaultdict(list)
for customer in customers:
    for order in customer.orders:
        by_state[order.state].append(order)
for number in range(3000):
    look_up(number)
jobs = queue.Queue()
def work():
    while True:
        jobs.get()
for _ in range(4):
    threading.Thread(target=work, daemon=True).start()
print('ready', flush=True)
sys.stdin.read()
'''


def measure(python, path):
    target = python.start(['-c', APPLICATION], stdin=subprocess.PIPE, stdout=subprocess.PIPE, universal_newlines=True)
    target.stdout.readline()
    done = subprocess.run([HEAPGRAPH, 'capture', str(target.pid), '-o', path, '--format', 'json'], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, universal_newlines=True)
    target.kill()
    target.communicate()
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr


def main():
    failed = 0
    chosen = pythons.choose()
    for number, python in enumerate(chosen, 1):
        with tempfile.TemporaryDirectory() as folder:
            found = measure(python, os.path.join(folder, 'balance.hgd'))
        good = isinstance(found, dict) and found['below_zero'] <= found['objects'] / 10000 and found['bad_pointers'] == 0
        failed += not good
        print('%sok %d - %s: counts below zero are at most 0.01 %%' % ('' if good else 'not ', number, python))
        print('#   %s' % ('%d of %d objects' % (found['below_zero'], found['objects']) if isinstance(found, dict) else found))
        sys.stdout.flush()
    print('1..%d' % len(chosen))
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
