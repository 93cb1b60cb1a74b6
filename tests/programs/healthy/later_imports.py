# later_imports.py - a program that imports most of its modules while it runs.
# SPDX-License-Identifier: MIT
import importlib
import os
import re
import sys
import warnings

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'leaks'))
import stage  # noqa: E402

warnings.simplefilter('ignore')
rounds = []
MODULES = '''
    argparse asyncio calendar concurrent.futures configparser csv ctypes dataclasses decimal difflib doctest
    email.parser ftplib html.parser http.server imaplib inspect ipaddress json logging.config mailbox
    multiprocessing.managers optparse pathlib pdb pickle plistlib pydoc sqlite3 ssl statistics tarfile
    tempfile trace turtledemo typing unittest.mock urllib.request xml.dom.minidom xmlrpc.client zipfile'''.split()


def step():
    if rounds:
        for name in MODULES:
            try:
                importlib.import_module(name)
            except ImportError:  # not in every version, not everywhere installed
                pass
        for number in range(300):
            re.compile('pattern %d' % number)
    rounds.append(len(rounds))


stage.run(step)
