# driver.py - drives the window as people do: finds widgets on the accessibility bus, moves a real
# pointer and presses real keys under Xvfb.
# SPDX-License-Identifier: MIT
"""Run inside `dbus-run-session` and `xvfb-run` (run-window.sh does)."""

import os
import subprocess
import time

import gi

gi.require_version('Atspi', '2.0')
from gi.repository import Atspi, GLib  # noqa: E402

PATIENCE = float(os.environ.get('PATIENCE', 40))  # seconds; a test waits for what comes, never for time to pass
Atspi.set_timeout(int(1000 * PATIENCE), int(1000 * PATIENCE))  # of an answer; else 0.8 seconds


class NotThere(Exception):
    pass


def settle():
    """Lets the bus deliver what it has."""
    context = GLib.MainContext.default()
    while context.pending():
        context.iteration(False)


running = []  # windows: the end of one ends what waits


def wait_for(check, what):
    """Returns: the first true answer of [check]."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        settle()
        for window in running:
            window.check_alive()
        try:
            answer = check()
        except GLib.Error:
            answer = None  # it went away while we looked
        if answer:
            return answer
        time.sleep(0.05)
    raise NotThere(what)


def again_until(deed, check, what):
    """Does [deed], and again where nothing comes of it: a key or a click is lost where a dialog or a menu has just
    gone, and what tells of it may be gone before it is seen.
    Returns: the first true answer of [check]."""
    def once():
        deed()
        end = time.monotonic() + PATIENCE / 8
        while time.monotonic() < end:
            settle()
            answer = check()
            if answer:
                return answer
            time.sleep(0.1)
        return None
    return wait_for(once, what)


def is_named(told, name):
    """A name may end in *; a button with a mnemonic is called \"_Open Open\"."""
    if name.endswith('*'):
        return told.removeprefix('_').startswith(name[:-1]) or told.startswith(name[:-1])
    return told == name


def is_seen(node):
    area = node.get_extents(Atspi.CoordType.WINDOW)
    return area.width > 0 and area.height > 0


def is_focused(node):
    return node.get_state_set().contains(Atspi.StateType.FOCUSED)


def get_left(node):
    return node.get_extents(Atspi.CoordType.WINDOW).x


def xdotool(*words):
    subprocess.run(['xdotool', *map(str, words)], check=True)


def visible_windows():
    """Returns: a dict of WINDOW, X, Y, WIDTH and HEIGHT for each window on the screen."""
    words = subprocess.run(['xdotool', 'search', '--onlyvisible', '--maxdepth', '1', '.*',
                            'getwindowgeometry', '--shell', '%@'],
                           check=True, capture_output=True, text=True).stdout.split()
    told = [word.split('=') for word in words if '=' in word and not word.startswith('SCREEN')]
    return [{name: int(value) for name, value in told[i:i + 5]} for i in range(5, len(told), 5)]  # the first is the root


def is_covered(x, y):
    """Whether a tooltip is at a place of the screen: that of what the pointer was over before takes clicks until it
    goes. Windows and dialogs have names, tooltips have none."""
    named = subprocess.run(['xdotool', 'search', '--onlyvisible', '--name', '.'], capture_output=True,
                           text=True).stdout.split()
    return any(each['X'] <= x < each['X'] + each['WIDTH'] and each['Y'] <= y < each['Y'] + each['HEIGHT']
               for each in visible_windows() if str(each['WINDOW']) not in named)


def read_pixels(x, y, width, height):
    """Returns: the colours of a part of the screen, row by row, as (red, green, blue)."""
    told = subprocess.run(['import', '-window', 'root', '-crop', f'{width}x{height}+{x}+{y}', '+repage', '-depth', '8',
                           'rgb:-'], check=True, capture_output=True).stdout
    assert len(told) == 3 * width * height, f'{len(told)} bytes of {width}x{height}+{x}+{y}'
    return [[tuple(told[i:i + 3]) for i in range(3 * row * width, 3 * (row + 1) * width, 3)] for row in range(height)]


