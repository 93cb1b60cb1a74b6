#!/bin/sh
# test-capture.sh - `heapgraph capture`: a dump file, a snapshot, and what is refused.
# What the records say is compared with the truth in capture/test-truth.py.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"

python=/usr/bin/python3
mkfifo in
"$python" -c '
import sys
class Session:
    def __init__(self, n): self.user, self.secret = "user%d" % n, "hunter2-%d" % n
sessions = {n: Session(n) for n in range(20)}
buffer = bytearray(100)
odd = {None: "nothing", True: "yes", (1, "a"): "a pair"}
print("ready", flush=True)
sys.stdin.read()' <in >out &
pid=$!
exec 9>in
while [ ! -s out ]; do sleep 0.01; done

check "a dump file" run capture $pid -o one.hgd
says "its types are there" "Session +20 " most-common-types -n 0 -d one.hgd --module __main__
check "only the owner may read it" test "$(stat -c %a one.hgd)" = 600
check "nothing is left beside it" test "$(ls *.part 2>/dev/null)" = ""
check "to standard output" sh -c '"$HEAPGRAPH" capture '$pid' -o - 2>/dev/null | cmp -n 8 - one.hgd'
check "a snapshot in a store" run capture $pid -d two.db --name named
says "it has the name" named snapshots -d two.db
says "a path to an object" "sessions" chain "Session#1" -d two.db
says "the other ways begin at a module, where they can" "^__main__\\.sessions\\[[0-9]+\\]$" chain "Session#1" --all 3 -d two.db
says "the first bytes of a buffer" "  bytearray  bytearray\(b'(\\\\x00){20}…'\)" show __main__.buffer -d two.db
says "the key None" "  str  'nothing'" show "odd[None]" -d two.db
says "the key True" "  str  'yes'" show "odd[True]" -d two.db
says "a tuple as key" "  str  'a pair'" show "odd[(1, 'a')]" -d two.db
says "which is told so" "^  \\[\\(1, 'a'\\)\\]  0x[0-9a-f]+  str 'a pair'" show odd -d two.db
check "without values" run capture $pid -o none.hgd --values none
check "the secret is in a dump with values" sh -c '"$HEAPGRAPH" sql "select value from object" -d one.hgd | grep -q hunter2'
check "and in none without" sh -c '! "$HEAPGRAPH" sql "select value from object" -d none.hgd | grep -q hunter2'
says "a text of which only the length is known" "  str  [56] characters$" show "Session#1.user" -d none.hgd
says "bytes of which only the length is known" "  bytearray  100 bytes$" show "__main__.buffer" -d none.hgd
says "what was copied, with its unit" "^copied +[0-9.]+ MiB$" info -d one.hgd
says "how long it stood still" "^pause +[0-9.]+ ms$" info -d one.hgd
check "but names of attributes are" sh -c '"$HEAPGRAPH" sql "select value from object" -d none.hgd | grep -q secret'
json "what it cost, for programs" \
    "x['pid'] == $pid and x['objects'] > 1000 and 0 < x['longest_pause'] <= x['pause'] and 1 <= x['stops'] <= 5 and x['copied'] > 1e6 and x['dump'] == 'four.hgd'" \
    capture $pid -o four.hgd --format json
json "and of a snapshot" "x['store'] == 'two.db' and x['snapshot'] == 2 and x['remarks'] == []" capture $pid -d two.db --format json
check "the process runs on" kill -0 $pid

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

refused "what is no number" 2 "'x' is no process number" capture x
refused "a number without a process" 1 "4194303" capture 4194303
refused "a process that runs no Python" 1 "$$" capture $$
refused "unknown values" 2 "none or short, not 'long'" capture $pid --values long
refused "both a file and a store" 2 "dump file" capture $pid -o x.hgd -d y.db
refused "a dump and a report on standard output" 2 "standard output" capture $pid -o - --format json
refused "a report as rows" 2 "no table" capture $pid -o x.hgd --format csv
refused "a folder that is not there" 1 "no/such" capture $pid -o no/such/file.hgd
refused "a process that is not there, for a store" 1 "4194303" capture 4194303 -d y.db
refused "a store in a folder that is not there" 1 "no/such" capture $pid -d no/such/store.db
refused "a name that is taken, before anything is stopped" 2 "^heapgraph: another snapshot is called 'named'$" \
    capture 4194303 -d two.db --name named
refused "a name that means something, before anything is stopped" 2 "'latest': that name already has a meaning" \
    capture 4194303 -d y.db --name latest
check "nothing was written" test ! -e x.hgd -a ! -e y.db
mkfifo pipe.hgd
cat pipe.hgd >piped.hgd &
reader=$!
run capture $pid -o pipe.hgd
wait $reader
check "a pipe stays one" test -p pipe.hgd
run load -d piped.db piped.hgd
check "and the dump went through it" test -s piped.db
exec 9>&-
wait $pid
check "and ends as it should" test $? = 0
finish
