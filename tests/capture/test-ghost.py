#!/usr/bin/env python3
"""test-ghost.py - functions of the target run on its image: what they say is exact, what they do does no harm.

Types with a tp_traverse of hostile-traverse.c are made in a running Python, which never calls them: they run in the
ghost. Each does its worst; the target must run on with its heap as it was, heapgraph must come to a dump, no child may be
left, no file be written, and what the others say must be exact. As root also as nobody. Speaks TAP; needs a C compiler.
SPDX-License-Identifier: MIT
"""
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import hgd  # noqa: E402
import pythons  # noqa: E402
from tap import finish, report, skip, skip_all  # noqa: E402
from targets import NOBODY, SYSTEM, Target  # noqa: E402

HEAPGRAPH = os.environ["HEAPGRAPH"]
ALL = os.environ.get("HG_PYTHONS") == "all"  # each of them, and as nobody all the harm
HARMS = {  # what is said of such objects, if that is sure
    "crash": "crashed", "illegal": "crashed", "divide": "crashed", "breakpoint": "crashed", "give_up": "system calls",
    "recurse": "crashed", "half": "crashed", "loop": "no end", "visit_without_end": "", "write_file": "system calls",
    "write_anywhere": "system calls", "kill_parent": "system calls", "fork_child": "system calls", "execute": "system calls",
    "connect_out": "system calls", "take_memory": "system calls", "old_system_call": "", "leave": "ended",
    "scribble": "", "scribble_caller": "", "scribble_answers": "", "rewrite_code": "crashed", "lose_registers": None,
    "lose_stack": "crashed", "jump_away": "", "jump_back": "", "block_signals": "ended",
}
# Whatever these do they may do to the ghost's own answers; that others are exact is not asked.
TAINTED = {"scribble", "scribble_caller", "scribble_answers"}

TARGET = """
import ctypes, gc, json, os, sys
gc.disable()
library = ctypes.CDLL(sys.argv[1])
ctypes.memmove(ctypes.addressof(ctypes.c_char.in_dll(library, 'harm')), sys.argv[2].encode() + b'\\0', len(sys.argv[2]) + 1)
library.fill.argtypes = [ctypes.c_void_p, ctypes.c_uint64, ctypes.c_void_p]
class Slot(ctypes.Structure):
    _fields_ = [('slot', ctypes.c_int), ('function', ctypes.c_void_p)]
class Spec(ctypes.Structure):
    _fields_ = [('name', ctypes.c_char_p), ('basicsize', ctypes.c_int), ('itemsize', ctypes.c_int),
                ('flags', ctypes.c_uint), ('slots', ctypes.POINTER(Slot))]
make = ctypes.pythonapi.PyType_FromSpec
make.restype, make.argtypes = ctypes.py_object, [ctypes.POINTER(Spec)]
kept = []
def make_type(name):
    slots = (Slot * 2)(Slot(71, ctypes.cast(getattr(library, name), ctypes.c_void_p).value), Slot(0, None))
    spec = Spec(('hostile.' + name).encode(), 24, 0, 1 << 14 | 1 << 18, slots)
    kept.extend([slots, spec, spec.name])
    return make(ctypes.byref(spec))
def make_object(kind, items):
    one = kind()
    targets = (ctypes.c_uint64 * len(items))(*map(id, items))
    library.fill(id(one), len(items), targets)
    return one
class Plain:
    def __init__(self, i): self.number, self.list = i, [i]
types = {name: make_type(name) for name in ['good'] + sys.argv[3:]}
items = [[i] for i in range(100)]
truth, objects = {}, []
def fill():
    for i in range(90):
        mine = [items[i], items[i + 1], items[i], Plain(i)]
        kept.append(mine)
        one = make_object(types['good'], mine)
        truth[id(one)] = [id(item) for item in mine]
        objects.append(one)
        for name in sys.argv[3:] if i % 30 == 15 else ():
            objects.append(make_object(types[name], [items[i]]))
fill()
plain = [Plain(i) for i in range(1000)]
print(json.dumps({'good': list(truth.items()), 'types': {name: id(one) for name, one in types.items()}}), flush=True)
for line in sys.stdin:
    assert [one.number for one in plain] == list(range(1000)) and [one[0] for one in items] == list(range(100))
    print('right', flush=True)
os._exit(0)
"""


