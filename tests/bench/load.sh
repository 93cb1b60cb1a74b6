#!/bin/sh
# load.sh - loading a dump into a store: time, memory, size, beside the plain way in Python.
# SPDX-License-Identifier: MIT
#
# usage: load.sh BUILD PYTHON [OBJECTS]
#
# Loading is everything: reading the dump, both directions, distances, holders, retained sizes,
# writing. The plain way walks the heap it is in and writes rows with two indexes, no more.
set -eu
build=$1 python=$2 objects=${3:-5000000}
here=$(dirname "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# measure NAME COMMAND... - the command prints: objects references seconds peak-KiB store-bytes
measure() {
    name=$1
    shift
    "$@" >"$folder/numbers"
    read -r n references seconds peak stored <"$folder/numbers"
    echo "$name|$n|$references|$seconds|$peak|$stored" >>"$folder/results"
    rm -f "$folder"/*.db*
}

# load NAME OBJECTS [OPTION...]
load() {
    name=$1 n=$2
    shift 2
    "$build/tests/make-synthetic-dump" "$@" "$n" "$folder/heap.hgd" >/dev/null
    measure "$name" "$build/tests/time-load" "$folder/heap.hgd" "$folder/heap.db"
}

measure 'plain Python' "$python" "$here/gc-to-sqlite.py" 1000000 "$folder/plain.db"
load 'load, 1.5 references each' $((objects / 50))
load 'load, 1.5 references each' $((objects / 5))
load 'load, 1.5 references each' "$objects"
load 'load, 3 references each' "$objects" --references 3
load 'load, in random order' "$objects" --shuffle

awk -F'|' '
    BEGIN {
        line = "%-28s %10s %10s %9s %11s %8s %8s %8s\n"
        printf line, "", "objects", "references", "objects/s", "times plain", "peak", "bytes an", "object"
        printf line, "", "", "", "", "", "MiB", "at peak", "in store"
    }
    {
        speed = $2 / $4
        if (NR == 1) plain = speed
        printf "%-28s %10d %10d %8.2fM %11.1f %8.0f %8.0f %8.1f\n", $1, $2, $3, speed / 1e6,
               speed / plain, $5 / 1024, $5 * 1024 / $2, $6 / $2
    }' "$folder/results"
