# test-keyboard.py - on every page the keyboard leads to whatever can be pressed or typed into, and all of it has a name.
# SPDX-License-Identifier: MIT
"""On each page Tab is pressed until the focus is where it began; in a list of rows it begins with the first row. What
can be acted on and is on the screen must have had the focus then, or stand in a list that arrows go through.
$SCREENSHOTS keeps a picture of the page that failed; GO_ON goes on after it."""

import os
import tempfile

import leaky
import tap

try:
    import driver
    from driver import Atspi, GLib, Window, wait_for
except (ImportError, ValueError) as error:
    tap.skip(f'no accessibility bus for Python: {error}')

Window.most = 60
ROLES = ('push button', 'toggle button', 'menu button', 'radio button', 'check box', 'text', 'entry', 'spin button',
         'link', 'list item', 'table row')
ROWS = ('list item', 'table row')
OF_THE_DESKTOP = ('Minimize', 'Maximize', 'Close')  # window managers have keys for them
folder = tempfile.TemporaryDirectory()


def keep_picture(window, name):
    if os.environ.get('SCREENSHOTS'):
        window.screenshot(os.path.join(os.environ['SCREENSHOTS'], f'keyboard-{name}.png'))


class Focus:
    """Where the keyboard is, as the accessibility bus tells it."""

    def __init__(self):
        self.visits = []  # of nodes, the latest last
        self.listener = Atspi.EventListener.new(self.on_event)
        self.listener.register('object:state-changed:focused')

    def on_event(self, event, *_):
        if event.detail1:
            self.visits.append(event.source)

    def press(self, window, key, patience=driver.PATIENCE / 20):
        """Returns: the node that has the focus by that; None if it stays where it is."""
        before = len(self.visits)
        window.press(key)
        end = driver.time.monotonic() + patience
        while len(self.visits) == before and driver.time.monotonic() < end:
            driver.settle()
            driver.time.sleep(0.005)
        driver.settle()
        return self.visits[-1] if len(self.visits) > before else None


def describe(node):
    return f'{node.get_role_name()} “{node.get_name()}”'


def path(node):
    return node.path


def is_bad_name(name):
    return not name or name.startswith(('Gtk', 'Adw', 'Hg'))


def list_wanted(window):
    """What can be acted on and is on the screen: (its path, what it is, the path of the list it is a row of). What
    cannot be at the moment needs a name all the same."""
    wanted = []
    for node in window.walk():
        try:
            states = node.get_state_set()
            if node.get_role_name() in ROLES and node.get_name() not in OF_THE_DESKTOP and driver.is_seen(node) and \
                    states.contains(Atspi.StateType.SENSITIVE) and states.contains(Atspi.StateType.FOCUSABLE):
                is_row = node.get_role_name() in ROWS
                wanted.append((path(node), describe(node), path(node.get_parent()) if is_row else None))
            elif node.get_role_name() in ROLES and driver.is_seen(node):
                assert not is_bad_name(node.get_name()), f'without a name: {describe(node)}'
        except GLib.Error:
            continue
    return wanted


def tab_round(window, focus):
    """Returns: the paths of what had the focus in one round of Tab, and what it was called."""
    seen, lists, last = {}, set(), None
    for _ in range(200):
        node = focus.press(window, 'Tab') or focus.press(window, 'Tab')
        assert node, f'Tab does not lead on from {last}'
        last = describe(node)
        is_row = node.get_role_name() in ROWS
        if path(node) in seen and not is_row:
            break
        if node.get_role_name() == 'list item' and path(node.get_parent()) not in lists:
            lists.add(path(node.get_parent()))
            seen[path(node)] = describe(node)
            node = focus.press(window, 'Home', driver.PATIENCE / 80) or node
        seen[path(node)] = describe(node)
        row = row_of(node)
        if row:
            seen[path(row)] = describe(row)
    return seen


def row_of(node):
    """The row of a tree whose expander has the focus; None if it is none."""
    for _ in range(3):
        node = node.get_parent()
        if not node or node.get_role_name() == 'table row':
            return node
    return None


