#!/usr/bin/env bash
# run.sh BUILD SECONDS [NAME...] - each fuzz target (or those named) for its share of the time, on
# top of its corpus.
# New inputs stay in BUILD/corpus; a finding ends the run and lies in BUILD.
set -euo pipefail
build=$(readlink -f "$1")
here=$(dirname "$(readlink -f "$0")")
seconds=$2
shift 2
targets=()
for target in "$build"/tests/fuzz/fuzz-*; do
    [ $# -eq 0 ] || [[ " $* " == *" ${target##*/fuzz-} "* ]] || continue
    [ ! -f "$target" ] || targets+=("$target")
done
[ ${#targets[@]} -gt 0 ] || { echo "run.sh: no fuzz target in $build" >&2; exit 1; }
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}
seconds=$((seconds / ${#targets[@]}))

# take_image FILE: the heap of a small Python, which fuzz-walk changes and walks.
take_image() {
    local folder pid
    folder=$(mktemp -d)
    mkfifo "$folder/in"
    python3 -I -S -c 'import sys; print(1, flush=True); sys.stdin.read()' <"$folder/in" >"$folder/out" &
    pid=$!
    exec 9>"$folder/in"
    while [ ! -s "$folder/out" ]; do sleep 0.1; done
    rm -f "$1"
    ASAN_OPTIONS=detect_leaks=0 "$build/tests/take-image" --save "$1" "$pid" >&2
    exec 9>&-
    wait "$pid"
    rm -r "$folder"
}

for target in "${targets[@]}"; do
    name=$(basename "$target")
    mkdir -p "$build/corpus/$name"
    [ "$name" != fuzz-walk ] || take_image "$build/walk-image"
    printf '==> %s, %d seconds\n' "$name" "$seconds" >&2
    (cd "$build" && HG_WALK_IMAGE=$build/walk-image "$target" -max_total_time="$seconds" -max_len=16384 -timeout=10 -rss_limit_mb=1024 \
        -print_final_stats=1 -verbosity=0 "corpus/$name" "$here/corpus/$name")
done
