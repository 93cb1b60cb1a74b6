# imports.py - a hundred modules of the standard library and more, and nothing else.
# SPDX-License-Identifier: MIT
import importlib
import os
import sys
import warnings

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'leaks'))
import stage  # noqa: E402

warnings.simplefilter('ignore')
MODULES = '''
    abc argparse array ast asyncio base64 bdb bisect bz2 calendar cmath cmd code codecs codeop
    collections.abc colorsys compileall concurrent.futures configparser contextlib contextvars copy
    copyreg csv ctypes ctypes.util dataclasses datetime decimal difflib dis doctest email.message
    email.mime.multipart email.parser encodings.idna enum fileinput filecmp fnmatch fractions ftplib functools
    getopt getpass gettext glob graphlib gzip hashlib heapq hmac html.entities html.parser http.client
    http.cookiejar http.cookies http.server imaplib importlib.metadata inspect ipaddress itertools json keyword
    linecache locale logging.config logging.handlers lzma mailbox marshal mimetypes mmap modulefinder
    multiprocessing.managers multiprocessing.pool netrc numbers opcode operator optparse pathlib pdb pickle
    pickletools pkgutil platform plistlib poplib pprint profile pstats pty py_compile pyclbr pydoc
    pydoc_data.topics queue quopri random re reprlib rlcompleter runpy sched secrets select selectors shelve
    shlex shutil signal smtplib socket socketserver sqlite3 ssl stat statistics string stringprep struct
    subprocess symtable sysconfig tabnanny tarfile tempfile textwrap threading timeit token tokenize trace
    traceback tracemalloc turtledemo types typing unicodedata unittest.mock urllib.request urllib.robotparser uuid
    venv wave weakref webbrowser wsgiref.simple_server xml.dom.minidom xml.etree.ElementTree xml.sax.expatreader
    xmlrpc.client xmlrpc.server zipapp zipfile zipimport zoneinfo'''.split()


def step():
    for name in MODULES:
        try:
            importlib.import_module(name)
        except ImportError:  # not in every version, not everywhere installed
            pass


stage.run(step)
