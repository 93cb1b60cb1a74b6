#!/bin/sh
# test-snapshots.sh - heapgraph snapshots.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
make_store

json 'lists what the store holds' '[(s["id"], s["name"], s["objects"], s["python"]) for s in x] ==
    [(1, "before", 86, "3.11.2"), (2, "after", 99, "3.11.2")]' snapshots --format json
says 'as a table' '^ 1  before  2023-11-14 22:13:20Z  3\.11\.2  process +86 ' snapshots list
run snapshots rename 1 'at first'
says 'rename' '^ 1  at first ' snapshots
fails 'a name that is taken' 2 "heapgraph: another snapshot is called 'after'" snapshots rename 1 after
fails 'a snapshot that is not there' 1 \
    "heapgraph: heapgraph.db: there is no snapshot '7', but 1 'at first', 2 'after'" snapshots remove 7
run snapshots remove latest
json 'remove' '[s["id"] for s in x] == [1]' snapshots --format json
fails 'anything else' 2 \
    'heapgraph: usage: heapgraph snapshots [list | rename SNAPSHOT NAME | remove SNAPSHOT]' snapshots remove
fails 'no store' 1 \
    'heapgraph: none.db: no such store; `heapgraph capture PID` or `heapgraph load DUMP` makes one, -d names another' snapshots -d none.db
HEAPGRAPH_DB=none.db export HEAPGRAPH_DB
fails 'HEAPGRAPH_DB names the store' 1 \
    'heapgraph: none.db: no such store; `heapgraph capture PID` or `heapgraph load DUMP` makes one, -d names another' snapshots
says 'and -d goes before it' 'at first' snapshots -d heapgraph.db

finish
