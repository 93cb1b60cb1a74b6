# tap.py - what came of each check, told as TAP.
# SPDX-License-Identifier: MIT
import sys

MOST_LINES = 40  # of what a failed check tells

counts = {'told': 0, 'failed': 0}


def report(good, title, *details):
    counts['told'] += 1
    counts['failed'] += not good
    print('%s %d - %s' % ('ok' if good else 'not ok', counts['told'], title))
    for line in () if good else '\n'.join(map(str, details)).splitlines()[-MOST_LINES:]:
        print('#   ' + line)
    sys.stdout.flush()


def skip(title, reason):
    counts['told'] += 1
    print('ok %d - %s # SKIP %s' % (counts['told'], title, reason), flush=True)


def skip_all(reason):
    print('1..0 # SKIP ' + reason.strip())
    sys.exit(0)


def finish():
    """Ends the program."""
    print('1..%d' % counts['told'])
    sys.exit(counts['failed'] > 0)
