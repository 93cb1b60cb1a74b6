#!/bin/sh
# test-processes.sh - `heapgraph processes`, against what the Pythons say of themselves.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"

# listed TITLE PID EXPRESSION: of the row of PID, as x, the Python expression is true.
listed() {
    json "$1" "[y for y in x if y['pid'] == $2 and ($3)]" processes --format json
}

for python in /usr/bin/python3 "$HOME"/.pyenv/versions/3.*/bin/python; do
    [ -x "$python" ] || continue
    version=$("$python" -c 'import platform; print(platform.python_version())')
    mkfifo "in.$version"
    "$python" -c 'import sys; print(1, flush=True); sys.stdin.read()' <"in.$version" >"out.$version" &
    pid=$!
    exec 9>"in.$version"
    tries=3000
    while [ ! -s "out.$version" ] && [ $((tries -= 1)) -gt 0 ]; do sleep 0.01; done
    case $version in
    3.[0-7].*) listed "$version is too old" $pid "y['python'] is None and 'too old' in y['problem']" ;;
    *) listed "$version" $pid "y['python'] == '$version' and y['resident'] > 1e6 or 'traced' in (y['problem'] or '')" ;;
    esac
    exec 9>&-
    wait $pid
done

says "a table has the command line" "^ *PID +PYTHON +MEMORY +COMMAND" processes
json "what runs no Python is not listed" "not any(y['pid'] == $$ for y in x)" processes --format json
finish
