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

finish
