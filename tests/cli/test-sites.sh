#!/bin/sh
# test-sites.sh - heapgraph sites, against what tracemalloc itself says.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"

cat >allocate.py <<'PYTHON'
import sys
sys.path.insert(0, sys.argv[1])
import heapgraph_dump, json, tracemalloc
kept = [None] * 5000


def fill(first, last):
    for n in range(first, last):
        kept[n] = 'text %d' % n


def more(first, last):
    fill(first, last)


fill(0, 1000)
heapgraph_dump.dump('before.hgd')
fill(1000, 1300)
more(1300, 1310)
heapgraph_dump.dump('after.hgd')
line = fill.__code__.co_firstlineno + 2
here = [one for one in tracemalloc.take_snapshot().statistics('lineno')
        if one.traceback[0].filename == __file__ and one.traceback[0].lineno == line]
json.dump([line, here[0].count, here[0].size], open('truth.json', 'w'))
PYTHON
python3 -B -X tracemalloc=3 allocate.py "$HG_TESTS/../core/capture/python" || exit 99
HEAPGRAPH_DB=after.hgd export HEAPGRAPH_DB

json 'counts and sizes are those of tracemalloc' '[(r["count"], r["size"]) for r in x
    if r["lines"].endswith("allocate.py:%d" % json.load(open("truth.json"))[0])] == [tuple(json.load(open("truth.json"))[1:])]' \
    sites --format json
json 'what grew' '(x[0]["count"], x[0]["count_growth"]) == (1310, 310) and "/allocate.py:" in x[0]["lines"]' \
    sites before.hgd --by count -n 9 --format json
json 'by the ways' '[(r["count"], r["count_growth"], r["lines"].count("allocate.py:")) for r in x] ==
    [(300, 300, 2), (10, 10, 3)]' sites before.hgd --traceback --filter /allocate.py: --by count -n 2 --format json
says 'a way is one line of the table' \
    ' B +10  [^ ]*/allocate.py:[0-9]+ < [^ ]*/allocate.py:[0-9]+ < [^ ]*/allocate.py:[0-9]+$' \
    sites --traceback --filter /allocate.py: -n 0
says 'own lines alone' '^ *[0-9.]+ KiB  1,310  [^ ]*/allocate.py:[0-9]+$' sites --filter /allocate.py: -n 1 --by count
check 'and how many more' grep -Eq '^\.\.\. and [0-9]+ more \(-n 0 shows all\)$' "$scratch/.err"
fails 'an order there is none' 2 'heapgraph: --by x: expected size or count' sites --by x
fails 'no regular expression' 2 \
    "heapgraph: --filter: '(' is no regular expression: at char 1: missing terminating )" sites --filter '('
make_dumps
fails 'a dump that does not know' 1 "heapgraph: 'before' does not know where its objects were allocated: that takes a \
Python with tracemalloc (python -X tracemalloc=10) and a dump from inside (heapgraph.dump(path, sites=True))" \
    sites -d before.hgd

finish
