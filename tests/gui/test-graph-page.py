# test-graph-page.py - the graph page with real clicks and keys, as somebody hunts a leak in it.
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

PROGRAMS = os.environ['PROGRAMS']
HEAPGRAPH = os.environ['HEAPGRAPH']
folder = tempfile.TemporaryDirectory()
store = os.path.join(folder.name, 'leaky.db')


def make_store():
    dump = os.path.join(folder.name, 'leaky.hgd')
    subprocess.run([sys.executable, os.path.join(PROGRAMS, 'leaky.py'), '--rounds', '3',
                    '--dump', dump], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([HEAPGRAPH, 'load', '-d', store, dump], check=True, stdout=subprocess.DEVNULL)


def keep_picture(window, name):
    if os.environ.get('SCREENSHOTS'):
        window.screenshot(os.path.join(os.environ['SCREENSHOTS'], f'graph-{name}.png'))


def nodes(window):
    graph = window.find('Graph', 'list')
    return [node for node in window.walk(graph) if node.get_role_name() == 'list item']


def names(window):
    return [node.get_name() for node in nodes(window)]


def node(window, beginning):
    """The node whose text begins so, once it has come to its place."""
    def at_rest():
        for each in nodes(window):
            if each.get_name().startswith(beginning):
                before = window.middle(each)
                driver.time.sleep(0.1)
                if window.middle(each) == before:
                    return each
        return None
    return wait_for(at_rest, f'node “{beginning}” at rest')


def select(window, beginning):
    """Clicks a node until the pane tells of it: what is being laid out may move away under the pointer."""
    def is_told():
        way = window.look('Steps from the root to the object', 'list')
        steps = [s.get_name() for s in window.walk(way) if s.get_role_name() == 'list item'] if way else []
        return steps and steps[-1].partition(', ')[2].startswith(beginning)
    wait_for(lambda: is_told() or window.click(node(window, beginning)) or is_told(), f'{beginning} selected')


def wait_for_count(window, check, what):
    return wait_for(lambda: check(len(names(window))), what)


# ---- the story ------------------------------------------------------------------------------------

def picture_of_an_object_is_drawn(window):
    window.click(window.find('Picture*', 'push button'))
    session = node(window, 'Session')
    assert any(name.startswith('cell') for name in names(window)), names(window)
    assert 'retained' in session.get_name() and '0x' in session.get_name(), session.get_name()
    keep_picture(window, 'drawn')


def click_selects(window):
    window.click(node(window, 'cell'))
    steps = window.find('Steps from the root to the object', 'list')
    wait_for(lambda: [s for s in window.walk(steps) if s.get_role_name() == 'list item'][-1]
             .get_name().endswith('cell'), 'the way to the cell beside the page')
    keep_picture(window, 'selected')


def double_click_expands(window):
    before = len(names(window))
    window.click(node(window, 'function'), times=2)
    wait_for_count(window, lambda count: count > before, 'what refers to the function')
    node(window, 'list, 120 items')
    keep_picture(window, 'expanded')


def keys_undo_and_redo(window):
    node(window, 'list, 120 items')
    window.press('ctrl+z')
    wait_for(lambda: not any(name.startswith('list, 120') for name in names(window)), 'undone')
    window.press('ctrl+shift+z')
    node(window, 'list, 120 items')


def more_opens_a_list_to_choose_from(window):
    handlers = node(window, 'list, 120 items')
    window.act(handlers, 'graph.referents')
    more = node(window, '10')
    told = more.get_name()
    assert ' more, ' in told, told
    before = len(names(window))
    window.click(more)
    window.find('[3]')
    window.type('[60]')
    window.gone('[3]')
    window.click_in_popover(window.find('[60]'), window.find('Graph', 'list'), times=2)
    wait_for_count(window, lambda count: count == before + 1, 'one node more')
    wait_for(lambda: told not in names(window), 'one fewer among the many')
    keep_picture(window, 'chosen')


def delete_hides(window):
    window.act(window.find('Fit', 'push button'), 'click')
    select(window, 'tuple')
    before = len(names(window))
    window.press('Delete')
    wait_for_count(window, lambda count: count < before, 'the tuple hidden')
    window.press('ctrl+z')
    wait_for_count(window, lambda count: count == before, 'the tuple back')


def search_steps_through_matches(window):
    window.press('ctrl+f')
    window.type('function')
    label = window.find('1 of *', 'label').get_name()
    count = int(label.split()[-1])
    assert count > 2, label
    window.press('Return')
    window.find(f'2 of {count}')
    window.click(window.find('Previous match', 'push button'))
    window.find(f'1 of {count}')
    keep_picture(window, 'found')
    window.click(window.find('Find in the graph', 'entry'))
    window.press('Escape')
    window.gone(f'1 of {count}')


def arrows_go_from_node_to_node(window):
    window.click(node(window, 'Session'))
    wait_for(lambda: is_focused(node(window, 'Session')), 'the session focused')
    window.press('Left')
    wait_for(lambda: any(is_focused(each) for each in nodes(window)
                         if not each.get_name().startswith('Session')), 'its neighbour focused')
    window.press('Right')
    wait_for(lambda: is_focused(node(window, 'Session')), 'the session again')


def buttons_zoom(window):
    def width():
        return node(window, 'Session').get_extents(driver.Atspi.CoordType.WINDOW).width
    first = width()
    window.act(window.find('Zoom in', 'push button'), 'click')
    wait_for(lambda: width() > first, 'a larger session')
    window.act(window.find('Zoom out', 'push button'), 'click')
    wait_for(lambda: width() <= first + 1, 'a smaller session')
    session = node(window, 'Session')
    window.move(session)
    driver.xdotool('click', 4)
    wait_for(lambda: width() > first, 'a session the wheel has made larger')
    window.act(window.find('Fit', 'push button'), 'click')
    keep_picture(window, 'fit')


def menu_of_a_node_copies_its_address(window):
    window.click(node(window, 'Session'), button=3)
    window.find('Copy Address', 'menu item')
    window.press('a')
    window.find('Copied 0x*')


def way_from_a_root(window):
    window.act(node(window, 'Session'), 'graph.way')
    wait_for(lambda: any(name.startswith('EventBus') or 'EventBus' in name
                         for name in names(window)), 'the class on the way')
    keep_picture(window, 'way')


def pictures_are_exported(window):
    """In every format of the menu, through the dialog; all show the same objects."""
    count = len(names(window))
    begins = {'svg': b'<?xml', 'png': b'\x89PNG', 'pdf': b'%PDF', 'dot': b'digraph'}
    for form, key in (('svg', 's'), ('png', 'p'), ('pdf', 'd'), ('dot', 'o')):
        path = os.path.join(folder.name, f'picture.{form}')
        window.open_menu(window.find('Export', 'push button'), f'Export as {form.upper()}…')
        window.press(key)
        window.save_as('Export Picture', f'graph.{form}', path)
        content = wait_for(lambda: open(path, 'rb').read(), path)
        assert content.startswith(begins[form]), content[:40]
    drawn = {form: open(os.path.join(folder.name, f'picture.{form}')).read() for form in ('svg', 'dot')}
    assert drawn['svg'].count('class="node ') == count, (drawn['svg'].count('class="node '), count)
    assert all(told.rpartition(' ')[2] in drawn['dot'] for told in names(window) if ' 0x' in told)
    told = subprocess.run(['identify', '-format', '%w %h', os.path.join(folder.name, 'picture.png')],
                          capture_output=True, text=True).stdout.split()
    assert told and all(int(length) > 100 for length in told), told


def legend_tells_what_is_there(window):
    window.act(window.find('Legend'), 'click')
    window.find('what was asked for', 'label')
    keep_picture(window, 'legend')


def referents_are_another_place(window):
    window.click(window.find('Referents'))
    node(window, 'Basket')
    window.press('alt+Left')
    wait_for(lambda: any('EventBus' in name for name in names(window)), 'what there was before')


def a_helper_that_hangs_blocks_nothing(window):
    """It never answers: the window is alive, and who asks for something else ends it."""
    window.close()
    stuck = os.path.join(folder.name, 'stuck')
    marker = os.path.join(folder.name, 'is-stuck')
    layout = os.path.join(os.path.dirname(os.environ['VIEWER']), 'heapgraph-layout')
    with open(stuck, 'w') as file:
        file.write(f'#!/bin/sh\nif [ -e {marker} ]; then exec sleep 1000; fi\nexec {layout} "$@"\n')
    os.chmod(stuck, 0o755)
    open(marker, 'w').close()
    other = Window('--object', 'Session#1', store, HEAPGRAPH_LAYOUT=stuck)
    try:
        other.click(other.find('Picture*', 'push button'))
        first = wait_for(lambda: children(other), 'the helper')
        other.press('alt+2')  # the window is alive
        wait_for(lambda: other.root.get_name() == 'Types' and len(other.rows()) > 10, 'the types')
        os.unlink(marker)
        other.press('alt+Left')
        other.click(other.find('Referents'))
        node(other, 'Basket')
        wait_for(lambda: not set(first) & set(children(other)), 'the end of the one that hung')
    finally:
        other.close()


def children(window):
    """Processes that the window has started and that have not ended."""
    out = subprocess.run(['ps', '-o', 'pid=,stat=', '--ppid', str(window.process.pid)], capture_output=True, text=True)
    return [int(line.split()[0]) for line in out.stdout.splitlines() if not line.split()[1].startswith('Z')]


def a_helper_that_is_killed_is_told(window):
    killer = os.path.join(folder.name, 'killer')
    with open(killer, 'w') as file:
        file.write('#!/bin/sh\nkill -9 $$\n')
    os.chmod(killer, 0o755)
    other = Window('--object', 'Session#1', store, HEAPGRAPH_LAYOUT=killer)
    try:
        other.click(other.find('Picture*', 'push button'))
        other.find('the layout failed: heapgraph-layout died', 'label')
        other.press('alt+2')
        wait_for(lambda: other.root.get_name() == 'Types' and len(other.rows()) > 10, 'the types')
    finally:
        other.close()


def without_helper_it_says_so(window):
    other = Window('--object', 'Session#1', store, HEAPGRAPH_LAYOUT='/bin/false')
    try:
        other.click(other.find('Picture*', 'push button'))
        other.find('the layout failed: heapgraph-layout died', 'label')
        other.find('Try Again*', 'push button')
        keep_picture(other, 'error')
    finally:
        other.close()


def main():
    make_store()
    window = Window('--object', 'Session#1', store)
    try:
        tap.run([picture_of_an_object_is_drawn, click_selects, double_click_expands,
                 keys_undo_and_redo, more_opens_a_list_to_choose_from, delete_hides,
                 search_steps_through_matches, arrows_go_from_node_to_node, buttons_zoom,
                 menu_of_a_node_copies_its_address, way_from_a_root, legend_tells_what_is_there,
                 pictures_are_exported, referents_are_another_place,
                 a_helper_that_hangs_blocks_nothing, a_helper_that_is_killed_is_told,
                 without_helper_it_says_so],
                window, on_failure=lambda name: keep_picture(window, 'failed'))
    finally:
        window.close()


main()