class Bench:
    """A folder with the library, and who runs things there."""

    def __init__(self, folder, python, user=None, before=()):
        self.folder, self.python, self.user = folder, python, user
        self.before = list(before)  # a command to run all by
        self.library = os.path.join(folder, "hostile.so")
        self.harm = os.path.join(folder, "harm")

    def who(self):
        """Options of Popen: where and as whom."""
        user = {} if self.user is None else {"user": self.user, "group": self.user, "extra_groups": []}
        return {"cwd": self.folder, **user}

    def start(self, command, **options):
        return subprocess.Popen(self.before + command, text=True, stdout=subprocess.PIPE, **self.who(), **options)

    def target(self, harms):
        """Returns: a program with objects that do [harms]; its first line tells the truth about the good ones."""
        command = [*self.before, *self.python.command, "-c", TARGET, self.library, self.harm, *harms]
        return Target(*command, env=dict(os.environ, **self.python.environment), **self.who())

    def capture(self, pid, *options):
        """Returns: exit status, what was said, the dump or None, and the processes left."""
        dump = os.path.join(self.folder, "dump.hgd")
        what = ["--core", self.freeze(pid)] if "--core" in options else [str(pid)]
        options = [option for option in options if option != "--core"]
        heapgraph = self.start([HEAPGRAPH, "capture", *what, "-o", dump, *options], stderr=subprocess.STDOUT,
                               start_new_session=True)
        said = heapgraph.communicate(timeout=250)[0]
        left = processes_of_session(heapgraph.pid)
        found = hgd.read(dump) if os.path.exists(dump) else None
        if found:
            os.unlink(dump)
        return heapgraph.returncode, said, found, left

    def freeze(self, pid):
        core = os.path.join(self.folder, "core")
        if os.path.exists(core):
            os.unlink(core)
        self.start([HEAPGRAPH, "freeze", str(pid), "-o", core], stderr=subprocess.STDOUT).communicate()
        return core


