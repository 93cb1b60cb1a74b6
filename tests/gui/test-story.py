# test-story.py - from "it leaks" to the line that holds it, for each program of programs/leaks/, in at most five clicks.
# SPDX-License-Identifier: MIT
"""Each program is captured after one round and after two, and opened in the window. From the overview somebody clicks
where the sentence about the leak stands, and then, while no way from a root is seen, on the first row: what the pane
beside the page says then must be the names by which the program itself holds what it leaks.

LEAKS may name the programs. $SCREENSHOTS keeps a picture of those that failed."""

import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

import tap

try:
    from driver import NotThere, Window, wait_for
except (ImportError, ValueError) as error:
    tap.skip(f'no accessibility bus for Python: {error}')

from leaky import heapgraph

Window.most = 40
CLICKS = 5
PROGRAMS = os.path.join(os.environ['PROGRAMS'], 'leaks')
folder = tempfile.TemporaryDirectory()

# program: a part of the sentence on the overview, the names on the way from a root to what is kept, from left to right
HOLDERS = {
    'growing_dict': ('__main__.Result', ['cache']),
    'growing_list': ('__main__.Order', ['service', 'archive', '2026', 'orders']),
    'unbounded_cache': ('__main__.Page', ['load']),
    'class_handlers': ('__main__.Session', ['EventBus', 'handlers']),
    'class_instances': ('__main__.Sensor', ['Sensor', 'instances']),
    'method_callbacks': ('__main__.Window', ['callbacks']),
    'closure': ('make.<locals>.handler', ['handler', '__closure__', 'cell_contents']),
    'bound_method': ('Report.send', ['on_exit', '__self__', 'rows']),
    'cycles': ('__main__.Node', None),
    'uncollectable': ('__main__.Pair', ['garbage']),
    'exception': ('load()', ['last_error']),
    'exceptions': ('ValueError', ['errors']),
    'default_argument': ('__main__.Item', ['process', '__defaults__', '1']),
    'client_log': ('log', ['client', 'log']),
    'generators': ('rows()', ['waiting']),
    'coroutines': ('fetch()', ['never_awaited']),
    'tasks': ('worker()', ['background']),
    'threads': ('__main__.Job', ['finished']),
    'thread_local': ('the thread-local __main__.context', ['thread.local', 'rows']),
    'context_variable': ('the context variable request_rows', ['ContextVar']),
    'external': ('__main__.Frame', ['held from C']),
    'weak_cache': ('__main__.Image', ['recent']),
    'linked_list': ('__main__.Link', ['last']),
    'scattered': ('__main__.Event', ['days|users']),
}


def capture(name):
    """Returns: a store with two snapshots of the program, a round apart."""
    store = os.path.join(folder.name, f'{name}.db')
    process = subprocess.Popen([sys.executable, os.path.join(PROGRAMS, f'{name}.py')], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        process.stdout.readline()
        heapgraph('capture', str(process.pid), '-d', store)
        process.stdin.write('step\n')
        process.stdin.flush()
        process.stdout.readline()
        heapgraph('capture', str(process.pid), '-d', store)
    finally:
        process.stdin.close()
        process.wait()
    return store


def look_for_way(window):
    """Returns: the steps from a root in the pane, or what it says instead; NULL while it says nothing of an object."""
    way = window.look('Steps from the root to the object', 'list')
    if way:
        return [each.get_name() for each in window.look_all('list item', way)]
    return ['nothing'] if window.look('Nothing Holds It', 'label') else None


def are_in_order(names, steps):
    """Whether each of [names] is on a step, none before the one before it."""
    place = 0
    for name in names:
        while place < len(steps) and not re.search(rf'(?<!\w)({name})(?!\w)', steps[place].split(', ')[0]):
            place += 1
    return place < len(steps)


def find_button(window, sentence):
    """The "Show Me" in the row of that sentence."""
    def look():
        for row in window.look_all('list item'):
            if sentence in (row.get_name() or ''):
                return window.look('Show Me', 'push button', row)
        return None
    return wait_for(look, f'a suspect with {sentence}')


def first_row(window):
    return wait_for(lambda: (window.look_all('table row') + [None, None])[1], 'a row')


def tell(name, store):
    """Returns: how many clicks it took."""
    sentence, names = HOLDERS[name]
    window = Window(store)
    try:
        window.click(find_button(window, sentence))
        wait_for(lambda: window.root.get_name() != 'Overview', 'another page')
        if window.root.get_name().startswith('Objects'):
            window.click(first_row(window))
        steps = wait_for(lambda: look_for_way(window), 'why it is alive')
        print(f'# {name}: {" / ".join(steps[:8])}', flush=True)
        assert names is not None or steps == ['nothing'], steps
        assert names is None or are_in_order(names, steps), f'{names} not in {steps}'
        assert window.deeds <= CLICKS, window.deeds
        return window.deeds
    except Exception:
        if os.environ.get('SCREENSHOTS'):
            window.screenshot(os.path.join(os.environ['SCREENSHOTS'], f'story-{name}.png'))
        raise
    finally:
        window.close()


def main():
    there = sorted(name[:-3] for name in os.listdir(PROGRAMS) if name.endswith('.py') and name != 'stage.py')
    assert there == sorted(HOLDERS), 'a program without a story'
    chosen = os.environ.get('LEAKS', '').split() or there
    failed = False
    print(f'1..{len(chosen)}', flush=True)
    with concurrent.futures.ThreadPoolExecutor(1) as ahead:  # the next is captured while one is looked at
        stores = [ahead.submit(capture, name) for name in chosen]
        for number, (name, store) in enumerate(zip(chosen, stores), 1):
            try:
                print(f'ok {number} - {name}: {tell(name, store.result())} clicks', flush=True)
            except (AssertionError, NotThere, subprocess.CalledProcessError) as problem:
                failed = True
                print(f'# {getattr(problem, "stderr", None) or problem}\nnot ok {number} - {name}', flush=True)
    sys.exit(failed)


main()
