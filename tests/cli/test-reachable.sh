#!/bin/sh
# test-reachable.sh - heapgraph reachable.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
make_store

# itself, its __dict__, user, name, id, two keys, six classes, and what lies in that of the user
json 'by type, counted by hand' '{r["type"]: r["count"] for r in x}["app.Session"] == 1 and
    sum(r["count"] for r in x) == 16' reachable Session#1 --format json
json 'as `size` says' 'sum(r["size"] for r in x) > 0 and [r["size"] for r in x] ==
    sorted((r["size"] for r in x), reverse=True)' reachable app.cache --format json
json 'several lead to each object once' '{r["type"]: r["count"] for r in x}["app.Session"] == 2' \
    reachable Session#1 Session#2 Session#1 --format json
says 'rows are limited' '^type' reachable app.cache -n 1
check 'and the rest is told' grep -q '^\.\.\. and [0-9]* more types (-n 0 shows all)$' "$scratch/.err"
check 'with the sum' grep -q '^[0-9,]* objects, ' "$scratch/.err"

finish
