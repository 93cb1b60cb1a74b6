# coroutines.py - coroutines that nobody ever awaits.
# SPDX-License-Identifier: MIT
import warnings

import stage

warnings.simplefilter('ignore')


async def fetch(url, body):
    return url, body

never_awaited = []


def step():
    for number in range(1500):
        never_awaited.append(fetch('http://example.org/%d' % number, 'body %d ' % number * 20))


stage.run(step)
