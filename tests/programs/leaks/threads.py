# threads.py - Thread objects that are kept after their thread has ended.
# SPDX-License-Identifier: MIT
import threading

import stage


class Job(threading.Thread):
    def __init__(self, number):
        threading.Thread.__init__(self)
        self.result = bytearray(10000 + number)

    def run(self):
        pass


finished = []


def step():
    for number in range(150):
        job = Job(number)
        job.start()
        job.join()
        finished.append(job)


stage.run(step)
