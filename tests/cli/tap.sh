# shellcheck shell=sh
# tap.sh - what the tests of the command line share; they read it with
#     . "$HG_TESTS/cli/tap.sh"
# and end with `finish`. $HEAPGRAPH is the program, $HG_TESTS the folder of the tests; the working
# folder is a temporary one. HG_UPDATE=1 rewrites the expected outputs instead of comparing.
# SPDX-License-Identifier: MIT
set -u
unset HEAPGRAPH_DB NO_COLOR
LC_ALL=C.UTF-8 export LC_ALL
n_tests=0
n_failed=0
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 99
XDG_CACHE_HOME=$scratch/cache export XDG_CACHE_HOME

# make_dumps: before.hgd with 2 sessions, after.hgd with 5 (make-dump.py draws the heap).
make_dumps() {
    python3 "$HG_TESTS/cli/make-dump.py" 2 before.hgd &&
        python3 "$HG_TESTS/cli/make-dump.py" 5 after.hgd || exit 99
}

# make_store: the same, loaded into heapgraph.db.
make_store() {
    make_dumps
    "$HEAPGRAPH" load before.hgd after.hgd >/dev/null || exit 99
}

# report STATUS TITLE: a line of TAP; on failure what was printed last.
report() {
    n_tests=$((n_tests + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $n_tests - $2"
        return
    fi
    n_failed=$((n_failed + 1))
    echo "not ok $n_tests - $2"
    sed 's/^/#   /' "$scratch/.difference" "$scratch/.out" "$scratch/.err" 2>/dev/null | head -40
}

# check TITLE COMMAND...: the command succeeds.
check() {
    title=$1
    shift
    : >"$scratch/.difference"
    "$@" >"$scratch/.difference" 2>&1
    report $? "$title"
}

# run ARGUMENT...: runs heapgraph; its outputs are in $scratch/.out and $scratch/.err.
run() {
    "$HEAPGRAPH" "$@" >"$scratch/.out" 2>"$scratch/.err" </dev/null
}

# prints TITLE NAME ARGUMENT...: succeeds, and prints what stands in expected/NAME.
prints() {
    title=$1 expected=$HG_TESTS/expected/$2
    shift 2
    : >"$scratch/.difference"
    if ! run "$@"; then
        report 1 "$title"
        return
    fi
    [ -z "${HG_UPDATE-}" ] || cp "$scratch/.out" "$expected"
    diff -u "$expected" "$scratch/.out" >"$scratch/.difference"
    report $? "$title"
}

# says TITLE PATTERN ARGUMENT...: succeeds, and a line of stdout matches the pattern of grep -E.
says() {
    title=$1 pattern=$2
    shift 2
    echo "expected /$pattern/" >"$scratch/.difference"
    run "$@" && grep -Eq -- "$pattern" "$scratch/.out"
    report $? "$title"
}

# fails TITLE STATUS MESSAGE ARGUMENT...: exits with the status, prints nothing but the message.
fails() {
    title=$1 status=$2 message=$3
    shift 3
    run "$@"
    got=$?
    echo "status $got, expected $status; expected: $message" >"$scratch/.difference"
    [ $got -eq "$status" ] && [ ! -s "$scratch/.out" ] && [ "$(cat "$scratch/.err")" = "$message" ]
    report $? "$title"
}

# json TITLE EXPRESSION ARGUMENT...: prints JSON of which the Python expression over `x` is true.
json() {
    title=$1 expression=$2
    shift 2
    run "$@" && python3 -c '
import json, sys
x = json.load(open(sys.argv[1], encoding="utf-8"))
assert eval("(" + sys.argv[2] + ")"), x' "$scratch/.out" "$expression" 2>"$scratch/.difference"
    report $? "$title"
}

finish() {
    echo "1..$n_tests"
    [ $n_failed -eq 0 ]
    exit
}
