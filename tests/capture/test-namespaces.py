#!/usr/bin/env python3
# test-namespaces.py - processes in containers: other namespaces, other roots, other users; what is refused.
# SPDX-License-Identifier: MIT
"""Speaks TAP. The containers are made here, with unshare and chroot; with the Python of another Debian
suite in them where one is unpacked (fetch-python.sh). As root; what an ordinary user can is done as nobody."""
import ctypes
import glob
import json
import os
import re
import struct
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hgd
import pythons
from tap import finish, report, skip, skip_all

HEAPGRAPH = os.environ['HEAPGRAPH']
NOBODY = 65534
PROGRAM = '''
import os, sys
class Session:
    def __init__(self, number): self.number, self.parts = number, [number]
sessions = [Session(number) for number in range(7)]
print(os.getpid(), flush=True)
sys.stdin.read()
'''
# runs PROGRAM and captures it from beside it
BESIDE = '''
import subprocess, sys
program = subprocess.Popen([sys.executable, '-c', sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
program.stdout.readline()
status = subprocess.call([sys.argv[2], 'capture', str(program.pid), '-o', 'inside.hgd'])
program.communicate(b'')
sys.exit(status)
'''


def become_nobody():
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # PR_SET_DUMPABLE


class Container:
    """A program in namespaces of its own; `pid` is its number here, `inner` its own idea of it."""

    def __init__(self, command, **options):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options)
        self.inner = self.process.stdout.readline().strip()
        self.pid = self.process.pid
        while not os.readlink(f'/proc/{self.pid}/exe').rpartition('/')[2].startswith(('python', 'ld-')):
            children = open(f'/proc/{self.pid}/task/{self.pid}/children').read().split()
            if not children:
                break
            self.pid = int(children[0])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.communicate('')


