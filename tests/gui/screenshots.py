#!/usr/bin/env python3
# screenshots.py - pictures of every page of the window: light, dark, high contrast, small, large text, odd names,
# empty states and errors.
# SPDX-License-Identifier: MIT
"""screenshots.py FOLDER [LOOK...]. They are to be looked at: nothing cut off, aligned, readable."""

import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from driver import NotThere, Window, xdotool  # noqa: E402

PAGES = ['Overview', 'Types', 'Objects', 'Holders', 'Growth', 'Garbage', 'Threads', 'Advice', 'SQL', 'Capture']
DARK = {'ADW_DEBUG_COLOR_SCHEME': 'prefer-dark'}
CONTRAST = {'ADW_DEBUG_HIGH_CONTRAST': '1'}
# environment, size of the window
LOOKS = {'light': ({}, None), 'dark': (DARK, None), 'contrast': (CONTRAST, None),
         'contrast-dark': ({**DARK, **CONTRAST}, None), 'small': ({}, (720, 560)),
         'large': ({}, None), 'names': ({}, None)}


def load(store, *dumps):
    subprocess.run([os.environ['HEAPGRAPH'], 'load', '-d', store, *dumps], check=True, stdout=subprocess.DEVNULL)
    return store


def make_store(folder):
    dumps = [os.path.join(folder, f'{name}.hgd') for name in ('morning', 'noon', 'evening')]
    words = []
    for rounds, dump in zip((4, 6, 9), dumps):
        words += ['--rounds', str(rounds), '--dump', dump]
    subprocess.run([sys.executable, os.path.join(os.environ['PROGRAMS'], 'leaky.py'), *words], check=True,
                   stdout=subprocess.DEVNULL)
    return load(os.path.join(folder, 'service.db'), *dumps)


def make_names(folder):
    dump = os.path.join(folder, 'names.hgd')
    subprocess.run([sys.executable, os.path.join(os.environ['PROGRAMS'], 'names.py'), dump], check=True)
    return load(os.path.join(folder, 'names.db'), dump)


def settle():
    time.sleep(float(os.environ.get('SETTLE', '2')))


def resize(window, width, height):
    found = subprocess.run(['xdotool', 'search', '--pid', str(window.process.pid), '--name', '.'], check=True,
                           capture_output=True, text=True).stdout.split()
    for number in found:
        subprocess.run(['xdotool', 'windowsize', number, str(width), str(height)], check=False)


def set_font(font):
    path = os.path.join(os.environ['XDG_CONFIG_HOME'], 'gtk-4.0', 'settings.ini')
    with open(path, 'w', encoding='utf-8') as settings:
        settings.write(f'[Settings]\ngtk-enable-animations=0\ngtk-font-name={font}\n')


class Album:
    """Pictures of one look."""

    def __init__(self, folder, look):
        self.folder, self.look = folder, look
        self.environment, self.size = LOOKS[look]
        set_font('Sans 15' if look == 'large' else 'Sans 10')

    def open(self, *files):
        self.window = Window(*files, **{'G_DEBUG': '', **self.environment})
        if self.size:
            resize(self.window, *self.size)
        return self.window

    def take(self, name):
        xdotool('mousemove', 5, 5)
        settle()
        self.window.screenshot(os.path.join(self.folder, f'{self.look}-{name}.png'))
        print(f'{self.look}-{name}', flush=True)

    def go(self, page):
        xdotool('key', f'alt+{(PAGES.index(page) + 1) % 10}')

    def take_pages(self):
        for page in PAGES:
            self.go(page)
            self.take(page.lower())

    def take_object(self):
        self.go('Overview')
        window = self.window
        window.act(window.find('Show Me', 'push button'), 'click')
        window.find('Picture', 'push button')
        self.take('object')
        window.act(window.find('Picture', 'push button'), 'click')
        window.find('Options*')
        self.take('graph')
        window.act(window.find('Referents'), 'click')
        self.take('graph-wide')

    def take_rest(self):
        """What is seen more seldom: shortcuts, nothing found, the menus, the start."""
        window = self.window
        self.go('Types')
        window.find('str*')
        xdotool('key', 'ctrl+f')
        xdotool('type', 'nothing is called so')
        self.take('nothing-found')
        xdotool('key', 'Escape', 'Down', 'Menu')
        self.take('menu')
        xdotool('key', 'Escape')
        settle()  # a key is lost while a menu closes
        xdotool('key', 'F10')
        self.take('main-menu')
        xdotool('key', 'Escape')
        self.go('SQL')
        window.click(window.find('Tables', 'push button', window.find('HgSqlPage')))
        self.take('sql-tables')
        xdotool('key', 'Escape', 'ctrl+question')
        self.take('shortcuts')
        window.close()
        self.open()
        self.take('start')

    def take_troubles(self, folder):
        """A healthy heap without growth, a damaged file, a file that is no store."""
        dump, store = os.path.join(folder, 'small.hgd'), os.path.join(folder, 'small.db')
        with open(os.path.join(folder, 'morning.hgd'), 'rb') as whole, open(dump, 'wb') as damaged:
            damaged.write(whole.read()[:20000])
        self.open(dump)
        self.take('damaged')
        self.window.close()
        load(store, os.path.join(folder, 'morning.hgd'))
        window = self.open(store)
        window.find('Overview', 'list item')
        self.go('Growth')
        self.take('no-growth')
        self.go('SQL')
        window.find('Run', 'push button')
        window.click(window.find('SQL statement', 'text'))
        xdotool('key', 'ctrl+a')
        xdotool('type', 'select nonsense')
        xdotool('key', 'ctrl+Return')
        self.take('wrong-sql')
        os.rename(store, store + '.away')
        self.go('Types')
        self.take('file-away')
        self.window.close()


def take_look(folder, look, work, stores):
    album = Album(folder, look)
    window = album.open(stores['names' if look == 'names' else 'leaky'])
    window.find('Overview', 'list item')
    album.take_pages()
    try:
        album.take_object()
    except NotThere as error:
        print(f'{look}: {error}', file=sys.stderr)
    if look in ('light', 'dark', 'small'):
        album.take_rest()
    album.window.close()
    if look in ('light', 'dark'):
        album.take_troubles(work)


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        stores = {'leaky': make_store(work), 'names': make_names(work)}
        for look in sys.argv[2:] or LOOKS:
            take_look(folder, look, work, stores)


main()
