#!/usr/bin/env bash
# demo.sh HEAPGRAPH PYTHON FOLDER - the main job from end to end, on a small service that leaks.
# SPDX-License-Identifier: MIT
#
# Starts the service, captures it, lets it work on, captures it again, and asks what every user
# asks: what grew, what keeps it alive, and where is the picture.
set -euo pipefail
heapgraph=$(readlink -f "$1") python=$2
here=$(dirname "$(readlink -f "$0")")
mkdir -p "$3"
cd "$3"
rm -f heapgraph.db* refs.png
unset HEAPGRAPH_DB

bold='' plain=''
[ ! -t 1 ] || { bold=$'\033[1m' plain=$'\033[0m'; }
say() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
run() { # run ARGUMENT...: shows the command, then runs it
    local word shown=""
    for word in "$@"; do
        case $word in *[!A-Za-z0-9_./=:,@%+-]*) word="'$word'" ;; esac
        shown="$shown $word"
    done
    say "\$ heapgraph$shown"
    "$heapgraph" "$@"
}

coproc SERVICE { exec "$python" "$here/leaky.py" --rounds 3 --wait --rounds 5 --wait; }
service=$SERVICE_PID
trap 'kill "$service" 2>/dev/null || true' EXIT
read -r pid <&"${SERVICE[0]}"

say "A service runs as process $pid; nobody prepared it for this. Its heap, from outside:"
run capture "$pid" --name before
echo >&"${SERVICE[1]}" # it serves some more customers
read -r pid <&"${SERVICE[0]}"
run capture "$pid" --name after

say "What grew, and what the tool makes of it:"
run show-growth before after -n 5
run suspects before


say "What keeps the sessions alive, all of them, and one of them:"
run chain --type Session
run chain 'Session#1'
run backrefs 'Session#1' --depth 7 --ignore '^(getset_descriptor|weakref.*)$' -o refs.png

say "The picture is $PWD/refs.png, the store $PWD/heapgraph.db"
