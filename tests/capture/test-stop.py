#!/usr/bin/env python3
"""test-stop.py - what stopping a process does to it: nothing it could notice but the time.

Speaks TAP. $TAKE_IMAGE is take-image; HG_CAPTURES is how many captures are taken under load, of
each Python at hand.
SPDX-License-Identifier: MIT
"""
import glob
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)

import pythons
from tap import finish, report, skip, skip_all
from targets import ECHO, SYSTEM, Target, become_nobody, echo, wait_until

TAKE_IMAGE = os.environ["TAKE_IMAGE"]
N_CAPTURES = os.environ.get("HG_CAPTURES", "3")


def take(*arguments, **options):
    return subprocess.run([TAKE_IMAGE, *map(str, arguments)], capture_output=True, text=True, timeout=3000, **options)


def figures(result):
    words = result.stdout.split()[-16:]
    return dict(zip(words[::2], map(int, words[1::2])))


def refused(title, pattern, *arguments, **options):
    result = take(*arguments, **options)
    good = result.returncode == 1 and re.search(pattern, result.stderr) and result.stderr.count("\n") == 1
    report(good, title, f"expected {pattern}\n{result}")


def test_load():
    for python in pythons.choose():
        with tempfile.TemporaryDirectory() as folder, \
                Target(*python.command, f"{HERE}/mutate.py", folder, env=python.environ()) as target:
            result = take("--walk", "--times", N_CAPTURES, target.pid)
            open(f"{folder}/stop", "w").close()
            last = target.process.stdout.readline()
            print(f"# {python}: {result.stdout.strip()}; {last.strip()}")
            found = figures(result) if result.returncode == 0 else {}
            # one: a thread may be stopped while it takes an object off a list
            good = found and found["worst"] <= 1 and found["bad"] == 0 and last.startswith("right")
            report(good, f"{python}: under load no pointer is bad and the program's results are right", f"{result}\n{last}")


# A collection calls gc.callbacks and is under way until they return: this one waits for a line.
COLLECTING = """
import gc, sys
def wait(phase, facts):
    if phase == "start":
        print("collecting", flush=True)
        sys.stdin.readline()
gc.callbacks.append(wait)
print("ready", flush=True)
gc.collect()
gc.callbacks.remove(wait)
for line in sys.stdin:
    print(line.strip() * 2, flush=True)
"""


def test_collection():
    for python in pythons.choose():
        with Target(*python.command, "-c", COLLECTING, env=python.environ()) as target:
            target.process.stdout.readline()
            during = take("--walk", target.pid)
            target.process.stdin.write("\n")
            target.process.stdin.flush()
            good = target.answers()
            after = take("--walk", target.pid)
            found = [figures(during), figures(after)] if during.returncode + after.returncode == 0 else []
            good = good and found and [found[0]["stops"], found[0]["collecting"]] == [5, 1] and \
                [found[1]["stops"], found[1]["collecting"]] == [1, 0] and found[1]["bad"] == 0
            report(good, f"{python}: in a collection it is met five times, then taken and marked", f"{during}\n{after}")


def test_kill():
    with echo() as target, tempfile.TemporaryDirectory() as folder:
        holder = subprocess.Popen([TAKE_IMAGE, "--hold", f"{folder}/held", str(target.pid)])
        wait_until(lambda: os.path.exists(f"{folder}/held"))
        was_stopped = target.state() == "t"
        refused("a process that is traced is refused", r"is traced by process \d+ \(heapgraph-stop\)", target.pid)
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
        good = wait_until(lambda: target.state() != "t") and target.answers()
        report(was_stopped and good, "killed in the middle of the pause, the target goes on", target.state())


def test_suspended():
    with echo() as target:
        os.kill(target.pid, signal.SIGSTOP)
        wait_until(lambda: target.state() == "T")
        result = take(target.pid)
        still = target.state()
        os.kill(target.pid, signal.SIGCONT)
        report(result.returncode == 0 and still == "T" and target.answers(), "a suspended process stays suspended", result)


