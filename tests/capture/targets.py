# targets.py - programs that tests start, talk to, and look at from outside.
# SPDX-License-Identifier: MIT
"""A Target says a line when it is ready. What the kernel says of it - states, children, who traces
it - is read from /proc; nothing is asked of the program itself but echo()'s answers."""

import ctypes
import os
import re
import subprocess
import time

NOBODY = 65534
SYSTEM = '/usr/bin/python3'

# for Python 2 as well
ECHO = '''
import sys
def say(text):
    sys.stdout.write(text + "\\n")
    sys.stdout.flush()
say("ready")
for line in iter(sys.stdin.readline, ""):
    say(line.strip() * 2)
'''


class Target:
    """A program that says something when it is ready, and is ended with the block."""

    def __init__(self, *command, **options):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options)
        self.pid = self.process.pid
        self.first = self.process.stdout.readline()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def ask(self, line):
        """Returns: the line it says when it is told [line]."""
        self.process.stdin.write(line + '\n')
        self.process.stdin.flush()
        return self.process.stdout.readline()

    def answers(self):
        """Whether a program of echo() still does what it should."""
        return self.ask('ab') == 'abab\n'

    def state(self):
        with open(f'/proc/{self.pid}/stat') as file:
            return file.read().rpartition(')')[2].split()[0]

    def children(self):
        """pid and state of each process whose parent it is, as the kernel sees it."""
        found = []
        for name in filter(str.isdigit, os.listdir('/proc')):
            try:
                with open(f'/proc/{name}/stat') as file:
                    state, parent = file.read().rpartition(')')[2].split()[:2]
            except OSError:
                continue
            if int(parent) == self.pid:
                found.append((int(name), state))
        return found

    def held_threads(self):
        """A line for each thread that is stopped or traced."""
        wrong = []
        for thread in os.listdir(f'/proc/{self.pid}/task'):
            try:
                with open(f'/proc/{self.pid}/task/{thread}/status') as file:
                    text = file.read()
            except OSError:
                continue
            state = re.search(r'State:\s+(\w)', text)[1]
            if state in 'Tt' or re.search(r'TracerPid:\s+[1-9]', text):
                wrong.append(f'thread {thread}: {text[:200]}')
        return wrong

    def leftovers(self):
        """What a capture may not leave: zombies, stopped threads, a tracer."""
        return [f'child {pid} is {state}' for pid, state in self.children() if state in 'Zt'] + self.held_threads()


def echo(*before, python=SYSTEM, **options):
    """Returns: a program that does [before], lines of Python, and then says each line twice."""
    return Target(python, '-c', '\n'.join([*before, ECHO]), **options)


def wait_until(condition):
    for _ in range(1000):
        if condition():
            return True
        time.sleep(0.01)
    return False


def become_nobody():
    """For preexec_fn: an ordinary user whose processes may be captured by that user."""
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # PR_SET_DUMPABLE
