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

# what is told of every command
commands=$("$HEAPGRAPH" help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p')
check 'there are commands' [ -n "$commands" ]
for command in $commands; do
    says "$command: help with usage" "^  heapgraph $command " "$command" --help
    cp "$scratch/.out" help
    says "$command: the same as help $command" '^Usage:' help "$command"
    check "$command: word for word" cmp help "$scratch/.out"
    check "$command: stands in the manual" grep -qE "Cm $command( |$)" "$HG_TESTS/../data/heapgraph.1"
    run "$command" --no-such-option
    check "$command: an unknown option is a mistake" [ $? -eq 2 ]
done

completes() { # complete TITLE EXPECTED WORD...: what bash offers for the last of the words
    check "$1" bash -c '
        complete() { :; }
        compopt() { :; }
        . "$0"
        expected=$1
        shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _heapgraph
        echo "offered: ${COMPREPLY[*]-}; expected: $expected"
        [ "${COMPREPLY[*]-}" = "$expected" ]' "$HG_TESTS/../data/bash-completion/heapgraph" "$2" "$HEAPGRAPH" "$3" ${4+"$4"} ${5+"$5"}
}
make_store
completes 'completion of a command' 'most-common-types' most
completes 'of an option' '--by --by-module' most-common-types --by
completes 'of a format' 'json' info --format j
completes 'of a snapshot' 'before' info -s b
completes 'of a type' 'app.Session' by-type app.S
completes 'of an action' 'rename remove' snapshots re

finish
