#!/bin/sh
# test-show-growth.sh - heapgraph show-growth.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
make_store

prints 'the last two snapshots' show-growth.txt show-growth
prints 'by size, in CSV' show-growth.csv show-growth --by size --format csv
run load before.hgd after.hgd
prints 'more than two' show-growth-series.txt show-growth 1 2 3 4 -n 2
json 'JSON' 'x[0] == {"type": "app.Session", "before": 2, "count": 5, "growth": 3, "garbage": 0, "size": 240,
    "size_growth": 144, "retained_growth": x[0]["retained_growth"]}' show-growth before after --format json
json 'what shrank' '[(t["type"], t["growth"]) for t in x if t["type"] == "app.Session"] == [("app.Session", -3)]' \
    show-growth after before --all --format json
json 'nothing grew' 'x == []' show-growth after before --format json
json 'every time' 'x == []' show-growth 1 2 3 --monotonic --format json
json 'one is compared with the latest' 'x[0]["growth"] == 3' show-growth 1 --format json
json 'of a module' '{t["type"] for t in x} == {"app.Session", "app.User"}' show-growth 1 2 --module app --format json

says 'a rule that does not hold' '^TYPE' show-growth --fail-if 'Session > 3'
broken() { # broken TITLE MESSAGE ARGUMENT...: exit status 3, the table on stdout, the message on stderr
    title=$1 message=$2
    shift 2
    run show-growth "$@"
    got=$?
    echo "status $got, expected 3; expected: $message" >"$scratch/.difference"
    [ $got -eq 3 ] && [ -s "$scratch/.out" ] && [ "$(cat "$scratch/.err")" = "$message" ]
    report $? "$title"
}
broken 'a rule of a type' 'heapgraph: Session > 2: Session grew by 3, from 2' --fail-if 'Session > 2'
broken 'with the limit in it' 'heapgraph: app.Session>=3: app.Session grew by 3, from 2' --fail-if 'app.Session>=3'
broken 'as a share' 'heapgraph: total-objects > 10%: total-objects grew by 13, from 86' --fail-if 'total-objects > 10%'
broken 'two rules' 'heapgraph: Session > 0: Session grew by 3, from 2
heapgraph: total-bytes > 1 KiB: total-bytes grew by 1.3 KiB, from 14.3 KiB' \
    --fail-if 'Session > 0' --fail-if 'total-bytes > 1 KiB' --fail-if 'User > 3'
run show-growth --fail-if 'Sesion > 0'
check 'a rule of a type that is not there holds never' [ $? -eq 0 ]
check 'but that is told' grep -q "^--fail-if 'Sesion > 0': no type of that name in any of the snapshots$" "$scratch/.err"
for rule in 'Session' 'Session > x' '> 3' 'Session > 3 MiB' 'Session > -3' 'total-bytes > 3 m'; do
    fails "a rule that cannot be read: $rule" 2 \
        "heapgraph: '$rule': expected a rule such as 'Session > 100', 'total-objects > 5%' or 'total-bytes > 10 MiB'" \
        show-growth --fail-if "$rule"
done
fails 'a snapshot that is not there' 1 \
    "heapgraph: heapgraph.db: there is no snapshot 'noon', but 1 'before', 2 'after', 3 'snapshot 3', 4 'snapshot 4'" \
    show-growth noon
mkdir empty && cd empty || exit 99
json 'dumps, without a store' 'x[0]["growth"] == 3' show-growth ../before.hgd ../after.hgd --format json
cd ..
run load -d one.db before.hgd
run show-growth -d one.db
check 'one snapshot alone cannot be compared' [ $? -eq 1 ]

finish
