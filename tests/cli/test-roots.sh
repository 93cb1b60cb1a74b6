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

python3 - "$HG_TESTS/../core/capture/python" <<'PYTHON'
import sys
sys.path.insert(0, sys.argv[1])
import heapgraph_dump, threading
done, ready = threading.Event(), threading.Semaphore(0)


def work():
    ready.release()
    done.wait()


for number in range(4):
    threading.Thread(target=work, name='worker %d' % number).start()
    ready.acquire()
heapgraph_dump.dump('threads.hgd')
done.set()
PYTHON
run roots --threads -n 2 -d threads.hgd
check 'not all threads' sh -c '[ "$(grep -cE "^[^ ]" "$1/.out")" = 3 ] && grep -qx "\.\.\. and 3 more threads (-n 0 shows all)" "$1/.err"' - "$scratch"
json 'what keeps most comes first' '[r["keeps"] for r in x if r["what"] == "thread"] ==
    sorted((r["keeps"] for r in x if r["what"] == "thread"), reverse=True) and len({r["thread"] for r in x}) == 5' \
    roots --threads --format json -d threads.hgd
fails 'two questions at once' 2 'heapgraph: --kind and --threads exclude each other' \
    roots --threads --kind frame
fails 'a kind there is none' 2 \
    'heapgraph: --kind x: expected module, frame, interpreter, static or external' roots --kind x

finish
