# __main__.py - python -m heapgraph run: a script, untouched, with dumps when they are wanted.
# SPDX-License-Identifier: MIT
import argparse
import builtins
import os
import sys
import types

from heapgraph_dump import is_tracing
from heapgraph.install import PATH, install, signal_number


def parse(arguments):
    parser = argparse.ArgumentParser(prog='python -m heapgraph')
    commands = parser.add_subparsers(dest='command', metavar='run')
    run = commands.add_parser(
        'run', help='run a script and write dumps of its heap',
        description='Run a script as python would, and write dumps of its heap: at exit, '
                    'unless another occasion is named.')
    run.add_argument('--at-exit', action='store_true', help='when it ends')
    run.add_argument('--signal', metavar='NAME', help='whenever that signal comes, such as USR2')
    run.add_argument('--on-memory-error', action='store_true',
                     help='when a MemoryError reaches the top')
    run.add_argument('-o', '--output', metavar='FILE', default=PATH,
                     help='where to; {pid} and {n} become process and number (%(default)s)')
    run.add_argument('--values', choices=('short', 'none'), default='short',
                     help='none leaves out the values of str, numbers ... (%(default)s)')
    run.add_argument('--sites', action='store_true',
                     help='tell where objects were allocated: python -X tracemalloc=10 -m heapgraph '
                          'run --sites ...')
    run.add_argument('script')
    run.add_argument('arguments', nargs=argparse.REMAINDER)
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.error('say what to do: run')
    if options.signal:
        try:
            signal_number(options.signal)
        except ValueError as error:
            run.error(str(error))
    if options.sites and not is_tracing():
        run.error('--sites needs tracemalloc: python -X tracemalloc=10 -m heapgraph run --sites ...')
    return options


def run_script(path, arguments):
    """The script becomes __main__, and stays it: a dump at exit finds its globals."""
    with open(path, 'rb') as file:
        code = compile(file.read(), path, 'exec', dont_inherit=True)
    main = types.ModuleType('__main__')
    main.__file__ = path
    main.__builtins__ = builtins
    sys.modules['__main__'] = main
    sys.argv[:] = [path] + arguments
    sys.path[0] = os.path.dirname(os.path.abspath(path))
    exec(code, main.__dict__)


def main():
    options = parse(sys.argv[1:])
    nothing_named = not (options.signal or options.on_memory_error)
    install(signal=options.signal, at_exit=options.at_exit or nothing_named,
            on_memory_error=options.on_memory_error, path=options.output, values=options.values,
            sites=options.sites)
    try:
        run_script(options.script, options.arguments)
    except Exception as error:
        # tell it as python would: without the frames that are ours
        hidden = error.__traceback__
        while hidden and hidden.tb_frame.f_code.co_filename == __file__:
            hidden = hidden.tb_next
        error.__traceback__ = hidden
        sys.excepthook(type(error), error, hidden)
        sys.exit(1)


if __name__ == '__main__':
    main()
