#!/bin/sh
# test-together.sh - several loads at once, and readers meanwhile.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"

"$EXERCISE_STORE" write test.db 20000 base >/dev/null
writers=
for name in one two three; do
    "$EXERCISE_STORE" write test.db 300000 $name >$name.out 2>$name.err &
    writers="$writers $!"
done
trouble=0
for _ in 1 2 3 4 5 6 7 8; do
    "$EXERCISE_STORE" sql test.db 'SELECT count(*) FROM object WHERE nr < 100' >.out 2>.err || trouble=1
    [ "$(cat .out)" = 100 ] || trouble=1
done
report $trouble "readers are served while three loads run"
trouble=0
for writer in $writers; do
    wait "$writer" || trouble=1
done
cat ./*.err >.err
report $trouble "all three loads go through"
"$EXERCISE_STORE" check test.db >.out 2>.err && [ "$(wc -l <.out)" = 4 ]
report $? "every snapshot is whole"
[ "$(cut -d ' ' -f 1 .out | tr '\n' ' ')" = "1 2 3 4 " ]
report $? "numbers follow each other"
[ "$(sqlite3 test.db 'SELECT count(*) FROM load')" = 0 ]
report $? "no load is left"

# Six who all want to make the store.
writers=
for name in a b c d e f; do
    "$EXERCISE_STORE" write new.db 1000 $name >new-$name.out 2>new-$name.err &
    writers="$writers $!"
done
trouble=0
for writer in $writers; do
    wait "$writer" || trouble=1
done
cat new-*.err >.err
report $trouble "a store can be made by several at once"
"$EXERCISE_STORE" check new.db >.out 2>.err && [ "$(wc -l <.out)" = 6 ]
report $? "and has the snapshots of all"

finish
