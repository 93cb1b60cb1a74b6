#!/bin/sh
# test-dominators.sh - heapgraph dominators.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
make_store

prints 'what only roots hold' dominators.txt dominators
prints 'what an object is the holder of' dominators-cache.txt dominators app.cache
says 'the rest is told' 'module' dominators -n 2
check 'on stderr' grep -q '^\.\.\. and [0-9]* more (-n 0 shows all)$' "$scratch/.err"
run dominators Session#1.user.name
check 'one that holds nothing' [ "$(cat "$scratch/.err")" = 'it is the holder of nothing' ]

finish
