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
broken 'as a share' 'heapgraph: total-objects > 10%: total-objects grew by 14, from 77' --fail-if 'total-objects > 10%'
broken 'two rules' 'heapgraph: Session > 0: Session grew by 3, from 2
heapgraph: total-bytes > 1 KiB: total-bytes grew by 1.4 KiB, from 11.4 KiB' \
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

# a series, and what grew every time
python3 "$HG_TESTS/cli/make-dump.py" 9 later.hgd || exit 99
run load -d series.db before.hgd after.hgd later.hgd
prints 'since the first, every time' show-growth-monotonic.txt show-growth -d series.db --since first --monotonic -n 3
json 'containers are rows with a path' \
    '[(r["type"], r["count_1"], r["count_2"], r["count_3"], r["growth"], r["alike"]) for r in x
      if r["path"] == "app.cache.sessions[\x27a\x27]"] == [("list", 2, 5, 9, 7, 0)]' \
    show-growth -d series.db --since 1 --monotonic --format json
run load -d first.db before.hgd after.hgd later.hgd
cp later.hgd first.hgd && run load -d first.db first.hgd
json 'a snapshot that is called first is meant before the first' \
    '[r["growth"] for r in x if r["type"] == "app.Session"] == []' show-growth -d first.db first --format json
json 'up to one that is named' '[r["growth"] for r in x if r["type"] == "app.Session"] == [3]' \
    show-growth -d series.db --since first 2 --format json
fails 'since the last there is nothing to compare' 2 'heapgraph: --since latest: fewer than two snapshots from there on' \
    show-growth -d series.db --since latest
fails 'since and two names' 2 'heapgraph: --since takes one snapshot at most: the last to be compared' \
    show-growth -d series.db --since first 2 3
python3 "$HG_TESTS/cli/make-dump.py" 7 back.hgd || exit 99
run load -d series.db back.hgd
json 'against the highest so far nothing grew' '"app.Session" not in [r["type"] for r in x]' \
    show-growth -d series.db --peak --format json
json 'against the highest of those that are named' \
    '[(r["before"], r["count"], r["growth"]) for r in x if r["type"] == "app.Session"] == [(5, 7, 2)]' \
    show-growth -d series.db 1 2 4 --peak --format json
script -qec "$HEAPGRAPH show-growth -d series.db 1 2 3 4 -n 1" /dev/null >terminal.txt 2>&1
check 'drawn on a terminal' grep -q 'TREND.*▁▄█▆' <<END
$(tr -d '\r\n' <terminal.txt)
END

# by their addresses
"$HEAPGRAPH" sql -d series.db -s 1 --format csv 'select address, type from object where live' >one.csv
"$HEAPGRAPH" sql -d series.db -s 3 --format csv 'select address, type from object where live' >three.csv
json 'objects that came and went, as two sets have it' '[
    all((r["new"], r["gone"]) == (len([o for o in new - old if o[1] == r["type"]]),
                                  len([o for o in old - new if o[1] == r["type"]])) for r in x)
    and {r["type"] for r in x} >= {o[1] for o in new ^ old} for csv in [__import__("csv")]
    for old, new in [[set(map(tuple, csv.reader(open(path)))) for path in ("one.csv", "three.csv")]]] == [True]' \
    show-growth -d series.db 1 3 --ids --all --format json
prints 'the new ones of a type' show-growth-new.txt show-growth -d series.db 1 3 --new User
check 'how many' grep -qx '7 new, 0 gone, 2 still there' "$scratch/.err"
json 'the same address leaves a doubt' '{o["doubt"] for o in x} == {None, "same address"}' \
    show-growth -d series.db 1 3 --new str --format json
run show-growth -d series.db 3 3 --new str
check 'nothing is new in the same snapshot' grep -qx '0 new, 0 gone, 37 still there' "$scratch/.err"
python3 "$HG_TESTS/cli/make-dump.py" 5 other.hgd 4712 || exit 99
"$HEAPGRAPH" load -d single.db before.hgd >/dev/null
fails 'one snapshot alone' 1 'heapgraph: single.db: growth needs two snapshots, and the store holds one: `heapgraph capture` another, or name dump files' \
    show-growth -d single.db
fails 'a file that is not there' 1 "heapgraph: gone.hgd: no such file; single.db: there is no snapshot 'gone.hgd', but 1 'before'" \
    show-growth gone.hgd -d single.db
fails 'addresses of two processes' 2 "heapgraph: 'before' and 'other' are of different processes: an address in \
one says nothing about the other; compare types instead" show-growth before.hgd other.hgd --new Session
fails 'nor counted' 2 "heapgraph: 'before' and 'other' are of different processes: an address in \
one says nothing about the other; compare types instead" show-growth before.hgd other.hgd --ids
json 'types of two processes' 'x[0]["growth"] == 3' show-growth before.hgd other.hgd --format json
check 'and that is said' grep -qx 'the snapshots are of different processes' "$scratch/.err"
json 'containers of two processes, by their paths' '"app.cache.sessions[\x27a\x27]" in [r["path"] for r in x]' \
    show-growth before.hgd other.hgd --monotonic --format json
fails 'two kinds of growth' 2 'heapgraph: --all, --monotonic and --peak exclude each other' show-growth --all --peak
fails 'new objects of all kinds' 2 \
    'heapgraph: --new lists objects: it goes without --all, --monotonic, --peak and --ids' show-growth --new str --ids

run load -d one.db before.hgd
run show-growth -d one.db
check 'one snapshot alone cannot be compared' [ $? -eq 1 ]

finish
