#!/bin/sh
# test-top.sh - heapgraph top.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
make_store

prints 'what retains most' top.txt top -n 5
json 'in order' '[o["retained"] for o in x] == sorted((o["retained"] for o in x), reverse=True) and len(x) == 99' \
    top --format json
json 'with -n their paths' '[o["path"] for o in x] == ["app", "app.__dict__", "app.cache"]' top -n 3 --format json

json 'by type' '[r["type"] for r in x][0] == "dict" and
    [r["retained"] for r in x] == sorted((r["retained"] for r in x), reverse=True)' top --by type --format json
# the Cache holds the sessions, and these the users: they are in it once
json 'by module: nested ones once' '{r["module"]: r["retained"] for r in x}["app"] <
    {r["module"]: r["retained"] for r in x}["builtins"]' top --by module --format json
json 'by root' 'x[0]["root"] == "module app" and x[0]["kind"] == "module" and len(x) == 6' \
    top --by root --format json
fails 'by something else' 2 'heapgraph: --by x: expected object, type, module or root' top --by x
fails 'no argument' 2 'heapgraph: top takes no argument; usage: heapgraph top [OPTION...]' top x
fails 'a number that is none' 2 \
    'heapgraph: cannot parse integer value “x” for -n; `heapgraph help top` tells the options' top -n x

finish
