#!/usr/bin/env python3
# systemd-coredump.py - has systemd-coredump store a core, as the kernel would.
# SPDX-License-Identifier: MIT
"""systemd-coredump.py BINARY CORE FOLDER [SETTING...]: FOLDER gets what it stores.

To be started as root in a mount namespace of its own (unshare --mount): /run and /var/lib are
empty here, so that nothing of the system is touched. The kernel's pipe handler hands the core over
to a socket, behind which systemd would start the same program again; here this script does.
SETTINGs are lines of coredump.conf."""

import os
import socket
import subprocess
import sys
import time

STORED = '/var/lib/systemd/coredump'


def make_room(settings):
    for folder in '/run', '/var/lib':
        subprocess.run(['mount', '-t', 'tmpfs', 'tmpfs', folder], check=True)
    os.makedirs(STORED)
    os.makedirs('/run/systemd/coredump.conf.d')
    with open('/run/systemd/coredump.conf.d/test.conf', 'w') as file:
        file.write('[Coredump]\n' + '\n'.join(settings) + '\n')


def listen():
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind('/run/systemd/coredump')
    listener.listen(1)
    listener.settimeout(60)
    return listener


def serve(binary, connection):
    """Runs it as the service of the socket: the connection is its descriptor 3."""
    child = os.fork()
    if not child:
        os.dup2(connection.fileno(), 3)
        os.execve(binary, [binary], dict(os.environ, LISTEN_PID=str(os.getpid()), LISTEN_FDS='1'))
    return os.waitpid(child, 0)[1]


def main(binary, core, folder, *settings):
    make_room(settings)
    listener = listen()
    # the facts of the process are read in /proc: any that lives will do
    facts = [str(os.getpid()), '0', '0', '6', str(int(time.time())), str((1 << 64) - 1), 'host']
    with open(core, 'rb') as file:
        handler = subprocess.Popen([binary, *facts], stdin=file)
    status = serve(binary, listener.accept()[0]) or handler.wait(60)
    subprocess.run(['cp', '-a', STORED + '/.', folder], check=True)
    return status != 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
