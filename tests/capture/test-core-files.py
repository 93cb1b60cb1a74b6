#!/usr/bin/env python3
"""test-core-files.py - cores as systems keep them: compressed, stored by systemd-coredump, larger than memory.

Speaks TAP. $HEAPGRAPH is the command. A Python ends by abort(); what its core says is compared with what it says in each
other form. $SYSTEMD_COREDUMP is that program where it is not installed.
SPDX-License-Identifier: MIT
"""
import bz2
import glob
import gzip
import lzma
import os
import resource
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
import hgd  # noqa: E402
from tap import finish, report, skip, skip_all  # noqa: E402
from targets import SYSTEM  # noqa: E402

HEAPGRAPH = os.environ["HEAPGRAPH"]
HUGE = 40 << 30
MORE_MAX = 16 << 10  # KiB
PROGRAM = """
import mmap, os, sys
kept = [[i, str(i), {i: str(i)}] for i in range(20000)]
size = int(sys.argv[1])
if size:
    huge = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000)  # MAP_NORESERVE
    for i in range(0, size, size // 16):
        huge[i] = 1
os.abort()
"""
# by a process of its own, which is small: what starts a program lends it its own peak
MEASURE = """
import os, subprocess, sys
_, status, usage = os.wait4(subprocess.Popen(sys.argv[1:]).pid, 0)
print("most", usage.ru_maxrss)
sys.exit(status != 0)
"""


def heapgraph(*arguments, **options):
    done = subprocess.run([HEAPGRAPH, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=250, **options)
    return done.returncode == 0, done.stdout.decode(errors="replace")


def make_core(folder, size=0):
    """Returns: the path of the core of a program that had a mapping of [size] bytes, or None."""

    def prepare():
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))

    os.makedirs(folder)
    subprocess.run([SYSTEM, "-c", PROGRAM, str(size)], cwd=folder, preexec_fn=prepare)
    found = glob.glob(folder + "/core*")
    return found[0] if found else None


def describe(dump):
    return {address: (one.type["identity"], one.size, one.refcount, one.value, list(map(repr, one.references)))
            for address, one in dump.objects.items()}


def capture(core, *options):
    """Returns: what the core says, or None; what was said; and the most memory that took, in KiB."""
    dump = core + ".hgd"
    done = subprocess.run([sys.executable, "-c", MEASURE, HEAPGRAPH, "capture", "--core", core, "-o", dump, *options],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    text, _, most = done.stdout.rpartition("most ")
    if done.returncode:
        return None, text, int(most)
    found = describe(hgd.read(dump))
    os.unlink(dump)
    return found, text, int(most)


def check_packed(folder, core):
    """What heapgraph does not unpack it names, and how."""
    with open(core, "rb") as file:
        plain = file.read()
    for program, packed in (("xz", lzma.compress(plain, preset=0)), ("gzip", gzip.compress(plain, 1)), ("bzip2", bz2.compress(plain, 1)),
                            ("lz4", b"\x04\x22\x4d\x18" + plain[:100])):
        path = f"{folder}/core.{program}"
        with open(path, "wb") as file:
            file.write(packed)
        with open(path, "rb") as file:
            wrong = [text for done, text in (heapgraph("capture", "--core", path, "-o", folder + "/x"), heapgraph("info", "-d", path),
                                             heapgraph("load", path, "-d", folder + "/no.db"),
                                             heapgraph("load", "-", "-d", folder + "/no.db", stdin=file))
                     if done or text.count("\n") != 1 or f"compressed by {program}" not in text or f"`{program} -dc" not in text]
        report(not wrong, f"a core compressed by {program} is refused with the command that unpacks it", wrong)
    pipe = subprocess.Popen([sys.executable, "-c", "import lzma, shutil, sys\nshutil.copyfileobj(lzma.open(sys.argv[1]), sys.stdout.buffer)",
                             folder + "/core.xz"], stdout=subprocess.PIPE)
    done, text = heapgraph("load", "-", "-d", folder + "/store.db", stdin=pipe.stdout)
    pipe.wait()
    report(done, "and is read from there", text)


def find_systemd_coredump():
    paths = (os.environ.get("SYSTEMD_COREDUMP"), "/usr/lib/systemd/systemd-coredump", "/lib/systemd/systemd-coredump")
    return next((path for path in paths if path and os.path.exists(path)), None)


def store(binary, core, folder, *settings):
    """Returns: the file systemd-coredump makes of the core, or None; and what it said."""
    os.makedirs(folder)
    done = subprocess.run(["unshare", "--mount", "--propagation", "private", sys.executable, HERE + "/systemd-coredump.py",
                           binary, core, folder, *settings], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
    found = glob.glob(folder + "/core.*")
    return found[0] if found else None, done.stdout


def check_systemd(folder, core, plain):
    titles = ("what systemd-coredump stores says what the core says", "uncompressed as well", "what it cut is refused, and salvaged")
    binary = find_systemd_coredump()
    if not binary or os.geteuid():
        return [skip(title, "needs root" if binary else "no systemd-coredump (SYSTEMD_COREDUMP=PATH)") for title in titles]
    for title, settings, ending in ((titles[0], (), ".zst"), (titles[1], ("Compress=no",), "")):
        path, text = store(binary, core, folder + "/stored" + ending, *settings)
        if not path:
            skip(title, "it stored nothing: " + " ".join(text.split())[:200])
            continue
        found, text, _ = capture(path, "--no-ghost")
        report(path.endswith(ending) and ".python" in path and found == plain, title, f"{path}\n{text}")
    limit = os.path.getsize(core) - 5000
    path, text = store(binary, core, folder + "/cut", f"ProcessSizeMax={limit}", f"ExternalSizeMax={limit}", "Compress=no")
    if not path:
        return skip(titles[2], "it stored nothing")
    done, text = heapgraph("load", path, "-d", folder + "/cut.db")
    again, salvaged = heapgraph("load", path, "-d", folder + "/cut.db", "--salvage")
    report(not done and "truncated" in text and again and "are missing" in salvaged, titles[2], text + salvaged)


def check_huge(folder, small, most_of_small):
    """What is not there takes nothing: neither time nor memory, and no promise of it."""
    titles = ("a core of 40 GiB is read in little more memory than a small one", "with a ghost, too")
    core = make_core(folder + "/huge", HUGE)
    size = os.path.getsize(core) if core else 0
    on_disk = os.stat(core).st_blocks * 512 if core else 0
    if size < HUGE:
        return [skip(title, f"the kernel wrote {size} bytes") for title in titles]
    for title, options in (titles[0], ["--no-ghost"]), (titles[1], ["--trust"]):
        found, text, most = capture(core, *options)
        print(f"# {size} bytes, {on_disk} on the disk: at most {most} KiB, {most_of_small} for a small one")
        good = found and len(found) >= len(small) and most < most_of_small + MORE_MAX and "could not be put" not in text
        report(good, title, f"{most} KiB\n{text}")
    os.unlink(core)


def main():
    with tempfile.TemporaryDirectory() as folder:
        core = make_core(folder + "/small")
        if not core:
            skip_all("no core of the kernel's here")
        plain, text, most = capture(core, "--no-ghost")
        report(plain, "a core is read", text)
        if plain:
            check_packed(folder, core)
            check_systemd(folder, core, plain)
            check_huge(folder, plain, most)
    finish()


if __name__ == "__main__":
    main()
