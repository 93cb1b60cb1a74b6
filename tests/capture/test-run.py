#!/usr/bin/env python3
# test-run.py - the package heapgraph: dump(), install() and python -m heapgraph run.
# SPDX-License-Identifier: MIT
import glob
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hgd  # noqa: E402
import pythons  # noqa: E402
from tap import finish, report  # noqa: E402

HEAPGRAPH = os.environ['HEAPGRAPH']
PACKAGE = os.path.join(os.environ['HG_TESTS'], '..', 'core', 'capture', 'python')
SCRIPT = '''
import sys
class Session:
    def __init__(self, n): self.n = n
sessions = [Session(n) for n in range(7)]
'''


def environment(with_command):
    result = dict(os.environ, PYTHONPATH=PACKAGE, PYTHONDONTWRITEBYTECODE='1')
    result['HEAPGRAPH'] = HEAPGRAPH if with_command else '/nonexistent/heapgraph'
    return result


def run(python, folder, arguments, script=SCRIPT, with_command=True):
    with open(os.path.join(folder, 'script.py'), 'w') as file:
        file.write(script)
    return subprocess.run([python, '-m', 'heapgraph', 'run', '-o', 'heap-{n}.hgd'] + arguments,
                          cwd=folder, env=environment(with_command), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, universal_newlines=True)


def sessions(path):
    """Returns: how many instances of Session are in the dump, and where it comes from."""
    dump = hgd.read(path)
    count = sum(one.type['qualname'] == 'Session' for one in dump.objects.values())
    return count, dump.facts['source'], {root[2] for root in dump.roots if root[0] == 0}


def test_at_exit(python, folder, with_command):
    source = 'process' if with_command else 'pure-python'
    done = run(python, folder, ['script.py', 'x', '--y'],
               SCRIPT + 'print(sys.argv, __name__, __file__)\n', with_command)
    found = sessions(folder + '/heap-1.hgd') if done.returncode == 0 else None
    report(found and found[:2] == (7, source) and '__main__' in found[2],
           '%s: at exit, %s' % (name(python), source), found, done.stderr)
    report(done.stdout == "['script.py', 'x', '--y'] __main__ script.py\n",
           '%s: the script sees nothing of it' % name(python), done.stdout, done.stderr)


def test_dump(python, folder):
    code = SCRIPT + '''
import heapgraph
facts = heapgraph.dump('inside.hgd', values='none')
print(facts['source'], facts['objects'] > 1000, facts['references'] > 1000)
'''
    for with_command, source in ((True, 'process'), (False, 'pure-python')):
        done = subprocess.run([python, '-c', code], cwd=folder, env=environment(with_command),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              universal_newlines=True)
        report(done.stdout == source + ' True True\n', '%s: dump() says %s' % (name(python), source), done.stdout,
               done.stderr)
        report(sessions(folder + '/inside.hgd')[:2] == (7, source),
               '%s: and the dump is one' % name(python))
        os.unlink(folder + '/inside.hgd')


def test_door(python, folder):
    """Where Yama is on, the child is named to the kernel for as long as it works, and no other."""
    code = '''
import os, sys, heapgraph.outside as outside
print('_ctypes' in sys.modules, 'ctypes' in sys.modules)
prctl = outside.find_prctl()
print(prctl(3, 0, 0, 0, 0), 'ctypes' in sys.modules)  # PR_GET_DUMPABLE
outside.yama_scope, os.geteuid = lambda: 1, lambda: 1000
print(outside.obstacle('x.hgd'))
calls = []
outside.prctl = lambda *arguments: calls.append((arguments[1], prctl(*arguments)))
print(outside.obstacle('x.hgd'), outside.dump('door.hgd')['source'])
print(len(calls), calls[0][0] > 1, calls[0][0] != os.getpid(), calls[1][0])
'''
    scope = '/proc/sys/kernel/yama/ptrace_scope'
    needed = os.path.exists(scope) and open(scope).read().strip() == '1'
    done = subprocess.run([python, '-c', code], cwd=folder, env=environment(True), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, universal_newlines=True)
    report(done.stdout == '%s False\n1 False\n%s\nNone process\n2 True True 0\n' % (
           needed, 'None' if needed else 'kernel.yama.ptrace_scope is 1'),
           '%s: opens the door for its own child only' % name(python), done.stdout, done.stderr)