def run(*arguments, **options):
    return subprocess.run([HEAPGRAPH, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, **options)


def capture(pid, folder, **options):
    """Returns: what is wrong with the capture of PROGRAM, or nothing."""
    path = os.path.join(folder, 'dump-%d.hgd' % pid)
    done = run('capture', pid, '-o', path, **options)
    if done.returncode:
        return done.stderr
    dump = hgd.read(path)
    os.unlink(path)
    sessions = [one for one in dump.objects.values() if one.type['qualname'] == 'Session']
    modules = {name for kind, _, name, _ in dump.roots if kind == 0}
    frames = [frame[1] for frame in dump.frames]
    good = len(sessions) == 7 and '__main__' in modules and '<module>' in frames and dump.facts['python']
    return '' if good else '%d sessions, frames %s' % (len(sessions), frames)


def suites():
    """Yields (root, binary in it) of unpacked suites."""
    for folder in sorted(glob.glob(os.path.join(pythons.cache_folder(), '*'))):
        for binary in glob.glob(os.path.join(folder, 'usr', 'bin', 'python3.[0-9]*')):
            if not os.path.islink(binary):
                yield folder, binary[len(folder):]


def test_other_root(folder):
    found = list(suites())
    if not found:
        return skip('another Python in another root', 'no suite is unpacked (tests/capture/fetch-python.sh)')
    for root, binary in found:
        title = '%s of %s' % (os.path.basename(binary), os.path.basename(root))
        command = ['unshare', '--mount', '--pid', '--ipc', '--uts', '--fork', '--kill-child', 'chroot', root, binary,
                   '-c', PROGRAM]
        with Container(command) as container:
            wrong = capture(container.pid, folder)
            report(not wrong and container.inner == '1', title + ' in another root and namespaces, from the host', wrong)
            listed = [one for one in json.loads(run('processes', '--format', 'json').stdout) if one['pid'] == container.pid]
            version = binary.rpartition('python')[2]
            report(listed and listed[0]['python'].startswith(version + '.') and not listed[0]['problem'],
                   title + ' is listed', listed)


def test_as_user(folder):
    """A container without root, as podman makes them; the same user looks in from outside."""
    title = "a container of an ordinary user's own, by the same user"
    command = ['unshare', '--user', '--map-root-user', '--mount', '--pid', '--fork', '--kill-child', '/usr/bin/python3',
               '-c', PROGRAM]
    if subprocess.run(command[:5] + ['true'], preexec_fn=become_nobody, stderr=subprocess.DEVNULL).returncode:
        return skip(title, 'an ordinary user may not make namespaces here')
    with Container(command, preexec_fn=become_nobody) as container:
        wrong = capture(container.pid, folder, preexec_fn=become_nobody)
        report(not wrong, title, wrong)
        wrong = capture(container.pid, folder)
        report(not wrong, 'and by root', wrong)
    done = subprocess.run(command[:5] + ['--fork', '--mount-proc', '/usr/bin/python3', '-c', BESIDE, PROGRAM, HEAPGRAPH],
                          preexec_fn=become_nobody, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    report(done.returncode == 0 and os.path.getsize(os.path.join(folder, 'inside.hgd')) > 1000,
           'from inside, beside the program', done)


def filter_tracing():
    """What a container's profile does: process_vm_readv and ptrace are not permitted."""
    libc = ctypes.CDLL(None)
    program = b''.join(struct.pack('HBBI', *instruction) for instruction in (
        (0x20, 0, 0, 0),                  # the number of the call
        (0x15, 2, 0, 310),                # process_vm_readv
        (0x15, 1, 0, 101),                # ptrace
        (0x06, 0, 0, 0x7fff0000),         # may be
        (0x06, 0, 0, 0x00050000 | 1)))    # EPERM
    buffer = ctypes.create_string_buffer(program)
    fprog = ctypes.create_string_buffer(struct.pack('HxxxxxxQ', 5, ctypes.addressof(buffer)))
    libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
    if libc.prctl(22, 2, fprog, 0, 0):  # PR_SET_SECCOMP
        os._exit(9)


def refused(title, pattern, pid, **options):
    done = run('capture', pid, '-o', '-', **options)
    report(done.returncode == 1 and re.search(pattern, done.stderr) and done.stderr.count('\n') == 1, title,
           'expected %s\n%s' % (pattern, done))


def as_nobody_with_filter():
    become_nobody()
    filter_tracing()


def test_refusals():
    with Container(['/usr/bin/python3', '-c', PROGRAM], preexec_fn=become_nobody) as target:
        refused("a container's profile that forbids tracing", r'seccomp filter forbids it here: start the container with '
                r'--cap-add=SYS_PTRACE or --security-opt seccomp=unconfined', target.pid, preexec_fn=filter_tracing)
        for scope, pattern in (('1', 'is not a child of this one, and Yama allows no other: .*kernel.yama.ptrace_scope=0'),
                               ('2', 'may be traced by root only .kernel.yama.ptrace_scope is 2.'),
                               ('3', 'may not be traced by anyone: kernel.yama.ptrace_scope is 3')):
            test_yama(scope, pattern, target.pid)


def test_yama(scope, pattern, pid):
    """There may be no Yama here: a namespace shows its setting, a filter refuses in its place."""
    title = 'Yama, scope ' + scope
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(folder + '/yama')
        with open(folder + '/yama/ptrace_scope', 'w') as file:
            file.write(scope + '\n')
        os.chmod(folder, 0o755)
        script = 'mount --bind "$0" /proc/sys/kernel && exec "$@"'
        code = ('import sys, os; sys.path[:0] = [%r]; import importlib.util as u; '
                's = u.spec_from_file_location("t", %r); m = u.module_from_spec(s); s.loader.exec_module(m); '
                'm.as_nobody_with_filter(); os.execv(%r, ["heapgraph", "capture", "%d", "-o", "-"])'
                % (os.path.dirname(os.path.abspath(__file__)), os.path.abspath(__file__), HEAPGRAPH, pid))
        done = subprocess.run(['unshare', '--mount', '/bin/sh', '-c', script, folder, sys.executable, '-c', code],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        report(done.returncode == 1 and re.search(pattern, done.stderr), title, 'expected %s\n%s' % (pattern, done))


def test_outer():
    """A process whose user namespace lies above ours."""
    with Container(['/usr/bin/python3', '-c', PROGRAM]) as target:
        done = subprocess.run(['unshare', '--user', '--map-root-user', HEAPGRAPH, 'capture', str(target.pid), '-o', '-'],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        report(done.returncode == 1 and 'lives in a user namespace above this one: run heapgraph on the host' in done.stderr,
               'a process outside the container', done)


def main():
    if os.geteuid() or subprocess.run(['unshare', '--mount', '--pid', '--fork', 'true'], stderr=subprocess.DEVNULL).returncode:
        skip_all('needs root and namespaces')
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        test_other_root(folder)
        test_as_user(folder)
    test_refusals()
    test_outer()
    finish()


if __name__ == '__main__':
    main()
