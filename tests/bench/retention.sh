#!/bin/sh
# retention.sh - how long the questions about who keeps what take, each in a new process.
# SPDX-License-Identifier: MIT
#
# usage: retention.sh BUILD [OBJECTS]
#
# One line a question: seconds of processor time, and how often as long as `show` of one object takes,
# which reads nothing but what it shows. Everything is in the page cache.
set -eu
build=$1 objects=${2:-5000000}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
LC_ALL=C export LC_ALL

"$build/tests/make-synthetic-dump" -r 2 "$objects" "$scratch/heap.hgd" >/dev/null
"$build/cli/heapgraph" load -d "$scratch/heap.db" "$scratch/heap.hgd" >/dev/null

# measure ARGUMENT...: seconds of the fastest of five runs
measure() {
    best=
    for _ in 1 2 3 4 5; do
        /usr/bin/time -o "$scratch/time" -f '%U %S' "$build/cli/heapgraph" "$@" -d "$scratch/heap.db" \
            >/dev/null 2>&1
        best=$(awk -v best="$best" '{ t = $1 + $2; print best == "" || t < best ? t : best }' "$scratch/time")
    done
    echo "$best"
}

base=$(measure show app.cache)
while read -r question; do
    # shellcheck disable=SC2086
    took=$(measure $question)
    awk -v q="$question" -v t="$took" -v b="$base" \
        'BEGIN { printf "%-44s %6.2f s  %6.1f times `show`\n", q, t, t / (b > 0.01 ? b : 0.01) }'
done <<QUESTIONS
show app.cache
size app.cache --stored
top
top --by type
top --by module
top --by root
dominators
dominators app.EventBus.handlers
size app.cache
size app.cache app.EventBus
reachable app.cache
garbage
roots
roots --threads
advise
QUESTIONS
