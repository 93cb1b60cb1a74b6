#!/usr/bin/env bash
# run.sh BUILD SECONDS - each fuzz target for its share of the time, on top of its corpus.
# New inputs stay in BUILD/corpus; a finding ends the run and lies in BUILD.
set -euo pipefail
build=$(readlink -f "$1")
here=$(dirname "$(readlink -f "$0")")
targets=()
for target in "$build"/tests/fuzz/fuzz-*; do
    [ ! -f "$target" ] || targets+=("$target")
done
[ ${#targets[@]} -gt 0 ] || { echo "run.sh: no fuzz target in $build" >&2; exit 1; }
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}
seconds=$(($2 / ${#targets[@]}))

for target in "${targets[@]}"; do
    name=$(basename "$target")
    mkdir -p "$build/corpus/$name"
    printf '==> %s, %d seconds\n' "$name" "$seconds" >&2
    (cd "$build" && "$target" -max_total_time="$seconds" -max_len=16384 -timeout=10 -rss_limit_mb=1024 \
        -print_final_stats=1 -verbosity=0 "corpus/$name" "$here/corpus/$name")
done
