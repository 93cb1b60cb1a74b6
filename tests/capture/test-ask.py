#!/usr/bin/env python3
# test-ask.py - questions a program asks about itself: heapgraph.show_growth() and its like.
# SPDX-License-Identifier: MIT
"""Speaks TAP. Needs $HEAPGRAPH."""

import contextlib
import io
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, '..', '..', 'core', 'capture', 'python'))

import heapgraph


class MyBigFatObject:
    pass


class Holder:
    def __init__(self, held):
        self.held = held


tests = []


def test(function):
    tests.append(function)
    return function


def printed(function, *arguments, **keywords):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        function(*arguments, **keywords)
    return out.getvalue()


@test
def the_most_common_types():
    kept = [MyBigFatObject() for _ in range(123456)]
    rows = dict(heapgraph.most_common_types(limit=None))
    assert rows['MyBigFatObject'] == len(kept)
    assert len(heapgraph.most_common_types(limit=3)) == 3
    rows = dict(heapgraph.most_common_types(limit=None, shortnames=False, tracked=True))
    assert rows['__main__.MyBigFatObject'] == len(kept)
    assert 'str' not in rows


@test
def they_are_printed_as_objgraph_does():
    text = printed(heapgraph.show_most_common_types, limit=5)
    lines = text.splitlines()
    assert len(lines) == 5, text
    assert len({line.rindex(' ') - len(line.split()[0]) >= 0 for line in lines}) == 1, text


@test
def growth_is_against_the_highest_so_far():
    peaks = {}
    kept = [MyBigFatObject() for _ in range(3)]
    assert ('MyBigFatObject', 3, 3) in heapgraph.growth(limit=None, peak_stats=peaks)
    kept += [MyBigFatObject() for _ in range(2)]
    assert ('MyBigFatObject', 5, 2) in heapgraph.growth(limit=None, peak_stats=peaks)
    del kept[:4]
    names = [row[0] for row in heapgraph.growth(limit=None, peak_stats=peaks)]
    assert 'MyBigFatObject' not in names
    kept += [MyBigFatObject() for _ in range(4)]
    assert 'MyBigFatObject' not in [r[0] for r in heapgraph.growth(limit=None, peak_stats=peaks)]
    kept += [MyBigFatObject()]
    text = printed(heapgraph.show_growth, limit=None, peak_stats=peaks)
    assert [line.split() for line in text.splitlines() if line.startswith('MyBig')] == \
        [['MyBigFatObject', '6', '+1']], text


@test
def garbage_does_not_grow():
    peaks = {}
    heapgraph.growth(peak_stats=peaks)
    for _ in range(50):
        cycle = Holder(None)
        cycle.held = cycle
    del cycle
    assert 'Holder' not in [row[0] for row in heapgraph.growth(limit=None, peak_stats=peaks)]


@test
def what_refers_to_an_object():
    held = MyBigFatObject()
    holder = Holder(held)
    text = printed(heapgraph.backrefs, held, shortnames=True, max_depth=2)
    assert text.startswith('0x%x  MyBigFatObject' % id(held)), text
    assert '  .held  0x%x  Holder' % id(holder) in text, text
    assert 'backrefs' not in text, text
    text = printed(heapgraph.refs, holder)
    assert '  .held  0x%x' % id(held) in text, text


@test
def as_a_picture():
    held = [MyBigFatObject()]
    with tempfile.TemporaryDirectory() as folder:
        for function in heapgraph.backrefs, heapgraph.refs, heapgraph.chain:
            path = os.path.join(folder, 'picture.png')
            assert printed(function, held, filename=path) == ''
            with open(path, 'rb') as file:
                assert file.read(4) == b'\x89PNG'
            os.unlink(path)


@test
def why_an_object_is_alive():
    MyBigFatObject.kept = [Holder(1)]
    text = printed(heapgraph.chain, MyBigFatObject.kept[0], to='module')
    del MyBigFatObject.kept
    assert text.splitlines()[0].endswith('MyBigFatObject.kept[0]'), text


@test
def strings_have_referrers_too():
    text = ''.join(['no ', 'collector ', 'tracks this'])
    holder = Holder(text)
    assert '  .held  0x%x' % id(holder) in printed(heapgraph.backrefs, text)


@test
def what_the_command_does_not_like_is_an_error():
    try:
        heapgraph.backrefs(tests, depth=1000)
    except RuntimeError as error:
        assert 'expected a number from 0 to 100' in str(error), error
    else:
        raise AssertionError('no error')
    try:
        heapgraph.backrefs(tests, filter=lambda one: True)
    except TypeError as error:
        assert 'regular expression' in str(error), error
    else:
        raise AssertionError('no error')


@test
def without_the_command_there_is_a_clear_message():
    command = os.environ['HEAPGRAPH']
    os.environ['HEAPGRAPH'] = '/nowhere/heapgraph'
    try:
        heapgraph.show_growth()
    except RuntimeError as error:
        assert str(error) == (
            'heapgraph.most_common_types() asks the command heapgraph, which is not installed here '
            '($HEAPGRAPH can name it); heapgraph.dump(path) writes a file to ask elsewhere'), error
    else:
        raise AssertionError('no error')
    finally:
        os.environ['HEAPGRAPH'] = command


def main():
    for number, function in enumerate(tests, 1):
        try:
            function()
            print('ok %d - %s' % (number, function.__name__.replace('_', ' ')))
        except AssertionError as error:
            print('not ok %d - %s' % (number, function.__name__.replace('_', ' ')))
            print('#   ' + str(error).replace('\n', '\n#   '))
    print('1..%d' % len(tests))


main()
