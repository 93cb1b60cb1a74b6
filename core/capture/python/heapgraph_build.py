# heapgraph_build.py - makes the wheel of the package heapgraph, for pip, with the standard library only.
# SPDX-License-Identifier: MIT
"""A build backend (PEP 517, and 660 for pip install -e) that has to fetch nothing."""

import base64
import hashlib
import io
import os
import re
import tarfile
import zipfile

SOURCES = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(SOURCES, '..', '..', '..'))
MODULES = ['heapgraph/__init__.py', 'heapgraph/__main__.py', 'heapgraph/ask.py',
           'heapgraph/install.py', 'heapgraph/outside.py', 'heapgraph_dump.py']
SDIST = ['LICENSE', 'README.md', 'meson.build', 'pyproject.toml', 'core/dump/FORMAT.md',
         'core/capture/python/heapgraph_build.py'] + ['core/capture/python/' + name for name in MODULES]


def read(*path):
    with open(os.path.join(*path), 'rb') as file:
        return file.read()


def version():
    """The version stands in meson.build, and nowhere else."""
    return re.search(rb"version: '([^']+)'", read(ROOT, 'meson.build')).group(1).decode()


def metadata():
    return ('Metadata-Version: 2.1\nName: heapgraph\nVersion: %s\n'
            'Summary: Write dumps of the heap of a Python process, for the tool heapgraph\n'
            'License: MIT\nRequires-Python: >=3.8\n' % version()).encode()


def info_files():
    folder = 'heapgraph-%s.dist-info/' % version()
    return [(folder + 'METADATA', metadata()),
            (folder + 'LICENSE', read(ROOT, 'LICENSE')),
            (folder + 'WHEEL', b'Wheel-Version: 1.0\nGenerator: heapgraph\nRoot-Is-Purelib: true\nTag: py3-none-any\n')]


def write_wheel(folder, files):
    """Returns: the name of the wheel made of [files], pairs of a name and contents."""
    name = 'heapgraph-%s-py3-none-any.whl' % version()
    record = 'heapgraph-%s.dist-info/RECORD' % version()
    lines = []
    with zipfile.ZipFile(os.path.join(folder, name), 'w', zipfile.ZIP_DEFLATED) as wheel:
        for path, contents in files:
            digest = base64.urlsafe_b64encode(hashlib.sha256(contents).digest()).rstrip(b'=').decode()
            lines.append('%s,sha256=%s,%d\n' % (path, digest, len(contents)))
            wheel.writestr(zipfile.ZipInfo(path), contents)
        wheel.writestr(zipfile.ZipInfo(record), ''.join(lines) + record + ',,\n')
    return name


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return write_wheel(wheel_directory, [(name, read(SOURCES, name)) for name in MODULES] + info_files())


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    return write_wheel(wheel_directory, [('heapgraph.pth', SOURCES.encode() + b'\n')] + info_files())


def build_sdist(sdist_directory, config_settings=None):
    base = 'heapgraph-%s' % version()
    with tarfile.open(os.path.join(sdist_directory, base + '.tar.gz'), 'w:gz') as archive:
        for name, contents in [(name, read(ROOT, name)) for name in SDIST
                               if os.path.exists(os.path.join(ROOT, name))] + [('PKG-INFO', metadata())]:
            member = tarfile.TarInfo('%s/%s' % (base, name))
            member.size = len(contents)
            archive.addfile(member, io.BytesIO(contents))
    return base + '.tar.gz'
