#!/bin/sh
# test-main.sh - the command line around the commands: help, version, mistakes.
# SPDX-License-Identifier: MIT
. "$HG_TESTS/cli/tap.sh"

says 'version' '^heapgraph [0-9]+\.[0-9]+\.[0-9]+$' --version
says 'help names the ways to name an object' 'Session#3' help
says 'the same as --help' 'Session#3' --help

run
check 'without a command: status 2' [ $? -eq 2 ]
check 'and the help on stderr' grep -q '^Usage:' "$scratch/.err"
check 'and nothing on stdout' [ ! -s "$scratch/.out" ]

fails 'an unknown command' 2 \
    "heapgraph: there is no command 'zzzzzz'; \`heapgraph help\` lists them" zzzzzz
fails 'help of an unknown command' 2 \
    "heapgraph: there is no command 'zzzzzz'; \`heapgraph help\` lists them" help zzzzzz
fails 'an option before the command' 2 \
    "heapgraph: expected a command before '-x'; \`heapgraph help\` lists them" -x
fails 'a command with an escape sequence is shown harmless' 2 \
    "heapgraph: there is no command '\\x1b[31mzzzzzz'; \`heapgraph help\` lists them" "$(printf '\033[31mzzzzzz')"

"$HEAPGRAPH" --version >/dev/full 2>"$scratch/.err"
check 'a full disk: status 1' [ $? -eq 1 ]
check 'and said so' grep -q '^heapgraph: cannot write the output: No space left' "$scratch/.err"

finish
