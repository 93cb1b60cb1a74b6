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
json 'several' 'len(x) == 2' size Session#1 Session#2 --format json

finish
