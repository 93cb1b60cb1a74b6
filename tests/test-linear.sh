#!/bin/sh
# test-linear.sh - twice the objects take at most 2.3 times the instructions, whatever the shape.
# Instructions are counted by callgrind: no clock, so no flake. Needs valgrind.
# SPDX-License-Identifier: MIT
#
# usage: test-linear.sh GRAPH-SHAPES MAKE-SYNTHETIC-DUMP TIME-LOAD
set -eu
graph_shapes=$1 make_synthetic_dump=$2 time_load=$3

if ! command -v valgrind >/dev/null; then
    echo '1..0 # SKIP valgrind is not installed'
    exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# count COMMAND... - prints the instructions it takes
count() {
    valgrind --tool=callgrind --callgrind-out-file="$folder/out" "$@" >"$folder/log" 2>&1 || {
        cat "$folder/log" >&2
        return 1
    }
    sed -n 's/^totals: *//p' "$folder/out"
}

test=0
# check NAME COUNT COUNT - the second is of twice the objects
check() {
    test=$((test + 1))
    [ -n "$2" ] && [ -n "$3" ] || exit 1
    ratio=$((100 * $3 / $2))
    result=ok
    [ "$ratio" -le 230 ] || result='not ok'
    echo "$result $test $1: $2 instructions, $3 for twice as many objects: $ratio %"
}

echo 1..8
for shape in list ends walks ladder steps random garbage; do
    check "$shape" "$(count "$graph_shapes" $shape 30000)" "$(count "$graph_shapes" $shape 60000)"
done
for objects in 15000 30000; do
    "$make_synthetic_dump" $objects "$folder/$objects.hgd" >/dev/null
done
check load "$(count "$time_load" "$folder/15000.hgd" "$folder/1.db")" \
    "$(count "$time_load" "$folder/30000.hgd" "$folder/2.db")"
