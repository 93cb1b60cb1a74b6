# tap.py - test functions one after the other, told as TAP.
# SPDX-License-Identifier: MIT
import os
import sys
import traceback


def run(tests, *arguments, on_failure=None):
    """Calls each of [tests] with [arguments]; ends the program with 1 if one fails. A later test
    goes on where an earlier one ended, so the first failure is the last."""
    print(f'1..{len(tests)}', flush=True)
    for number, test in enumerate(tests, 1):
        name = test.__name__.replace('_', ' ')
        try:
            test(*arguments)
        except Exception:
            for line in traceback.format_exc().splitlines():
                print('#', line)
            if on_failure:
                on_failure(test.__name__)
            print(f'not ok {number} - {name}', flush=True)
            if not os.environ.get('GO_ON'):
                sys.exit(1)
            continue
        print(f'ok {number} - {name}', flush=True)


def skip(reason):
    print(f'1..0 # SKIP {reason}')
    sys.exit(0)
