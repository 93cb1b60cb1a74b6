#!/bin/sh
# test-garbage.sh - heapgraph garbage.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
make_store

prints 'the biggest first' garbage.txt garbage
check 'the sum on stderr' [ "$(cat "$scratch/.err")" = '8 objects, 2.9 KiB' ]
json 'a cycle of two' '[o["type"] for o in x][:2] == ["app.Pair", "app.Pair"] and not any(o["reached"] for o in x)' \
    garbage --format json

finish
