#!/bin/sh
# test-report.sh - heapgraph report.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"
make_store

run report -o report.html
check 'a page is written' [ $? -eq 0 ]
check 'its owner alone can read it' [ "$(stat -c %a report.html)" = 600 ]
check 'it is well formed, asks for nothing, and can be read' python3 "$HG_TESTS/report/check-page.py" report.html
for section in suspects growth holders types facts; do
    check "it tells of $section" grep -q "<section id=\"$section\"" report.html
done
check 'what grew' grep -q '<td>app.Session</td><td class="number">2</td><td class="number">5</td><td class="number">+3</td>' report.html
check 'containers, by their paths' grep -q "<td>app.cache.sessions\[&apos;a&apos;\]</td><td class=\"number\">2</td><td class=\"number\">5</td>" report.html
check 'the command line of the process, which is evil' grep -q 'app.py&apos;, &apos;\\x1b\[31m' report.html
run report -o again.html
check 'the same question, the same page' cmp report.html again.html
run report -o alone.html --alone
check 'alone, nothing grew' sh -c '! grep -q "id=.growth" alone.html'
run report -o - -d after.hgd before.hgd
cp "$scratch/.out" dumps.html
check 'of two dumps' grep -q '<td>app.Session</td><td class="number">2</td>' dumps.html

# suspects and pictures: a heap that leaks
python3 "$HG_TESTS/programs/leaky.py" --rounds 20 --dump first.hgd --rounds 30 --dump second.hgd || exit 99
run load -d leaky.db first.hgd second.hgd
run report -d leaky.db -o leaky.html first
check 'of a program that leaks' python3 "$HG_TESTS/report/check-page.py" leaky.html
check 'the leak is named' grep -q 'EventBus.handlers' leaky.html
check 'and drawn' grep -q '<svg role="img" aria-label="What leads to list' leaky.html

mkfifo pipe
cat pipe >piped.html &
run report -o pipe
wait
check 'a pipe stays one' [ -p pipe ]
check 'and is written to' cmp report.html piped.html
ln -s report.html link.html
run report -o link.html
check 'a link leads to the same page' cmp report.html link.html

fails 'where to?' 2 'heapgraph: -o FILE.html says where the report goes; - is standard output' report
run report -o /nowhere/report.html
check 'a place there is none' [ $? -eq 1 ]

check 'a full disk' sh -c '"$HEAPGRAPH" report -o - 2>&1 >/dev/full | grep -qx "heapgraph: cannot write the report: No space left on device"'

finish
