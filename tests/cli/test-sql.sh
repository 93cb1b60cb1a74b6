#!/bin/sh
# test-sql.sh - heapgraph sql.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
make_store

json 'a question' 'x == [{"name": "app.Session", "count": 5}]' \
    sql "select name, count from type where name = 'app.Session'" --format json
prints 'as a table' sql.txt sql "select nr, printf('0x%x', address) as address, type, size * 0.5 as half, value
    from object where type in ('app.User', 'function') order by nr"
json 'of another snapshot' 'x == [{"n": 86}]' sql 'select count(*) as n from object' -s 1 --format json
echo 'select 1 as one; select 2 as two, null as empty' >question.sql
"$HEAPGRAPH" sql --format csv <question.sql >"$scratch/.out" 2>"$scratch/.err"
check 'from standard input' [ "$(cat "$scratch/.out")" = 'one
1

two,empty
2,' ]
run sql 'select value from object where value is not null'
check 'values are shown harmless' sh -c "! grep -q \"\$(printf '\\033')\" '$scratch/.out'"
run sql 'selec 1'
check 'a mistake: status 1' [ $? -eq 1 ]
check 'and said so' grep -q 'syntax error' "$scratch/.err"
run sql 'delete from all_type'
check 'nothing can be written' [ $? -eq 1 ]
json 'and was not' 'x[0]["n"] > 0' sql 'select count(*) as n from all_type' --format json

finish
