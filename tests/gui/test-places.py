# test-places.py - an object is a place: tabs, back and forward, going to an object by name, bookmarks, why it is alive.
# SPDX-License-Identifier: MIT
"""Each test goes on where the one before ended. $SCREENSHOTS keeps a picture of the one that failed."""

import json
import os
import subprocess
import tempfile

import leaky
import tap

try:
    import driver
    from driver import Window, read_clipboard, wait_for
except (ImportError, ValueError) as error:
    tap.skip(f'no accessibility bus for Python: {error}')

Window.most = 40  # rows of a list: all that are on the screen
folder = tempfile.TemporaryDirectory()


def store():
    return leaky.make_store(folder.name)


def keep_picture(window, name):
    if os.environ.get('SCREENSHOTS'):
        window.screenshot(os.path.join(os.environ['SCREENSHOTS'], f'places-{name}.png'))


def go(window, page):
    window.click(window.find(page, 'list item'))


def title_is(window, title):
    wait_for(lambda: window.root.get_name() == title, f'the title “{title}”')


def tabs(window):
    """Titles of the tabs, from left to right."""
    bar = window.look('AdwTabBox')
    labels = window.look_all('label', bar) if bar else []
    return [label.get_name() for label in sorted(labels, key=driver.get_left)]


def tabs_are(window, *titles):
    wait_for(lambda: tabs(window) == list(titles), f'the tabs {titles}')


# ---- tabs -----------------------------------------------------------------------------------------------------------

def middle_click_opens_a_tab(window):
    go(window, 'Types')
    title_is(window, 'Types')
    window.click(window.find('__main__.Session', 'label'), button=2)
    tabs_are(window, 'Types', 'Objects: __main__.Session')
    title_is(window, 'Objects: __main__.Session')


def ctrl_tab_goes_round(window):
    window.press('ctrl+Tab')
    title_is(window, 'Types')
    window.press('ctrl+Tab')
    title_is(window, 'Objects: __main__.Session')
    window.press('ctrl+shift+Tab')
    title_is(window, 'Types')


def each_tab_has_its_own_way_back(window):
    go(window, 'Growth')
    tabs_are(window, 'Growth', 'Objects: __main__.Session')
    window.press('alt+Left')
    tabs_are(window, 'Types', 'Objects: __main__.Session')
    window.press('alt+Right')
    tabs_are(window, 'Growth', 'Objects: __main__.Session')


def ctrl_t_opens_the_same_place_again(window):
    window.press('ctrl+t')
    tabs_are(window, 'Growth', 'Objects: __main__.Session', 'Growth')
    go(window, 'Garbage')
    tabs_are(window, 'Growth', 'Objects: __main__.Session', 'Garbage')


def tabs_can_be_moved(window):
    window.press('ctrl+shift+Page_Up')
    tabs_are(window, 'Growth', 'Garbage', 'Objects: __main__.Session')
    window.press('ctrl+shift+Home')
    tabs_are(window, 'Garbage', 'Growth', 'Objects: __main__.Session')


def tabs_are_closed(window):
    window.press('ctrl+w')
    tabs_are(window, 'Growth', 'Objects: __main__.Session')
    bar = window.find('AdwTabBox')
    window.click(window.find('Growth', 'label', bar))
    title_is(window, 'Growth')
    window.click(window.find('Objects: __main__.Session', 'label', bar), button=2)
    wait_for(lambda: len(tabs(window)) < 2, 'one tab')
    assert window.process.poll() is None


def menus_of_lists_open_a_tab(window):
    go(window, 'Types')
    title_is(window, 'Types')
    window.open_menu(window.find('__main__.Session', 'label'), 'Open in New Tab', button=3)
    window.press('t')
    tabs_are(window, 'Types', 'Objects: __main__.Session')
    window.press('ctrl+w')
    title_is(window, 'Types')


