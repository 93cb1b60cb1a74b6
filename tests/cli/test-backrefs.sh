#!/bin/sh
# test-backrefs.sh - heapgraph backrefs.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
make_store

prints 'a tree on the terminal' backrefs.txt backrefs User#1 --depth 6
prints 'what is too many is counted' backrefs-many.txt backrefs app.Session --depth 1 --too-many 2
prints 'a local variable is a root' backrefs-local.txt backrefs '0x7f0000007000[0]'
prints 'several references between two are one' backrefs-shared.txt backrefs 'app.shared[0]' --depth 1
prints 'weak ones are said to be' backrefs-weak.txt backrefs Session#1 --depth 1
prints 'a cycle' backrefs-cycle.txt backrefs Pair#1
prints 'an instance and its __dict__ apart' backrefs-dicts.txt backrefs User#1 --depth 2 --dicts
run backrefs User#1 --depth 6 -o refs.dot
check 'the same as a picture' [ $? -eq 0 ]
cp refs.dot "$scratch/.out"
[ -z "${HG_UPDATE-}" ] || cp refs.dot "$HG_TESTS/expected/backrefs.dot"
check 'in DOT' diff -u "$HG_TESTS/expected/backrefs.dot" refs.dot
check 'which Graphviz reads' python3 -c '
import shutil, subprocess
if shutil.which("dot"):
    subprocess.run(["dot", "-Tcanon", "-o", "/dev/null", "refs.dot"], check=True)'
for ending in png svg pdf json; do
    run backrefs User#1 -o "refs.$ending"
    check "as .$ending" [ -s "refs.$ending" ]
done
check 'a PNG is one' python3 -c 'assert open("refs.png", "rb").read(8) == b"\x89PNG\r\n\x1a\n"'
check 'an SVG is XML' python3 -c 'import xml.dom.minidom; xml.dom.minidom.parse("refs.svg")'
check 'JSON is JSON' python3 -c 'import json; json.load(open("refs.json", encoding="utf-8"))'
run backrefs User#1 -o refs.svg
check 'how much was drawn goes to stderr' [ "$(cat "$scratch/.err")" = 'refs.svg: 6 nodes, 5 references' ]
says 'the line of the manual works with an address' '^0x7f0000002700  app\.User' backrefs 0x7f0000002700
fails 'an ending there is none' 2 \
    'heapgraph: refs.gif: a picture ends in .png, .svg, .pdf, .dot or .json' backrefs User#1 -o refs.gif
fails 'a depth there is none' 2 'heapgraph: --depth: expected a number from 0 to 100' backrefs User#1 --depth 101
fails 'a negative number' 2 'heapgraph: --too-many: expected a number from 0 to 1000' backrefs User#1 --too-many -1
fails 'no nodes' 2 'heapgraph: --nodes: expected a number from 1 to 10000' backrefs User#1 --nodes 0
fails 'no object' 2 'heapgraph: usage: heapgraph backrefs [OPTION...] OBJ...' backrefs
json 'modules by their names' '"module" not in x[0]["before"]' sql --format json "select '$("$HEAPGRAPH" backrefs app.cache \
    --ignore '^module app$' | sed "s/'//g")' as before"
mkdir bin && cp "$HEAPGRAPH" bin/heapgraph
printf '#!/bin/sh\necho "$@"\n' >bin/heapgraph-viewer
chmod +x bin/heapgraph-viewer
program=$HEAPGRAPH HEAPGRAPH=$PWD/bin/heapgraph
says 'in the window' '^--object=User#1 --snapshot=before -- heapgraph.db$' backrefs User#1 --view -s before
HEAPGRAPH=$program
fails 'the window and a file' 2 'heapgraph: --view and -o exclude each other' backrefs User#1 --view -o x.png
run backrefs User#1 --ignore '('
check 'a broken expression' [ $? -eq 2 ]
run backrefs User#1 -o /nowhere/refs.png
check 'a place there is none' [ $? -eq 1 ]

# The dict of a module is that of all its functions, too: they must not hide the module.
PYTHONPATH=$HG_TESTS/../core/capture/python python3 -c '
import heapgraph_dump
class Thing: pass
thing, functions = Thing(), [lambda: None for _ in range(200)]
heapgraph_dump.dump("globals.hgd")'
says 'a module and not its functions' '^  \.thing .*module __main__' backrefs Thing#1 --depth 1 --too-many 1 -d globals.hgd

finish
