# test-places.py - an object is a place: tabs, back and forward, going to an object by name, bookmarks, why it is alive.
# SPDX-License-Identifier: MIT
"""Each test goes on where the one before ended. $SCREENSHOTS keeps a picture of the one that failed."""

import os
import tempfile

import leaky
import tap

try:
    import driver
    from driver import Window, wait_for
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


def label_like(window, check):
    return wait_for(lambda: next((each for each in window.look_all('label') if check(each.get_name())), None), 'a label')


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


# ---- going ----------------------------------------------------------------------------------------------------------

def has_keyboard(window, node):
    return any(each.get_state_set().contains(driver.Atspi.StateType.FOCUSED) for each in window.walk(node))


def ask_for(window, name):
    window.press('ctrl+g')
    entry = window.find('Object', below=window.dialog('Go to Object'))
    wait_for(lambda: has_keyboard(window, entry), 'the entry with the keyboard')
    window.type(name)
    window.press('Return')


def objects_are_gone_to_by_name(window):
    ask_for(window, '__main__.EventBus.handlers')
    title_is(window, 'list')
    window.find('480 items', 'label')
    ask_for(window, '__main__.Session#7')
    title_is(window, '__main__.Session')


def what_is_not_there_is_told(window):
    ask_for(window, '__main__.nowhere')
    label_like(window, lambda text: 'nowhere' in text)
    title_is(window, '__main__.Session')


# ---- why it is alive ------------------------------------------------------------------------------------------------

def steps(window):
    """What the pane says, from the root to the object."""
    way = window.look('Steps from the root to the object', 'list')
    return [each.get_name() for each in window.look_all('list item', way)] if way else []


def the_way_from_a_root_stands_beside(window):
    told = leaky.heapgraph('chain', '__main__.Session#7', '-d', store()).splitlines()
    wait_for(lambda: steps(window) and told[1].startswith(steps(window)[0].split(',')[0]), 'the root')
    way = ['.handlers', '.__closure__', '[0]', '.cell_contents']
    assert [step.split(',')[0] for step in steps(window)][2:] == way[:1] + steps(window)[3].split(',')[:1] + way[1:]


def main():
    window = Window(leaky.make_store(folder.name))
    try:
        tap.run([middle_click_opens_a_tab, ctrl_tab_goes_round, each_tab_has_its_own_way_back,
                 ctrl_t_opens_the_same_place_again, tabs_can_be_moved, tabs_are_closed,
                 objects_are_gone_to_by_name, what_is_not_there_is_told,
                 the_way_from_a_root_stands_beside],
                window, on_failure=lambda name: keep_picture(window, name))
    finally:
        window.close()


main()
