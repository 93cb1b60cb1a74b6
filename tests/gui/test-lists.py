# test-lists.py - what every list can do: sort, filter, copy, export, menus; and the command line that gives the same.
# SPDX-License-Identifier: MIT
"""Each test goes on where the one before ended. What the window shows, copies and exports is compared with what
`heapgraph` prints. $SCREENSHOTS keeps a picture of the one that failed."""

import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

import leaky
import tap

try:
    from driver import Atspi, Window, is_covered, read_clipboard, read_pixels, wait_for, xdotool
except (ImportError, ValueError) as error:
    tap.skip(f'no accessibility bus for Python: {error}')

Window.most = 60  # rows of a list: all that are on the screen
folder = tempfile.TemporaryDirectory()


def store():
    return leaky.make_store(folder.name)


def ask(*words):
    """Returns: what heapgraph answers, from JSON."""
    return json.loads(leaky.heapgraph(*words, '-d', store(), '--format', 'json'))


def new_file(name):
    path = os.path.join(folder.name, name)
    if os.path.exists(path):
        os.unlink(path)
    return path


def keep_picture(window, name):
    if os.environ.get('SCREENSHOTS'):
        window.screenshot(os.path.join(os.environ['SCREENSHOTS'], f'lists-{name}.png'))


def go(window, page):
    window.click(window.find(page, 'list item'))
    title_is(window, page)


def title_is(window, title):
    wait_for(lambda: window.root.get_name() == title, f'the title “{title}”')


def first_cells(window):
    """The first cell of each row that is seen, without the headings."""
    return [row[0] for row in window.rows()[1:] if row]


def first_row_is(window, text):
    wait_for(lambda: first_cells(window)[:1] == [text], f'{text} in the first row')


def filter_by(window, text):
    window.press('ctrl+f')
    window.press('ctrl+a', 'BackSpace')
    window.type(text)


def copied_list(window):
    """Returns: the whole list as it is copied: a dict a row, by headings in small letters."""
    text = window.copied('ctrl+shift+c')
    rows = csv.DictReader(io.StringIO(text), delimiter='\t', quoting=csv.QUOTE_NONE)
    return [{heading.lower(): cell for heading, cell in row.items()} for row in rows]


def addresses(rows):
    return [row['address'] for row in rows if row.get('address')]


def types():
    return {row['type']: row for row in ask('most-common-types', '-n', '0')}


# ---- sorting and filtering ------------------------------------------------------------------------------------------

def any_column_sorts(window):
    go(window, 'Types')
    told = types()
    by_count = sorted(told, key=lambda name: -told[name]['count'])
    wait_for(lambda: first_cells(window), 'rows')
    window.click(window.find('Count', 'label'))
    first_row_is(window, by_count[0])
    assert first_cells(window)[:3] == by_count[:3]
    window.click(window.find('Count', 'label'))
    wait_for(lambda: told[first_cells(window)[0]]['count'] == min(row['count'] for row in told.values()), 'the fewest')
    window.click(window.find('Type', 'label', window.look('GtkColumnView')))
    first_row_is(window, min(told, key=str.casefold))
    window.click(window.find('Size', 'label', window.look('GtkColumnView')))
    first_row_is(window, max(told, key=lambda name: told[name]['size']))


def keys_sort_too(window):
    """By the menu of the list: the headings of GTK 4.8 take no focus."""
    told = types()
    window.press('ctrl+f')
    window.press('Tab', 'space')
    window.find('Retained', 'menu item')
    window.press('Up', 'Up', 'Return')  # the last is Share
    wait_for(lambda: first_cells(window)[:1] == [max(told, key=lambda name: told[name]['retained'])], 'another order')
    window.click(window.find('Size', 'label', window.look('GtkColumnView')))
    first_row_is(window, max(told, key=lambda name: told[name]['size']))


def filters_are_texts_shares_and_ranges(window):
    told = types()
    whole = ask('info')['size']
    expected = {  # numbers without a column are of the one that is sorted by: the size
        '>=5%': {name for name, row in told.items() if row['size'] >= whole * 5 / 100},
        '1000..10000': {name for name, row in told.items() if 1000 <= row['size'] <= 10000},
        'count:1000..10000': {name for name, row in told.items() if 1000 <= row['count'] <= 10000},
        'sess': {name for name in told if 'sess' in name.lower()},
        '!__main__ count:>400': {name for name, row in told.items() if '__main__' not in name and row['count'] > 400},
    }
    for text, names in expected.items():
        filter_by(window, text)
        wait_for(lambda: set(first_cells(window)) == names, f'{sorted(names)} for “{text}”')
    filter_by(window, 'nothing of that name')
    window.find('Nothing Matches')
    window.click(window.find('Clear the Filter', 'push button'))
    wait_for(lambda: len(window.rows()) > 20, 'all types again')
    filter_by(window, 'list')
    wait_for(lambda: 'list' in first_cells(window) and 'dict' not in first_cells(window), 'some types')
    window.press('Escape')
    wait_for(lambda: 'dict' in first_cells(window), 'all types again')


