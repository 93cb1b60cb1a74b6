#!/usr/bin/env python3
# test-layouts.py - the tables of layouts are what the headers at hand give, and changes are shown.
# SPDX-License-Identifier: MIT
import os
import re
import shutil
import subprocess
import sys
import tempfile

from tap import finish, report, skip_all

CAPTURE = os.path.join(os.environ['HG_TESTS'], '..', 'core', 'capture')


def generate(folder, *arguments):
    done = subprocess.run([sys.executable, os.path.join(folder, 'layouts', 'generate.py'), *arguments],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
    return done.returncode, done.stdout


def change(path, pattern, by):
    with open(path) as file:
        text = file.read()
    with open(path, 'w') as file:
        file.write(re.sub(pattern, by, text, count=1))


def test_changes(folder, table, include):
    """In a copy, where tables may be spoiled."""
    shutil.copytree(os.path.join(CAPTURE, 'layouts'), os.path.join(folder, 'layouts'))
    shutil.copy(os.path.join(CAPTURE, 'layouts.c'), folder)
    path = os.path.join(folder, 'layouts', table)
    good = open(path).read()
    change(path, r'\.ma_keys = \d+', '.ma_keys = 4711')
    status, said = generate(folder, '--check', include)
    report(status == 1 and re.search(r'dict\.ma_keys: 4711 -> \d+\n', said), 'a field that changed is shown', said)
    status, said = generate(folder, include)
    report(status == 0 and open(path).read() == good, 'and put right', said)
    os.unlink(path)
    change(os.path.join(folder, 'layouts.c'), '#include [^\n]*%s"\n' % re.escape(table), '')
    status, said = generate(folder, include)
    listed = open(os.path.join(folder, 'layouts.c')).read() == open(os.path.join(CAPTURE, 'layouts.c')).read()
    report(status == 0 and open(path).read() == good and listed and 'against cpython-3.' in said,
           'a new version gets its table, is listed, and compared with the one before', said)


def main():
    status, said = generate(CAPTURE, '--check')
    found = re.findall(r'^(cpython-3\.\d+\.\d+\.h): \w+ \((.*)\)$', said, re.M)
    if not found:
        skip_all('no headers of CPython at hand')
    # of a patch release nobody made a table for there is nothing to compare
    wrong = re.findall(r'^\S+: changed .*', said, re.M)
    report(not wrong, 'tables are what %d headers give' % len(found), said)
    with tempfile.TemporaryDirectory() as folder:
        known = [one for one in found if os.path.exists(os.path.join(CAPTURE, 'layouts', one[0]))]
        if known:
            test_changes(folder, *known[0])
    finish()


if __name__ == '__main__':
    main()
