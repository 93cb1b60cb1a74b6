#!/bin/sh
# test-chain.sh - heapgraph chain.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
make_store

prints 'from a module' chain-user.txt chain User#1
prints 'through a closure' chain-closure.txt chain 'app.step.__closure__[0].cell_contents[0]'
says 'from a local variable' '^main\(\)\.pending\[0\]$' chain '0x7f0000007000[0]'
says 'from what C holds' '^<list 0x7f0000007200>\[0\]$' chain '0x7f0000007200[0]'
json 'JSON' 'x["chain"] == "app.cache.sessions[\x27a\x27][1].user" and x["root"] == "module app" and
    x["steps"] == len(x["objects"]) - 1 == 7 and x["objects"][-1]["type"] == "app.User"' \
    chain "app.cache.sessions['a'][1].user" --format json
fails 'garbage' 1 'heapgraph: no root reaches the app.Pair at 0x7f0000006d00: it is garbage' chain Pair#1
fails 'CSV' 2 'heapgraph: chain prints one way, which is no list: --format table or json' chain app --format csv
# the line is a name of the object
"$HEAPGRAPH" chain User#3 | head -n 1 >line
json 'the chain leads there again' 'x["address"] == "0x7f0000003300"' show "$(cat line)" --format json

finish
