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
fails 'CSV' 2 'heapgraph: a chain is no list of rows: --format table or json' chain app --format csv
# other ways
says 'to the key of two dicts: the shortest' '^app\.sub\.__name__|^app' chain "app.shared[0]"
json 'all of them, each through another object' \
    '[way["chain"] for way in x] == ["app.__dict__.<key>", "app.shared[0]"]' chain 'app.shared[0]' --all 9 --format json
says 'one that avoids an object' "^app\.cache\.sessions\['a'\]\[0\]" chain Session#1 --avoid app.watcher
fails 'none without its holder' 1 'heapgraph: no such way leads to the app.Session' \
    chain Session#1 --avoid "app.cache.sessions['a']"
fails 'none through a weak reference' 1 'heapgraph: no such way leads to the app.Session' \
    chain Session#1 --avoid app.cache
says 'from a module' '^app\.cache$' chain app.cache --to module
fails 'none from a frame' 1 'heapgraph: no such way leads to the app.Cache' chain app.cache --to frame
says 'a root itself' '^main\(\)\.pending$' chain 0x7f0000007000 --to frame
json 'of a type, merged' 'x == [{"objects": 5, "of": 5, "example": "0x7f0000002700", "path": "app.cache.sessions[][].user"}]
    or x == [{"objects": 5, "of": 5, "example": "0x7f0000002700", "path": "app.cache.sessions[]….user"}]' \
    chain --type User --format json
run chain --type Pair
check 'of a type no root reaches' [ "$(cat "$scratch/.err")" = 'no root reaches 2 more' ]
says 'from any root' '^app\.cache\.sessions' chain User#1 --to root
says 'from an object of a type' "^<app\.Cache 0x[0-9a-f]*>\.sessions\['a'\]\[0\]\.user" chain User#1 --to Cache
says 'from an object' '^<list 0x[0-9a-f]*>\[0\]\.user' chain User#1 --to "app.cache.sessions['a']"
fails 'none from there' 1 'heapgraph: no such way leads to the app.Cache' chain app.cache --to Session
fails 'an object is no way to itself' 1 'heapgraph: no such way leads to the app.Cache' chain app.cache --to Cache
fails 'nor is one to be named so' 1 'heapgraph: no such way leads to the app.Cache' chain app.cache --to app.cache
says 'forward to the nearest of a type' "^<app\.Cache 0x[0-9a-f]*>\.sessions\['a'\]\[0\]$" \
    chain app.cache --forward --to Session
json 'and to others' '[w["objects"][-1]["type"] for w in x] == ["app.User"] * 4' \
    chain app.cache --forward --to User --all 4 --format json
says 'forward to an object' 'cell_contents\[0\]$' chain app.step --forward --to 'app.step.__closure__[0].cell_contents[0]'
fails 'forward to nowhere' 1 'heapgraph: no such way leads from the app.User' chain User#1 --forward --to Cache
fails 'forward, but where to?' 2 'heapgraph: --forward needs --to: where to' chain app --forward
run chain User#1 --all 3 -o chain.dot
cp chain.dot "$scratch/.out"
[ -z "${HG_UPDATE-}" ] || cp chain.dot "$HG_TESTS/expected/chain.dot"
check 'drawn' diff -u "$HG_TESTS/expected/chain.dot" chain.dot
fails 'to something there is none of' 1 "heapgraph: --to x: neither root, module, frame, interpreter, static, \
external nor a type, and no object: no module 'x', and nothing of that name in __main__" chain app --to x
fails 'a type and an object' 2 'heapgraph: --type is asked alone, without OBJ and the options that go with one: heapgraph chain --type TYPE' chain app --type User
fails 'neither' 2 'heapgraph: usage: heapgraph chain [OPTION...] OBJ, or --type TYPE' chain
fails 'so few ways' 2 'heapgraph: --all: expected a number from 1 on' chain app --all -1

# the line is a name of the object
"$HEAPGRAPH" chain User#3 | head -n 1 >line
json 'the chain leads there again' 'x["address"] == "0x7f0000003300"' show "$(cat line)" --format json

finish