def middle_click_in_the_tree_opens_a_tab(window):
    """Of an object; the row that counts the others is none."""
    go(window, 'Holders')
    row = window.find('module', 'label', window.find('GtkColumnView', 'tree table'))
    window.click(row, button=2)
    tabs_are(window, 'Holders', 'module')
    title_is(window, 'module')
    window.press('ctrl+w')
    title_is(window, 'Holders')
    window.click(window.find('module', 'label', window.find('GtkColumnView', 'tree table')))
    window.press('End')
    window.most = 250  # the last of the hundred
    window.click(window.find('… *', 'label'), button=2)
    window.most = Window.most
    window.press('Home')
    window.click(window.find('module', 'label', window.find('GtkColumnView', 'tree table')), button=2)
    tabs_are(window, 'Holders', 'module')
    window.press('ctrl+w')
    title_is(window, 'Holders')


# ---- going ----------------------------------------------------------------------------------------------------------

def objects_are_gone_to_by_name(window):
    window.go_to('__main__.EventBus.handlers')
    title_is(window, 'list')
    window.find('480 items', 'label')
    window.go_to('__main__.Session#7')
    title_is(window, '__main__.Session')


def what_is_not_there_is_told(window):
    driver.again_until(lambda: window.go_to('__main__.nowhere'),
                       lambda: any('nowhere' in each.get_name() for each in window.look_all('label')), 'what is wrong')
    title_is(window, '__main__.Session')


# ---- why it is alive ------------------------------------------------------------------------------------------------

def steps(window):
    """What the pane says, from the root to the object."""
    way = window.look('Steps from the root to the object', 'list')
    return [each.get_name() for each in window.look_all('list item', way)] if way else []


def the_way_from_a_root_stands_beside(window):
    """The same as the command line tells, `.__dict__['handlers']` as `.handlers`."""
    told = leaky.heapgraph('chain', '__main__.Session#7', '-d', store()).splitlines()
    way = [line.split()[0] for line in told[2:]]
    at = way.index('.__dict__')
    way[at:at + 2] = ['.' + way[at + 1].strip("[]'")]
    wait_for(lambda: [step.split(',')[0] for step in steps(window)][1:] == way, f'the way {way}')
    assert told[1].startswith(steps(window)[0].split(',')[0]), (told[1], steps(window)[0])


def it_is_copied_as_text(window):
    line = leaky.heapgraph('chain', '__main__.Session#7', '-d', store()).splitlines()[0]
    window.click(window.find('Copy this way', 'push button'))
    wait_for(lambda: read_clipboard().splitlines()[:1] == [line], f'{line} copied')
    assert len(read_clipboard().splitlines()) == 1 + len(steps(window))


def a_step_is_a_link(window):
    window.click(window.find('.handlers, list*', 'list item'))
    title_is(window, 'list')
    window.find('480 items', 'label')
    window.press('alt+Left')
    title_is(window, '__main__.Session')


def holders_are_ignored_and_restored(window):
    window.find('the only way', 'label')  # all were looked for: the steps are not made anew any more
    row = window.find('.handlers, list*', 'list item')
    window.click(window.find('Ignore this holder', 'push button', row))
    window.find('No Other Way', 'label')
    window.click(window.find('Restore 1', 'push button'))
    window.find('.handlers, list*', 'list item')
    window.gone('Restore 1', 'push button')


def ways_are_counted_and_gone_through(window):
    """As many as the command line counts; the next way is another; without its holder there is one fewer."""
    out = leaky.heapgraph('chain', 'collections', '--all', '1000', '-d', store(), '--format', 'json')
    count = len(json.loads(out))
    assert count > 1, out
    window.go_to('collections')
    title_is(window, 'module')
    window.find(f'1 of {count} ways', 'label')
    first = steps(window)
    window.click(window.find('Next way', 'push button'))
    window.find(f'2 of {count} ways', 'label')
    wait_for(lambda: steps(window) and steps(window) != first, 'another way')
    second = steps(window)
    window.click(window.find('Previous way', 'push button'))
    wait_for(lambda: steps(window) == first, 'the first way')
    window.click(window.find('Next way', 'push button'))
    wait_for(lambda: steps(window) == second, 'the second way')
    row = [each for each in window.look_all('list item', window.look('Steps from the root to the object', 'list'))][-2]
    ignored = row.get_name()
    window.click(window.find('Ignore this holder', 'push button', row))
    wait_for(lambda: window.look('Restore 1', 'push button') and steps(window) and ignored not in steps(window),
             'a way without it')
    window.click(window.find('Restore 1', 'push button'))
    window.find(f'1 of {count} ways', 'label')


