# class_instances.py - a list of the class that registers every instance.
# SPDX-License-Identifier: MIT
import stage


class Sensor:
    instances = []

    def __init__(self, number):
        self.samples = [number * 0.5 + sample for sample in range(30)]
        Sensor.instances.append(self)


def step():
    for number in range(1500):
        Sensor(number)


stage.run(step)
