#!/bin/sh
# test-refs.sh - heapgraph refs.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
make_store

prints 'a tree on the terminal' refs.txt refs app.cache
prints 'two objects' refs-two.txt refs Session#1 Session#2 --depth 1 --short-names
prints 'sizes and reference counts' refs-sizes.txt refs app.cache --depth 2 --sizes --refcounts
prints 'names that are made to harm' refs-evil.txt refs app.evil
says 'only types that match' 'app\.Session' refs app.cache --filter 'Cache|dict|list|Session'
check 'and no others' sh -c "! grep -q 'User\|str' '$scratch/.out'"
says 'types that do not' 'app\.Session' refs app.cache --ignore 'User|str'
check 'are left out' sh -c "! grep -q 'User\|str' '$scratch/.out'"
run refs app.cache --highlight Session -o refs.dot
check 'what is highlighted stands out' [ "$(grep -c 'class="object highlighted"' refs.dot)" -eq 5 ]
run refs app.cache --nodes 4
check 'so many nodes' [ "$(grep -c 0x "$scratch/.out")" -eq 4 ]
check 'and the number of the others' grep -q ' more: ' "$scratch/.out"

fails 'a folder that is not there' 1 'heapgraph: no/such.png: No such file or directory' refs app -o no/such.png

finish
