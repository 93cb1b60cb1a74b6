#!/bin/sh
# test-leaking.sh - heapgraph leaking.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
make_store

prints 'tracked objects nobody tracked refers to' leaking.txt leaking
json 'without those a root explains' '"app" not in [o["value"] for o in x]' leaking --format json

finish
