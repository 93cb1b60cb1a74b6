#!/bin/sh
# test-load.sh - heapgraph load.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
make_dumps

says 'a dump becomes a snapshot' '^ *1 +before +86 ' load before.hgd
json 'JSON tells what was loaded' 'x[0]["objects"] == 99 and x[0]["name"] == "after" and x[0]["id"] == 2' \
    load --format json after.hgd
says 'a name of its own' ' mine ' load --name mine before.hgd
says 'a name that is taken by another file gets a number' ' snapshot 4 ' load before.hgd
run load -d other.db before.hgd after.hgd
check 'two dumps at once, into another store' [ "$(wc -l <"$scratch/.out")" -eq 3 ]
"$HEAPGRAPH" load -d pipe.db - <before.hgd >"$scratch/.out" 2>"$scratch/.err"
check 'from standard input' grep -q ' 86 ' "$scratch/.out"

fails 'a file that is not there' 1 'heapgraph: gone.hgd: No such file or directory' load -d new.db gone.hgd
fails 'a folder' 1 'heapgraph: .: expected a file, but it is a folder' load -d new.db .
echo 'no dump, but some text' >text
fails 'something else' 1 'heapgraph: text: neither a dump nor a core' load -d new.db text
check 'none of them makes a store' [ ! -e new.db ]
run load -d text before.hgd
check 'a store that is none' grep -q '/text: not a heapgraph store$' "$scratch/.err"
check 'stays as it is' [ "$(cat text)" = 'no dump, but some text' ]
fails 'two dumps under one name' 2 \
    'heapgraph: --name goes with one dump: two snapshots cannot share a name' load --name x before.hgd after.hgd
fails 'a name that is taken' 2 "heapgraph: another snapshot is called 'mine'" load --name mine before.hgd
fails 'no dump at all' 2 'heapgraph: usage: heapgraph load [OPTION...] DUMP|CORE...' load

head -c 6000 before.hgd >cut.hgd
run load -d cut.db cut.hgd
check 'a truncated dump is refused' [ $? -eq 1 ]
check 'and --salvage is named' grep -q -- '--salvage' "$scratch/.err"
says 'the snapshots are as before' '^ *4 ' snapshots

# Dumps stay readable: this one does not change with the program.
says 'the sample there is to look at' '__main__\.EventBus\.handlers \(list\) keeps 1,000 __main__\.Session' \
    suspects -d "$HG_TESTS/../data/sample.hgd"

finish
