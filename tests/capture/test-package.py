#!/usr/bin/env python3
# test-package.py - pip installs the package heapgraph without a network, and it writes dumps.
# SPDX-License-Identifier: MIT
"""Speaks TAP."""

import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, '..', '..'))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)

import hgd


def run(*command):
    environment = {key: value for key, value in os.environ.items() if key != 'PYTHONPATH'}
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd='/', env=environment)
    return done.returncode == 0, done.stdout.decode(errors='replace')


def install_and_dump(python, path, *how):
    done = run(python, '-m', 'pip', 'install', '--no-index', '--disable-pip-version-check', *how, ROOT)
    if not done[0]:
        return done
    ok, said = run(python, '-B', '-c', 'import heapgraph, sys; print(heapgraph.dump(sys.argv[1])["objects"])', path)
    return ok and int(said) == len(hgd.read(path).objects), said


def main():
    python = '/usr/bin/python3' if os.path.exists('/usr/bin/python3') else sys.executable
    with tempfile.TemporaryDirectory() as folder:
        made, said = run(python, '-m', 'venv', os.path.join(folder, 'venv'))
        if not made:
            print('1..0 # SKIP no venv: %s' % said.strip().splitlines()[-1:])
            return
        inside = os.path.join(folder, 'venv', 'bin', 'python')
        path = os.path.join(folder, 'package.hgd')
        for number, how in enumerate(([], ['--force-reinstall', '-e']), 1):
            ok, said = install_and_dump(inside, path, *how)
            print('%sok %d - pip install %s' % ('' if ok else 'not ', number, ' '.join([*how[1:], '.'])))
            for line in [] if ok else said.splitlines():
                print('#   ' + line)
    print('1..2')


if __name__ == '__main__':
    main()
