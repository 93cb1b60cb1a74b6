#!/usr/bin/env python3
# screenshots.py - pictures of every page of the window: light, dark, high contrast, and small.
# SPDX-License-Identifier: MIT
"""screenshots.py FOLDER. They are to be looked at: nothing cut off, aligned, readable."""

import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import Window, xdotool  # noqa: E402

PAGES = ['Overview', 'Types', 'Objects', 'Holders', 'Growth', 'Garbage', 'Threads', 'Advice', 'SQL', 'Capture']
LOOKS = {'light': {}, 'dark': {'ADW_DEBUG_COLOR_SCHEME': 'prefer-dark'},
         'contrast': {'ADW_DEBUG_HIGH_CONTRAST': '1'}}


def make_store(folder):
    store = os.path.join(folder, 'service.db')
    dumps = [os.path.join(folder, f'{name}.hgd') for name in ('morning', 'noon', 'evening')]
    words = []
    for rounds, dump in zip((4, 6, 9), dumps):
        words += ['--rounds', str(rounds), '--dump', dump]
    subprocess.run([sys.executable, os.path.join(os.environ['PROGRAMS'], 'leaky.py'), *words], check=True,
                   stdout=subprocess.DEVNULL)
    subprocess.run([os.environ['HEAPGRAPH'], 'load', '-d', store, *dumps], check=True, stdout=subprocess.DEVNULL)
    return store


def settle():
    time.sleep(float(os.environ.get('SETTLE', '2')))


def resize(window, width, height):
    found = subprocess.run(['xdotool', 'search', '--pid', str(window.process.pid), '--name', '.'], check=True,
                           capture_output=True, text=True).stdout.split()
    for number in found:
        subprocess.run(['xdotool', 'windowsize', number, str(width), str(height)], check=False)


def picture(window, folder, look, name):
    settle()
    window.screenshot(os.path.join(folder, f'{look}-{name}.png'))
    print(f'{look}-{name}', flush=True)


def take_all(store, folder, look, environment, pages, size=None):
    window = Window(store, **{'G_DEBUG': '', **environment})
    window.find('Overview', 'list item')
    if size:
        resize(window, *size)
    for page in pages:
        xdotool('key', f'alt+{(PAGES.index(page) + 1) % 10}')
        xdotool('mousemove', 5, 5)
        picture(window, folder, look, page.lower())
    if not size:
        window.click(window.find('Overview', 'list item'))
        window.click(window.find('Show Me', 'push button'))
        xdotool('mousemove', 5, 5)
        picture(window, folder, look, 'object')
        window.click(window.find('Picture', 'push button'))
        xdotool('mousemove', 5, 5)
        picture(window, folder, look, 'graph')
        xdotool('key', 'ctrl+question')
        picture(window, folder, look, 'shortcuts')
    window.close()


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        store = make_store(work)
        for look, environment in LOOKS.items():
            take_all(store, folder, look, environment, PAGES if look != 'contrast' else ['Overview', 'Types'])
        take_all(store, folder, 'small', {}, ['Overview', 'Types', 'Objects', 'Growth', 'SQL'], (720, 560))
        window = Window()
        picture(window, folder, 'light', 'start')
        window.close()


main()
