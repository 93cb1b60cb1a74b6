#!/bin/sh
# test-advise.sh - heapgraph advise.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
python3 "$HG_TESTS/cli/make-waste-dump.py" waste.hgd || exit 99

small='--min-saving 1 --min-count 10'
# shellcheck disable=SC2086
prints 'what saves most first' advise.txt advise -d waste.hgd $small
# shellcheck disable=SC2086
prints 'as rows' advise.csv advise -d waste.hgd $small --format csv
# shellcheck disable=SC2086
json 'only one kind' '[a["kind"] for a in x] == ["slots"] and x[0]["path"] == "app.users[]"' \
    advise -d waste.hgd $small --kind slots --format json
check 'nothing that saves little' run advise -d waste.hgd
check 'says so' [ "$(cat "$scratch/.err")" = 'nothing found that would save much' ]
fails 'an unknown kind' 2 "heapgraph: --kind x: expected one of slots, inherited-dict, equal-texts,\
 equal-values, array, empty, sparse, records, generator, copies" advise -d waste.hgd --kind x
fails 'less than nothing' 2 'heapgraph: --min-saving: expected a number from 1 on' \
    advise -d waste.hgd --min-saving=-1

finish