def read_clipboard():
    return subprocess.run([os.environ['NEIGHBOUR'], 'clipboard'], capture_output=True, text=True,
                          timeout=PATIENCE).stdout


class Window:
    """The viewer, from its start to its end."""

    def __init__(self, *arguments, **environment):
        self.log = open(os.environ.get('WINDOW_LOG', os.devnull), 'ab')
        self.process = subprocess.Popen([os.environ['VIEWER'], *arguments],
                                        env={'G_DEBUG': 'fatal-warnings', **os.environ, **environment}, stderr=self.log)
        self.deeds = 0  # clicks and keys so far
        running.append(self)
        self.root = wait_for(self.find_frame, 'the window')

    def check_alive(self):
        if self.process.poll() is not None:
            running.remove(self)
            raise AssertionError(f'the window ended: {self.process.returncode}')

    def find_frame(self):
        desktop = Atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            application = desktop.get_child_at_index(i)
            if application and application.get_process_id() == self.process.pid:
                for j in range(application.get_child_count()):
                    frame = application.get_child_at_index(j)
                    if frame and frame.get_role_name() == 'frame':
                        return frame
        return None

    most = 10000  # children of one widget that are looked at

    def walk(self, node=None):
        """All widgets below, in order."""
        stack = [node or self.root]
        while stack:
            node = stack.pop()
            yield node
            try:
                children = [node.get_child_at_index(i) for i in range(min(node.get_child_count(), self.most))]
            except GLib.Error:
                continue
            stack.extend(child for child in reversed(children) if child)

    def look(self, name, role=None, below=None):
        """Returns: a widget on the screen whose name is, or begins with, [name]."""
        for node in self.walk(below):
            try:
                told = node.get_name() or ''
                if is_named(told, name) and (not role or node.get_role_name() == role) and is_seen(node):
                    return node
            except GLib.Error:
                continue
        return None

    def look_all(self, role, below=None):
        """Returns: all widgets of that role that are on the screen."""
        found = []
        for node in self.walk(below):
            try:
                if node.get_role_name() == role and is_seen(node):
                    found.append(node)
            except GLib.Error:
                continue
        return found

    def rows(self):
        """Returns: what the rows of the list on the screen say, the headings first: a list of cells each."""
        table = self.look('GtkColumnView', 'tree table')
        return [[label.get_name() for label in self.look_all('label', row)]
                for row in self.look_all('table row', table)] if table else []

    def find(self, name, role=None, below=None):
        return wait_for(lambda: self.look(name, role, below), f'{role or "something"} “{name}”')

    def gone(self, name, role=None):
        wait_for(lambda: not self.look(name, role), f'no more “{name}”')

    def area(self, node):
        """Returns: x, y, width, height on the screen: without a window manager the window is at its corner, its
        shadow aside."""
        area = node.get_extents(Atspi.CoordType.WINDOW)
        frame = self.root.get_extents(Atspi.CoordType.WINDOW)
        words = subprocess.run(['xdotool', 'search', '--pid', str(self.process.pid), '--name', '.',
                                'getwindowgeometry', '--shell', '%@'],
                               check=True, capture_output=True, text=True).stdout.split()
        width = max(int(word[6:]) for word in words if word.startswith('WIDTH='))
        shadow = (width - frame.width) // 2
        return area.x + shadow, area.y + shadow, area.width, area.height

    def middle(self, node):
        x, y, width, height = self.area(node)
        return x + width // 2, y + height // 2

    def move(self, node, x=0, y=0):
        left, top = self.middle(node)
        at = left + x, top + y
        xdotool('mousemove', *at)
        return at

    def click(self, node, button=1, times=1, x=0, y=0):
        at = self.move(node, x, y)
        wait_for(lambda: not is_covered(*at), 'the end of what is in the way of a click')
        self.deeds += 1
        xdotool('click', '--repeat', times, '--delay', 60, button)

    def click_in_popover(self, node, parent, times=1):
        """A popover is a window of its own: there, places are told from the corner of [parent]."""
        area, corner = (each.get_extents(Atspi.CoordType.WINDOW) for each in (node, parent))
        popover = next(each for each in visible_windows() if each['X'] > 0 and each['HEIGHT'] > 100)
        xdotool('mousemove', popover['X'] + area.x - corner.x + area.width // 2,
                popover['Y'] + area.y - corner.y + area.height // 2)
        xdotool('click', '--repeat', times, '--delay', 60, 1)

    def press(self, *keys):
        self.deeds += len(keys)
        xdotool('key', *keys)

    def type(self, text):
        xdotool('type', '--', text)

    def act(self, node, action):
        """Does what a screen reader would offer."""
        for i in range(node.get_n_actions()):
            if node.get_action_name(i) == action:
                node.do_action(i)
                return
        raise NotThere(f'action {action} of {node.get_name()}')

    def copied(self, *keys):
        """Presses [keys]. Returns: the text that comes to the clipboard by that."""
        before = read_clipboard()
        self.press(*keys)
        return wait_for(lambda: (read_clipboard() != before and read_clipboard()), f'a text copied by {keys}')

    def dialog(self, name):
        """Returns: the dialog that is called or says so."""
        return wait_for(lambda: self.look_for_dialog(name), f'dialog “{name}”')

    def look_for_dialog(self, name):
        program = self.root.get_parent()
        windows = [program.get_child_at_index(i) for i in range(program.get_child_count())]
        return next((each for each in windows if each and each != self.root and self.look(name, None, each)), None)

    def open_dialog(self, keys, name):
        """Returns: the dialog that [keys] open."""
        return again_until(lambda: self.press(keys), lambda: self.look_for_dialog(name), f'dialog “{name}”')

    def go_to(self, name):
        """Asks for an object by its name."""
        dialog = self.open_dialog('ctrl+g', 'Go to Object')
        wait_for(lambda: any(is_focused(each) for each in self.walk(dialog)), 'the keyboard in it')
        self.type(name)
        self.press('Return')

    def open_menu(self, node, item, button=1):
        """Clicks; [item] stands in the menu then."""
        self.gone(item, 'menu item')  # of a menu that closes
        again_until(lambda: self.click(node, button=button), lambda: self.look(item, 'menu item'), f'{item} in a menu')

    def save_as(self, dialog, proposed, path):
        """Types [path] into a dialog that asks where to save, over the name it proposes, and presses Export."""
        self.dialog(dialog)
        program = self.root.get_parent()
        entry = wait_for(lambda: next((each for role in ('text', 'entry') for each in self.look_all(role, program)
                                       if Atspi.Text.get_text(each, 0, len(proposed)) == proposed), None),
                         f'the entry with {proposed}')
        Atspi.EditableText.set_text_contents(entry, path)
        self.act(self.find('Export*', 'push button', self.dialog(dialog)), 'click')
        wait_for(lambda: os.path.exists(path) and os.path.getsize(path) > 0, path)
        wait_for(lambda: not self.look_for_dialog(dialog), f'the end of “{dialog}”')

    def screenshot(self, path):
        subprocess.run(['import', '-window', 'root', path], check=True)

    def close(self):
        """Under a sanitizer by Quit, so that it looks for what leaked, and must find nothing."""
        if self.log.closed:
            return
        if self in running:
            running.remove(self)
        try:
            if 'ASAN_OPTIONS' in os.environ:
                again_until(lambda: xdotool('key', 'Escape', 'Escape', 'ctrl+q'),
                            lambda: self.process.poll() is not None, 'the end of the window')
            assert self.process.poll() in (None, 0), f'the window ended: {self.process.returncode}'
        finally:
            self.process.terminate()
            self.process.wait()
            self.log.close()
