#!/usr/bin/env python3
"""make-cores.py FOLDER - small cores of each kind, for the corpus of fuzz-image.

Of the kernel: notes first, a program of which the first page is there, memory that is left out; with
more segments than fit 16 bits; and the first of them compressed by zstd where that is installed.
SPDX-License-Identifier: MIT
"""
import struct
import subprocess
import sys

PAGE = 4096
PROGRAM, DATA = 0x400000, 0x600000


def note(name, kind, contents):
    name += b"\0"
    return struct.pack("<III", len(name), len(contents), kind) + name.ljust(-(-len(name) // 4) * 4, b"\0") + \
        contents.ljust(-(-len(contents) // 4) * 4, b"\0")


def header(kind, n_segments, n_sections=0, sections=0):
    return struct.pack("<4sBBB9xHHIQQQIHHHHHH", b"\x7fELF", 2, 1, 1, kind, 62, 1, 0, 64, sections, 0, 64, 56,
                       n_segments, 64 if n_sections else 0, n_sections, 0)


def segment(kind, flags, offset, address, in_file, in_memory):
    return struct.pack("<IIQQQQQQ", kind, flags, offset, address, 0, in_file, in_memory, PAGE if kind == 1 else 4)


def program():
    """The first page of a program with a build id."""
    build_id = note(b"GNU", 3, bytes(range(20)))
    start = header(3, 2) + segment(1, 5, 0, 0, PAGE, PAGE) + segment(4, 4, 200, 200, len(build_id), len(build_id))
    return start.ljust(200, b"\0") + build_id


def notes():
    status = bytes(32) + struct.pack("<I", 77) + bytes(300)
    process = bytes(24) + struct.pack("<I", 77) + bytes(12) + b"python3\0".ljust(16, b"\0") + b"python3 x.py\0".ljust(80, b"\0")
    names = b"/usr/bin/python3.11\0/usr/lib/x.so (deleted)\0"
    files = struct.pack("<8Q", 2, PAGE, PROGRAM, PROGRAM + 3 * PAGE, 0, DATA, DATA + PAGE, 1) + names
    return note(b"CORE", 1, status) + note(b"CORE", 3, process) + note(b"CORE", 6, struct.pack("<4Q", 9, PROGRAM + 64, 0, 0)) + \
        note(b"CORE", 0x46494C45, files) + note(b"heapgraph", 1, b"taken=5\nexecutable=/usr/bin/python3.11\narguments=a b")


def core(many=False):
    text = notes()
    loads = [(5, PROGRAM, PAGE, 3 * PAGE), (6, DATA, PAGE, PAGE), (6, DATA + PAGE, 0, 8 * PAGE), (0, DATA + 64 * PAGE, 0, PAGE)]
    n_segments = len(loads) + 1
    at = -(-(64 + 56 * n_segments + 64 + len(text)) // PAGE) * PAGE
    table = segment(4, 0, 64 + 56 * n_segments + 64, 0, len(text), 0)
    for flags, address, in_file, in_memory in loads:
        table += segment(1, flags, at, address, in_file, in_memory)
        at += in_file
    section = struct.pack("<IIQQQQIIQQ", 0, 0, 0, 0, 0, 1, 0, n_segments, 0, 0)
    start = header(4, 0xffff if many else n_segments, 1 if many else 0, 64 + 56 * n_segments if many else 0)
    start += table + section + text
    return start.ljust(-(-len(start) // PAGE) * PAGE, b"\0") + program().ljust(PAGE, b"\0") + struct.pack("<512Q", *range(512))


def main():
    folder = sys.argv[1]
    for name, contents in (("kernel", core()), ("many-segments", core(True))):
        with open(f"{folder}/{name}", "wb") as file:
            file.write(contents)
    subprocess.run(["zstd", "-qf", f"{folder}/kernel", "-o", f"{folder}/compressed"], check=False)


if __name__ == "__main__":
    main()
