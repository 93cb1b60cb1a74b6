#!/bin/sh
# ghost.sh - how fast functions of the target are run on its image.
# SPDX-License-Identifier: MIT
#
# usage: ghost.sh BUILD PYTHON [OBJECTS]
#
# A program makes objects of a class with three attributes, one of them a list; the ghost is asked
# about each of them. Beside it the same question asked in the program itself.
set -eu
build=$1 python=$2 objects=${3:-500000}
folder=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null || true; rm -rf "$folder"' EXIT
mkfifo "$folder/end"
cat >"$folder/program.py" <<'PROGRAM'
import gc, sys, time
gc.disable()
class Row:
    def __init__(self, i):
        self.number, self.items, self.next = i, [i], None
rows = [Row(i) for i in range(int(sys.argv[1]))]
for one, other in zip(rows, rows[1:]):
    one.next = other
everything = gc.get_objects()
start = time.perf_counter()
for one in everything:
    gc.get_referents(one)
seconds = time.perf_counter() - start
print('gc.get_referents in the program: %d objects, %.1f M objects/s' % (len(everything), len(everything) / seconds / 1e6), flush=True)
del everything
open(sys.argv[2]).read()
PROGRAM
"$python" "$folder/program.py" "$objects" "$folder/end" >"$folder/said" &
pid=$!
until [ -s "$folder/said" ]; do sleep 0.1; done
cat "$folder/said"
for _ in 1 2 3; do "$build/tests/time-ghost" "$pid"; done
