# weak_cache.py - a weak cache whose values somebody else keeps.
# SPDX-License-Identifier: MIT
import weakref

import stage


class Image:
    def __init__(self, number):
        self.pixels = bytes(300)
        self.number = number


images = weakref.WeakValueDictionary()
recent = []


def step():
    for number in range(len(recent), len(recent) + 2500):
        images[number] = image = Image(number)
        recent.append(image)


stage.run(step)
