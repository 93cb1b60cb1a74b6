#!/bin/sh
# test-roots.sh - heapgraph roots.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
make_store

prints 'by kind' roots.txt roots
prints 'of a kind' roots-frame.txt roots --kind frame
json 'all modules' '[r["root"] for r in x] == ["module app", "module __main__", "module app.sub"]' \
    roots --kind module --format json
fails 'a kind there is none' 2 \
    'heapgraph: --kind x: expected module, frame, interpreter, static or external' roots --kind x

finish
