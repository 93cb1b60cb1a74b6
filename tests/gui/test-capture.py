# test-capture.py - capturing from the window: a process is found and watched, snapshots tell at once what grew; a script.
# SPDX-License-Identifier: MIT
"""Each test goes on where the one before ended. $SCREENSHOTS keeps a picture of the one that failed."""

import os
import subprocess
import sys
import tempfile

import tap

try:
    from driver import Atspi, Window, wait_for
except (ImportError, ValueError) as error:
    tap.skip(f'no accessibility bus for Python: {error}')

Window.most = 40
LEAK = os.path.join(os.environ['PROGRAMS'], 'leaks', 'growing_dict.py')
folder = tempfile.TemporaryDirectory()
script = os.path.join(folder.name, 'a script.py')
written = os.path.join(folder.name, 'arguments')


class Program:
    """The leaky program, which does a round when it is told to."""

    def __init__(self):
        self.process = subprocess.Popen([sys.executable, LEAK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()

    def step(self):
        self.process.stdin.write('step\n')
        self.process.stdin.flush()
        self.process.stdout.readline()

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def keep_picture(window, name):
    if os.environ.get('SCREENSHOTS'):
        window.screenshot(os.path.join(os.environ['SCREENSHOTS'], f'capture-{name}.png'))


def title_is(window, title):
    wait_for(lambda: window.root.get_name() == title, f'the title “{title}”')


def take(window):
    """Takes one more snapshot, and waits until it stands in the sidebar."""
    def count():
        box = window.look('Snapshots', 'list')  # not seen while it is empty
        return len(window.look_all('list item', box)) if box else 0
    before = count()
    window.click(window.find('Take Snapshot', 'push button'))
    wait_for(lambda: count() == before + 1, 'one snapshot more')


def row_of(window, text):
    """The row of a list with that text in one of its cells."""
    def look():
        for row in window.look_all('table row')[1:]:
            if any(text in label.get_name() for label in window.look_all('label', row)):
                return row
        return None
    return wait_for(look, f'a row with {text}')


# ---- the tests ------------------------------------------------------------------------------------------------------

def a_process_is_found_by_its_command_line(window, program):
    window.press('ctrl+r')
    title_is(window, 'Capture')
    row_of(window, 'growing_dict.py')
    window.press('ctrl+f')
    window.type('growing_dict')
    wait_for(lambda: all('growing_dict' in ' '.join(row) for row in window.rows()[1:]), 'no other process')
    pids = [row for row in window.rows()[1:] if str(program.process.pid) in row]
    assert len(pids) == 1, window.rows()
    window.type(f' pid:{program.process.pid}..{program.process.pid}')
    wait_for(lambda: len([row for row in window.rows() if row]) == 2, 'this one alone')


def it_is_watched(window, program):
    window.click(row_of(window, 'growing_dict.py'))
    window.click(window.find('Watch', 'push button'))
    wait_for(lambda: any(label.get_name().startswith(f'process {program.process.pid} · ')
                         for label in window.look_all('label')), 'its memory')
    window.find('Take a Snapshot')


def two_snapshots_tell_what_grew(window, program):
    take(window)
    window.find('One Snapshot Taken')
    program.step()
    take(window)
    row = row_of(window, '__main__.Result')
    cells = [label.get_name() for label in window.look_all('label', row)]
    assert '4,000' in cells and '8,000' in cells and '+4,000' in cells, cells


def growth_leads_to_what_holds_it(window, program):
    window.click(row_of(window, '__main__.Result'), times=2)
    title_is(window, 'New: __main__.Result')
    window.find('4,000 · new since *', 'label')
    window.click(wait_for(lambda: (window.look_all('table row') + [None, None])[1], 'a row'))
    steps = window.find('Steps from the root to the object', 'list')
    wait_for(lambda: any("'cache'" in each.get_name() or '.cache' in each.get_name()
                         for each in window.look_all('list item', steps)), 'the cache')
    window.press('alt+Left')
    title_is(window, 'Capture')
    row_of(window, '__main__.Result')


def what_ends_is_told(window, program):
    program.end()
    window.find('it has ended', 'label')
    take_button = window.find('Take Snapshot', 'push button')
    wait_for(lambda: not take_button.get_state_set().contains(Atspi.StateType.SENSITIVE), 'nothing to take from')
    window.click(window.find('Other Process', 'push button'))
    window.find('Running Process', 'push button')


def fill(window, name, text):
    entry = wait_for(lambda: next((each for each in window.look_all('text') if each.get_name() == name), None) or
                     window.look(name, 'entry'), f'the entry {name}')
    window.click(entry)
    window.press('ctrl+a')
    window.type(text)


def a_script_is_run_and_watched(window, program):
    with open(script, 'w') as file:
        file.write(f'import os, sys, time\nopen({written!r}, "w").write(f"{{os.getpid()}} {{sys.argv[1:]!r}}")\n'
                   'mine = [b"%d" % i for i in range(3000)]\ntime.sleep(600)\n')
    window.click(window.find('Run a Script', 'push button'))
    fill(window, 'Python', sys.executable)
    fill(window, 'Script', script)
    fill(window, 'Arguments', "--port 8000 'two words'")
    window.click(window.find('Run and Watch', 'push button'))
    wait_for(lambda: os.path.exists(written) and open(written).read(), 'the script')
    assert open(written).read().split(' ', 1)[1] == "['--port', '8000', 'two words']", open(written).read()
    take(window)


def its_objects_are_there(window, program):
    window.press('alt+1')
    title_is(window, 'Overview')
    window.go_to('__main__.mine')
    title_is(window, 'list')
    window.find('3000 items', 'label')


def it_ends_with_the_watching(window, program):
    pid = int(open(written).read().split()[0])
    window.press('alt+0')
    window.click(window.find('Other Process', 'push button'))
    wait_for(lambda: not is_running(pid), 'the script to end')


def is_running(pid):
    try:
        with open(f'/proc/{pid}/stat') as file:
            return file.read().rpartition(')')[2].split()[0] != 'Z'
    except OSError:
        return False


def a_script_that_is_not_there_is_told(window, program):
    window.click(window.find('Run a Script', 'push button'))
    fill(window, 'Python', '/nowhere/python')
    window.click(window.find('Run and Watch', 'push button'))
    wait_for(lambda: any('/nowhere/python' in label.get_name() for label in window.look_all('label')), 'what is wrong')


def main():
    program, window = Program(), Window()
    try:
        tap.run([a_process_is_found_by_its_command_line, it_is_watched, two_snapshots_tell_what_grew,
                 growth_leads_to_what_holds_it, what_ends_is_told, a_script_is_run_and_watched, its_objects_are_there,
                 it_ends_with_the_watching, a_script_that_is_not_there_is_told],
                window, program, on_failure=lambda name: keep_picture(window, name))
    finally:
        window.close()
        program.process.kill()


main()
