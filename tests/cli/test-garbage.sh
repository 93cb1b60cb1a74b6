#!/bin/sh
# test-garbage.sh - heapgraph garbage.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
make_store

prints 'cycles by their types' garbage-cycles.txt garbage
check 'the sum on stderr' [ "$(cat "$scratch/.err")" = '8 objects, 2.9 KiB' ]
json 'a cycle of two with a finalizer' 'x[0]["cycles"] == 1 and x[0]["types"] == "app.Pair" and
    x[0]["in_cycles"] == 2 and x[0]["objects"] == 3 and x[0]["has_del"] and x[0]["del_types"] == "app.Pair" and
    x[0]["way"] == "app.Pair.other.other"' garbage --format json
prints 'the biggest first' garbage.txt garbage --objects
check 'the same sum' [ "$(cat "$scratch/.err")" = '8 objects, 2.9 KiB' ]
json 'a cycle of two' '[o["type"] for o in x][:2] == ["app.Pair", "app.Pair"] and not any(o["reached"] for o in x)' \
    garbage --objects --format json

finish
