# test-treemap.py - the treemap of the overview: told, gone through by keys, clicked.
# SPDX-License-Identifier: MIT
"""Each test goes on where the one before ended. $SCREENSHOTS keeps a picture of each."""

import os
import subprocess
import sys
import tempfile

import tap

try:
    import driver
    from driver import Window, is_focused, wait_for
except (ImportError, ValueError) as error:
    tap.skip(f'no accessibility bus for Python: {error}')

folder = tempfile.TemporaryDirectory()
store = os.path.join(folder.name, 'leaky.db')


def make_store():
    dump = os.path.join(folder.name, 'leaky.hgd')
    subprocess.run([sys.executable, os.path.join(os.environ['PROGRAMS'], 'leaky.py'), '--rounds', '5',
                    '--dump', dump], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([os.environ['HEAPGRAPH'], 'load', '-d', store, dump], check=True,
                   stdout=subprocess.DEVNULL)


def keep_picture(window, name):
    if os.environ.get('SCREENSHOTS'):
        window.screenshot(os.path.join(os.environ['SCREENSHOTS'], f'treemap-{name}.png'))


def cells(window):
    treemap = window.look('What is retained', 'list')
    return [cell for cell in window.walk(treemap) if cell.get_role_name() == 'list item'] if treemap else []


def cell(window, part):
    return wait_for(lambda: next((each for each in cells(window) if part in each.get_name()), None),
                    f'cell “{part}”')


def cells_tell_names_and_shares(window):
    told = cell(window, '.handlers list').get_name()
    assert told.endswith(' % of the heap') and 'KiB' in told, told
    cell(window, '.cache dict')
    keep_picture(window, 'holders')


def pointing_tells(window):
    def is_told():
        """What comes later above moves the cells away from the pointer: it follows."""
        handlers = cell(window, '.handlers list')
        area = handlers.get_extents(driver.Atspi.CoordType.WINDOW)
        window.move(handlers, y=8 - area.height // 2)
        return window.look(handlers.get_name(), 'label')

    wait_for(is_told, 'the cell under the pointer in words')


def arrows_go_from_cell_to_cell(window):
    def focused_cell():
        return next((each for each in cells(window) if is_focused(each)), None)

    def focused():
        return next((each for each in window.walk() if is_focused(each)), None)

    def tab():
        before = focused()
        window.press('Tab')
        wait_for(lambda: focused() != before, 'the keyboard elsewhere')
        return focused_cell()

    first = wait_for(tab, 'a cell with the keyboard').get_name()
    window.press('Right')
    second = wait_for(lambda: next((each for each in cells(window)
                                    if is_focused(each) and each.get_name() != first), None), 'the next')
    window.find(second.get_name(), 'label')
    keep_picture(window, 'keyboard')


def click_goes_there(window):
    handlers = cell(window, '.handlers list')
    area = handlers.get_extents(driver.Atspi.CoordType.WINDOW)
    window.click(handlers, y=8 - area.height // 2)
    window.find('Picture*', 'push button')
    window.find('Referred To By*')
    window.press('alt+Left')
    cell(window, '.handlers list')


def modules_and_types(window):
    window.act(window.find('Modules', 'push button'), 'click')
    the_type = '__main__.Catalogue \u00d7'  # the object of that type, shown before, has another sign behind its name
    cell(window, the_type)
    keep_picture(window, 'modules')

    def is_opened():
        """A cell may be laid out anew between being found and being told to open; the title comes after the page."""
        if window.root.get_name() == 'Objects: __main__.Catalogue':
            return True
        for each in cells(window):
            if the_type in each.get_name():
                window.act(each, 'treemap.open')
                break
        return False

    wait_for(is_opened, 'the objects of the type')


def main():
    make_store()
    window = Window(store)
    try:
        tap.run([cells_tell_names_and_shares, pointing_tells, arrows_go_from_cell_to_cell,
                 click_goes_there, modules_and_types],
                window, on_failure=lambda name: keep_picture(window, 'failed'))
    finally:
        window.close()


main()