def processes_of_session(session):
    found = []
    for name in os.listdir("/proc"):
        try:
            with open(f"/proc/{name}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        if name.isdigit() and fields[3] == str(session) and fields[0] != "Z":
            found.append(name)
    return found


def visited(dump, address):
    one = dump.objects.get(address)
    return collections.Counter(one.visited() if one else [])


def find_wrong(dump, good):
    return ["%#x: %s, not %s" % (address, dict(visited(dump, address)), targets) for address, targets in good
            if visited(dump, address) != collections.Counter(targets)]


def is_right(target):
    """Whether the program still has what it made."""
    return target.ask("") == "right\n"


def check(bench, title, harms, pattern, exact=True, options=()):
    with bench.target(harms) as target:
        facts = json.loads(target.first or "null")
        if not facts:
            report(False, title, "the target did not start")
            return
        status, said, dump, left = bench.capture(target.pid, *options)
        problems = [] if status == 0 and dump else [f"exit status {status}"]
        problems += [] if is_right(target) else ["the target does not answer, or wrongly"]
        problems += [f"processes left: {left}"] if left else []
        problems += [f"{bench.harm} was written"] if os.path.exists(bench.harm) else []
        problems += [f"no {pattern!r} in what was said"] if pattern and not re.search(pattern, said) else []
        if dump and exact:
            problems += find_wrong(dump, facts["good"])[:5]
        if dump and any(len(one.references) > 1000000 for one in dump.objects.values()):
            problems.append("a million references of one object")
        report(not problems, title, "\n".join(problems + [said]))


def test_python(bench, harms):
    version = "%d.%d.%d" % bench.python.version + (" as nobody" if bench.user else "")
    check(bench, f"{version}: references nobody could guess are exact", [], "ghost: [0-9]")
    for harm in harms:
        check(bench, f"{version}: {harm.replace('_', ' ')}", [harm], HARMS[harm], harm not in TAINTED)


def test_together(bench):
    everything = sorted(HARMS)
    check(bench, "all of them together", everything, "ghost: [0-9]", False)
    check(bench, "without a ghost nothing of it runs", everything, "no ghost .not wanted.", False, ["--no-ghost"])


def test_fork(folder, python):
    check(Bench(folder, python), "of a forked copy", ["crash", "kill_parent"], "ghost: .* 3 crashed, 3 made system calls",
          options=["--fork"])


def test_cores(folder, python):
    bench = Bench(folder, python)
    check(bench, "of a core nothing runs", ["crash"], "no ghost .a core is not trusted.", False, ["--core"])
    check(bench, "unless it is trusted", ["crash", "kill_parent"], "ghost: .* 3 crashed, 3 made system calls",
          options=["--core", "--trust"])


def test_addresses(folder, python):
    """Nothing of heapgraph may be in the way of the image, even if it is where the image was."""
    title = "the same addresses in heapgraph and target"
    if not shutil.which("setarch") or subprocess.run(["setarch", "-R", "true"]).returncode != 0:
        skip(title, "no setarch, or it may not")
        return
    check(Bench(folder, python, before=["setarch", "-R"]), title, ["crash"], "ghost: .* crashed")


def compile_library(folder):
    """Returns: whether there is a compiler."""
    for compiler in (os.environ.get("CC"), "cc", "gcc", "clang"):
        if compiler and shutil.which(compiler.split()[0]):
            subprocess.run([*compiler.split(), "-D_GNU_SOURCE", "-O1", "-shared", "-fPIC", "-fno-stack-protector", "-w",
                                   f"{HERE}/hostile-traverse.c", "-o", f"{folder}/hostile.so"], check=True)
            return True
    return False


def test_nobody(folder, python):
    """As an ordinary user: the same, and of root's process nothing is even tried."""
    global HEAPGRAPH
    title = "as an ordinary user"
    if os.getuid() != 0:
        skip(title, "these tests ran as one")
        return
    shutil.copy(HEAPGRAPH, f"{folder}/heapgraph")
    ours, HEAPGRAPH = HEAPGRAPH, f"{folder}/heapgraph"
    os.chmod(folder, 0o777)
    nobody = Bench(folder, python, NOBODY)
    if nobody.start([SYSTEM, "-c", ""]).wait() == 0:
        test_python(nobody, sys.argv[1:] or (list(HARMS) if ALL else ["crash", "write_file", "kill_parent", "loop"]))
        check(nobody, "of a forked copy, as nobody", ["crash", "kill_parent"], "ghost: .* 3 crashed, 3 made system calls", options=["--fork"])
        check_trust(Bench(folder, python, NOBODY), Bench(folder, python))
    else:
        skip(title, "nobody may run no Python here")
    HEAPGRAPH = ours


def check_trust(theirs, root):
    """Root captures another user's process: its code runs only if root says so."""
    for options, pattern in ([], "no ghost .another user's process is not trusted"), (["--trust"], "ghost: [0-9]"):
        with theirs.target(["crash"]) as target:
            status, said, dump, left = root.capture(target.pid, *options)
            good = status == 0 and re.search(pattern, said) and not left and is_right(target)
            report(good, f"another user's process, captured by root {' '.join(options)}", said)


def main():
    found = pythons.find()
    harms = sys.argv[1:] or list(HARMS)
    with tempfile.TemporaryDirectory() as folder:
        if not compile_library(folder):
            skip_all("no C compiler")
        system = [one for one in found if one.where == "/usr"] or found[-1:]
        test_python(Bench(folder, system[0]), harms)
        test_together(Bench(folder, system[0]))
        test_fork(folder, system[0])
        test_cores(folder, system[0])
        test_addresses(folder, system[0])
        others = [one for one in found if one is not system[0]]
        for python in others if ALL else others[:1] + others[-1:]:
            test_python(Bench(folder, python), ["crash", "lose_registers"])
        test_nobody(folder, system[0])
    finish()


if __name__ == "__main__":
    main()
