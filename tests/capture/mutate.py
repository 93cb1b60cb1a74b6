"""mutate.py FOLDER - four threads that change their heap without pause, until FOLDER/stop is there.

Each also adds up numbers through the objects it makes; at the end the sums are checked, so that a capture
that disturbed the program would show. A fifth thread measures the longest gap in its own running.
SPDX-License-Identifier: MIT
"""
import collections
import gc
import os
import random
import sys
import threading
import time


class Node:
    def __init__(self, value):
        self.value = value
        self.kids = []
        self.by_value = {value: self}


folder = sys.argv[1]
base = [Node(i) for i in range(20000)]
results = {}
stop = threading.Event()
longest_gap = 0.0


def work(seed):
    source, check = random.Random(seed), random.Random(seed)
    live, table, ordered, recent = [], {}, collections.OrderedDict(), collections.deque(maxlen=500)
    total, n_rounds = 0, 0
    while not stop.is_set():
        node = Node(source.randrange(1000))
        live.append(node)
        recent.append([node])
        table[len(live), seed] = node
        ordered[str(node.value)] = node
        if len(live) > 3000:
            del live[:1500]
            table.clear()
        if len(ordered) > 500:
            ordered.popitem(last=False)
        node.extra = "x" * (node.value % 50)
        total += recent[-1][0].by_value[node.value].value
        n_rounds += 1
    results[seed] = total == sum(check.randrange(1000) for _ in range(n_rounds))


def tick():
    global longest_gap
    last = time.monotonic()
    while not stop.is_set():
        time.sleep(0.0005)
        now = time.monotonic()
        longest_gap = max(longest_gap, now - last)
        last = now


gc.set_threshold(700, 10, 10)
threads = [threading.Thread(target=work, args=(i,)) for i in range(4)] + [threading.Thread(target=tick)]
for thread in threads:
    thread.start()
print("ready", flush=True)
while not os.path.exists(os.path.join(folder, "stop")):
    time.sleep(0.02)
stop.set()
for thread in threads:
    thread.join()
print("right" if all(results.get(i) for i in range(4)) else "wrong", "longest gap", longest_gap, flush=True)
