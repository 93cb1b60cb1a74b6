#!/bin/sh
# test-suspects.sh - heapgraph suspects: its options and formats. What it finds: test-suspects.py.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
make_store

json 'nothing is suspicious in a small heap' 'x == []' suspects --format json
prints 'sentences' suspects.txt suspects 1 --min-growth 3 --min-size 1000
json 'JSON' '[(s["kind"], s["leak"], s["path"], s["items"], s["count"], s["count_growth"]) for s in x][0] ==
    ("collection", True, """app.cache.sessions[\x27a\x27]""", "app.Session", 5, 3)' \
    suspects before --min-growth 3 --format json
check 'numbers as short as can be' python3 -c '
import re, sys
found = re.findall(r"\"share\": ([0-9.e-]+)", open(sys.argv[1]).read())
assert found and all(text == repr(float(text)) for text in found), found' "$scratch/.out"
json 'no growth, no leak' 'x == []' suspects after -s before --min-growth 3 --format json
fails 'too large a share' 2 'heapgraph: --share, --growth-share: expected a percentage up to 100' suspects --share 101
fails 'both alone and compared' 2 'heapgraph: --alone compares with nothing, not with before' suspects before --alone
python3 "$HG_TESTS/cli/make-dump.py" 5 other.hgd 4712 || exit 99
run suspects other.hgd
check 'that processes differ is said' grep -qx 'the snapshots are of different processes' "$scratch/.err"

finish
