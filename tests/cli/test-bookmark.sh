#!/bin/sh
# test-bookmark.sh - heapgraph bookmark.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
make_store

run bookmark set leak Session#1 --note 'look at this'
prints 'is listed' bookmark.txt bookmark
run bookmark set @leak Session#2
json 'can be set again' '[(b["name"], b["address"]) for b in x] == [("leak", "0x7f0000003000")]' bookmark --format json
says 'names its object' 'app.Session' show @leak
json 'belongs to its snapshot' 'x == []' bookmark -s 1 --format json
run bookmark remove leak
json 'can be removed' 'x == []' bookmark --format json
fails 'but once' 1 "heapgraph: snapshot 2 has no bookmark 'leak'" bookmark remove leak
fails 'a name that would not be read again' 2 \
    "heapgraph: 'a.b': expected a name without blanks, quotes and any of . [ ] # @" bookmark set a.b Session#1
fails 'anything else' 2 'heapgraph: usage: heapgraph bookmark [list | set NAME OBJ | remove NAME]' bookmark set leak

finish
