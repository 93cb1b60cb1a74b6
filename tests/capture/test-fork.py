#!/usr/bin/env python3
"""test-fork.py - a capture by a fork leaves nothing behind, and the program's results right.

Speaks TAP. $TAKE_IMAGE is take-image, $HEAPGRAPH the command; HG_CAPTURES is how many images of each program are taken.
SPDX-License-Identifier: MIT
"""
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hgd  # noqa: E402
from tap import finish, report, skip, skip_all  # noqa: E402
from targets import SYSTEM, Target, become_nobody, echo, wait_until  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
HEAPGRAPH, TAKE_IMAGE = os.environ["HEAPGRAPH"], os.environ["TAKE_IMAGE"]
N_CAPTURES = int(os.environ.get("HG_CAPTURES", "5"))


def heapgraph(*arguments, **options):
    return subprocess.run([HEAPGRAPH, *map(str, arguments)], capture_output=True, text=True, timeout=300, **options)


def settled(target):
    """Zombies of the program's own come and go."""
    return wait_until(lambda: not target.leftovers())


# ---- under load ------------------------------------------------------------------------------------

def check_load(mode):
    with tempfile.TemporaryDirectory() as folder, Target(SYSTEM, f"{HERE}/fork-target.py", mode, folder) as target:
        result = subprocess.run([TAKE_IMAGE, "--fork", "--times", str(N_CAPTURES), str(target.pid)], capture_output=True, text=True)
        clean = settled(target)
        left = target.leftovers()
        open(f"{folder}/stop", "w").close()
        last = target.process.stdout.readline()
        status = target.process.wait()
        print(f"# {mode}: {result.stdout.strip()}; {last.strip()}")
        words = result.stdout.split()
        worst = dict(zip(words[::2], words[1::2])).get("worst")
        report(result.returncode == 0 and worst in ("0", "1"), f"{mode}: {N_CAPTURES} forked images under load have whole lists", result)
        report(clean, f"{mode}: nothing is left in the program: no zombie, no stopped thread", "\n".join(left))
        report(status == 0 and last.startswith("right"), f"{mode}: its results are right", f"{status} {last}")


def check_same():
    """What a fork shows is what a stopped process shows."""
    with echo("kept = [[i, str(i), {i: i}] for i in range(20000)]") as target, tempfile.TemporaryDirectory() as folder:
        os.kill(target.pid, signal.SIGSTOP)
        wait_until(lambda: any("T" in text.split(")")[-1][:3] for text in [open(f"/proc/{target.pid}/stat").read()]))
        plain = heapgraph("capture", target.pid, "-o", f"{folder}/plain.hgd", "--no-ghost")
        forked = heapgraph("capture", "--fork", target.pid, "-o", f"{folder}/fork.hgd", "--no-ghost")
        good = plain.returncode == 0 and forked.returncode == 0
        if good:
            left, right = hgd.read(f"{folder}/plain.hgd"), hgd.read(f"{folder}/fork.hgd")
            describe = {a: (o.type["identity"], o.size, o.refcount, o.value, list(map(repr, o.references))) for a, o in left.objects.items()}
            same = describe == {a: (o.type["identity"], o.size, o.refcount, o.value, list(map(repr, o.references))) for a, o in right.objects.items()}
            good = same and left.roots == right.roots and left.frames == right.frames
        report(good, "a forked capture of a suspended process equals a plain one", f"{plain}\n{forked}")
        with open(f"/proc/{target.pid}/stat") as file:
            still = file.read().rpartition(")")[2].split()[0]
        os.kill(target.pid, signal.SIGCONT)
        report(still == "T" and target.answers(), "it stays suspended, and goes on when told", still)
        core = f"{folder}/core"
        frozen = heapgraph("freeze", "--fork", target.pid, "-o", core)
        loaded = heapgraph("load", core, "-d", f"{folder}/store.db")
        report(frozen.returncode == 0 and loaded.returncode == 0 and target.answers(), "freeze --fork writes a core", f"{frozen}\n{loaded}")


