#!/usr/bin/env python3
# test-suspects.py - `heapgraph suspects` names every pattern of a leak, and nothing in healthy programs.
# SPDX-License-Identifier: MIT
"""Each program of programs/leaks/ is captured after one round and after two. The suspects of the
first must name the pattern, what is kept and how much; those of the second must say that it is a
leak, and by how much it grew. The numbers are those the programs count themselves.

PROGRAMS may name the programs to run, PYTHONS a version ("3.11")."""

import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pythons  # noqa: E402

HEAPGRAPH = os.environ['HEAPGRAPH']
FOLDER = os.path.join(os.environ['HG_TESTS'], 'programs')

# program: kind, path, type, items, count after one round, after two, the sentence after one round
LEAKS = {
    'growing_dict': ('collection', '__main__.cache', 'dict', '__main__.Result', 4000, 8000,
                     r'__main__\.cache \(dict\) holds 4,000 __main__\.Result: .* MiB, \d+ % of the heap'),
    'growing_list': ('collection', "__main__.service.archive['2026'].orders", 'list', '__main__.Order', 3000, 6000,
                     r"__main__\.service\.archive\['2026'\]\.orders \(list\) holds 3,000 __main__\.Order"),
    'unbounded_cache': ('unbounded-cache', '__main__.load', 'functools._lru_cache_wrapper', '__main__.Page', 5000, 10000,
                        r'__main__\.load\(\) is cached without a bound: 5,000 __main__\.Page'),
    'class_handlers': ('callbacks', '__main__.EventBus.handlers', 'list', '__main__.Session', 1500, 3000,
                       r'EventBus\.handlers \(list\) keeps 1,500 __main__\.Session alive through closures'),
    'class_instances': ('class-collection', '__main__.Sensor.instances', 'list', '__main__.Sensor', 1500, 3000,
                        r'Sensor\.instances \(list of the class\) holds 1,500 __main__\.Sensor'),
    'method_callbacks': ('callbacks', '__main__.callbacks', 'list', '__main__.Window', 1200, 2400,
                         r'__main__\.callbacks \(list\) keeps 1,200 __main__\.Window alive through bound methods'),
    'closure': ('closure', '__main__.handler.__closure__[0].cell_contents', 'list', 'str', 30000, 60000,
                r'the closure make\.<locals>\.handler keeps list with 30,000 str through its variable large_data'),
    'bound_method': ('bound-method', '__main__.on_exit.__self__.rows', 'list', 'str', 30000, 60000,
                     r'the bound method Report\.send in __main__\.on_exit keeps its instance, and with it list '
                     r'with 30,000 str'),
    'cycles': ('cycles', None, '__main__.Node', '__main__.Node', 1200, 2400,
               r'1,200 cycles of __main__\.Node, list .*wait for the collector.*; __main__\.Node has __del__'),
    'uncollectable': ('uncollectable', 'gc.garbage', 'list', '__main__.Pair', 400, 800,
                      r'gc\.garbage keeps 400 __main__\.Pair for ever'),
    'exception': ('exception', '__main__.last_error', 'ValueError', None, 0, 0,
                  r'the ValueError kept in __main__\.last_error keeps the locals of load\(\) alive, among them '
                  r'buffer \(byte(s|array)\)'),
    'exceptions': ('exception', '__main__.errors', 'ValueError', 'ValueError', 1500, 3000,
                   r'1,500 ValueError keep the locals of their frames alive in __main__\.errors \(list\)'),
    'default_argument': ('default-argument', '__main__.process.__defaults__[1]', 'dict', '__main__.Item', 10000, 20000,
                         r'the default cache= of process\(\) holds 10,000 __main__\.Item'),
    'client_log': ('log', '__main__.client.log', 'list', 'str', 300, 600, None),
    'generators': ('suspended', '__main__.waiting', 'generator', 'generator', 2500, 5000,
                   r'2,500 suspended generators rows\(\), each with __main__\.Connection, wait in __main__\.waiting \(set\)'),
    'coroutines': ('suspended', '__main__.never_awaited', 'coroutine', 'coroutine', 1500, 3000,
                   r'1,500 suspended coroutines fetch\(\) wait in __main__\.never_awaited \(list\)'),
    'tasks': ('suspended', '__main__.background', '_asyncio.Task', '_asyncio.Task', 1500, 3000,
              r'1,500 pending _asyncio\.Tasks worker\(\) wait in __main__\.background \(set\)'),
    'threads': ('ended-threads', '__main__.finished', '__main__.Job', '__main__.Job', 150, 300,
                r'150 __main__\.Job whose thread has ended are kept in __main__\.finished \(list\)'),
    'thread_local': ('thread-local', '__main__.context', 'list', '__main__.Row', 3000, 6000,
                     r'the thread-local __main__\.context keeps list with 3,000 __main__\.Row'),
    'context_variable': ('context-variable', '__main__.request_rows', 'list', '__main__.Row', 3000, 6000,
                         r'the context variable request_rows keeps list with 3,000 __main__\.Row'),
    'external': ('external', None, '__main__.Frame', '__main__.Frame', 3, 6,
                 r'3 __main__\.Frame are held by C code only'),
    'weak_cache': ('weak-cache', '__main__.recent', 'list', '__main__.Image', 2500, 5000,
                   r'__main__\.recent \(list\) keeps the 2,500 __main__\.Image of the weak cache __main__\.images alive'),
    'linked_list': ('linked', '__main__.last', '__main__.Link', '__main__.Link', 30000, 60000,
                    r'__main__\.last is the first of a long chain; there are 30,000 __main__\.Link'),
    'scattered': ('type', None, '__main__.Event', '__main__.Event', 10000, 20000,
                  r'there are 10,000 objects of the type __main__\.Event, most of them in __main__\.(days|users)\[\]'),
}

