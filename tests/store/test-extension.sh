#!/bin/sh
# test-extension.sh - the loadable extension in the sqlite3 shell and in Python's sqlite3; the
# plain tables of an export.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
extension=${EXTENSION%.so}

# An extension built with AddressSanitizer needs its runtime in whoever loads it first, whose own
# leaks are not ours to judge.
asan=$(ldd "$EXTENSION" | awk '/libasan/ {print $3}')
if [ -n "$asan" ]; then
    LD_PRELOAD=$asan ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
    export LD_PRELOAD ASAN_OPTIONS
fi

exercise() { "$EXERCISE_STORE" "$@" >.out 2>.err; }

# answers TITLE WANTED STORE SQL: what the shell says with the extension loaded.
answers() {
    sqlite3 "$3" ".load $extension" "$4" >.out 2>.err
    printf '%b' "$2" | diff -u - .out >.difference
    report $? "$1"
}

exercise write test.db 1000 before
exercise write test.db 3000 after

answers "counts the latest snapshot" '3000|6000\n' test.db \
    'SELECT (SELECT count(*) FROM object), (SELECT count(*) FROM reference)'
answers "shows another snapshot" '1\n1000\n' test.db \
    "SELECT heapgraph_snapshot('before'); SELECT count(*) FROM object"
answers "names the types" 'app.Thing|3000\n' test.db 'SELECT name, count FROM type'
answers "joins in both directions" '1\n' test.db \
    'SELECT count(*) = (SELECT count(*) FROM referents(7)) FROM reference WHERE source = 7'
answers "sees all snapshots in the tables all_*" '2\n' test.db 'SELECT count(*) FROM all_type'

answers "serves views that trust nobody" '3000\n' test.db \
    'PRAGMA trusted_schema = off; CREATE TEMP VIEW v AS SELECT count(*) FROM object; SELECT * FROM v'
sqlite3 test.db ".load $extension" 'SELECT count(*) FROM object' ".load $extension" 'SELECT count(*) FROM object' >.out 2>.err
[ "$(tr '\n' ' ' <.out)" = "3000 3000 " ]
report $? "can be loaded again"

sqlite3 test.db ".load $extension" "SELECT heapgraph_snapshot('nobody')" >.out 2>.err
grep -q "there is no snapshot 'nobody', but 1 'before', 2 'after'" .err
report $? "says which snapshots there are"

sqlite3 :memory: ".load $extension" >.out 2>.err
grep -q "open a store before loading heapgraph" .err
report $? "refuses a database in memory"

sqlite3 other.db 'CREATE TABLE x (y)'
sqlite3 other.db ".load $extension" >.out 2>.err
grep -q "not a heapgraph store" .err
report $? "refuses another database"

# Not every Python can load extensions: Debian's can.
python=
for candidate in python3 /usr/bin/python3; do
    "$candidate" -c 'import sqlite3; sqlite3.connect(":memory:").enable_load_extension' 2>/dev/null && python=$candidate
done
[ -n "$python" ] && "$python" - "$extension" >.out 2>.err <<'PYTHON'
import sqlite3, sys
connection = sqlite3.connect("test.db")
connection.enable_load_extension(True)
connection.load_extension(sys.argv[1])
for nr, address, kind in connection.execute("SELECT nr, address, type FROM object WHERE nr = 41"):
    print(nr, hex(address), kind)
connection.close()
again = sqlite3.connect("test.db")
again.enable_load_extension(True)
again.load_extension(sys.argv[1])
print(*again.execute("SELECT heapgraph_snapshot(1)").fetchone())
print(*again.execute("SELECT count(*), count(value) FROM object").fetchone())
PYTHON
if [ -n "$python" ]; then
    printf '41 0x7f0000000a40 app.Thing\n1\n1000 666\n' | diff -u - .out >.difference
    report $? "works in Python"
else
    report 0 "works in Python # SKIP no Python here loads extensions"
fi

sqlite3 test.db ".load $extension" 'SELECT * FROM object' >virtual.txt
sqlite3 test.db ".load $extension" 'SELECT source, target, kind, label FROM reference' >>virtual.txt
exercise export test.db plain.db
report $? "exports"
sqlite3 plain.db 'SELECT * FROM object' 'SELECT source, target, kind, label FROM reference' >plain.txt
cmp virtual.txt plain.txt >.difference 2>&1
report $? "the plain tables hold what the virtual ones show"
[ "$(stat -c %a plain.db)" = 600 ]
report $? "the export is for nobody else's eyes"
exercise export test.db plain.db || grep -q "plain.db: is there already" .err
report $? "does not write over a file"
[ "$(ls plain.db*)" = plain.db ]
report $? "leaves nothing else behind"

finish
