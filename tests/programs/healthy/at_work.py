# at_work.py - a service that keeps what it needs, with everything bounded, and gives the rest back.
# SPDX-License-Identifier: MIT
import collections
import functools
import os
import sys
import threading
import weakref

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'leaks'))
import stage  # noqa: E402


class Session:
    def __init__(self, user):
        self.user = user
        self.basket = []


@functools.lru_cache(maxsize=500)
def describe(number):
    return 'product %d ' % number * 5


sessions = {}
recent = collections.deque(maxlen=200)
open_documents = weakref.WeakValueDictionary()


def rows(session):
    for number in range(10):
        yield describe(number + len(session.user))


def serve(number):
    session = sessions['user %d' % number] = Session('user %d' % number)
    open_documents[number] = session
    session.basket.extend(rows(session))
    try:
        int(session.user)
    except ValueError as error:
        recent.append(str(error))
    del sessions[session.user]


def step():
    for number in range(3000):
        serve(number)
    for number in range(20):
        thread = threading.Thread(target=serve, args=(number,))
        thread.start()
        thread.join()


stage.run(step)
