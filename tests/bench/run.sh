#!/bin/sh
# run.sh - measures what the README claims, side by side, in one run.
# SPDX-License-Identifier: MIT
#
# usage: run.sh BUILD PYTHON [OBJECTS]
#
# One line a measurement. Seconds depend on the machine and on what else runs there; the ratios
# are what counts.
set -eu
build=$1 python=$2
shift 2
here=$(dirname "$0")

title() { printf '\n== %s ==\n' "$1"; }

title 'Loading a dump into a store'
"$here/load.sh" "$build" "$python" "$@"
title 'A question in a new process'
"$here/ask.sh" "$build" "$python" "$@"
title 'Captures from outside'
"$python" "$here/capture-outside.py" "$build/tests/time-capture"
title 'The pause of a process, and cores'
"$python" "$here/pause.py" "$build/tests/time-image"
title 'Who keeps what'
"$here/retention.sh" "$build" "$@"
title 'The pure-Python capture'
"$python" "$here/capture-inside.py"
title 'Exact references of C types (ghost)'
"$here/ghost.sh" "$build" "$python"
if [ -x "$build/tests/time-graph" ] && command -v xvfb-run >/dev/null; then
    title 'A graph in the window'
    HEAPGRAPH_LAYOUT=$build/gui/heapgraph-layout "$here/../gui/run-window.sh" "$build/tests/time-graph" 300
fi
if [ -x "$build/tests/time-frames" ] && command -v xvfb-run >/dev/null; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    "$build/tests/make-synthetic-dump" 5000000 "$folder/heap.hgd" >/dev/null
    "$build/cli/heapgraph" load -d "$folder/heap.db" "$folder/heap.hgd" >/dev/null
    title 'The first paint of the window, 5 M objects'
    for _ in 1 2 3; do
        "$here/../gui/run-window.sh" "$build/tests/time-paint" "$folder/heap.db"
    done
    title 'Frames of the window, a million rows (processor time of the main thread)'
    for _ in 1 2 3; do
        "$here/../gui/run-window.sh" "$build/tests/time-frames" "$folder/heap.db" str
    done
fi
