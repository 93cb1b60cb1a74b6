#!/usr/bin/env python3
"""test-locate.py - the same runtime is found in any way one can look at a process.

Every Python at hand: live, saved, in a core of gdb's gcore, without symbols, and several interpreters; each
time as many collector objects as the target itself counts. Speaks TAP. $TAKE_IMAGE is take-image.
SPDX-License-Identifier: MIT
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

from tap import finish, report, skip, skip_all

TAKE_IMAGE = os.environ["TAKE_IMAGE"]
PYTHONS = ["/usr/bin/python3"] + sorted(
    path for path in glob.glob(os.path.expanduser("~/.pyenv/versions/3.*/bin/python")) if re.search(r"/3\.([89]|1\d)\.", path)
)
# counts itself with the collector off; the list that counts is not on its own list
COUNT = """
import gc, platform, sys, threading
kept = [[i] for i in range(1000)]
gc.collect()
gc.disable()
if len(sys.argv) > 1:
    try:
        import _interpreters
    except ImportError:
        import _xxsubinterpreters as _interpreters
    others = [_interpreters.create() for _ in range(int(sys.argv[1]))]
count = len(gc.get_objects())
frozen = gc.get_freeze_count()
print(platform.python_version(), count + frozen, flush=True)
sys.stdin.read()
"""
SYMBOLS = [b"_PyRuntime", b"Py_GetVersion", b"Py_Version"]


def take(*arguments):
    result = subprocess.run([TAKE_IMAGE, *arguments], capture_output=True, text=True, timeout=100)
    words = result.stdout.split()
    return dict(zip(words[::2], words[1::2])) or {"error": result.stderr}


def near(facts, version, count, slack=40):
    """The count differs by what is made and freed between counting and waiting."""
    return facts.get("version") == version and facts.get("worst") == "0" and abs(int(facts["objects"]) - count) <= slack


def without_symbols(path):
    """Takes from a saved image the names by which the runtime is found."""
    with open(path, "rb") as file:
        data = file.read()
    for name in SYMBOLS:
        data = data.replace(b"\0" + name + b"\0", b"\0" + b"x" * len(name) + b"\0")
    with open(path, "wb") as file:
        file.write(data)


class Target:
    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.pid = str(self.process.pid)
        words = self.process.stdout.readline().split() + ["", "0"]
        self.version, self.count = words[0], int(words[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()


def check_version(python, folder):
    with Target(python, "-c", COUNT) as target:
        name, saved = target.version, f"{folder}/saved"
        facts = take("--save", saved, target.pid)
        report(near(facts, name, target.count) and facts["interpreters"] == "1", f"{name}: live", f"{target.count} {facts}")
        again = take("--core", saved)
        report(near(again, name, target.count), f"{name}: saved", again)
        without_symbols(saved)
        hidden = take("--core", saved)
        report(near(hidden, name, target.count) and hidden["symbols"] == str(int(name.startswith("3.8."))),
               f"{name}: without symbols", hidden)
        os.unlink(saved)
        if python != PYTHONS[-1]:  # gdb takes its time
            return
        if not shutil.which("gcore"):
            return skip(f"{name}: in a core", "no gcore")
        subprocess.run(["gcore", "-o", f"{folder}/core", target.pid], capture_output=True)
        core = take("--core", "--sysroot", "", f"{folder}/core.{target.pid}")
        report(near(core, name, target.count), f"{name}: in a core of gcore", core)
        os.unlink(f"{folder}/core.{target.pid}")


def check_interpreters(python, saved):
    with Target(python, "-c", COUNT, "2") as target:
        if not target.version:
            return skip(f"{python}: three interpreters", "cannot make them")
        facts = take("--save", saved, target.pid)
        good = facts.get("interpreters") == "3" and facts.get("worst") == "0"
        report(good and int(facts["objects"]) >= target.count, f"{target.version}: three interpreters", facts)
        without_symbols(saved)
        hidden = take("--core", saved)
        report(hidden.get("interpreters") == "3" and hidden["objects"] == facts["objects"],
               f"{target.version}: three interpreters without symbols", f"{hidden} {facts}")
        os.unlink(saved)


def check_container():
    """Another mount and process namespace; what is mapped cannot be opened by its name from here."""
    title = "in a container, its files under other names"
    command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c",
               "mount --bind /usr /mnt && exec chroot / \"$@\"", "sh", "/mnt/bin/python3", "-c", COUNT]
    if os.geteuid() or subprocess.run(["unshare", "--mount", "--pid", "--fork", "true"], capture_output=True).returncode:
        return skip(title, "needs root and namespaces")
    with Target(*command) as target:
        children = open(f"/proc/{target.pid}/task/{target.pid}/children").read().split()
        facts = take(children[0]) if children else {"error": "no child"}
        report(near(facts, target.version, target.count), title, f"{target.count} {facts}")


def check_deleted(folder):
    """The program was replaced by an upgrade while it runs."""
    title = "a program whose file is gone"
    copy = shutil.copy(os.path.realpath("/usr/bin/python3"), f"{folder}/python3")
    with Target(copy, "-c", COUNT) as target:
        os.unlink(copy)
        facts = take(target.pid)
        report(near(facts, target.version, target.count), title, f"{target.count} {facts}")


def find_reason():
    with Target("/usr/bin/python3", "-c", COUNT) as target:
        error = take(target.pid).get("error", "")
        return error.strip() if re.search("Yama|traced", error) else None


def main():
    reason = find_reason()
    if reason:
        skip_all(reason)
    with tempfile.TemporaryDirectory() as folder:
        for python in PYTHONS:
            if os.access(python, os.X_OK):
                check_version(python, folder)
                check_interpreters(python, f"{folder}/saved")
        check_deleted(folder)
    check_container()
    finish()


if __name__ == "__main__":
    main()
