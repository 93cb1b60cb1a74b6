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


def places(window):
    """Where every node is in the window (x, y, width, height), once nothing moves."""
    def look():
        areas = {each.get_name(): each.get_extents(driver.Atspi.CoordType.WINDOW) for each in nodes(window)}
        return {name: (area.x, area.y, area.width, area.height) for name, area in areas.items()}

    def at_rest():
        before = look()
        driver.time.sleep(0.1)
        return before == look() and before
    return wait_for(at_rest, 'nodes at rest')


def is_within(inner, outer):
    return inner[0] >= outer[0] - 1 and inner[1] >= outer[1] - 1 and \
        inner[0] + inner[2] <= outer[0] + outer[2] + 1 and inner[1] + inner[3] <= outer[1] + outer[3] + 1


def room(window):
    area = window.find('Graph', 'list').get_extents(driver.Atspi.CoordType.WINDOW)
    return area.x, area.y, area.width, area.height


def wait_for_count(window, check, what):
    return wait_for(lambda: check(len(names(window))), what)


# ---- the story ------------------------------------------------------------------------------------

def picture_of_an_object_is_drawn(window):
    window.click(window.find('Picture*', 'push button'))
    session = node(window, 'Session')
    assert any(name.startswith('cell') for name in names(window)), names(window)
    assert 'retained' in session.get_name() and '0x' in session.get_name(), session.get_name()
    keep_picture(window, 'drawn')


def what_is_asked_for_can_be_read(window):
    """A picture that is too wide to be read as a whole opens with a part; all of it is one key away."""
    def look():
        told = places(window)
        session = next(place for name, place in told.items() if name.startswith('Session'))
        return session, [name for name, place in told.items() if not is_within(place, room(window))]

    first, aside = look()
    assert is_within(first, room(window)), (first, room(window))
    window.click(node(window, 'Session'))
    window.press('1')
    wait_for(lambda: look()[0][2] != first[2], 'its natural size')
    natural = look()[0][2]
    assert first[2] >= 0.8 * natural, (first, natural)
    window.press('0')
    wait_for(lambda: not look()[1], 'all in sight')
    assert aside and look()[0][2] < 0.7 * natural, (aside, look(), natural)
    keep_picture(window, 'whole')


def dragging_pans(window):
    """What is under the pointer stays under it."""
    def is_free(x, y):
        return not any(left - 30 < x < left + width + 30 and top - 30 < y < top + height + 30
                       for left, top, width, height in before.values())

    before = places(window)
    left, top, width, height = room(window)
    x, y = next((x, y) for x in range(left + 120, left + width - 20, 20) for y in range(top + 20, top + height - 150, 20)
                if is_free(x, y))
    at = window.area(window.find('Graph', 'list'))
    driver.xdotool('mousemove', at[0] + x - left, at[1] + y - top)
    driver.xdotool('mousedown', 1)
    for step in range(1, 6):
        driver.xdotool('mousemove_relative', '--', -17, 13)
    driver.xdotool('mouseup', 1)
    wait_for(lambda: all(abs(after[0] - place[0] + 85) < 2 and abs(after[1] - place[1] - 65) < 2
                         for after, place in zip(places(window).values(), before.values())), 'all where they were dragged')
    window.press('0')
    wait_for(lambda: places(window) == before, 'all in sight again')


def pointing_shows_the_references_of_a_node(window):
    """In the colour of what is selected; the selected one's own are shown again when nothing is pointed at."""
    def is_lit(source, target):
        """Whether the arrow from one node to the next, to its right at the same height, is in that colour."""
        x, y, width, height = window.area(node(window, source))
        end = window.area(node(window, target))[0]
        pixels = driver.read_pixels(x + width + 16, y + height // 2 - 2, end - x - width - 32, 5)
        return sum(blue - red > 120 for row in pixels for red, _, blue in row) > len(pixels[0]) // 2

    def lit():
        return [is_lit(*pair) for pair in (('function', 'tuple'), ('tuple', 'cell'), ('cell', 'Session'))]

    window.click(node(window, 'Session'))
    at = window.area(window.find('Graph', 'list'))
    driver.xdotool('mousemove', at[0] + 20, at[1] + 20)
    wait_for(lambda: lit() == [False, False, True], 'the reference to what is selected')
    window.move(node(window, 'tuple'))
    wait_for(lambda: lit() == [True, True, False], 'the references of what is pointed at')
    keep_picture(window, 'hovered')
    driver.xdotool('mousemove', at[0] + 20, at[1] + 20)
    wait_for(lambda: lit() == [False, False, True], 'the reference to what is selected again')


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


def what_stays_keeps_about_its_place(window):
    """The one that is expanded or collapsed stays where it is if nothing new wants to be seen, and what was above
    another node is still above it."""
    window.go_to('__main__.Basket#3')
    wait_for(lambda: window.root.get_name() == '__main__.Basket', 'the basket')
    window.click(window.find('Picture*', 'push button'))
    wait_for(lambda: window.root.get_name() == 'Graph: Basket', 'its picture')
    for beginning, action, change in (('Basket', 'referents', 1), ('Session', 'referrers', -1),
                                      ('Session', 'referents', 1), ('list, ', 'referents', 1)):
        before = places(window)
        anchor = node(window, beginning)
        window.act(anchor, f'graph.{action}')
        wait_for_count(window, lambda count: (count - len(before)) * change > 0, f'{action} of {beginning}')
        after = places(window)
        above = [(one, other) for one in after for other in after if one in before and other in before
                 and before[one][1] + 15 < before[other][1]]
        kept = [pair for pair in above if after[pair[0]][1] < after[pair[1]][1]]
        assert above and len(kept) >= 0.6 * len(above), (beginning, action, set(above) - set(kept))
        if change < 0:
            name = anchor.get_name()
            assert all(abs(one - other) < 3 for one, other in zip(before[name], after[name])), (before, after)
    keep_picture(window, 'kept')


def what_is_expanded_is_in_sight(window):
    """Also if another node is selected, as by a handle."""
    window.go_to('__main__.Session#2')
    wait_for(lambda: window.root.get_name() == '__main__.Session', 'the session')
    window.click(window.find('Picture*', 'push button'))
    window.act(node(window, 'function'), 'graph.referrers')
    handlers = node(window, 'list, 120 items').get_name()
    window.act(node(window, handlers), 'graph.referents')
    wait_for(lambda: any(' more, ' in name for name in names(window)), 'what it refers to')
    assert is_within(places(window)[handlers], room(window)), (places(window)[handlers], room(window))


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
        tap.run([picture_of_an_object_is_drawn, what_is_asked_for_can_be_read, dragging_pans,
                 pointing_shows_the_references_of_a_node, click_selects, double_click_expands,
                 keys_undo_and_redo, more_opens_a_list_to_choose_from, delete_hides,
                 search_steps_through_matches, arrows_go_from_node_to_node, buttons_zoom,
                 menu_of_a_node_copies_its_address, way_from_a_root, legend_tells_what_is_there,
                 pictures_are_exported, referents_are_another_place, what_stays_keeps_about_its_place,
                 what_is_expanded_is_in_sight,
                 a_helper_that_hangs_blocks_nothing, a_helper_that_is_killed_is_told,
                 without_helper_it_says_so],
                window, on_failure=lambda name: keep_picture(window, 'failed'))
    finally:
        window.close()


main()
