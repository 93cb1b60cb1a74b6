#!/bin/sh
# test-load-killed.sh - loads that are killed, that meet a full disk, or run side by side.
# A load is killed whenever it happens to be: before it writes, while it does, or when it is done.
# SPDX-License-Identifier: MIT
#
# usage: test-load-killed.sh HEAPGRAPH MAKE-SYNTHETIC-DUMP
set -u
heapgraph=$(realpath "$1") make_synthetic_dump=$(realpath "$2")
LC_ALL=C.UTF-8 export LC_ALL
folder=$(mktemp -d) || exit 99
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 99

n_tests=0
# check TITLE COMMAND...
check() {
    title=$1
    shift
    n_tests=$((n_tests + 1))
    if "$@" >out 2>&1; then
        echo "ok $n_tests - $title"
    else
        echo "not ok $n_tests - $title"
        sed 's/^/#   /' out | head -20
    fi
}

# contents SNAPSHOT: what changes when anything of it does.
contents() {
    "$heapgraph" sql --format csv -s "$1" "
        SELECT count(*), sum(nr * (address % 1000003)), sum(size), sum(retained * (nr + 1)),
               sum(holder), sum(distance), group_concat(value, '') FROM object WHERE nr < 3000;
        SELECT count(*), sum(source * target), sum(label) FROM reference WHERE source < 3000;
        SELECT * FROM type; SELECT * FROM root" || echo failed
}

# count SQL: the number it gives, read by SQLite alone.
count() {
    python3 -c 'import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])' heapgraph.db "$1"
}

is_whole() {
    [ "$(count 'PRAGMA integrity_check')" = ok ] && [ "$(contents 1)" = "$before" ]
}

# kill_load SECONDS: starts one and kills it after so long, if it is still there.
kill_load() {
    "$heapgraph" load --name "killed $1" heap.hgd >load.log 2>&1 &
    load=$!
    sleep "$1"
    kill -KILL $load 2>kill.log
    wait $load
}

"$make_synthetic_dump" 5000 small.hgd >/dev/null && "$make_synthetic_dump" 200000 heap.hgd >/dev/null &&
    "$heapgraph" load small.hgd >/dev/null || exit 99
before=$(contents 1)
case $before in *failed) exit 99 ;; esac

for seconds in 0.02 0.05 0.1 0.15 0.2 0.3 0.5; do
    kill_load $seconds 2>kill.log
    check "killed after $seconds s: the snapshot before is as it was" is_whole
done

"$heapgraph" load --name whole heap.hgd >/dev/null 2>&1
check 'the next load sweeps what they left' [ "$(count 'SELECT count(*) FROM load')" -eq 0 ]
whole=$(contents whole)
check 'and finds what a load alone finds' [ "$(
    mkdir alone && cp heap.hgd alone && cd alone && "$heapgraph" load --name whole heap.hgd >/dev/null
    contents whole
)" = "$whole" ]

"$heapgraph" load --name one heap.hgd >one.log 2>&1 &
one=$!
"$heapgraph" load --name two heap.hgd >two.log 2>&1 &
two=$!
check 'two loads at once: one' wait $one
check 'two loads at once: the other' wait $two
check 'both are there' [ "$(contents one) $(contents two)" = "$whole $whole" ]
check 'and the first snapshot' is_whole

# a limit on the size of a file stands for a full disk
(
    ulimit -f $(($(stat -c %s heapgraph.db) / 512 + 100))
    trap '' XFSZ
    "$heapgraph" load --name full heap.hgd
) >full.log 2>&1
check 'no room: it fails' [ $? -eq 1 ]
check 'with one line that says so' [ "$(grep -c '^heapgraph: ' full.log)" -eq 1 ]
check 'and what was there is as it was' is_whole
echo "1..$n_tests"
