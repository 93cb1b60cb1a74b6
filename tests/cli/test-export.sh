#!/bin/sh
# test-export.sh - heapgraph export.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
make_store

run export --csv out
check 'five files' [ "$(echo out/*)" = \
    'out/object.csv out/reference.csv out/root.csv out/snapshot.csv out/type.csv' ]
check 'that only the user can read' [ "$(stat -c %a out/object.csv)" = 600 ]
check 'read as CSV they are the heap' python3 -c '
import csv
objects = list(csv.DictReader(open("out/object.csv", newline="", encoding="utf-8")))
references = list(csv.DictReader(open("out/reference.csv", newline="", encoding="utf-8")))
assert len(objects) == 99 and len(references) == 193
assert {row["nr"] for row in objects} >= {row["target"] for row in references}
assert any(row["value"] == "\x1b[31mred\n" for row in objects)'
run export --json out
check 'the same in JSON' python3 -c '
import csv, json
rows = json.load(open("out/object.json", encoding="utf-8"))
other = list(csv.DictReader(open("out/object.csv", newline="", encoding="utf-8")))
assert [str(row["address"]) for row in rows] == [row["address"] for row in other]
assert [row["value"] or "" for row in rows] == [row["value"] for row in other]'
run export --tables plain.db
check 'plain tables' python3 -c '
import sqlite3
db = sqlite3.connect("plain.db")
assert db.execute("select count(*) from object").fetchone() == (99,)
assert db.execute("select count(*) from reference").fetchone() == (193,)'
fails 'nothing to write' 2 'heapgraph: export: expected --tables FILE, --csv FOLDER or --json FOLDER' export
fails 'where nothing can be written' 1 'heapgraph: /proc/nowhere: No such file or directory' export --csv /proc/nowhere
ln -s /dev/full disk.csv
mkdir full && ln -s /dev/full full/snapshot.csv
run export --csv full
check 'a link is not followed' [ $? -eq 1 ]

finish
