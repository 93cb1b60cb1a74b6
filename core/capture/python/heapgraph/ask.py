# ask.py - questions about this process, answered by the command heapgraph.
# SPDX-License-Identifier: MIT
"""Thin calls for a console or a test: each dumps this process and asks the command heapgraph.

    heapgraph.show_growth()
    heapgraph.backrefs(session, filename='refs.png')

Keywords are options of the command: backrefs(x, max_depth=5, ignore='^frame$', refcounts=True)."""

import json
import os
import subprocess
import sys
import tempfile

from heapgraph.outside import dump, find_command

OPTIONS = {'max_depth': 'depth', 'shortnames': 'short-names'}  # objgraph's names for them

_peaks = {}  # name of a type: the most there were in any call of growth()


def _require_command(question):
    command = find_command()
    if command is None:
        raise RuntimeError(
            'heapgraph.%s() asks the command heapgraph, which is not installed here ($HEAPGRAPH '
            'can name it); heapgraph.dump(path) writes a file to ask elsewhere' % question)
    return command


def _options(keywords):
    words = []
    for name, value in keywords.items():
        option = '--' + OPTIONS.get(name, name).replace('_', '-')
        if value is True:
            words.append(option)
        elif isinstance(value, (str, int)) and value is not False:
            words += [option, str(value)]
        elif value not in (None, False):
            raise TypeError('%s=%r: the command takes text and numbers; a regular expression in '
                            'place of a function' % (name, value))
    return words


def _run(command, words):
    done = subprocess.run([command, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode(errors='replace').strip())
    return done.stdout.decode(errors='backslashreplace')


def _ask(question, words, keywords, collect=True):
    """Returns: what the command prints, asked about this process as it is now."""
    command = _require_command(question)
    words = [*words, *_options(keywords)]
    with tempfile.TemporaryDirectory(prefix='heapgraph-') as folder:
        path, store = os.path.join(folder, 'now.hgd'), os.path.join(folder, 'now.db')
        dump(path, collect=collect)
        _run(command, ['load', '-d', store, path])
        os.unlink(path)
        return _run(command, [words[0], '-d', store, *words[1:]])


def most_common_types(limit=10, shortnames=True, **options):
    """Returns: a list of (name, count), the most common first; limit None for all of them.
    tracked=True counts what the garbage collector tracks, as objgraph does."""
    rows = json.loads(_ask('most_common_types', ['most-common-types', '--format', 'json'],
                           dict(options, shortnames=shortnames)))
    return [(row['type'], row['count']) for row in rows][:limit or None]


def show_most_common_types(limit=10, shortnames=True, file=None, **options):
    """Prints what most_common_types() returns."""
    rows = most_common_types(limit, shortnames, **options)
    width = max([len(name) for name, _ in rows], default=0)
    for name, count in rows:
        print('%-*s %i' % (width, name, count), file=file or sys.stdout)


def growth(limit=10, peak_stats=None, shortnames=True, **options):
    """Returns: a list of (name, total, growth) of the types of which there are more than in any
    call before; the most first. peak_stats is a dict of your own to compare with."""
    peaks = _peaks if peak_stats is None else peak_stats
    grown = []
    for name, count in most_common_types(None, shortnames, **options):
        if count > peaks.get(name, 0):
            grown.append((name, count, count - peaks.get(name, 0)))
            peaks[name] = count
    grown.sort(key=lambda row: -row[2])
    return grown[:limit or None]


def show_growth(limit=10, peak_stats=None, shortnames=True, file=None, **options):
    """Prints what growth() returns; nothing where nothing grew."""
    rows = growth(limit, peak_stats, shortnames, **options)
    width = max([len(name) for name, _, _ in rows], default=0)
    for name, total, grown in rows:
        print('%-*s%9d %+9d' % (width, name, total, grown), file=file or sys.stdout)


def _show(question, address, filename, options):
    words = [question, '0x%x' % address]
    if filename is not None:
        words += ['-o', os.path.abspath(os.fspath(filename))]
    text = _ask(question, words, options, collect=False)
    if filename is None:
        print(text, end='')


def refs(obj, filename=None, **options):
    """Draws what obj refers to: .png, .svg, .pdf, .dot or .json. Without a filename it prints a
    tree. Options: max_depth, too_many, filter, ignore, highlight, refcounts, sizes, shortnames."""
    address = id(obj)
    del obj  # it shall not be held from here in the picture
    _show('refs', address, filename, options)


def backrefs(obj, filename=None, **options):
    """Draws what refers to obj; else as refs()."""
    address = id(obj)
    del obj
    _show('backrefs', address, filename, options)


def chain(obj, filename=None, **options):
    """Draws or prints the shortest way from a root to obj. Options: to, avoid, all, forward."""
    address = id(obj)
    del obj
    _show('chain', address, filename, options)
