# stage.py - lets a small leaky program be watched while it leaks.
# SPDX-License-Identifier: MIT
"""run(step) does a first round, prints the number of the process, and then does what its input
says, a line each: `step` does one more round, `dump FILE` writes a dump from inside. It answers
each line with `done` and ends with its input."""

import os
import sys

CAPTURE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', '..', 'core', 'capture', 'python')


def run(step):
    step()
    print(os.getpid(), flush=True)
    for line in sys.stdin:
        word, _, file = line.strip().partition(' ')
        if word == 'step':
            step()
        elif word == 'dump':
            sys.path.append(CAPTURE)
            import heapgraph_dump
            heapgraph_dump.dump(file)
        print('done', flush=True)
    os._exit(0)  # without the complaints of what is left


def ask(application, path):
    """Returns: what a web application answers."""
    from wsgiref.util import setup_testing_defaults
    environment = {'PATH_INFO': path}
    setup_testing_defaults(environment)
    answer = application(environment, lambda status, headers: None)
    body = b''.join(answer)
    getattr(answer, 'close', int)()
    return body
