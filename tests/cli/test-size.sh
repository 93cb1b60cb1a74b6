#!/bin/sh
# test-size.sh - heapgraph size.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
make_store

json 'alone, retained and reachable' 'x[0]["size"] == 64 < x[0]["retained"] < x[0]["reachable"] and
    x[0]["name"] == "app.cache"' size app.cache --format json
# itself, its __dict__, user, name, id, two keys, six classes, and what lies in that of the user
json 'what is reachable, counted by hand' 'x[0]["reachable_objects"] == 16' size Session#1 --format json
json 'a weak reference is not followed' 'x[0]["reachable_objects"] == 3' size app.watcher --format json
json 'several, and all together' 'len(x) == 3 and x[2]["name"] == "all together" and
    x[2]["size"] == x[0]["size"] + x[1]["size"] and x[2]["retained"] >= x[0]["retained"] + x[1]["retained"]' \
    size Session#1 Session#2 --format json
# neither has the str 'user' alone, but all five sessions do
json 'what is shared among them is retained by all' \
    'x[5]["retained"] > sum(r["retained"] for r in x[:5])' \
    size Session#1 Session#2 Session#3 Session#4 Session#5 --format json
json 'one given twice counts once' 'x[2]["size"] == x[0]["size"] and x[2]["retained"] == x[0]["retained"]' \
    size app.cache app.cache --format json
json 'only what is stored' 'len(x) == 2 and x[0]["reachable"] is None and x[0]["retained"] > 0' \
    size Session#1 Session#2 --stored --format json

finish
