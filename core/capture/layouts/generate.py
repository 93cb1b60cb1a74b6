#!/usr/bin/env python3
"""generate.py [--check] [INCLUDE...] - make the table of each Python whose headers are in INCLUDE.

INCLUDE is a folder with Python.h, or one above it (the root of an unpacked package, a pyenv version).
Without one: the headers of the system, of pyenv and of the suites tests/capture/fetch-python.sh unpacked.
Writes cpython-VERSION.h beside this file, lists it in layouts.c, and says field by field what changed,
of a new version against the one before it. With --check it writes nothing and fails if something would
change. Needs a C compiler, no Python of that version.
SPDX-License-Identifier: MIT
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def read_fields():
    """Yields (section, field, [expression, ...]) of fields.txt, the best expression first."""
    section, types = None, []
    for line in (HERE / "fields.txt").read_text().splitlines():
        line = line.strip()
        if line.startswith("["):
            section, _, names = line.strip("[]").partition(" ")
            types = names.split("|")
        elif line and not line.startswith("#"):
            field, *members = line.split()
            yield section, field, list(expressions(types, members or [field]))


def expressions(types, members):
    for name in types:
        for member in members:
            if member.startswith("="):
                yield member[1:].replace("TYPE", name)
            else:
                yield f"offsetof({name}, {member})"


def compile_c(include, source, *options):
    command = ["cc", "-std=gnu17", "-w", "-fmax-errors=0", "-include", HERE / "generate.h", "-x", "c", "-"]
    command += [f"-I{include}", "-idirafter", include.parent]
    return subprocess.run([*command, *options], input=source, capture_output=True, text=True)


def without_errors(include, candidates):
    lines = "".join(
        f'\n#line {number} "candidate"\nlong long v{number} = {text};' for number, text in enumerate(candidates)
    )
    result = compile_c(include, lines, "-fsyntax-only")
    fatal = [line for line in result.stderr.splitlines() if "error" in line and not line.startswith("candidate:")]
    if fatal:
        raise SystemExit(f"{include}: {fatal[0]}")
    bad = {int(number) for number in re.findall(r"^candidate:(\d+):.*error", result.stderr, re.M)}
    return [text for number, text in enumerate(candidates) if number not in bad]


def which_compile(include, candidates):
    """Returns the expressions this Python's headers can answer. In rounds: an unknown name is reported once."""
    left = without_errors(include, candidates)
    while len(left) < len(candidates):
        candidates, left = left, without_errors(include, left)
    return set(left)


def evaluate(include, values):
    """Returns the numbers of [values], by reading them out of the assembly: nothing is run."""
    source = "\n".join(f"const long long v{number} = {text};" for number, text in enumerate(values))
    result = compile_c(include, source, "-S", "-o", "-")
    if result.returncode:
        raise SystemExit(f"{include}: {result.stderr.splitlines()[0]}")
    found = {}
    for number, kind, text in re.findall(r"^v(\d+):\n\t\.(quad|zero)\t(-?\d+)", result.stdout, re.M):
        found[int(number)] = int(text) if kind == "quad" else 0
    return [found[number] for number in range(len(values))]


def version_of(include):
    text = (include / "patchlevel.h").read_text()
    number = {name: int(value) for name, value in re.findall(r"#define PY_(M[A-Z]+)_VERSION\s+(\d+)", text)}
    return number["MAJOR"], number["MINOR"], number["MICRO"]


def make_table(include):
    fields = list(read_fields())
    good = which_compile(include, sorted({text for _, _, texts in fields for text in texts}))
    chosen = [(section, field, next((t for t in texts if t in good), None)) for section, field, texts in fields]
    numbers = iter(evaluate(include, [text for _, _, text in chosen if text]))
    table = {}
    for section, field, text in chosen:
        table.setdefault(section, {})[field] = next(numbers) if text else None
    return table


def show(value):
    return "HG_ABSENT" if value is None or value == -1 else str(value)


def write_table(version, table):
    name = ".".join(map(str, version))
    lines = [f"/* cpython-{name}.h - made by generate.py from the headers of CPython {name}.", " * SPDX-License-Identifier: MIT */"]
    lines += ["/* clang-format off */", "{", f"    .version = HG_PYTHON({version[0]}, {version[1]}, {version[2]}),"]
    for section, fields in table.items():
        lines.append(f"    .{section} = {{")
        lines += [f"        .{field} = {show(value)}," for field, value in fields.items()]
        lines.append("    },")
    return "\n".join(lines + ["},", ""])


def read_table(text):
    """Returns {"section.field": value} of what write_table() wrote."""
    values, section = {}, ""
    for line in text.splitlines():
        if match := re.match(r"    \.(\w+) = \{$", line):
            section = match[1]
        elif match := re.match(r"        \.(\w+) = (\S+),$", line):
            values[f"{section}.{match[1]}"] = match[2]
    return values


def show_changes(old, new):
    old, new = read_table(old), read_table(new)
    for field in sorted(old.keys() | new.keys()):
        before, after = old.get(field, "not there"), new.get(field, "not there")
        if before != after:
            print(f"    {field}: {before} -> {after}")


def list_tables():
    """Returns {version: path} of the tables there are."""
    paths = HERE.glob("cpython-*.h")
    return {tuple(int(part) for part in path.stem.partition("-")[2].split(".")): path for path in paths}


def list_in_layouts():
    """Writes the list of tables in layouts.c anew. Returns whether it changed."""
    path = HERE.parent / "layouts.c"
    lines, old = [], path.read_text()
    tables = [f'#include "core/capture/layouts/{table.name}"' for _, table in sorted(list_tables().items())]
    for line in old.splitlines():
        if not line.startswith('#include "core/capture/layouts/'):
            lines.append(line)
        elif tables:
            lines += tables
            tables = []
    path.write_text("\n".join(lines + [""]))
    return path.read_text() != old


def find_all():
    """Returns the folders in which headers may be: the system's, pyenv's, unpacked suites'."""
    home = pathlib.Path.home()
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    pyenv = pathlib.Path(os.environ.get("PYENV_ROOT") or home / ".pyenv")
    return [pathlib.Path("/usr/include"), pathlib.Path("/usr/local/include"),
            *sorted(pyenv.glob("versions/*/include")), *sorted(cache.glob("heapgraph/pythons/*/usr/include"))]


def find_includes(path):
    path = pathlib.Path(path)
    if (path / "Python.h").exists():
        return [path]
    return sorted(found.parent for found in path.rglob("Python.h") if (found.parent / "internal").is_dir())


def update(include, is_check):
    """Returns whether the table of the Python with these headers is not what they give."""
    version = version_of(include)
    if not (3, 8) <= version[:2]:
        return False
    text = write_table(version, make_table(include))
    target = HERE / f"cpython-{'.'.join(map(str, version))}.h"
    old = target.read_text() if target.exists() else ""
    print(f"{target.name}: {'same' if text == old else 'changed' if old else 'new'} ({include})")
    if text == old:
        return False
    before = [path for one, path in sorted(list_tables().items()) if one < version]
    if not old and before:
        print(f"  against {before[-1].name}:")
    show_changes(old or (before[-1].read_text() if before else ""), text)
    if not is_check:
        target.write_text(text)
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("include", nargs="*")
    arguments = parser.parse_args()
    paths = arguments.include or [path for path in find_all() if path.is_dir()]
    includes = [found for path in paths for found in find_includes(path)]
    changed = [update(include, arguments.check) for include in includes]
    if not arguments.check and list_in_layouts():
        print("layouts.c: changed")
    sys.exit(1 if arguments.check and any(changed) else 0)


if __name__ == "__main__":
    main()
