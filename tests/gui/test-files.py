# test-files.py - files come into the window: dropped, chosen, recent, several; damaged, and deleted while open.
# SPDX-License-Identifier: MIT
"""Each test goes on where the one before ended. $SCREENSHOTS keeps a picture of the one that failed."""

import os
import subprocess
import tempfile

import leaky
import tap

try:
    from driver import PATIENCE, Window, again_until, wait_for, xdotool
except (ImportError, ValueError) as error:
    tap.skip(f'no accessibility bus for Python: {error}')

Window.most = 40
folder = tempfile.TemporaryDirectory()


def store():
    return leaky.make_store(folder.name)


def dump(name):
    store()
    return os.path.join(folder.name, f'{name}.hgd')


def keep_picture(window, name):
    if os.environ.get('SCREENSHOTS'):
        window.screenshot(os.path.join(os.environ['SCREENSHOTS'], f'files-{name}.png'))


def snapshots(window):
    """Names of the snapshots in the sidebar."""
    box = window.look('Snapshots', 'list')
    return [each.get_name() for each in window.look_all('list item', box)] if box else []


def snapshots_are(window, *names):
    wait_for(lambda: snapshots(window) == list(names), f'the snapshots {names}')


def drag(window, *paths):
    """Drags files from another program, which shows itself in the corner, onto the middle of the window."""
    answers = os.path.join(folder.name, 'answers')
    with open(answers, 'w') as file:
        source = subprocess.Popen([os.environ['NEIGHBOUR'], 'drag', *paths], stdout=file)
    try:
        wait_for(lambda: subprocess.run(['xdotool', 'search', '--onlyvisible', '--name', '^files$'],
                                        capture_output=True).stdout.strip(), 'the files')
        xdotool('mousemove', 50, 30)
        xdotool('mousedown', 1)
        for step in range(1, 11):  # as a hand does: what is dragged follows by and by
            xdotool('mousemove', 50 + 60 * step, 30 + 40 * step)
        wait_for(lambda: open(answers).read().endswith('accepted\n'), 'a window that takes them')
        xdotool('mouseup', 1)
        source.wait(PATIENCE)
    finally:
        source.kill()


# ---- the tests ------------------------------------------------------------------------------------------------------

def a_file_is_dropped_on_an_empty_window(window):
    window.find('Why Is This Memory Still Here?', 'label')
    drag(window, dump('before'))
    snapshots_are(window, 'before')
    wait_for(lambda: window.root.get_name() == 'Overview', 'the overview')


def text_with(window, part):
    return wait_for(lambda: next((each for each in window.look_all('label') if part in each.get_name()), None),
                    f'a text with “{part}”')


def growth_of_one_snapshot_says_what_to_do(window):
    window.click(window.find('Growth', 'list item'))
    window.find('Nothing to Compare With Yet', 'label')
    text_with(window, 'heapgraph capture PID -o later.hgd')
    window.click(window.find('Open*', 'push button', window.find('HgGrowthPage')))
    window.dialog('Open')
    window.press('Escape')
    wait_for(lambda: not window.look_for_dialog('Open'), 'the end of the dialog')
    window.click(window.find('Capture*', 'push button', window.find('HgGrowthPage')))
    wait_for(lambda: window.root.get_name() == 'Capture', 'the page to capture')
    window.press('alt+Left')
    window.find('Nothing to Compare With Yet', 'label')


def more_files_are_dropped_on_it(window):
    drag(window, dump('between'), dump('after'))
    snapshots_are(window, 'before', 'between', 'after')


def growth_follows_the_snapshots(window):
    text_with(window, ' · 3 snapshots, before to after')
    window.click(window.find('before', 'list item', window.find('Snapshots', 'list')))
    window.find('Nothing Before It', 'label')
    window.click(window.find('Look at the Last', 'push button'))
    text_with(window, ' · 3 snapshots, before to after')
    row = window.find('before', 'list item', window.find('Snapshots', 'list'))
    window.click(window.find('Close snapshot', 'push button', row))
    text_with(window, ' · 2 snapshots, between to after')
    row = window.find('between', 'list item', window.find('Snapshots', 'list'))
    window.click(window.find('Close snapshot', 'push button', row))
    window.find('Nothing to Compare With Yet', 'label')
    drag(window, dump('before'), dump('between'))
    snapshots_are(window, 'before', 'between', 'after')


def snapshots_are_chosen_and_closed(window):
    told = leaky.heapgraph('most-common-types', '-d', dump('before'), '-n', '1', '--format', 'csv').splitlines()[1]
    window.click(window.find('Types', 'list item'))
    wait_for(lambda: window.root.get_name() == 'Types', 'the same page')
    box = window.find('Snapshots', 'list')
    # a file that has just been dropped is chosen when it is loaded, which may be after the click
    again_until(lambda: window.click(window.find('before', 'list item', box)),
                lambda: any(f'{int(told.split(",")[1]):,}' in row for row in window.rows()), 'the types of the first')
    for left in (['before', 'after'], ['after'], []):
        row = window.look_all('list item', box)[1 if left == ['before', 'after'] else 0]
        window.click(window.find('Close snapshot', 'push button', row))
        wait_for(lambda: snapshots(window) == left, f'{left} left')
    window.find('Why Is This Memory Still Here?', 'label')


def files_are_recent(window):
    """Those that were opened stand on the first page, the latest first; a click opens one."""
    recent = window.find('Recent files', 'list')
    names = [each.get_name() for each in window.look_all('list item', recent)]
    assert set(names) == {'before.hgd', 'between.hgd', 'after.hgd'}, names
    window.click(window.find('between.hgd', 'list item', recent))
    snapshots_are(window, 'between')


def files_are_chosen_in_a_dialog(window):
    window.open_dialog('ctrl+o', 'Open Stores and Dumps')
    window.type(store())  # a slash begins a path
    window.press('Return')
    wait_for(lambda: len(snapshots(window)) == 4, 'the three of the store, too')


def a_damaged_file_is_refused(window):
    damaged = os.path.join(folder.name, 'damaged.hgd')
    content = open(dump('after'), 'rb').read()
    with open(damaged, 'wb') as file:
        file.write(content[:len(content) // 2])
    drag(window, damaged)
    dialog = window.dialog('This File Cannot Be Opened')
    wait_for(lambda: any('truncated' in (each.get_name() or '') for each in window.walk(dialog)), 'what is wrong with it')
    window.press('Escape')
    wait_for(lambda: len(snapshots(window)) == 4 and window.process.poll() is None, 'the window as it was')
    window.click(window.find('Growth', 'list item'))
    wait_for(lambda: len(window.rows()) > 3, 'what grew')


def main():
    window = Window()
    try:
        tap.run([a_file_is_dropped_on_an_empty_window, growth_of_one_snapshot_says_what_to_do,
                 more_files_are_dropped_on_it, growth_follows_the_snapshots, snapshots_are_chosen_and_closed,
                 files_are_recent, files_are_chosen_in_a_dialog, a_damaged_file_is_refused],
                window, on_failure=lambda name: keep_picture(window, name))
    finally:
        window.close()


main()
