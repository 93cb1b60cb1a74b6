#!/bin/sh
# test-full-disk.sh - a load that meets a full disk, or a limit, leaves the store as it was.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"

exercise() { "$EXERCISE_STORE" "$@" >.out 2>.err; }

exercise write test.db 20000 base
(
    ulimit -f 8000
    trap '' XFSZ
    "$EXERCISE_STORE" write test.db 900000 >.out 2>.err
)
[ $? -eq 1 ] && grep -q "^$PWD/test.db: disk I/O error" .err
report $? "fails where the file may not grow"
exercise check test.db && [ "$(cat .out)" = "1 base 20000" ]
report $? "what was published is whole after a limit"
[ "$(sqlite3 test.db 'PRAGMA integrity_check')" = ok ]
report $? "the file is whole after a limit"
exercise write test.db 900000 big && exercise check test.db
report $? "the next load goes through"

mkdir disk
if mount -t tmpfs -o size=6m tmpfs disk 2>/dev/null; then
    trap 'umount "$scratch/disk"; rm -rf "$scratch"' EXIT
    exercise write disk/test.db 20000 base
    exercise write disk/test.db 900000 big
    [ $? -eq 1 ] && grep -q "disk/test.db: the disk is full" .err
    report $? "says that the disk is full"
    exercise check disk/test.db && [ "$(cat .out)" = "1 base 20000" ]
    report $? "what was published is whole after a full disk"
    [ "$(sqlite3 disk/test.db 'PRAGMA integrity_check')" = ok ]
    report $? "the file is whole after a full disk"
    [ "$(sqlite3 disk/test.db 'SELECT count(*) FROM load')" = 0 ]
    report $? "the failed load cleared up after itself"
    head -c 5000000 /dev/zero >disk/filler
    exercise export disk/test.db disk/plain.db
    status=$?
    rm disk/filler
    [ $status -eq 1 ] && grep -q "the disk is full" .err && [ "$(ls disk)" = test.db ]
    report $? "an export that does not fit leaves nothing behind"
    exercise write disk/test.db 20000 small && exercise check disk/test.db
    report $? "a smaller load goes through"
else
    report 0 "a full disk # SKIP no file system can be mounted here"
fi

finish