def modules_group_types(window):
    window.click(window.find('Modules', 'push button'))
    told = {row['module']: row for row in ask('most-common-types', '-n', '0', '--by-module')}
    filter_by(window, '__main__')
    wait_for(lambda: first_cells(window) == ['__main__'], 'the module')
    count = f"{told['__main__']['count']:,}"
    assert count in window.rows()[1], (count, window.rows()[1])
    window.click(window.find('__main__', 'label', window.look('GtkColumnView')), times=2)
    title_is(window, 'Types: __main__')
    wait_for(lambda: '__main__.Session' in first_cells(window), 'the types of the module')
    assert all(name.startswith('__main__.') for name in first_cells(window))


# ---- copies and menus -----------------------------------------------------------------------------------------------

def rows_are_copied(window):
    window.click(window.find('__main__.Session', 'label'))
    text = window.copied('ctrl+c')
    row = dict(zip(*(line.split('\t') for line in text.lower().splitlines())))
    told = types()['__main__.Session']
    assert (row['type'], row['count'], row['size']) == ('__main__.session', str(told['count']), str(told['size'])), row


def lists_are_copied(window):
    go(window, 'Types')
    wait_for(lambda: len(window.rows()) > 20, 'all types')
    window.click(window.find('list', 'label'))
    rows = copied_list(window)
    assert {row['type']: int(row['count']) for row in rows} == {name: row['count'] for name, row in types().items()}


def menu_key(window, row, key):
    """Opens the menu of a row and chooses what [key] stands for."""
    window.open_menu(window.find(row, 'label', window.look('GtkColumnView')), 'Copy Row', button=3)
    window.press(key)


def menus_of_rows_open_and_copy(window):
    menu_key(window, '__main__.Session', 'o')
    title_is(window, 'Objects: __main__.Session')
    addresses = {each['address'] for each in ask('by-type', '__main__.Session', '-n', '0')}
    row = wait_for(lambda: next((label for label in window.look_all('label') if label.get_name().startswith('0x')),
                                None), 'an address')
    window.open_menu(row, 'Copy Address', button=3)
    address = window.copied('a')
    assert address in addresses, address
    window.open_menu(row, 'Show Its Picture', button=3)
    window.press('p')
    wait_for(lambda: window.root.get_name().startswith('Graph: Session'), 'its picture')
    window.press('alt+Left')
    title_is(window, 'Objects: __main__.Session')
    row = wait_for(lambda: window.look(row.get_name()[:12] + '*', 'label'), 'the row again')
    window.open_menu(row, 'Show What It Holds', button=3)
    window.press('h')
    title_is(window, 'Holders')
    window.find(f'What {address} holds*', 'label')


# ---- exports --------------------------------------------------------------------------------------------------------

def types_are_exported(window):
    go(window, 'Types')
    window.click(window.find('list', 'label'))
    path = new_file('types.csv')
    window.press('ctrl+e')
    window.save_as('Export List', 'heapgraph.csv', path)
    told = types()
    rows = list(csv.DictReader(open(path)))
    assert {row['type']: (int(row['count']), int(row['size'])) for row in rows} == \
        {name: (row['count'], row['size']) for name, row in told.items()}
    path = new_file('types.json')
    window.open_menu(window.find('Copy and export', 'push button', window.look('HgListView')), 'Export…')
    window.press('e')
    window.save_as('Export List', 'heapgraph.csv', path)
    assert {row['type']: row['count'] for row in json.load(open(path))} == \
        {name: row['count'] for name, row in told.items()}