# What a dump from inside cannot know: who holds what from C, so neither garbage nor context
# variables; names of variables from 3.11 on. It adds to gc.garbage itself, where all goes there.
NOT_INSIDE = {'external', 'cycles', 'context_variable', 'uncollectable'}

number = failed = 0


def report(good, title, *details):
    global number, failed
    number += 1
    failed += not good
    print('%s %d - %s' % ('ok' if good else 'not ok', number, title), flush=True)
    for detail in () if good else details:
        print('#   ' + str(detail).replace('\n', '\n#   '), flush=True)


class Program:
    """A program of programs/, and a store with its snapshots."""

    def __init__(self, command, environment, folder):
        self.store = os.path.join(folder, 'heap.db')
        self.folder = folder
        if os.path.exists(self.store):
            os.unlink(self.store)
        environment = dict(os.environ, **environment, PYTHONDONTWRITEBYTECODE='1', PYTHONHASHSEED='0')
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL)

    def started(self):
        """Returns: whether it runs; a program whose modules are not installed exits with 77."""
        return bool(self.process.stdout.readline())

    def ask(self, what):
        self.process.stdin.write(what.encode() + b'\n')
        self.process.stdin.flush()
        if self.process.stdout.readline() != b'done\n':
            raise RuntimeError('the program ended')

    def capture(self, inside=False):
        if inside:
            dump = os.path.join(self.folder, 'heap.hgd')
            self.ask('dump ' + dump)
            run('load', '-d', self.store, dump)
            os.unlink(dump)
        else:
            run('capture', str(self.process.pid), '-d', self.store)

    def end(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def run(*arguments):
    done = subprocess.run([HEAPGRAPH, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    return done.stdout.decode()


def suspects(store, *arguments):
    return json.loads(run('suspects', '-d', store, '--format', 'json', *arguments))


def watch(program, inside=False):
    """Returns: the suspects after one round alone, and those after two beside one."""
    try:
        if not program.started():
            return None
        program.capture(inside)
        alone = suspects(program.store)
        program.ask('step')
        program.capture(inside)
        return alone, suspects(program.store)
    finally:
        program.end()


def differs(found, expected, second, inside):
    """Returns: what is wrong with a suspect, or None."""
    kind, path, type_name, items, count, count_then, sentence = expected
    wanted = {'kind': kind, 'type': type_name, 'items': items, 'count': count_then if second else count,
              'leak': second}
    if path:
        wanted['path'] = path
    if second:
        wanted['count_growth'] = count_then - count
    if inside:
        wanted.pop('path', None)
        sentence = None
    wrong = {key: found[key] for key, value in wanted.items() if found[key] != value}
    if wrong:
        return 'expected %s, got %s' % ({key: wanted[key] for key in wrong}, wrong)
    if sentence and not second and not re.search(sentence, found['sentence']):
        return 'expected /%s/: %s' % (sentence, found['sentence'])
    if not found['remedy'] or not found['command'].startswith('heapgraph ') or not found['retained'] > 0:
        return 'no remedy, command or bytes'
    return None


def check_leak(name, python, inside, folder):
    expected = LEAKS[name]
    command = python.command + ['-W', 'ignore', os.path.join(FOLDER, 'leaks', name + '.py')]
    alone, then = watch(Program(command, python.environment, folder), inside)
    wrong = []
    if expected[6]:  # what is small is not suspicious before it has grown
        wrong.append(differs(alone[0], expected, False, inside) if alone else 'no suspect after one round')
    wrong.append(differs(then[0], expected, True, inside) if then else 'no suspect after two rounds')
    return list(filter(None, wrong)), alone, then


def check_commands(store, found):
    """The command that looks closer must work."""
    import shlex
    for one in found:
        words = shlex.split(one['command'])
        done = subprocess.run([HEAPGRAPH, *words[1:], '-d', store], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode:
            return ['%s: %s' % (one['command'], done.stderr.decode())]
    return []


def check_leaks(python, inside, folder):
    wanted = os.environ.get('PROGRAMS', '').split() or [name for name in LEAKS]
    for name in wanted:
        if name not in LEAKS or (inside and name in NOT_INSIDE):
            continue
        title = '%s, Python %s%s' % (name, python, ' from inside' if inside else '')
        try:
            wrong, alone, then = check_leak(name, python, inside, folder)
            wrong += check_commands(os.path.join(folder, 'heap.db'), then)
            report(not wrong, title, *wrong, *[one['sentence'] for one in alone + then] if wrong else ())
        except (RuntimeError, BrokenPipeError, TypeError) as error:
            report(False, title, repr(error))


def check_healthy(python, folder):
    wanted = os.environ.get('PROGRAMS', '').split()
    for file in sorted(os.listdir(os.path.join(FOLDER, 'healthy'))):
        name = file[:-3]
        if not file.endswith('.py') or (wanted and name not in wanted):
            continue
        title = 'healthy: %s, Python %s' % (name, python)
        command = python.command + [os.path.join(FOLDER, 'healthy', file)]
        try:
            found = watch(Program(command, python.environment, folder))
            if found is None:
                report(True, title + ' # SKIP its modules are not installed')
            else:
                report(not found[0] and not found[1], title, *[one['sentence'] for one in found[0] + found[1]])
        except (RuntimeError, BrokenPipeError) as error:
            report(False, title, repr(error))


REPL = '''
import sys, os, stage
def step():
    for number in range(200):
        exec(compile('answer = %d' % number, '<stdin>', 'single'), globals())

stage.run(step)
'''


def check_repl(python, folder):
    title = 'healthy: the REPL, Python %s' % python
    environment = dict(python.environment, PYTHONPATH=os.path.join(FOLDER, 'leaks'))
    program = Program(python.command + ['-i', '-q'], environment, folder)
    program.process.stdin.write(REPL.encode())
    program.process.stdin.flush()
    try:
        found = watch(program)
        report(found and not found[0] and not found[1], title,
               *[one['sentence'] for one in found[0] + found[1]] if found else ['it did not start'])
    except (RuntimeError, BrokenPipeError) as error:
        report(False, title, repr(error))


def main():
    found = [one for one in pythons.find() if str(one).startswith(os.environ.get('PYTHONS', ''))]
    if 'PYTHONS' not in os.environ:  # one of each version
        found = list({one.version[:2]: one for one in found}.values())
    with tempfile.TemporaryDirectory() as folder:
        for python in found:
            check_leaks(python, False, folder)
            check_healthy(python, folder)
            if not os.environ.get('PROGRAMS'):
                check_repl(python, folder)
        for python in found[:1] + found[-1:]:
            check_leaks(python, True, folder)
    print('1..%d' % number)
    sys.exit(failed > 0)


main()
