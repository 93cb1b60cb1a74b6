#!/bin/sh
# test-dominators.sh - heapgraph dominators.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
make_store

prints 'the tree below the roots' dominators.txt dominators
prints 'the tree below an object' dominators-cache.txt dominators app.cache --depth 4 --fold 0
json 'the small ones are folded' '[r["folded"] for r in x if r["depth"] == 1][-1] > 1 and
    all(r["address"] is None for r in x if r["folded"])' dominators --depth 1 -n 2 --format json
# the lines below x[i], until one as high as it comes
below='list(__import__("itertools").takewhile(lambda r: r["depth"] > x[i]["depth"], x[i + 1:]))'
json 'an object retains itself and what is below it' "all(x[i]['retained'] == x[i]['size'] +
    sum(r['retained'] for r in $below if r['depth'] == x[i]['depth'] + 1) for i in range(len(x)))" \
    dominators --depth 1000 --fold 0 --format json
json 'nothing is lost by folding' "all(x[i]['retained'] == x[i]['size'] +
    sum(r['retained'] for r in $below if r['depth'] == x[i]['depth'] + 1)
    for i in range(len(x)) if x[i]['depth'] == 1 and x[i]['folded'] is None)" \
    dominators --depth 2 -n 2 --fold 10 --format json
json 'parents before children' 'all(b["depth"] <= a["depth"] + 1 for a, b in zip(x, x[1:]))' \
    dominators --depth 9 --format json
run dominators Session#1.user.name
check 'one that holds nothing' [ "$(cat "$scratch/.err")" = 'it is the holder of nothing' ]
fails 'too deep' 2 'heapgraph: --depth: expected a number of levels, 1 to 1000' \
    dominators --depth 1001
fails 'more than all' 2 'heapgraph: --fold: expected a percentage, 0 to 100' dominators --fold 101

finish
