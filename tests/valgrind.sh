#!/bin/sh
# valgrind.sh PROGRAM ARGUMENT... - runs a test under Valgrind, if it is one for that.
# SPDX-License-Identifier: MIT
#
# Scripts are not: it would be their shell that is looked at. Nor are the tests that read the memory
# of a process made by fork(): under Valgrind that is Valgrind's own.
set -eu
case $1 in
*/test-image | */test-touched) exec "$@" ;;
esac
[ "$(head -c 4 "$1" | tail -c 3)" = ELF ] || exec "$@"
exec valgrind --quiet --leak-check=full --errors-for-leak-kinds=definite --error-exitcode=9 \
    --suppressions="$(dirname "$0")/valgrind.supp" "$@"
