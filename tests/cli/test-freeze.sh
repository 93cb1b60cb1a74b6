#!/bin/sh
# test-freeze.sh - `heapgraph freeze`: a core file of a running process, and what is refused.
# What such a core says is compared with the live capture in capture/test-cores.py.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"

mkfifo in
/usr/bin/python3 -c '
import sys
class Session: pass
sessions = [Session() for n in range(20)]
print("ready", flush=True)
sys.stdin.read()' <in >out &
pid=$!
exec 9>in
while [ ! -s out ]; do sleep 0.01; done

check "a core file" run freeze $pid -o one.core
check "only the owner may read it" test "$(stat -c %a one.core)" = 600
check "the process runs on" kill -0 $pid
says "a core works where a store does" "Session +20 " most-common-types -n 0 -d one.core --module __main__
check "without a name it is called after the process" run freeze $pid
check "which is there" test -s core.$pid
check "load takes it" run load core.$pid -d two.db
says "and names the snapshot after it" "core.$pid" snapshots -d two.db
check "capture takes it" run capture --core core.$pid -o three.hgd
says "as a dump" "Session +20 " most-common-types -n 0 -d three.hgd --module __main__
if command -v gdb >/dev/null; then
    check "gdb reads it" sh -c "gdb -batch -nx -c one.core -ex 'info threads' 2>&1 | grep -q 'LWP $pid'"
else
    report 0 "gdb reads it # SKIP no gdb"
fi

# refused TITLE STATUS PATTERN ARGUMENT...: fails so, with one line on stderr that matches.
refused() {
    title=$1 status=$2 pattern=$3
    shift 3
    run "$@"
    got=$?
    echo "status $got, expected $status; expected: $pattern" >"$scratch/.difference"
    [ $got -eq "$status" ] && [ ! -s "$scratch/.out" ] && [ "$(wc -l <"$scratch/.err")" = 1 ] &&
        grep -Eq -- "$pattern" "$scratch/.err"
    report $? "$title"
}

refused "never over a file" 1 "one.core: is there already" freeze $pid -o one.core
refused "what is no number" 2 "'x' is no process number" freeze x
refused "a process that runs no Python" 1 "no CPython runtime found" freeze $$ -o no.core
refused "a folder that is not there" 1 "no/such" freeze $pid -o no/such/core
refused "a core and a process" 2 "expected the number of a process, or a core" capture $pid --core one.core
refused "neither" 2 "expected the number of a process, or a core" capture
refused "a sysroot without a core" 2 "go with --core" capture $pid --sysroot /
check "nothing was written" test ! -e no.core
exec 9>&-
wait $pid
check "and ends as it should" test $? = 0
finish
