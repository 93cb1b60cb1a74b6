# exceptions.py - a list of exceptions, each with its frames.
# SPDX-License-Identifier: MIT
import stage


def parse(text):
    words = text.split()
    return int(words[0])


errors = []


def step():
    for number in range(1500):
        try:
            parse('no number %d ' % number * 20)
        except ValueError as error:
            errors.append(error)


stage.run(step)