def test_memory_error(python, folder):
    script = SCRIPT + 'def grow():\n    big = [1]\n    raise MemoryError("no more")\ngrow()\n'
    done = run(python, folder, ['--on-memory-error', 'script.py'], script)
    found = sessions(folder + '/heap-1.hgd') if os.path.exists(folder + '/heap-1.hgd') else None
    lines = done.stderr.strip().split('\n')
    report(found and found[0] == 7 and done.returncode == 1, '%s: at a MemoryError' % name(python),
           done.stderr)
    report(lines[1:2] == ['Traceback (most recent call last):'] and 'heapgraph' not in lines[2]
           and lines[-1] == 'MemoryError: no more',
           '%s: told as ever' % name(python), done.stderr)
    os.unlink(folder + '/heap-1.hgd')
    done = run(python, folder, ['--on-memory-error', 'script.py'], SCRIPT + 'raise KeyError(1)\n')
    report(done.returncode == 1 and not os.path.exists(folder + '/heap-1.hgd'),
           '%s: other errors write nothing' % name(python), done.stderr)


def signal_until(path, process):
    """A signal that comes during a dump asks for nothing more, so it may have to be repeated."""
    for _ in range(300):
        if os.path.exists(path) or process.poll() is not None:
            return
        process.send_signal(signal.SIGUSR2)
        time.sleep(0.1)


def test_signal(python, folder):
    with open(os.path.join(folder, 'script.py'), 'w') as file:
        file.write(SCRIPT + 'print("ready", flush=True)\nprint(sys.stdin.readline())\n')
    process = subprocess.Popen([python, '-m', 'heapgraph', 'run', '-o', 'heap-{n}.hgd', '--signal',
                                'usr2', 'script.py'], cwd=folder, env=environment(True),
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, universal_newlines=True)
    process.stdout.readline()
    for n in (1, 2):
        signal_until(folder + '/heap-%d.hgd' % n, process)
    said, errors = process.communicate('on\n')
    found = [sessions(path)[0] for path in sorted(glob.glob(folder + '/heap-*.hgd'))]
    report(len(found) >= 2 and set(found) == {7} and said == 'on\n\n' and process.returncode == 0,
           '%s: on signals' % name(python), found, said, errors)


def test_sites(python, folder):
    with open(os.path.join(folder, 'script.py'), 'w') as file:  # 3.11 knows no site of what has a __dict__
        file.write('class Session: __slots__ = ()\nsessions = [Session() for n in range(7)]\n')
    arguments = ['-m', 'heapgraph', 'run', '--sites', '-o', 'sites.hgd', 'script.py']
    done = subprocess.run([python, '-X', 'tracemalloc=3'] + arguments, cwd=folder, env=environment(True),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    dump = hgd.read(folder + '/sites.hgd') if done.returncode == 0 else None
    lines = [one.site and one.site[0][1] for one in dump.objects.values()
             if one.type['qualname'] == 'Session'] if dump else None
    report(lines == [2] * 7, '%s: where objects were allocated' % name(python), lines, done.stderr)
    done = subprocess.run([python] + arguments, cwd=folder, env=environment(True), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, universal_newlines=True)
    report(done.returncode == 2 and '--sites needs tracemalloc' in done.stderr,
           '%s: which nobody knows without tracemalloc' % name(python), done.stderr)


def test_refusals(python, folder):
    for arguments, message in ((['--signal', 'NONE', 'script.py'], 'there is no signal NONE'),
                               ([], 'script')):
        done = run(python, folder, arguments)
        report(done.returncode == 2 and message in done.stderr,
               '%s: refuses %s' % (name(python), arguments), done.stderr)


def name(python):
    return python.rsplit('/', 3)[1] if 'pyenv' in python else python


def main():
    # an unpacked suite is run by its own loader, which sys.executable does not know
    found = [one for one in pythons.find() if len(one.command) == 1]
    for python in [one.command[0] for one in pythons.choose(found)]:
        for test in (lambda *a: test_at_exit(*a, True), lambda *a: test_at_exit(*a, False), test_dump, test_door,
                     test_memory_error, test_signal, test_sites, test_refusals):
            folder = tempfile.mkdtemp()
            test(python, folder)
            shutil.rmtree(folder)
    finish()


if __name__ == '__main__':
    main()
