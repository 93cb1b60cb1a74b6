#!/bin/sh
# test-kill.sh - loads that are killed leave the store as it was; the next one sweeps.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"

exercise() { "$EXERCISE_STORE" "$@" >.out 2>.err; }
ask() { sqlite3 test.db "$1" 2>&1; }

exercise write test.db 50000 base

# A load that has given all it has to the writer, but was not published.
"$EXERCISE_STORE" hang test.db 1500000 >hanging &
victim=$!
while ! [ -s hanging ]; do sleep 0.05; done
exercise check test.db && [ "$(cat .out)" = "1 base 50000" ]
report $? "readers do not see what is not published"
[ "$(ask 'SELECT count(*) FROM load')" = 1 ] && [ "$(ask 'SELECT count(DISTINCT load) FROM chunk')" = 2 ]
report $? "the killed load has written something"

exercise write test.db 1000 beside
[ "$(ask 'SELECT count(*) FROM load')" = 1 ] && [ "$(ask 'SELECT count(DISTINCT load) FROM chunk')" = 3 ]
report $? "another load leaves it alone while it lives"

kill -9 $victim
wait $victim 2>/dev/null
exercise check test.db && [ "$(tail -n 1 .out)" = "2 beside 1000" ]
report $? "the published snapshots are whole after the kill"
[ "$(ask 'PRAGMA integrity_check')" = ok ]
report $? "the file is whole"
exercise write test.db 1000 after
[ "$(ask 'SELECT count(*) FROM load')" = 0 ] && [ "$(ask 'SELECT count(DISTINCT load) FROM chunk')" = 3 ]
report $? "the next load sweeps what the dead one left"

# Killed at any moment, also in the middle of a transaction.
trouble=0
for hundredths in 01 02 03 05 08 13 21 34 55; do
    "$EXERCISE_STORE" write test.db 1500000 >.out 2>/dev/null &
    victim=$!
    sleep 0.$hundredths
    kill -9 $victim 2>/dev/null
    wait $victim 2>/dev/null
    exercise check test.db || trouble=1
    [ "$(head -n 2 .out)" = "$(printf '1 base 50000\n2 beside 1000')" ] || trouble=1
done
report $trouble "killed at any moment, readers find all that was published"
exercise write test.db 1000 last
[ "$(ask 'PRAGMA integrity_check')" = ok ] && [ "$(ask 'SELECT count(*) FROM load')" = 0 ] &&
    [ "$(ask 'SELECT count(*) FROM chunk WHERE load NOT IN (SELECT load FROM snapshot)')" = 0 ]
report $? "nothing of the dead is left"
ls test.db-* 2>/dev/null
[ "$(echo test.db*)" = test.db ]
report $? "no file besides the store is left"

finish