# ---- bookmarks ------------------------------------------------------------------------------------------------------

def bookmarks_are_kept_with_notes(window):
    window.go_to('__main__.EventBus.handlers')
    title_is(window, 'list')
    dialog = window.open_dialog('ctrl+d', 'Bookmark')
    window.find('Name', 'text', dialog)
    can_be_set = window.find('_Set*', 'push button', dialog).get_state_set
    wait_for(lambda: window.press('a') or can_be_set().contains(driver.Atspi.StateType.SENSITIVE), 'the keyboard there')
    window.press('ctrl+a')
    window.type('leak')
    window.press('Tab')
    window.type('nobody takes them out')
    window.press('Return')
    row = window.find('leak', 'list item')
    bookmarks = json.loads(leaky.heapgraph('bookmark', '-d', store(), '--format', 'json'))
    assert [(each['name'], each['note']) for each in bookmarks] == [('leak', 'nobody takes them out')], bookmarks
    window.press('alt+1')
    title_is(window, 'Overview')
    window.click(row)
    title_is(window, 'list')
    window.go_to('@leak')
    window.find('480 items', 'label')
    window.click(window.find('Remove bookmark', 'push button'))
    window.gone('leak', 'list item')
    assert json.loads(leaky.heapgraph('bookmark', '-d', store(), '--format', 'json')) == []


def view_opens_the_window_at_an_object(window):
    """`heapgraph view` shows itself in the program that runs, in a window of its own."""
    subprocess.run([os.environ['HEAPGRAPH'], 'view', '__main__.Service#1', '-d', store(), '-s', 'between'], check=True,
                   env={**os.environ, 'PATH': os.path.dirname(os.environ['VIEWER']) + ':' + os.environ['PATH']})
    program = window.root.get_parent()

    def look():
        windows = [program.get_child_at_index(i) for i in range(program.get_child_count())]
        return next((each for each in windows if each and each.get_name() == '__main__.Service'), None)
    assert window.look('between', 'label', wait_for(look, 'another window'))


def shortcuts_are_told(window):
    """GTK 4.8 itself complains of the widths of labels there."""
    window.close()  # there is one process for all windows
    other = Window(store(), G_DEBUG='')
    try:
        other.find('Show Me', 'push button')
        other.open_dialog('ctrl+question', 'Open the row')
        other.press('Escape')
        wait_for(lambda: not other.look_for_dialog('Open the row'), 'the end of it')
    finally:
        other.close()


def main():
    window = Window(leaky.make_store(folder.name))
    try:
        tap.run([middle_click_opens_a_tab, ctrl_tab_goes_round, each_tab_has_its_own_way_back,
                 ctrl_t_opens_the_same_place_again, tabs_can_be_moved, tabs_are_closed,
                 menus_of_lists_open_a_tab, middle_click_in_the_tree_opens_a_tab,
                 objects_are_gone_to_by_name, what_is_not_there_is_told,
                 the_way_from_a_root_stands_beside, it_is_copied_as_text, a_step_is_a_link,
                 holders_are_ignored_and_restored, ways_are_counted_and_gone_through, bookmarks_are_kept_with_notes,
                 view_opens_the_window_at_an_object, shortcuts_are_told],
                window, on_failure=lambda name: keep_picture(window, name))
    finally:
        window.close()


main()
