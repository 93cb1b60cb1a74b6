# tasks.py - tasks that wait for something that never comes.
# SPDX-License-Identifier: MIT
import asyncio

import stage

loop = asyncio.new_event_loop()
background = set()


async def worker(queue, number):
    while True:
        item = await queue.get()
        print(item, number)


async def start():
    queue = asyncio.Queue()
    for number in range(1500):
        background.add(asyncio.ensure_future(worker(queue, number)))
    await asyncio.sleep(0)


def step():
    loop.run_until_complete(start())


stage.run(step)
