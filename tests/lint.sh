#!/usr/bin/env bash
# lint.sh - what a reviewer should not have to say: format, warnings, layers, scripts, pages.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
status=0
complain() { printf 'lint: %s\n' "$1" >&2; status=1; }

ninja -C build clang-format-check >build/lint.log 2>&1 || { grep '^File' build/lint.log; complain "run: ninja -C build clang-format"; }

for compiler in gcc clang; do
    [ -f "build-lint-$compiler/build.ninja" ] ||
        CC=$compiler meson setup "build-lint-$compiler" -Dwerror=true >build/lint.log 2>&1 || complain "meson setup with $compiler"
    ninja -C "build-lint-$compiler" >build/lint.log 2>&1 || { grep -E 'warning:|error:' build/lint.log; complain "warnings of $compiler"; }
done

# One folder owns each foreign library; core knows neither cli nor gui, and those not each other.
owner() { # owner HEADER FOLDERS...
    local header=$1 hits
    shift
    hits=$(git grep -lE "#include [<\"]$header" -- '*.c' '*.h' | grep -vE "^($(IFS='|'; echo "$*"))" || true)
    [ -z "$hits" ] || complain "$header belongs to $*, but is included by: $hits"
}
owner 'sqlite3(ext)?\.h' core/store/ tests/
owner '(graphviz/)?(cgraph|gvc)\.h' core/drawing/ tests/
owner 'gtk/' gui/ tests/
owner 'cli/' cli/ tests/
owner 'gui/' gui/ tests/

words=$(git grep -nIE 'TODO|FIXME|\bXXX\b' -- core cli gui tests data dev ':!tests/lint.sh' || true)
[ -z "$words" ] || { echo "$words"; complain "words that promise work stand in the tree"; }
spdx=$(git grep -LE 'SPDX-License-Identifier: MIT' -- '*.c' '*.h' || true)
[ -z "$spdx" ] || complain "no SPDX line in: $spdx"

git ls-files -z dev .ci/run '*.sh' 'data/bash-completion/*' | xargs -0 shellcheck -S warning || complain "shellcheck"
for page in data/*.[17]; do
    [ ! -f "$page" ] || mandoc -T lint -W warning "$page" || complain "mandoc: $page"
done
[ $status != 0 ] || echo "lint: nothing to say"
exit $status
