#!/bin/sh
# test-top.sh - heapgraph top.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
make_store

prints 'what retains most' top.txt top -n 5
json 'in order' '[o["retained"] for o in x] == sorted((o["retained"] for o in x), reverse=True) and len(x) == 99' \
    top --format json

finish
