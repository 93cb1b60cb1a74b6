#!/bin/sh
# test-by-type.sh - heapgraph by-type.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
make_store

prints 'the objects of a type' by-type.txt by-type app.Session
prints 'in CSV' by-type.csv by-type str -n 4 --format csv
json 'from the third on' '[(o["nth"], o["address"]) for o in x] == [(3, "0x7f0000003500"), (4, "0x7f0000003a00")]' \
    by-type Session --from 3 -n 2 --format json
json 'the biggest first' '[o["size"] for o in x] == sorted((o["size"] for o in x), reverse=True) and len(x) == 34' \
    by-type str --format json
fails 'a type there is none' 1 "heapgraph: no type 'Sesion' in this snapshot; did you mean 'Session'?" by-type Sesion
fails 'a name of two types' 2 "heapgraph: 'Node' may be one of 2 types: app.Node, other.Node" by-type Node
fails 'from nowhere' 2 'heapgraph: --from: expected a number from 1 on' by-type str --from 0
fails 'no type' 2 'heapgraph: usage: heapgraph by-type [OPTION...] TYPE' by-type

# A class that is defined twice, as after importlib.reload(), is two types of one name.
PYTHONPATH=$HG_TESTS/../core/capture/python python3 -c '
import heapgraph_dump
kept = []
for count in 2, 3:
    class Twice: pass
    kept += [Twice() for _ in range(count)]
heapgraph_dump.dump("twice.hgd")'
json 'a class defined twice' '[one["nth"] for one in x] == [3, 4, 5] and len({one["address"] for one in x}) == 3' \
    by-type Twice --from 3 -n 5 --format json -d twice.hgd
says 'its fifth' '^0x[0-9a-f]+  __main__.Twice$' show 'Twice#5' -d twice.hgd
fails 'its sixth' 1 'heapgraph: no Twice#6: there are 5 objects of that type' show 'Twice#6' -d twice.hgd
says 'the ways to all of it' '^ +5  +5  0x[0-9a-f]+  __main__.kept\[\]$' chain --type Twice -d twice.hgd
says 'a way to one of it' '^<list 0x[0-9a-f]+>\[[0-4]\]$' chain kept --forward --to __main__.Twice -d twice.hgd

check 'behind the last' sh -c '"$HEAPGRAPH" by-type Twice --from 6 -d twice.hgd 2>&1 >/dev/null | grep -qx "nothing from 6 on: there are 5"'

finish
