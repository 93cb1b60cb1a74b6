#!/usr/bin/env python3
# test-cores.py - a core says what the live capture of the same stop says, to the last reference.
#
# usage: HEAPGRAPH=heapgraph test-cores.py [NAME-OF-PYTHON...]
#
# Every CPython at hand (pythons.py; a few without HEAPGRAPH_PYTHONS=all) fills its heap with
# everything (outside-target.py) and stops; then it is captured, saved by gdb's gcore and by `heapgraph
# freeze`, and ended by SIGABRT so that the kernel writes a core. What each says must be equal: objects,
# references, types, threads, frames, roots. As root the same with the kernel as an ordinary user.
# SPDX-License-Identifier: MIT
import ctypes
import glob
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hgd  # noqa: E402
import pythons  # noqa: E402
from tap import finish, report, skip  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
HEAPGRAPH = os.environ['HEAPGRAPH']
ROUNDS = os.environ.get('ROUNDS', '10')
NOBODY = 65534
UNLIMITED = '0x7f'  # coredump_filter: everything, files too


def heapgraph(*arguments, **options):
    done = subprocess.run([HEAPGRAPH, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300, **options)
    return done.returncode == 0, done.stdout.decode(errors='replace')


# ---- comparing -----------------------------------------------------------------------------------

def describe(one):
    return (one.type['identity'], one.flags, one.size, one.sizeof, one.refcount, one.length, one.value,
            [repr(reference) for reference in one.references])


def differences(left, right):
    """A line for each kind of difference between two dumps."""
    lines = []
    if left.objects.keys() != right.objects.keys():
        lines.append('%d objects and %d, %d in both' % (len(left.objects), len(right.objects),
                                                        len(left.objects.keys() & right.objects.keys())))
    for address, one in left.objects.items():
        other = right.objects.get(address)
        if other and describe(one) != describe(other):
            lines.append('%s at %#x: %s, and %s' % (one.type['qualname'], address, describe(one), describe(other)))
        if len(lines) > 10:
            break
    for what in ('types', 'threads', 'frames', 'roots'):
        here, there = getattr(left, what), getattr(right, what)
        if here != there:
            only = [(a, b) for a, b in zip(here, there) if a != b][:5]
            lines.append('%s differ: %d and %d, %s' % (what, len(here), len(there), only))
    return lines


def compare(live, path, title, folder, arguments=('--no-ghost',)):
    """Reads the core at [path] and compares; returns the text of what heapgraph said."""
    dump = folder + '/core.hgd'
    done, text = heapgraph('capture', '--core', path, '-o', dump, *arguments)
    if not done:
        report(False, title, text)
        return text
    lines = differences(live, hgd.read(dump))
    report(not lines, title, '\n'.join(lines))
    os.unlink(dump)
    return text


# ---- targets -------------------------------------------------------------------------------------

class Target:
    """outside-target.py, stopped. Its folder is its own and what it may write to."""

    def __init__(self, python, folder, limit=True, user=None):
        def prepare():
            import resource
            hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
            resource.setrlimit(resource.RLIMIT_CORE, (hard if limit else 0, hard))
            if user:
                os.setgroups([])
                os.setresgid(user, user, user)
                os.setresuid(user, user, user)

        environment = dict(os.environ, PYTHONHASHSEED='1', PYTHONDONTWRITEBYTECODE='1', **python.environment)
        self.process = subprocess.Popen(
            [*python.command, HERE + '/outside-target.py', folder + '/truth', ROUNDS], cwd=folder, env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, preexec_fn=prepare)
        self.pid = self.process.pid
        self.folder = folder
        self.ready = self.process.stdout.readline().startswith(b'ready')
        if self.ready:
            os.waitpid(self.pid, os.WUNTRACED)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def capture(self, *arguments):
        path = self.folder + '/live.hgd'
        done, text = heapgraph('capture', str(self.pid), '-o', path, *(arguments or ['--no-ghost']))
        return (hgd.read(path), text) if done else (None, text)

    def filter(self, mask):
        """Chooses what the kernel puts into a core: /proc/PID/coredump_filter."""
        with open('/proc/%d/coredump_filter' % self.pid, 'w') as file:
            file.write(mask)

    def abort(self):
        """Returns: the path of the kernel's core, or None if there is none.

        The signal is for the main thread, which is the one that would run on: of a process it may be
        taken by another, and Python gets some instructions further before it ends."""
        if ctypes.CDLL(None).tgkill(self.pid, self.pid, signal.SIGABRT):
            raise OSError('tgkill failed')
        os.kill(self.pid, signal.SIGCONT)
        self.process.wait()
        found = glob.glob(self.folder + '/core*')
        return found[0] if found else None


VSYSCALL = '0xffffffffff600000'


def gcore(target):
    """Returns: the path of gdb's core, or None; and what gdb could not read, if anything. The page of
    system calls at the end of the address space, which nobody can read by ptrace, does not count."""
    path = target.folder + '/saved'
    done = subprocess.run(['gcore', '-o', path, str(target.pid)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    path = '%s.%d' % (path, target.pid)
    failed = [line for line in done.stdout.decode(errors='replace').splitlines()
              if 'Memory read failed' in line and VSYSCALL not in line]
    return path if os.path.exists(path) else None, failed


def kernel_writes_here():
    """Whether a core lands in the folder of its process."""
    with open('/proc/sys/kernel/core_pattern') as file:
        pattern = file.read().strip()
    return not pattern.startswith('|') and '/' not in pattern


# ---- the same everywhere -------------------------------------------------------------------------

def check_python(python, folder):
    with Target(python, folder) as target:
        live, text = target.capture() if target.ready else (None, 'the target did not start')
        exact, _ = target.capture('--trust') if live else (None, '')
        if not exact or exact.facts['ghost'] != 'yes':
            report(False, '%s: live' % python, text)
            return
        frozen = folder + '/frozen'
        done, text = heapgraph('freeze', str(target.pid), '-o', frozen)
        report(done, '%s: freeze' % python, text)
        if done:
            compare(live, frozen, '%s: frozen equals live' % python, folder, ['--no-ghost', '--sysroot', '/nonexistent'])
            os.unlink(frozen)
        check_gcore(python, target, live)
        check_kernel(python, target, live, exact)


def check_gcore(python, target, live):
    title = '%s: gcore equals live' % python
    if not shutil.which('gcore'):
        return skip(title, 'no gcore')
    core, failed = gcore(target)
    if not core:
        return report(False, title, 'gcore wrote nothing')
    if failed:  # stacks with the guard pages of glibc 2.42: gdb writes zeros for a megabyte around
        os.unlink(core)
        return skip(title, 'gdb could not read all of it')
    compare(live, core, title, target.folder)
    os.unlink(core)


def check_kernel(python, target, live, exact):
    title = "%s: the kernel's core equals live" % python
    if not kernel_writes_here():
        return skip(title, 'core_pattern leads elsewhere')
    core = target.abort()
    if not core:
        return skip(title, 'no core was written (ulimit -c)')
    compare(live, core, title, target.folder)
    compare(exact, core, title + ', with the ghosts of both', target.folder, ['--trust'])
    packed = core + '.zst'
    if not shutil.which('zstd'):
        skip(title + ', compressed', 'no zstd')
    else:
        subprocess.run(['zstd', '-q', '-1', core, '-o', packed], check=True)
        compare(live, packed, title + ', compressed', target.folder)
        os.unlink(packed)
    os.unlink(core)


# ---- filters, missing programs -------------------------------------------------------------------

def with_core(python, folder, mask, func):
    """Calls [func] with the live dump and the kernel's core of a process whose filter is [mask]."""
    with Target(python, folder) as target:
        live, text = target.capture()
        files = files_of(target.pid)
        target.filter(mask)
        core = target.abort()
        if core:
            func(live, core, files)
            os.unlink(core)
        else:
            skip('filter %s' % mask, 'no core was written')


def check_filters(python, folder):
    for mask, what in (('0x33', 'as by default'), ('0x1', 'anonymous memory alone'), (UNLIMITED, 'everything'),
                       ('0x23', 'without the first pages of programs')):
        with_core(python, folder, mask, lambda live, core, _: compare(
            live, core, 'coredump_filter %s, %s, equals live' % (mask, what), folder))
    with_core(python, folder, UNLIMITED, lambda live, core, _: compare(
        live, core, 'a core with everything in it needs no program', folder, ['--no-ghost', '--sysroot', '/nonexistent']))


def files_of(pid):
    """The programs and libraries a process has mapped."""
    with open('/proc/%d/maps' % pid) as file:
        names = {line.split()[-1] for line in file if '/' in line}
    return [name for name in names if os.path.isfile(name) and open(name, 'rb').read(4) == b'\x7fELF']


def check_nameless(live, lost, title):
    """The same objects, but those of a type without a name may have other labels and sizes."""
    missing = live.objects.keys() - lost.objects.keys()
    wrong = [describe(one) for address, one in live.objects.items()
             if address in lost.objects and lost.objects[address].type['qualname'] != one.type['qualname'] and
             lost.objects[address].type['qualname'] != '?' and one.type['flags'] & 1 == 0]
    report(len(missing) < len(live.objects) / 500 and not wrong, title, '%d missing %s' % (len(missing), wrong[:3]))


def check_missing(python, folder):
    def look(live, core, files):
        program = os.path.realpath(python.command[0])
        done, text = heapgraph('capture', '--core', core, '--sysroot', '/nonexistent', '-o', folder + '/no.hgd')
        report(not done and program in text and 'build id' in text and 'is not here' in text and '--executable' in text,
               'a program that is missing is named with its build id', text)
        dump = folder + '/no.hgd'
        done, text = heapgraph('capture', '--core', core, '--sysroot', '/nonexistent', '--executable', program, '-o', dump, '--no-ghost')
        report(done and 'libc.so.6 (build id ' in text and program not in text, 'with --executable it is read, other programs are named', text)
        if done:
            check_nameless(live, hgd.read(dump), 'without the files of extensions only names of types are lost')
            os.unlink(dump)
        done, text = heapgraph('capture', '--core', core, '--sysroot', '/nonexistent', '--executable', program, '-o', dump, '--trust')
        report(done and 'have no code here' in text, 'and what the ghost could not ask is counted', text)
        root = folder + '/root'
        for one in files:
            os.makedirs(root + os.path.dirname(one), exist_ok=True)
            shutil.copy(one, root + one)
        compare(live, core, 'with all of them below --sysroot it is as live', folder, ['--no-ghost', '--sysroot', root])
        done, text = heapgraph('capture', '--core', core, '--executable', '/bin/true', '-o', folder + '/no.hgd')
        report(not done and 'not the program of this core' in text, 'another program is refused', text)
        shutil.copy('/bin/true', root + program)
        done, text = heapgraph('capture', '--core', core, '--sysroot', root, '-o', folder + '/no.hgd')
        report(not done and 'is another build here' in text, 'another build is not taken', text)
        with open(root + program, 'r+b') as file:
            file.truncate(3000)
        done, text = heapgraph('capture', '--core', core, '--sysroot', root, '-o', folder + '/no.hgd')
        report(not done and text.count('\n') == 1, 'nor half a program', text)
        shutil.rmtree(root)

    with_core(python, folder, '0x33', look)


# ---- where a dump works --------------------------------------------------------------------------

def check_places(python, folder):
    def look(live, core, _):
        environment = dict(os.environ, XDG_CACHE_HOME=folder + '/cache')
        count = str(len(live.objects))
        query = ['sql', 'select count(*) from object', '--format', 'csv', '-d']
        done, text = heapgraph(*query, core, env=environment)
        report(done and count in text.split(), 'a core works where a store is expected', text)
        cached = len(glob.glob(folder + '/cache/heapgraph/*.db'))
        copy = shutil.copy(core, folder + '/copy')
        done, text = heapgraph(*query, copy, env=environment)
        report(done and cached == 1 and len(glob.glob(folder + '/cache/heapgraph/*.db')) == 1,
               'and is loaded once, whatever it is called', text)
        store = folder + '/store.db'
        done, text = heapgraph('load', core, '-d', store, '--format', 'csv')
        report(done and count in text.replace('\n', ',').split(',') and 'no ghost (a core is not trusted)' in text,
               'it is loaded like a dump, and said that nothing ran', text)
        done, text = heapgraph('load', core, '-d', store, '--trust')
        report(done and ': ghost: ' in text, 'with --trust, what came of the ghost', text)
        with open(core, 'rb') as file:
            done, text = heapgraph('load', '-', '-d', store, '--format', 'csv', stdin=file)
        report(done and count in text.replace('\n', ',').split(','), 'also from a pipe', text)
        shutil.rmtree(folder + '/cache')
        os.unlink(copy)
        os.unlink(store)

    with_core(python, folder, '0x33', look)


def check_truncated(python, folder):
    def look(live, core, _):
        size = os.path.getsize(core)
        title = 'a truncated core is refused, and loaded as far as it goes with --salvage'
        with open(core, 'r+b') as file:
            file.truncate(size - 5000)
        store = folder + '/store.db'
        done, text = heapgraph('load', core, '-d', store)
        again, salvaged = heapgraph('load', core, '-d', store, '--salvage')
        report(not done and 'truncated' in text and again and 'bytes of memory are missing' in salvaged, title, text + salvaged)
        os.unlink(store)
        check_borders(core, store)

    with_core(python, folder, '0x33', look)


def check_borders(core, store):
    """Cut where a segment begins or in its middle, from the end on: an error of one line, or a snapshot."""
    with open(core, 'rb') as file:
        start = file.read(1 << 16)
    first, = struct.unpack_from('<Q', start, 32)
    n_segments, = struct.unpack_from('<H', start, 56)
    cuts = set()
    for i in range(n_segments):
        kind, _, offset, _, _, in_file = struct.unpack_from('<IIQQQQ', start, first + 56 * i)
        cuts |= {offset, offset + in_file // 3} if in_file else set()
    cuts = sorted(cuts, reverse=True)
    wrong, n_loaded = [], 0
    for cut in cuts if os.environ.get('HEAPGRAPH_PYTHONS') == 'all' else cuts[::12]:
        if cut >= os.path.getsize(core):
            continue
        os.truncate(core, cut)
        done, text = heapgraph('load', core, '-d', store)
        again, salvaged = heapgraph('load', core, '-d', store, '--salvage')
        n_loaded += again
        if done or text.count('\n') != 1 or not again and salvaged.count('\n') != 1:
            wrong.append('%d: %s%s' % (cut, text, salvaged))
    report(not wrong and n_loaded, 'cut at any border of a segment, or inside: one line, or what is whole', '\n'.join(wrong))


def check_collecting(python, folder):
    """A program that ends within a collection: the core is read, and says so."""
    program = 'import gc, os\nclass A:\n    def __del__(self): os.abort()\na = A(); a.me = a; del a\ngc.collect()\n'

    def prepare():
        import resource
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))

    subprocess.run([*python.command, '-c', program], cwd=folder, stderr=subprocess.DEVNULL, preexec_fn=prepare)
    title = 'the core of a program that ended within a collection says so'
    cores = glob.glob(folder + '/core*')
    if not cores:
        return skip(title, 'no core was written')
    done, text = heapgraph('capture', '--core', cores[0], '-o', folder + '/c.hgd')
    report(done and hgd.read(folder + '/c.hgd').facts.get('during-collection') == 'yes', title, text)


# ---- an ordinary user ----------------------------------------------------------------------------

def check_user(python):
    title = 'an ordinary user: the core equals live'
    if os.geteuid():
        return skip(title, 'needs root, to become another user; the rest ran as one')
    if python.command[0].startswith('/root'):
        return skip(title, 'another user may not run this Python')
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        with Target(python, folder, user=NOBODY) as target:
            become = {'preexec_fn': lambda: (os.setgroups([]), os.setresgid(NOBODY, NOBODY, NOBODY),
                                             os.setresuid(NOBODY, NOBODY, NOBODY))}
            path = folder + '/user.hgd'
            done, text = heapgraph('capture', str(target.pid), '-o', path, '--no-ghost', **become)
            if not done:
                return skip(title, text.strip())
            core = target.abort()
            if not core:
                return skip(title, 'no core was written')
            dump = folder + '/core.hgd'
            done, text = heapgraph('capture', '--core', core, '-o', dump, '--no-ghost', **become)
            lines = differences(hgd.read(path), hgd.read(dump)) if done else [text]
            report(not lines, title, '\n'.join(lines))


def choose():
    found = [one for one in pythons.find() if one.version[:2] <= (3, 15)]
    names = sys.argv[1:]
    if names:
        return [one for one in found if any(name in str(one) for name in names)]
    if os.environ.get('HEAPGRAPH_PYTHONS') != 'all' and len(found) > 4:
        return found[:1] + [one for one in found if one.command == ['/usr/bin/python3']] + found[-1:]
    return found


def main():
    found = choose()
    for python in found:
        with tempfile.TemporaryDirectory() as folder:
            check_python(python, folder)
    plain = [one for one in found if one.command == ['/usr/bin/python3']] or \
        [one for one in found if len(one.command) == 1 and not glob.glob(one.where + '/lib/libpython3*')]
    for check in (check_filters, check_missing, check_places, check_truncated, check_collecting):
        title = check.__name__[6:]
        if not plain or not kernel_writes_here():
            skip(title, "no core of the kernel's here")
            continue
        with tempfile.TemporaryDirectory() as folder:
            check(plain[0], folder)
    if plain:
        check_user(plain[0])
    print('# covered: cores of %s' % ', '.join(map(str, found)))
    finish()


if __name__ == '__main__':
    main()
