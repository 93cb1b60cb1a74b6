#!/usr/bin/env python3
"""pause.py TIME-IMAGE [OBJECTS] - how long a process stands still: copied, and by a fork; and how soon a core is open.

The program has a list of OBJECTS lists and a thread that measures the longest gap in its own running, which is the
pause as the program sees it. It also forks itself: less than that the kernel cannot do. Of each kind seven are taken in
turn, all memory written to before each; of forks the shortest is told, too, which is what they take when nothing else runs.
SPDX-License-Identifier: MIT
"""
import os
import subprocess
import sys
import tempfile

PROGRAM = """
import os, sys, threading, time
kept = [[i] for i in range(int(sys.argv[1]))]
longest = [0.0]
def tick():
    last = time.monotonic()
    while True:
        time.sleep(0.0005)
        now = time.monotonic()
        longest[0] = max(longest[0], now - last)
        last = now
threading.Thread(target=tick, daemon=True).start()
print("ready", flush=True)
def fork():
    start = time.monotonic()
    child = os.fork()
    if not child:
        os._exit(0)
    took = time.monotonic() - start
    os.waitpid(child, 0)
    return took
def touch():
    for one in kept:
        pass # each is written to: its reference count
    longest[0] = 0.0
for line in sys.stdin:
    if line == "longest\\n":
        print(longest[0], flush=True)
        continue
    touch()
    print(fork() if line == "fork\\n" else 0.0, flush=True)
"""


def ask(process, what):
    process.stdin.write(what + "\n")
    process.stdin.flush()
    return float(process.stdout.readline())


def take(tool, *arguments):
    words = subprocess.run([tool, *map(str, arguments)], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    return dict(zip(words[::2], map(int, words[1::2])))


def middle(numbers):
    return sorted(numbers)[len(numbers) // 2]


def main():
    tool, objects = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "4000000"
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, objects], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    process.stdout.readline()
    pauses, seen, own = {"copied": [], "fork": []}, {"copied": [], "fork": []}, []
    for _ in range(7):
        own.append(ask(process, "fork") * 1e3)
        for kind in pauses:
            ask(process, "touch")
            result = take(tool, *["--fork"] * (kind == "fork"), process.pid)
            seen[kind].append(ask(process, "longest") * 1e3)
            pauses[kind].append(result["pause"] / 1e3)
    gigabytes = result["copied"] / 1e9
    for kind, numbers in pauses.items():
        print("pause, %s: %.1f ms for %.2f GB, %.1f ms a GB; the program saw %.1f ms" % (
            kind, middle(numbers), gigabytes, middle(numbers) / gigabytes, middle(seen[kind])))
    print("ratio: %.1f" % (middle(pauses["copied"]) / middle(pauses["fork"])))
    print("the program's own fork: %.1f ms, %.1f ms a GB; ratio of the pause to it %.2f, of the shortest (%.1f and %.1f ms) %.2f" % (
        middle(own), middle(own) / gigabytes, middle(pauses["fork"]) / middle(own), min(pauses["fork"]), min(own),
        min(pauses["fork"]) / min(own)))
    with tempfile.TemporaryDirectory() as folder:
        take(tool, "--save", folder + "/core", process.pid)
        opened = [take(tool, "--core", folder + "/core") for _ in range(5)]
        print("a core of %.2f GB: open after %.1f ms, Python found after %.1f ms" % (
            os.path.getsize(folder + "/core") / 1e9, middle([one["open"] for one in opened]) / 1e3,
            middle([one["located"] for one in opened]) / 1e3))
    process.kill()


if __name__ == "__main__":
    main()
