#!/usr/bin/env python3
# names.py - a program whose names are hard to show: long ones, in many scripts, with marks.
# SPDX-License-Identifier: MIT
"""names.py DUMP writes a dump of objects with such names, kept by a cache with such keys."""

import os
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'core', 'capture', 'python'))
import heapgraph  # noqa: E402

NAMES = ['A' + 'VeryLongNameThatNobodyShouldGiveToAClass' * 5, 'Größe_mit_Umlauten', 'Сеанс_пользователя', '用户会话管理器',
         'جلسة_المستخدم', '😀_face', '<b>&amp;markup</b>', 'new\nline', '\u202eturned', 'two words']
CACHE = {}


def make(name, count):
    kind = type(name, (), {'__module__': '__main__'})
    for i in range(count):
        thing = kind()
        setattr(thing, name.lower(), name * 3)
        thing.next = CACHE.get((name, i - 1))
        CACHE[name, i] = thing
        CACHE[f'{name} {i} ' + 'key' * 60] = [f'{name} value {i}' * 8]


for number, name in enumerate(NAMES):
    make(name, 400 - 20 * number)
heapgraph.dump(sys.argv[1])
