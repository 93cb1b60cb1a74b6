#!/usr/bin/env bash
# ask.sh - what a question costs: a new process each time, its store in the page cache.
# SPDX-License-Identifier: MIT
#
# usage: ask.sh BUILD PYTHON [OBJECTS]
#
# The median of several runs, the memory at the peak, and how many times faster that is than what
# objgraph does for the same question inside a process with a heap a fifth of the size, where there
# is such a thing and objgraph is installed.
set -euo pipefail
build=$1 python=$2 objects=${3:-5000000}
here=$(dirname "$(readlink -f "$0")")
heapgraph=$(readlink -f "$build")/cli/heapgraph
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HEAPGRAPH_DB=$folder/heap.db
rounds=7

"$build/tests/make-synthetic-dump" "$objects" "$folder/heap.hgd" >/dev/null
"$build/tests/make-synthetic-dump" $((objects * 51 / 50)) "$folder/later.hgd" >/dev/null
"$heapgraph" load --name before "$folder/heap.hgd" >/dev/null 2>&1
"$heapgraph" load --name after "$folder/later.hgd" >/dev/null 2>&1

declare -A peer
while read -r name seconds; do peer[$name]=$seconds; done < <(
    "$python" "$here/ask-objgraph.py" $((objects / 5)) 2>/dev/null || true)

# ask NAME ARGUMENT...: one line of the table; NAME is that of the peer's question, too.
ask() {
    local name=$1 i start milliseconds peak
    shift
    "$heapgraph" "$@" >/dev/null 2>&1 || true # into the page cache
    for ((i = 0; i < rounds; i++)); do
        start=${EPOCHREALTIME/./}
        /usr/bin/time -f %M -o "$folder/peak" "$heapgraph" "$@" >/dev/null 2>&1 || true
        echo "$((${EPOCHREALTIME/./} - start)) $(tail -n 1 "$folder/peak")" >>"$folder/times"
    done
    read -r milliseconds peak < <(sort -n "$folder/times" | awk '{t[NR] = $1 / 1000; if ($2 > m) m = $2}
        END {print t[int((NR + 1) / 2)], m}')
    rm "$folder/times"
    printf '%-58s %8.1f ms %6.0f MiB' "heapgraph $*" "$milliseconds" $((peak / 1024))
    [ -z "${peer[$name]-}" ] ||
        awk -v peer="${peer[$name]}" -v own="$milliseconds" \
            'BEGIN {printf "   objgraph %.0f ms, %.0f times as long", peer * 1000, peer * 1000 / (own > 0 ? own : 1)}'
    echo
}

printf '%d objects\n' "$objects"
ask show show Session#1000
ask types most-common-types
ask by-type by-type Session
ask backrefs backrefs Session#1000 --depth 3
ask chain chain Session#1000
ask growth show-growth before after
ask top top
ask dominators dominators
ask retained sql 'SELECT retained FROM object WHERE nr = 1000'
ask reachable size Session#1000
ask avoid chain Session#1000 --avoid app.EventBus
ask all chain Session#1000 --all 3
ask leaking leaking
ask new show-growth before after --new Session
ask ids show-growth before after --ids
ask monotonic show-growth before after --monotonic
ask type chain --type Session
ask to chain Session#1000 --to EventBus
ask forward chain app.EventBus --forward --to Session
ask picture refs app --depth 9 --too-many 30 --nodes 200 -o "$folder/refs.png"
ask report report -o "$folder/report.html"
ask suspects suspects
ask advise advise