def holders_are_copied_and_exported(window):
    go(window, 'Holders')
    wait_for(lambda: len(window.rows()) > 10, 'the tree')
    top = ask('dominators', '--depth', '1', '--fold', '0', '-n', '100')
    first = [row for row in window.look_all('table row') if row][1]
    window.click(first)
    window.press('shift+Right')
    wait_for(lambda: len([row for row in window.rows() if row]) > 20, 'what it holds')
    rows = copied_list(window)
    assert [row['address'] for row in rows if row['depth'] == '1' and row['address']] == \
        [each['address'] for each in top if each.get('address')]
    below = ask('dominators', top[0]['address'], '--depth', '1', '--fold', '0', '-n', '100')
    expected = [each['address'] for each in below if each.get('address')]
    assert [row['address'] for row in rows if row['depth'] == '2' and row['address']] == expected[-100:], rows[:5]
    row = dict(zip(*(line.split('\t') for line in window.copied('ctrl+c').lower().splitlines())))
    assert (row['address'], row['retained']) == (top[0]['address'], str(top[0]['retained']))
    path = new_file('holders.csv')
    window.press('ctrl+e')
    window.save_as('Export List', 'heapgraph.csv', path)
    exported = list(csv.DictReader(open(path)))
    assert [(each['depth'], each['address']) for each in exported] == [(row['depth'], row['address']) for row in rows]


def rows_of_the_tree_have_a_menu(window):
    first = window.look_all('table row')[1]
    window.open_menu(first, 'Copy Address', button=3)
    address = window.copied('a')
    window.open_menu(first, 'Begin the Tree Here', button=3)
    window.press('b')
    window.find(f'What {address} holds*', 'label')
    window.press('alt+Left')
    window.find('What only roots hold*', 'label')


def more_of_the_tree_comes_when_asked(window):
    """A level begins with a hundred; the row that counts the others brings a thousand."""
    go(window, 'Holders')
    wait_for(lambda: len(window.rows()) > 10, 'the tree')
    told = ask('dominators', '--depth', '1', '--fold', '0', '-n', '1000')
    count = sum(each.get('folded') or 1 for each in told)
    window.click(window.look_all('table row')[1])
    window.press('End')
    window.most = 250  # the last of the hundred
    more = window.find('… *', 'label')
    assert more.get_name() == f'… {count - 100:,} more', (more.get_name(), count)
    window.click(more, times=2)
    window.gone(more.get_name(), 'label')
    window.most = Window.most
    rows = copied_list(window)
    assert addresses(rows) == addresses(told) and len(addresses(rows)) == min(count, 1000), (len(rows), len(told))


def suspects_are_copied_and_exported(window):
    go(window, 'Overview')
    sentences = [each['sentence'] for each in ask('suspects')]
    window.click(window.find('Copy all', 'push button'))
    wait_for(lambda: all(sentence in read_clipboard() for sentence in sentences), 'the sentences')
    path = new_file('suspects.csv')
    window.click(window.find('Export all', 'push button'))
    window.save_as('Export List', 'heapgraph.csv', path)
    assert [row['sentence'] for row in csv.DictReader(open(path))] == sentences


def answers_of_sql_are_exported(window):
    go(window, 'SQL')
    statement = "select nr, type, size, 'a, \"b\"' as odd from object where type = '__main__.EventBus' or length > 600"
    window.click(window.find('SQL statement'))
    window.press('ctrl+a')
    window.type(statement)
    window.press('ctrl+Return')
    wait_for(lambda: window.rows() and 'odd' in window.rows()[0], 'the columns')
    path = new_file('answer.csv')
    window.click(window.look_all('table row')[1])
    window.press('ctrl+e')
    window.save_as('Export List', 'heapgraph.csv', path)
    expected = leaky.heapgraph('sql', statement, '-d', store(), '--format', 'csv')
    assert list(csv.DictReader(open(path))) == list(csv.DictReader(io.StringIO(expected)))
    assert len(expected.splitlines()) > 3


def objects_in_answers_are_links(window):
    window.click(window.look_all('table row')[1], times=2)
    wait_for(lambda: window.root.get_name() not in ('SQL', ''), 'an object')
    window.find('Refers To*')
    window.press('alt+Left')
    title_is(window, 'SQL')


def statement(window):
    editor = window.find('SQL statement')
    return Atspi.Text.get_text(editor, 0, -1)


def choose_from(window, button, row):
    """Clicks a row of what a button opens."""
    button = window.find(button, 'push button', window.look('HgSqlPage'))
    window.click(button)
    window.click_in_popover(window.find(row, 'list item'), button)


def headings_are(window, *names):
    wait_for(lambda: window.rows() and window.rows()[0] == list(names), f'the columns {names}')