def test_signals():
    count = "import signal, sys\nn = [0]\ndef on(*_): n[0] += 1\nsignal.signal(signal.SIGUSR1, on)\nprint('ready', flush=True)\n" \
        "for line in sys.stdin: print(n[0], flush=True)"
    with Target(SYSTEM, "-c", count) as target:
        n_sent = 0
        for _ in range(10):
            taking = subprocess.Popen([TAKE_IMAGE, "--times", "5", str(target.pid)], stdout=subprocess.DEVNULL)
            while taking.poll() is None:
                os.kill(target.pid, signal.SIGUSR1)
                n_sent += 1
                target.process.stdin.write("\n")
                target.process.stdin.flush()
                seen = int(target.process.stdout.readline())
        report(seen == n_sent, "every signal sent around the stops arrives once", f"{seen} of {n_sent}")


def test_many_threads():
    threads = "import threading, sys\nstop = threading.Event()\n[threading.Thread(target=stop.wait).start() for _ in range(300)]\n" \
        "print('ready', flush=True)\nfor line in sys.stdin: print(line.strip() * 2, flush=True)\nstop.set()"
    with Target(SYSTEM, "-c", threads) as target:
        result = take(target.pid)
        report(result.returncode == 0 and target.answers(), "300 threads are stopped and go on", result)


def test_children():
    spawn = "import subprocess, sys\nprint('ready', flush=True)\nn = 0\nwhile n < 300:\n    n += subprocess.call(['/bin/true']) == 0\n" \
        "print(n, flush=True)"
    with Target(SYSTEM, "-c", spawn) as target:
        results = []
        while not results or (target.process.poll() is None and len(results) < 20):
            results.append(take("--times", "3", target.pid))
        last = target.process.stdout.readline()
        good = results[0].returncode == 0 and last == "300\n"
        report(good, "a process that starts others without pause can be captured", f"{results[0]}\n{last}")


def test_asleep_in_kernel():
    # a parent of vfork sleeps where no signal reaches it until the child calls exec
    stuck = "import ctypes, os, sys\nlibc = ctypes.CDLL(None)\nprint('ready', flush=True)\n" \
        "vfork = libc.syscall\nif vfork(58) == 0:\n    import time\n    time.sleep(1000)\n    os._exit(0)\n"
    with Target(SYSTEM, "-c", stuck) as target:
        if not wait_until(lambda: target.state() == "D"):
            return skip("a thread asleep in the kernel", "vfork does not wait here")
        children = open(f"/proc/{target.pid}/task/{target.pid}/children").read().split()
        refused("a thread asleep in the kernel is waited for, then named", r"thread \d+ of process \d+ does not stop", target.pid)
        for child in children:
            os.kill(int(child), signal.SIGKILL)


def test_meanwhile():
    with echo() as target:
        refused("a process that ends meanwhile", r"has ended", "--before", f"kill -9 {target.pid}; sleep 0.1", target.pid)
    replace = "import os, signal\nsignal.signal(signal.SIGUSR1, lambda *_: os.execv('/bin/sleep', ['sleep', '100']))\n" \
        "print('ready', flush=True)\nwhile 1: signal.pause()"
    with Target(SYSTEM, "-c", replace) as target:
        refused("a process that starts another program meanwhile", r"another program \(exec\)",
                "--before", f"kill -USR1 {target.pid}; sleep 0.3", target.pid)
    with echo() as target:
        result = take("--before", f"kill -STOP {target.pid}; kill -CONT {target.pid}", target.pid)
        report(result.returncode == 0 and target.answers(), "a process that was suspended meanwhile", result)


def test_not_python():
    with Target("/bin/sh", "-c", "echo ready; exec sleep 100") as target:
        wait_until(lambda: os.readlink(f"/proc/{target.pid}/exe").endswith("sleep"))
        refused("what runs no Python is refused", r"no CPython runtime found in \S*sleep$", target.pid)
    refused("a process that is not there", r"^there is no process 4194304$", 4194304)
    threads = "import threading\nthreading.Thread(target=threading.Event().wait).start()\nprint('ready', flush=True)"
    with Target(SYSTEM, "-c", threads) as target:
        thread = max(map(int, os.listdir(f"/proc/{target.pid}/task")))
        refused("a thread is refused and its process named", rf"is a thread: capture process {target.pid}$", thread)
    for python in glob.glob(os.path.expanduser("~/.pyenv/versions/[23].[67].*/bin/python")):
        with echo(python=python) as target:
            refused(f"{python.split('/')[-3]} is too old", r"Python \d\.\d+ is too old: .* CPython 3.8 to 3.15", target.pid)


