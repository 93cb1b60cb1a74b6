#!/bin/sh
# test-info.sh - heapgraph info.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
make_store

json 'facts, counts and roots' 'x["objects"] == 99 and x["facts"]["pid"] == "4711" and
    x["roots"] == {"module": 3, "frame": 1, "interpreter": 0, "static": 1, "external": 1} and
    x["threads"] == [{"id": 140001, "name": "MainThread",
                      "frames": [{"function": "main", "file": "/srv/app.py", "line": 12}]}]' info --format json
says 'as text' '^  main \(/srv/app\.py:12\)$' info
says 'a fact with an escape sequence is shown harmless' "^argv .*'\\\\x1b\[31m'" info
says 'a time as people read it' '^taken +2[0-9]{3}-[0-9]{2}-[0-9]{2} [0-9:]{8} UTC$' info
json 'and as it is' 'x["facts"]["taken"].isdigit()' info --format json
says 'another snapshot' '^name +before$' info -s previous
says 'a dump where a store is expected' '^objects +86$' info -d before.hgd
check 'is loaded into the cache' [ "$(find cache -name '*.db' | wc -l)" -eq 1 ]
cp before.hgd copy.hgd
says 'the same under another name' '^objects +86$' info -d copy.hgd
check 'is not loaded again' [ "$(find cache -name '*.db' | wc -l)" -eq 1 ]
says 'a dump that has changed' '^objects +99$' info -d after.hgd
check 'is' [ "$(find cache -name '*.db' | wc -l)" -eq 2 ]
echo 'neither' >text
fails 'neither store nor dump' 1 'heapgraph: text: neither a store nor a dump nor a core' info -d text
fails 'a snapshot that is not there' 1 \
    "heapgraph: heapgraph.db: there is no snapshot 'noon', but 1 'before', 2 'after'" info -s noon

finish