def examples_and_tables_are_chosen_by_click(window):
    choose_from(window, 'Examples', 'Roots by kind')
    headings_are(window, 'kind', 'roots')
    window.click(window.look_all('table row', window.look('HgSqlPage'))[1])
    rows = copied_list(window)
    assert rows == [{'kind': row['kind'], 'roots': str(row['roots'])} for row in ask('sql', statement(window))], rows
    window.click(window.find('SQL statement'))
    window.press('ctrl+a')
    window.type('select * from ')
    choose_from(window, 'Tables', 'root')
    wait_for(lambda: statement(window) == 'select * from root', 'the name of the table')
    window.type(' limit 3')
    wait_for(lambda: statement(window) == 'select * from root limit 3', 'the keyboard behind it')
    window.press('ctrl+Return')
    headings_are(window, *leaky.heapgraph('sql', statement(window), '-d', store(), '--format', 'csv').splitlines()[0].split(','))


def tables_tell_their_columns(window):
    window.click(window.find('Tables', 'push button', window.look('HgSqlPage')))
    window.find('path_to_root(nr)', 'list item')
    for row in window.look_all('list item', window.look('GtkPopover')):
        name, columns = (label.get_name() for label in window.look_all('label', row))
        told = leaky.heapgraph('sql', f"select * from {name.replace('nr', '0')} limit 1", '-d', store(), '--format', 'csv')
        assert columns.partition(':')[0].split(', ') == told.splitlines()[0].split(','), (name, columns, told)
    window.press('Escape')
    window.gone('path_to_root(nr)', 'list item')


def writing_by_sql_is_refused(window):
    window.click(window.find('SQL statement'))
    window.press('ctrl+a')
    window.type('delete from object')
    window.press('ctrl+Return')
    window.find('This Cannot Be Told', 'label')


# ---- the command line that gives the same answer --------------------------------------------------------------------

def run_copied(window, *more):
    """Copies the command line, runs it in a shell. Returns: (the command, what it answers, from JSON if asked for)."""
    command = window.copied('ctrl+alt+c')
    assert command.startswith('heapgraph '), command
    line = shlex.quote(os.environ['HEAPGRAPH']) + command.removeprefix('heapgraph') + ''.join(f' {word}' for word in more)
    done = subprocess.run(['sh', '-c', line], capture_output=True, text=True)
    assert done.returncode == 0, f'{command}: {done.stderr}'
    return command, json.loads(done.stdout) if '--format json' in line else done.stdout


def commands_of_lists_give_the_same(window):
    go(window, 'Types')
    wait_for(lambda: len(window.rows()) > 20, 'all types')
    window.click(window.find('list', 'label'))
    rows = copied_list(window)
    _, told = run_copied(window, '--format json')
    assert [row['type'] for row in told] == [row['type'] for row in rows]

    go(window, 'Objects')
    wait_for(lambda: len(window.rows()) > 10, 'objects')
    window.click(window.look_all('table row')[1])
    rows = copied_list(window)
    _, told = run_copied(window, '--format json')
    assert sorted(addresses(told)) == sorted(row['address'] for row in rows) and len(rows) == 10000, len(rows)

    go(window, 'Holders')
    wait_for(lambda: len(window.rows()) > 10, 'the tree')
    window.click(window.look_all('table row')[1])
    rows = copied_list(window)
    _, told = run_copied(window, '--format json')
    assert addresses(told) == [row['address'] for row in rows if row['address']]

    go(window, 'Garbage')
    wait_for(lambda: len(window.rows()) > 10, 'garbage')
    window.click(window.look_all('table row')[1])
    rows = copied_list(window)
    _, told = run_copied(window, '--format json')
    assert sorted(addresses(told)) == sorted(row['address'] for row in rows) and len(rows) > 100

    go(window, 'Threads')
    row = wait_for(lambda: window.look('thread *', 'label'), 'a thread')
    window.click(row)
    rows = copied_list(window)
    _, told = run_copied(window)
    assert all(row['address'] in told or not row['address'] for row in rows[2:4]) and 'main()' in told, told


def commands_of_growth_give_the_same(window):
    go(window, 'Growth')
    wait_for(lambda: '__main__.Session' in first_cells(window), 'what grew')
    window.click(window.find('__main__.Session', 'label'))
    rows = copied_list(window)
    _, told = run_copied(window, '--format json')
    assert {row['type']: int(row['growth']) for row in rows} == {row['type']: row['growth'] for row in told}
    assert {row['type']: (row['new'], row['gone']) for row in rows} == \
        {row['type']: (str(row['new']), str(row['gone'])) for row in told}