def arrow_round(window, focus, node_path):
    """The paths that arrows lead to, from the row that Tab leads to."""
    seen = set()
    for _ in range(200):
        node = focus.press(window, 'Tab')
        if not node or path(node) == node_path or (row_of(node) and path(row_of(node)) == node_path):
            break
    for key in ('Down', 'Right', 'Down', 'Left', 'Up'):
        node = focus.press(window, key)
        if node:
            seen.add(path(node))
    return seen - {node_path}


def check_page(window, focus, page, by_other_keys=()):
    wanted = list_wanted(window)
    assert len(wanted) > 15, wanted
    nameless = sorted({what for _, what, _ in wanted if is_bad_name(what.split('“')[1][:-1])})
    seen = tab_round(window, focus)
    nameless += sorted({what for what in seen.values() if is_bad_name(what.split('“')[1][:-1])} - set(nameless))
    unreached = [(what, rows) for node, what, rows in wanted if node not in seen and what not in by_other_keys]
    lists = {rows for node, _, rows in wanted if rows and node in seen}
    for rows in {rows for _, rows in unreached if rows} & lists:
        first = next(node for node, _, its in wanted if its == rows and node in seen)
        if arrow_round(window, focus, first):
            unreached = [each for each in unreached if each[1] != rows]
    print(f'# {page}: {len(wanted)} to reach, {len(seen)} by Tab', flush=True)
    assert not unreached, f'no key leads to {sorted({what for what, _ in unreached})}'
    assert not nameless, f'without a name: {nameless}'


# ---- the pages ------------------------------------------------------------------------------------------------------

def page_test(number, name, is_ready):
    """Returns: a test of one of the pages of the sidebar."""
    def test(window, focus):
        window.press(f'alt+{number}')
        wait_for(lambda: window.root.get_name() == name, name)
        wait_for(lambda: is_ready(window), f'what {name} shows')
        check_page(window, focus, name)
    test.__name__ = f'{name}_page'
    return test


def has_rows(window):
    return len(window.rows()) > 3


PAGES = [page_test(1, 'Overview', lambda window: window.look('Show Me')),
         page_test(2, 'Types', has_rows), page_test(3, 'Objects', has_rows), page_test(4, 'Holders', has_rows),
         page_test(5, 'Growth', has_rows), page_test(6, 'Garbage', has_rows), page_test(7, 'Threads', has_rows),
         page_test(8, 'Advice', lambda window: window.look('Show Me', 'push button')), page_test(9, 'SQL', has_rows),
         page_test(0, 'Capture', lambda window: len(window.rows()) > 1)]


def Object_page(window, focus):
    """With the pane beside it that says why the object is alive."""
    window.press('alt+1')
    window.go_to('__main__.Session#1')
    wait_for(lambda: window.root.get_name() == '__main__.Session' and has_rows(window), 'the object')
    window.find('Ignore this holder', 'push button')
    check_page(window, focus, 'Object')


def New_page(window, focus):
    window.press('alt+5')
    wait_for(lambda: has_rows(window), 'what grew')
    window.click(window.find('__main__.Session', 'label'), times=2)
    wait_for(lambda: window.root.get_name() == 'New: __main__.Session' and has_rows(window), 'the new objects')
    check_page(window, focus, 'New')


def Graph_page(window, focus):
    window.go_to('__main__.Session#1')
    wait_for(lambda: window.root.get_name() == '__main__.Session', 'the object')
    window.click(window.find('Picture*', 'push button'))
    wait_for(lambda: len(window.look_all('list item', window.look('Graph', 'list'))) > 3, 'the picture')
    check_page(window, focus, 'Graph')


def tabs_of_the_window(window, focus):
    window.press('ctrl+t')
    wait_for(lambda: window.look('AdwTabBox'), 'tabs')
    check_page(window, focus, 'tabs', ['push button “Close Graph: Session”'])  # Ctrl+W closes a tab


def main():
    window = Window(leaky.make_store(folder.name))
    focus = Focus()
    try:
        window.find('Show Me', 'push button')
        tap.run([*PAGES, Object_page, New_page, Graph_page, tabs_of_the_window], window, focus,
                on_failure=lambda name: keep_picture(window, name))
    finally:
        window.close()


main()
