# exception.py - an exception that is kept keeps the locals of its frames.
# SPDX-License-Identifier: MIT
import stage


def load(rounds):
    buffer = bytearray(2000000 * rounds)
    raise ValueError('cannot read %d bytes' % len(buffer))


last_error = None
rounds = 0


def step():
    global last_error, rounds
    rounds += 1
    try:
        load(rounds)
    except ValueError as error:
        last_error = error


stage.run(step)
