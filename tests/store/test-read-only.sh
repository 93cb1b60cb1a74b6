#!/bin/sh
# test-read-only.sh - a store that may be read but not written.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"

# Root may write everything, so that root becomes nobody.
if [ "$(id -u)" -eq 0 ]; then
    stranger() { setpriv --reuid=65534 --regid=65534 --clear-groups "$EXERCISE_STORE" "$@" >.out 2>.err; }
else
    stranger() { "$EXERCISE_STORE" "$@" >.out 2>.err; }
fi

mkdir store
"$EXERCISE_STORE" write store/test.db 5000 base >.out

# A transaction that was cut short: the store as it was then, with its journal.
mkdir cut
python3 - <<'PYTHON'
import os, shutil, sqlite3
shutil.copy("store/test.db", "cut/live.db")
connection = sqlite3.connect("cut/live.db", isolation_level=None)
connection.execute("PRAGMA cache_size = 1")
connection.execute("BEGIN IMMEDIATE")
connection.execute("DELETE FROM chunk")
connection.execute("INSERT INTO chunk (id, data) SELECT value, zeroblob(50000) FROM "
                   "(WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT 99) SELECT * FROM n)")
shutil.copy("cut/live.db", "cut/test.db")
shutil.copy("cut/live.db-journal", "cut/test.db-journal")
PYTHON
rm -f cut/live.db*
chmod 755 . store cut
chmod 444 store/test.db cut/*
chmod 555 store cut

if stranger check store/test.db || [ "$(id -u)" -ne 0 ]; then
    [ "$(cat .out)" = "1 base 5000" ]
    report $? "can be read"
    stranger sql store/test.db 'SELECT count(*) FROM object' && [ "$(cat .out)" = 5000 ]
    report $? "can be asked"
    stranger write store/test.db 10
    [ $? -eq 1 ] && grep -q "store/test.db: the store cannot be written" .err
    report $? "cannot be written, and says so"
    stranger check cut/test.db
    [ $? -eq 1 ] && grep -q "cut/test.db: a load was cut short: open the store once where it can be written" .err
    report $? "says what to do about a journal"
else
    report 0 "reading without rights to write # SKIP nobody cannot run the tests here"
fi

chmod 755 store cut
chmod 644 cut/*
"$EXERCISE_STORE" check cut/test.db >.out 2>.err && [ "$(cat .out)" = "1 base 5000" ]
report $? "the journal restores the store"

finish
