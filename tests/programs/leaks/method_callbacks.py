# method_callbacks.py - bound methods in a list keep their instances.
# SPDX-License-Identifier: MIT
import stage


class Window:
    def __init__(self, number):
        self.text = 'window %d ' % number * 100

    def on_resize(self):
        return self.text


callbacks = []


def step():
    for number in range(1200):
        callbacks.append(Window(number).on_resize)


stage.run(step)
