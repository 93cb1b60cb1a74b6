#!/usr/bin/env bash
# test-ghost-body.sh ARCHIVE - the code of the ghost refers to nothing outside itself: it is copied to
# where nothing else is, so a constant or a function of another section would not be there.
# SPDX-License-Identifier: MIT
set -uo pipefail
if ! command -v readelf >/dev/null; then
    echo '1..0 # SKIP no readelf'
    exit 0
fi
echo '1..2'
targets=$(readelf -rW "$1" | awk '/^Relocation section/ {ours = $3 ~ /rela\.?hg_ghost/} ours && /R_X86_64/ {print $5}' | sort -u)
[ "$targets" = __start_hg_ghost ] || printf 'not '
echo 'ok 1 - it refers only to its own beginning'
printf '%s\n' "$targets" | sed 's/^/# /'
code=$(readelf -SW "$1" | awk '/ (AX|WA) / && !/hg_ghost/ && !/ 000000 00 /')
[ -z "$code" ] || printf 'not '
echo 'ok 2 - all of its code is in its section, and there are no variables'