def check_signals():
    count = "import signal, sys\nn = [0]\ndef on(*_): n[0] += 1\nsignal.signal(signal.SIGUSR1, on)\nprint('ready', flush=True)\n" \
        "for line in sys.stdin: print(n[0], flush=True)"
    with Target(SYSTEM, "-c", count) as target:
        n_sent = seen = 0
        taking = subprocess.Popen([TAKE_IMAGE, "--fork", "--times", str(3 * N_CAPTURES), str(target.pid)], stdout=subprocess.DEVNULL)
        while taking.poll() is None:
            os.kill(target.pid, signal.SIGUSR1)
            n_sent += 1
            target.process.stdin.write("\n")
            target.process.stdin.flush()
            seen = int(target.process.stdout.readline())
        report(taking.returncode == 0 and seen == n_sent, "every signal sent around the forks arrives once", f"{seen} of {n_sent}")


# ---- killed in between -----------------------------------------------------------------------------

def find_guardians(parent):
    """The processes heapgraph-guard that [parent] started."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as file:
                text = file.read()
        except OSError:
            continue
        if "(heapgraph-guard)" in text and text.rpartition(")")[2].split()[1] == str(parent):
            found.append(int(name))
    return found


def check_killed():
    wrong = []
    with echo("kept = [[i] for i in range(300000)]") as target, tempfile.TemporaryDirectory() as folder:
        for number in range(4 * N_CAPTURES):
            taking = subprocess.Popen([HEAPGRAPH, "capture", "--fork", "-o", f"{folder}/{number}", str(target.pid)], stderr=subprocess.DEVNULL)
            time.sleep(random.random() * 0.25)
            guardians = find_guardians(taking.pid)
            taking.kill()
            taking.wait()
            gone = wait_until(lambda: not target.children() and not target.leftovers() and
                              not any(os.path.exists(f"/proc/{pid}/exe") for pid in guardians))
            if not gone or not target.answers():
                wrong.append(f"{number}: {target.children()} {target.leftovers()} {guardians}")
        report(not wrong, "killed at any moment: no copy, no zombie, no guardian, the program goes on", "\n".join(wrong))


def check_guardian_killed():
    """The kernel then kills the copy; a zombie may stay, which the program never sees."""
    title = "with the guardian killed as well, the copy dies and the program goes on"
    seen = 0
    wrong = []
    with echo("kept = [[i] for i in range(1000000)]") as target, tempfile.TemporaryDirectory() as folder:
        for number in range(20):
            taking = subprocess.Popen([HEAPGRAPH, "capture", "--fork", "-o", f"{folder}/{number}", str(target.pid)], stderr=subprocess.DEVNULL)
            while taking.poll() is None and (target.held_threads() or not any(state == "t" for _, state in target.children())):
                pass  # until the copy is there and the program runs again
            guardians = find_guardians(taking.pid)
            if taking.poll() is None and guardians:
                seen += 1
                os.kill(guardians[0], signal.SIGKILL)
            taking.kill()
            taking.wait()
            if not wait_until(lambda: all(state == "Z" for _, state in target.children())) or not target.answers():
                wrong.append(f"{number}: {target.children()}")
            if seen == 3:
                break
        if not seen:
            return skip(title, "the copy was never met")
        report(not wrong, title, "\n".join(wrong))


def kill_if_there(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def check_no_second_program():
    """In the middle of the call the program may fail then, but there are never two of it."""
    title = "with the guardian killed in the middle of the call, the copy does not run"
    body = "import time\nkept = [[i] for i in range(300000)]\nprint('ready', flush=True)\n" \
        "while True:\n    try: time.sleep(0.01)\n    except OSError: pass"
    met = 0
    wrong = []
    for number in range(6 * N_CAPTURES):
        with Target(SYSTEM, "-c", body) as target:
            taking = subprocess.Popen([TAKE_IMAGE, "--fork", str(target.pid)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            guardians = []
            while taking.poll() is None and not (guardians and target.held_threads()):
                guardians = guardians or find_guardians(taking.pid)
            time.sleep(random.random() * 0.006)
            for guardian in guardians:
                met += bool(target.children())
                kill_if_there(guardian)
            taking.kill()
            taking.wait()
            if not wait_until(lambda: all(state == "Z" for _, state in target.children())):
                wrong.append(f"{number}: {target.children()}")
                for child, _ in target.children():
                    kill_if_there(child)
    if not met:
        return skip(title, "the copy was never met")
    report(not wrong, title, "\n".join(wrong))


def check_ended():
    """The program ends, or starts another, while its copy is read."""
    for what, action, title in (("end", "os._exit(0)", "a program that ends meanwhile"),
                                ("exec", "os.execv('/bin/cat', ['cat'])", "a program that starts another meanwhile")):
        body = f"import os, threading, time\nkept = [[i] for i in range(300000)]\nparent = os.getpid()\n" \
            f"def watch():\n    while True:\n        mine = open('/proc/self/task/%d/children' % parent).read().split()\n" \
            f"        if mine: {action}\n" \
            f"threading.Thread(target=watch, daemon=True).start()"
        with echo(body) as target:
            done = heapgraph("capture", "--fork", target.pid, "-o", "/dev/null.none")
            result = subprocess.run([TAKE_IMAGE, "--fork", str(target.pid)], capture_output=True, text=True)
            states = [state for _, state in target.children()]
            good = "Z" not in states and "t" not in states
            report(good, f"{title} leaves nothing", f"{done}\n{result}\n{states}")


# ---- refusals --------------------------------------------------------------------------------------

def refused(title, pattern, target, **options):
    done = heapgraph("capture", "--fork", target.pid, "-o", "/nonexistent/x" if not options else "/dev/shm/hg-none", **options)
    good = done.returncode == 1 and re.search(pattern, done.stderr) and not target.leftovers() and not target.children()
    report(good and target.answers(), title, f"expected {pattern}\n{done}\n{target.leftovers()}")


def check_refusals():
    filter_calls = "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.prctl(38, 1, 0, 0, 0)\n" \
        "class F(ctypes.Structure): _fields_ = [('a', ctypes.c_ushort), ('b', ctypes.c_ubyte), ('c', ctypes.c_ubyte), ('d', ctypes.c_uint)]\n" \
        "class P(ctypes.Structure): _fields_ = [('n', ctypes.c_ushort), ('f', ctypes.POINTER(F))]\n" \
        "f = F(6, 0, 0, 0x7fff0000)\nassert libc.prctl(22, 2, ctypes.byref(P(1, ctypes.pointer(f))), 0, 0) == 0"
    with tempfile.TemporaryDirectory() as folder:
        with echo(filter_calls) as target:
            done = heapgraph("capture", "--fork", target.pid, "-o", f"{folder}/x")
            report(done.returncode == 1 and "seccomp" in done.stderr and "without --fork" in done.stderr and target.answers(),
                   "a program that filters system calls is refused", done)
        check_limit(folder)
        check_promises(folder)
        check_group(folder)
        check_left_out(folder)
        with echo() as target:
            result = heapgraph("capture", "--fork", "--core", "x", "-o", f"{folder}/x")
            report(result.returncode == 2 and "cannot fork" in result.stderr, "a core cannot fork", result)


def check_limit(folder):
    title = "the limit of processes is named"
    if os.geteuid():
        return skip(title, "needs root, to become a user with a limit")
    limit = "import resource\nresource.setrlimit(resource.RLIMIT_NPROC, (1, 1))"
    with echo(limit, preexec_fn=become_nobody) as target:
        done = heapgraph("capture", "--fork", target.pid, "-o", f"{folder}/x")
        report(done.returncode == 1 and "RLIMIT_NPROC" in done.stderr and not target.leftovers() and target.answers(), title, done)


def with_system(folder, mode, limit, *command):
    """Runs heapgraph where the kernel seems to promise no more than [limit] kB of memory: other files lie over
    those of /proc, in a mount namespace of its own."""
    with open(f"{folder}/mode", "w") as file:
        file.write(f"{mode}\n")
    with open("/proc/meminfo") as file:
        text = file.read()
    with open(f"{folder}/meminfo", "w") as file:
        file.write(re.sub(r"CommitLimit: .*", f"CommitLimit: {limit} kB", text))
    script = "mount --bind mode /proc/sys/vm/overcommit_memory && mount --bind meminfo /proc/meminfo && exec \"$@\""
    return subprocess.run(["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", HEAPGRAPH, *map(str, command)],
                          cwd=folder, capture_output=True, text=True, timeout=300)


def check_promises(folder):
    """vm.overcommit_memory=2: a fork is a promise of as much memory again."""
    title = "where the kernel promises no more than it has, a fork beyond that is refused"
    if os.geteuid():
        return skip(title, "needs root, to show it another /proc")
    with open("/proc/meminfo") as file:
        promised = int(re.search(r"Committed_AS:\s+(\d+)", file.read())[1])
    with echo("kept = bytearray(100 << 20)") as target:
        tries = [with_system(folder, mode, limit, "capture", "--fork", target.pid, "-o", f"{folder}/x", "--no-ghost")
                 for mode, limit in ((2, promised), (2, promised + (8 << 20)), (0, promised))]
        good = tries[0].returncode == 1 and "overcommit_memory is 2" in tries[0].stderr and "without --fork" in tries[0].stderr
        report(good and not target.leftovers() and target.answers(), title, tries[0])
        report(not any(one.returncode for one in tries[1:]) and target.answers(),
               "within its limit, or where it promises more, it is forked", "\n".join(map(str, tries[1:])))


def make_group(kind, limits):
    """Returns: the folder of a new control group, or None."""
    for root in (f"/sys/fs/cgroup/{kind}", "/sys/fs/cgroup"):
        group = f"{root}/heapgraph-fork-{os.getpid()}"
        try:
            os.mkdir(group)
        except OSError:
            continue
        for name, value in limits.items():
            if os.path.exists(f"{group}/{name}"):
                with open(f"{group}/{name}", "w") as file:
                    file.write(value)
                return group
        os.rmdir(group)
    return None


def check_group(folder):
    for kind, limits, pattern, body in (
            ("pids", {"pids.max": "2"}, r"control group may have [01] more processes", "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()"),
            ("memory", {"memory.max": "120000000", "memory.limit_in_bytes": "120000000"}, r"may take 0\.\d GB more", "kept = [[i] for i in range(700000)]")):
        title = f"a control group with too little ({kind}) is refused"
        group = make_group(kind, limits)
        if not group:
            skip(title, "no control groups can be made here")
            continue

        def enter():
            with open(f"{group}/cgroup.procs", "w") as file:
                file.write(str(os.getpid()))

        with echo(body, preexec_fn=enter) as target:
            done = heapgraph("capture", "--fork", target.pid, "-o", f"{folder}/x")
            report(done.returncode == 1 and re.search(pattern, done.stderr) and target.answers(), title, done)
        wait_until(lambda: not open(f"{group}/cgroup.procs").read())
        os.rmdir(group)


def check_left_out(folder):
    body = "import mmap\nout = mmap.mmap(-1, 8 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)\nout[0:4] = b'xxxx'\n" \
        "import ctypes\nassert ctypes.CDLL(None).madvise(ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(out))), 8 << 20, 10) == 0\n" \
        "shared = mmap.mmap(-1, 4 << 20)\nshared[0:4] = b'xxxx'"
    with echo(body) as target:
        done = heapgraph("capture", "--fork", target.pid, "-o", f"{folder}/left")
        report(done.returncode == 0 and "8.4 MB that the process keeps out of forks" in done.stderr and "4.2 MB of memory shared" in done.stderr,
               "what a fork does not show is named", done)


def check_user():
    title = "an ordinary user forks a process of its own"
    if os.geteuid():
        return skip(title, "needs root, to become another user; the rest ran as one")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        with echo(preexec_fn=become_nobody) as target:
            done = heapgraph("capture", "--fork", target.pid, "-o", f"{folder}/x", preexec_fn=become_nobody)
            report(done.returncode == 0 and target.answers() and not target.leftovers() and not target.children(), title, done)
        with echo() as target:
            done = heapgraph("capture", "--fork", target.pid, "-o", f"{folder}/y", preexec_fn=become_nobody)
            report(done.returncode == 1 and "belongs to another user" in done.stderr and target.answers(), "and no other", done)


def find_reason():
    with echo() as target:
        result = subprocess.run([TAKE_IMAGE, str(target.pid)], capture_output=True, text=True)
        return result.stderr.strip() if re.search("Yama|traced", result.stderr) else None


def main():
    reason = find_reason()
    if reason:
        skip_all(reason)
    check_load("wait")
    check_load("spawn")
    for check in (check_same, check_signals, check_killed, check_guardian_killed, check_no_second_program,
                  check_ended, check_refusals, check_user):
        check()
    finish()


if __name__ == "__main__":
    main()