def test_permissions():
    titles = ["another user's process", "a process that is not dumpable", "root without the capability"]
    if os.geteuid():
        return [skip(title, "needs root, to become two users") for title in titles]
    with echo() as target:
        refused(titles[0], r"belongs to another user, root: run heapgraph as that user or as root$", target.pid,
                preexec_fn=become_nobody)
    hidden = "import ctypes\nctypes.CDLL(None).prctl(4, 0, 0, 0, 0)\nprint('ready', flush=True)\ninput()"
    with Target(SYSTEM, "-c", hidden, preexec_fn=become_nobody) as target:
        refused(titles[1], r"is not dumpable .* run heapgraph as root$", target.pid, preexec_fn=become_nobody)
    with Target(SYSTEM, "-c", ECHO, preexec_fn=become_nobody) as target:
        result = take(target.pid, preexec_fn=become_nobody)
        report(result.returncode == 0 and target.answers(), "a user's own process needs no root", result)
        command = ["setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace", TAKE_IMAGE, str(target.pid)]
        if not shutil.which("setpriv"):
            return skip(titles[2], "no setpriv")
        result = subprocess.run(command, capture_output=True, text=True)
        report("CAP_SYS_PTRACE: start it with --cap-add" in result.stderr, titles[2], result)


def test_memory():
    title = "a copy that would not fit is refused before the stop"
    root, limit = ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")
    if not os.path.exists(f"{root}/{limit}"):
        root, limit = ("/sys/fs/cgroup", "memory.max")
    group = f"{root}/heapgraph-test-{os.getpid()}"
    try:
        os.mkdir(group)
    except OSError as error:
        return skip(title, f"cannot limit memory: {error}")
    if not os.path.exists(f"{group}/{limit}"):
        os.rmdir(group)
        return skip(title, "cannot limit memory here")
    with open(f"{group}/{limit}", "w") as file:
        file.write("60000000")

    def enter():
        with open(f"{group}/cgroup.procs", "w") as file:
            file.write(str(os.getpid()))

    with echo() as target:
        refused(title, r"takes 0\.\d GB, and only 0\.\d GB of memory are available; it was not stopped$", target.pid,
                preexec_fn=enter)
    wait_until(lambda: not open(f"{group}/cgroup.procs").read())
    os.rmdir(group)


def test_odd_mappings():
    # reserved terabytes, ten sparse gigabytes, a private file: only what was written is copied
    odd = "import mmap, tempfile\nM = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000\nhuge = mmap.mmap(-1, 1 << 42, flags=M)\n" \
        "sparse = mmap.mmap(-1, 10 << 30, flags=M)\nfor i in range(0, 10 << 30, 1 << 27): sparse[i] = 1\n" \
        "file = tempfile.TemporaryFile()\nfile.truncate(1 << 30)\nprivate = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)\n" \
        "private[4096] = 1\nprivate[1 << 29]\n"
    with Target(SYSTEM, "-c", odd + ECHO) as target:
        result = take(target.pid)
        good = result.returncode == 0 and figures(result)["copied"] < 300e6 and target.answers()
        report(good, "address space that is only reserved is not copied", result)


def find_reason():
    """Why nothing can be traced here at all, or nothing."""
    with echo() as target:
        result = take(target.pid)
        return result.stderr.strip() if re.search("Yama|traced", result.stderr) else None


def main():
    reason = find_reason()
    if reason:
        skip_all(reason)
    for test in [test_load, test_collection, test_kill, test_suspended, test_signals, test_many_threads, test_children,
                 test_asleep_in_kernel, test_meanwhile, test_not_python, test_permissions,
                 test_memory, test_odd_mappings]:
        test()
    finish()


if __name__ == "__main__":
    main()
