# client_log.py - a client that lives as long as the program, and notes what it did.
# SPDX-License-Identifier: MIT
import stage


class Client:
    def __init__(self):
        self.log = []

    def send(self, number):
        self.log.append('sent message %d to the server' % number)


client = Client()


def step():
    for number in range(300):
        client.send(number)


stage.run(step)
