#!/bin/sh
# test-roots.sh - heapgraph roots.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
make_store

prints 'by kind' roots.txt roots
prints 'of a kind' roots-frame.txt roots --kind frame
json 'all modules' '[r["root"] for r in x] == ["module app", "module __main__", "module app.sub"]' \
    roots --kind module --format json
# 64 bytes of the list, 54 of the str in it
json 'what a thread keeps' '[(r["what"], r["name"], r["keeps"]) for r in x] ==
    [("thread", "MainThread", 118), ("frame", "main", 118), ("local", "pending", 118)]' \
    roots --threads --format json
prints 'threads' roots-threads.txt roots --threads
fails 'two questions at once' 2 'heapgraph: --kind and --threads exclude each other' \
    roots --threads --kind frame
fails 'a kind there is none' 2 \
    'heapgraph: --kind x: expected module, frame, interpreter, static or external' roots --kind x

finish
