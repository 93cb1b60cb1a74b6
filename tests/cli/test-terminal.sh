#!/bin/sh
# test-terminal.sh - what differs when a person looks: colour, progress, control characters, pipes.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
make_store

# on_terminal ARGUMENT...: runs heapgraph with both outputs on a terminal, which are one: $scratch/.out.
on_terminal() {
    python3 -c '
import os, subprocess, sys
master, slave = os.openpty()
child = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=slave, stderr=slave)
os.close(slave)
with open(sys.argv[1], "wb") as out:
    while True:
        try:
            data = os.read(master, 4096)
        except OSError:  # nobody holds the other end any more
            break
        out.write(data)
sys.exit(child.wait())' "$scratch/.out" "$HEAPGRAPH" "$@"
}

escape=$(printf '\033')
TERM=xterm export TERM
on_terminal most-common-types
check 'the heading is bold on a terminal' grep -q "^$escape\[1mTYPE" "$scratch/.out"
NO_COLOR=1 on_terminal most-common-types
check 'not with NO_COLOR' grep -q '^TYPE' "$scratch/.out"
TERM=dumb on_terminal most-common-types
check 'not on a dumb one' grep -q '^TYPE' "$scratch/.out"
run most-common-types
check 'not in a pipe' grep -q '^TYPE' "$scratch/.out"

NO_COLOR=1 on_terminal sql "select value from object where type = 'str'"
check 'values from the heap bring no escape sequence to a terminal' sh -c "! grep -q '$escape' '$scratch/.out'"
check 'but are shown' grep -qF '\x1b[31mred\n' "$scratch/.out"
NO_COLOR=1 on_terminal sql --format csv "select value from object where type = 'str'"
check 'nor in CSV' sh -c "! grep -q '$escape' '$scratch/.out'"
run sql --format csv "select value from object where type = 'str'"
check 'which is exact elsewhere' grep -q "$escape" "$scratch/.out"

on_terminal load before.hgd
check 'a load leaves no bar behind' sh -c "! tr '\r' '\n' <'$scratch/.out' | grep '%' | tail -1 | grep -q .  ||
    grep -q '$escape\[K' '$scratch/.out'"

# who does not read on is no reason to complain
python3 -c '
import os, subprocess, sys
read, write = os.pipe()
os.close(read)
for restore in (True, False):  # the signal kills it, or the write fails
    done = subprocess.run(sys.argv[1:], stdout=write, stderr=subprocess.PIPE, restore_signals=restore)
    assert not done.stderr, done.stderr
    assert done.returncode in (0, -13), done.returncode' "$HEAPGRAPH" most-common-types >"$scratch/.difference" 2>&1
report $? 'a pipe nobody reads ends it silently'

# words as wide as they are shown: two columns each
"$HEAPGRAPH" sql "select '中文' as a, 'x' as b union all select 'abcd', 'x' order by 1" >"$scratch/.out"
check 'wide letters are aligned' [ "$(cat "$scratch/.out")" = 'a     b
abcd  x
中文  x' ]

finish
