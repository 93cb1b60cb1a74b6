#!/bin/sh
# test-view.sh - heapgraph view: starts the viewer there, and refuses before a window opens.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
make_store

# a viewer that tells how it was started, beside a copy of the program
mkdir bin
cp "$HEAPGRAPH" bin/heapgraph
printf '#!/bin/sh\necho "$@"\n' >bin/heapgraph-viewer
chmod +x bin/heapgraph-viewer
HEAPGRAPH=$PWD/bin/heapgraph

says 'the store' '^-- heapgraph.db$' view
says 'an object and a snapshot' '^--object=app.cache --snapshot=1 -- heapgraph.db$' view app.cache -s 1
says 'another file' '^-- after.hgd$' view -d after.hgd
fails 'no such object: no window' 1 'heapgraph: no object at 0x10' view 0x10
fails 'no such store: no window' 1 \
    'heapgraph: absent.db: no such store; `heapgraph capture PID` or `heapgraph load DUMP` makes one, -d names another' view -d absent.db
rm bin/heapgraph-viewer
mkdir empty
env PATH="$PWD/empty" "$HEAPGRAPH" view >"$scratch/.out" 2>"$scratch/.err"
status=$?
check 'no viewer' test "$status $(cat "$scratch/.err")" = \
    '1 heapgraph: there is no heapgraph-viewer: it comes with a build that has GTK 4'

finish
