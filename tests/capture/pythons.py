#!/usr/bin/env python3
# pythons.py - finds every CPython at hand: the system's, those on the path, pyenv's, and unpacked ones.
# SPDX-License-Identifier: MIT
"""find() returns a list of Python; run as a script it prints them. None but the one that runs
this is needed: what is missing is not covered, and the tests say so. choose() returns those a test
is for: the oldest, the system's and the newest, or all of them with HEAPGRAPH_PYTHONS=all.

An unpacked Debian suite (fetch-python.sh) is started by its own dynamic loader, so that it needs
neither root nor the libraries of this system."""

import glob
import os
import subprocess
import sys

OLDEST = (3, 8)
ASK = ("import sys, struct; print(sys.implementation.name, '%d.%d.%d' % sys.version_info[:3], "
       "int(getattr(sys, '_is_gil_enabled', lambda: True)()), struct.calcsize('P'), sep='/')")


class Python:
    def __init__(self, command, environment, where):
        self.command = command  # what to put before the arguments
        self.environment = environment  # what to add to the environment
        self.where = where
        self.version = None

    def environ(self):
        return dict(os.environ, **self.environment, PYTHONDONTWRITEBYTECODE='1')

    def run(self, arguments, **options):
        return subprocess.run(self.command + arguments, env=self.environ(), **options)

    def start(self, arguments, **options):
        return subprocess.Popen(self.command + arguments, env=self.environ(), **options)

    def ask(self):
        """Returns: whether it is a CPython the capture is for."""
        try:
            said = self.run(['-c', ASK], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60)
            name, version, gil, word = said.stdout.decode().strip().split('/')
        except (OSError, ValueError, subprocess.SubprocessError):
            return False
        self.version = tuple(map(int, version.split('.')))
        return name == 'cpython' and gil == '1' and word == '8' and self.version[:2] >= OLDEST

    def __str__(self):
        return '%d.%d.%d (%s)' % (*self.version, self.where)


def cache_folder():
    cache = os.environ.get('XDG_CACHE_HOME') or os.path.expanduser('~/.cache')
    return os.path.join(cache, 'heapgraph', 'pythons')


def unpacked():
    for folder in sorted(glob.glob(os.path.join(cache_folder(), '*'))):
        # links in there may be absolute, and lead out of the folder
        loaders = [path for pattern in ('lib*/ld-linux-*', 'usr/lib/*/ld-linux-*', 'usr/lib/*/ld-*.so')
                   for path in glob.glob(os.path.join(folder, pattern)) if os.path.exists(path)]
        libraries = glob.glob(os.path.join(folder, 'usr', 'lib', '*-linux-*'))
        for binary in glob.glob(os.path.join(folder, 'usr', 'bin', 'python3.[0-9]*')):
            if loaders and not os.path.islink(binary):
                yield Python([loaders[0], '--library-path', ':'.join(libraries), binary],
                             {'PYTHONHOME': os.path.join(folder, 'usr')}, os.path.basename(folder))


def installed():
    """Returns: the paths of binaries; pyenv's shims stand for those in its folder."""
    pyenv = os.environ.get('PYENV_ROOT') or os.path.expanduser('~/.pyenv')
    paths = ['/usr/bin/python3', sys.executable]
    for folder in os.environ.get('PATH', '').split(os.pathsep):
        if 'shims' not in folder:
            paths += glob.glob(os.path.join(folder, 'python3')) + glob.glob(os.path.join(folder, 'python3.[0-9]*'))
    paths += glob.glob(os.path.join(pyenv, 'versions', '*', 'bin', 'python3'))
    return [path for path in paths if path and not path.endswith('-config')]


def find():
    """Returns: one Python of each version and place, the oldest first."""
    binaries = {}
    for path in installed():
        binaries.setdefault(os.path.realpath(path), path)
    candidates = [Python([path], {}, os.path.dirname(os.path.dirname(path))) for path in binaries.values()]
    found = {}
    for one in [*candidates, *unpacked()]:
        if one.ask():
            found.setdefault((one.version, one.where), one)
    return [found[key] for key in sorted(found)]


def is_for_all():
    return os.environ.get('HEAPGRAPH_PYTHONS', 'few') != 'few'


def find_system(found):
    """Returns: the system's, which has the packages, or the oldest."""
    return next((one for one in found if one.command == ['/usr/bin/python3']), found[0])


def choose(found=None):
    found = found or find()
    few = (found[0], find_system(found), found[-1])
    return [one for one in found if is_for_all() or one in few]


if __name__ == '__main__':
    for python in find():
        print(python)