def read_line(cell, window):
    """Returns: the pixels of a line in a cell: for each column its height above the bottom, None where there is none."""
    area = window.area(cell)
    rows = read_pixels(*area)
    colours = [colour for row in rows for colour in row]
    behind = max(set(colours), key=colours.count)
    heights = []
    for column in range(area[2]):
        marks = [sum(abs(one - other) for one, other in zip(row[column], behind)) for row in rows]
        whole = sum(marks)
        middle = sum((y + 0.5) * mark for y, mark in enumerate(marks)) / whole if whole > 60 else None
        heights.append(None if middle is None else area[3] - middle)
    return heights


def lines_of_growth_are_drawn(window):
    """From snapshot to snapshot as high as there are objects, the fewest at the bottom."""
    window.click(window.find('All Changes', 'push button'))
    told = {row['type']: [row[f'count_{i}'] for i in (1, 2, 3)] for row in ask('show-growth', '1', '2', '3', '--all')}
    wait_for(lambda: set(first_cells(window)) == set(told), 'all changes')
    x, y, width, height = window.area(window.look('GtkColumnView', 'tree table'))
    xdotool('mousemove', x + width // 2, y + height - 20)  # where no row is told apart and nothing has a tooltip
    wait_for(lambda: not is_covered(x + 10, y + 10), 'the end of what covers the list')
    bent = 0
    for row in window.look_all('table row', window.look('GtkColumnView', 'tree table'))[1:]:
        name, line = window.look_all('label', row)[:2]
        counts = told[name.get_name()]
        assert line.get_name() == ' '.join(map(str, counts)), (name.get_name(), line.get_name())
        heights = read_line(line, window)
        high = [(count - min(counts)) / (max(counts) - min(counts)) for count in counts]
        tall, width = window.area(line)[3] - 6, len(heights)
        for place, share in zip((3, width // 2, width - 4), high):
            assert heights[place] is not None and abs(heights[place] - 3 - share * tall) < 2, \
                (name.get_name(), counts, heights, window.area(line))
        bent += not 0.3 < high[1] < 0.7
    assert bent > 1, told
    window.click(window.find('Grew', 'push button'))
    wait_for(lambda: len(first_cells(window)) < len(told), 'what grew')


def new_objects_and_what_holds_them(window):
    """From what grew to the new objects, to the way that keeps one alive."""
    new = next(row[-2:] for row in window.rows() if row and row[0] == '__main__.Session')
    window.click(window.find('__main__.Session', 'label'), times=2)
    title_is(window, 'New: __main__.Session')
    wait_for(lambda: len(window.rows()) > 10, 'the new objects')
    window.find('320 · new since before*', 'label')
    assert '320' in new, new
    window.click(window.look_all('table row')[1])
    window.find('.handlers, list*', 'list item')
    rows = copied_list(window)
    _, told = run_copied(window, '--format json')
    assert sorted(addresses(told)) == sorted(row['address'] for row in rows) and len(rows) == 320, len(rows)


def commands_of_sentences_give_the_same(window):
    for page in ('Overview', 'Advice'):
        go(window, page)
        first = wait_for(lambda: window.look('Copy command line', 'push button'), 'a finding')
        _, told = run_copied(window, '--format json')
        window.click(window.find('Copy all', 'push button'))
        wait_for(lambda: told[0]['sentence'] in read_clipboard(), 'the sentence')
        window.click(first)
        command = wait_for(lambda: read_clipboard().startswith('heapgraph ') and read_clipboard(), 'a command')
        line = shlex.quote(os.environ['HEAPGRAPH']) + command.removeprefix('heapgraph')
        assert subprocess.run(['sh', '-c', line], capture_output=True).returncode == 0, command


def commands_of_objects_give_the_same(window):
    window.go_to('__main__.EventBus.handlers')
    title_is(window, 'list')
    wait_for(lambda: '[0]' in first_cells(window), 'its items')
    window.click(window.find('[0]', 'label'))
    rows = copied_list(window)
    _, told = run_copied(window, '--format json')
    assert [(each['label'], each['address']) for each in told['refs']] == \
        [(row['name'], row['address']) for row in rows], rows[:2]
    window.click(window.find('Holds', 'push button'))
    wait_for(lambda: window.rows() and '[0]' not in first_cells(window), 'what it holds')
    window.click(window.look_all('table row')[1])
    rows = copied_list(window)
    _, told = run_copied(window, '--format json')
    below = [row for row in told if row.get('address') and row['depth'] > 0]
    assert {row['address'] for row in rows} <= {row['address'] for row in below}, (rows[:1], below[:1])


def the_command_of_sql_gives_the_same(window):
    go(window, 'SQL')
    window.click(window.look_all('table row')[1])
    rows = copied_list(window)
    _, told = run_copied(window, '--format csv')
    assert [row['name'] for row in csv.DictReader(io.StringIO(told))] == [row['name'] for row in rows]


def the_command_of_a_graph_draws_the_same(window):
    window.go_to('__main__.Session#1')
    title_is(window, '__main__.Session')
    window.click(window.find('Picture*', 'push button'))
    wait_for(lambda: window.root.get_name() == 'Graph: Session', 'the picture')
    status = wait_for(lambda: next((label.get_name() for label in window.look_all('label')
                                    if re.search(r': \d+ objects?, \d+ ref', label.get_name())), None), 'what is drawn')
    window.click(window.find('Graph', 'list'), x=200, y=200)
    path = new_file('graph.dot')
    command = window.copied('ctrl+alt+c')
    line = shlex.quote(os.environ['HEAPGRAPH']) + command.removeprefix('heapgraph') + f' -o {shlex.quote(path)}'
    done = subprocess.run(['sh', '-c', line], capture_output=True, text=True)
    assert done.returncode == 0, f'{command}: {done.stderr}'
    drawn = [line for line in open(path) if re.search(r'retained', line)]
    assert f': {len(drawn)} object' in status, (status, len(drawn), open(path).read()[:800])


def an_object_counts_what_it_refers_to(window):
    """As many as there are rows, also if each key of a dict is referred to besides its value."""
    window.go_to('__main__.catalogue.cache')
    title_is(window, 'dict')
    refs = ask('show', '__main__.catalogue.cache', '-n', '0')['refs']
    window.click(window.find(f'Refers To ({len(refs):,})', 'push button'))
    window.find(f'{len(refs):,}', 'label')


# ---- where it was allocated -----------------------------------------------------------------------------------------

def all_of(window):
    """All widgets of the program, tooltips too."""
    return window.walk(window.root.get_parent())


def objects_tell_where_they_were_allocated(window):
    """If tracemalloc ran: the line of the source, and who called it."""
    window.close()  # there is one process for all windows
    program = os.path.join(os.environ['PROGRAMS'], 'leaky.py')
    dump = new_file('traced.hgd')
    subprocess.run([sys.executable, '-X', 'tracemalloc=5', program, '--rounds', '1', '--dump', dump], check=True,
                   stdout=subprocess.DEVNULL)
    lines = {text: number for number, text in enumerate(open(program), 1)}
    line, caller = (next(lines[text] for text in lines if part in text) for part in ('def on_price', '= [service.log_in('))
    other = Window('--object', '__main__.EventBus.handlers[0]', dump)
    try:
        fact = other.find('Allocated at*')
        assert fact.get_name() == f'Allocated at: programs/leaky.py:{line}', (fact.get_name(), line)
        other.move(fact)
        wait_for(lambda: any(f'leaky.py:{caller}' in (each.get_name() or '') for each in all_of(other)), 'who called it')
    finally:
        other.close()


def main():
    window = Window(store())
    try:
        tap.run([any_column_sorts, keys_sort_too, filters_are_texts_shares_and_ranges, modules_group_types, rows_are_copied,
                 lists_are_copied, menus_of_rows_open_and_copy, types_are_exported, holders_are_copied_and_exported,
                 rows_of_the_tree_have_a_menu, more_of_the_tree_comes_when_asked, suspects_are_copied_and_exported, answers_of_sql_are_exported,
                 objects_in_answers_are_links, examples_and_tables_are_chosen_by_click,
                 tables_tell_their_columns, writing_by_sql_is_refused,
                 commands_of_lists_give_the_same, commands_of_growth_give_the_same, lines_of_growth_are_drawn,
                 new_objects_and_what_holds_them, commands_of_sentences_give_the_same,
                 commands_of_objects_give_the_same, the_command_of_sql_gives_the_same,
                 the_command_of_a_graph_draws_the_same,
                 an_object_counts_what_it_refers_to, objects_tell_where_they_were_allocated],
                window, on_failure=lambda name: keep_picture(window, name))
    finally:
        window.close()


main()
