#!/bin/sh
# test-most-common-types.sh - heapgraph most-common-types.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
make_store

prints 'by count' most-common-types.txt most-common-types
prints 'by size, in CSV' most-common-types.csv most-common-types --by size --format csv
prints 'by module' most-common-types-by-module.txt most-common-types --by-module
json 'JSON: exact numbers' 'x[0]["type"] == "str" and x[0]["size"] == sum(s["size"] for s in x if s["type"] == "str")
    and [t["count"] for t in x] == sorted((t["count"] for t in x), reverse=True)' most-common-types --format json
json 'the counts add up' 'sum(t["count"] for t in x) == 99' most-common-types --format json
json 'short names put types of one name together' \
    '[t["count"] for t in x if t["type"] == "Node"] == [3]' most-common-types --short-names --format json
json 'of one module' '{t["type"] for t in x} == {"app.Session", "app.User", "app.Cache", "app.Node", "app.Pair"}' \
    most-common-types --module app --format json
json 'that match' '[t["type"] for t in x] == ["app.Node", "other.Node"]' \
    most-common-types --filter 'Node$' --format json
json 'so many rows' 'len(x) == 3' most-common-types -n 3 --format json
says 'the rest is told' '^TYPE' most-common-types -n 3
check 'on stderr' [ "$(cat "$scratch/.err")" = '... and 13 more rows (-n 0 shows all)' ]
fails 'an order there is none' 2 'heapgraph: --by x: expected count, size or retained' most-common-types --by x
fails 'a format there is none' 2 'heapgraph: --format x: expected table, json or csv' most-common-types --format x
fails 'a negative number of rows' 2 'heapgraph: -n: expected a number of rows, 0 for all' most-common-types -n -3
fails 'an argument' 2 'heapgraph: most-common-types takes no argument; usage: heapgraph most-common-types [OPTION...]' \
    most-common-types x
fails 'an option there is none' 2 'heapgraph: unknown option --x; `heapgraph help most-common-types` tells the options' most-common-types --x
fails 'names in two ways' 2 'heapgraph: --short-names and --by-module exclude each other' \
    most-common-types --short-names --by-module
run most-common-types --filter '('
check 'a broken expression: status 2' [ $? -eq 2 ]

says 'the number of a type' '^5$' most-common-types --count Session
says 'of several of the same name' '^3$' most-common-types --count Node
says 'by its full name' '^2$' most-common-types --count app.Node
says 'of none' '^0$' most-common-types --count Nothing
says 'garbage included' '^2$' most-common-types --count Pair
json 'only what is tracked' '{r["type"] for r in x if r["type"] in ("str", "int", "list", "app.User")} == {"list", "app.User"}
    and [(r["count"], r["garbage"]) for r in x if r["type"] == "app.Pair"] == [(2, 2)]' \
    most-common-types --tracked --format json

finish
