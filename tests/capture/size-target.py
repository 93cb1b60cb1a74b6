# size-target.py - makes many objects of many types; says what an object of each really takes.
#
# usage: size-target.py. Prints a line for each type: a name, the bytes tracemalloc saw for one,
# the identities of some; then a line "ready PID", and waits.
# Runs on any CPython from 3.8 on.
# SPDX-License-Identifier: MIT
import array, collections, functools, gc, io, os, sys, tracemalloc, types

N = 300


class Plain:
    pass


class Slots:
    __slots__ = ('a', 'b')


class SlotsWeak:
    __slots__ = ('a', '__weakref__')


class OwnInt(int):
    pass


class BareInt(int):
    __slots__ = ()


class OwnFloat(float):
    pass


class OwnStr(str):
    pass


class BareStr(str):
    __slots__ = ()


class OwnBytes(bytes):
    pass


class OwnTuple(tuple):
    pass


class BareTuple(tuple):
    __slots__ = ()


class OwnList(list):
    pass


class OwnDict(dict):
    pass


class OwnSet(set):
    pass


class OwnDeque(collections.deque):
    pass


class OwnDefaultDict(collections.defaultdict):
    pass


class OwnProperty(property):
    pass


class Three:
    def __init__(self):
        self.a = self.b = self.c = None


class Many:
    def __init__(self):
        for letter in 'abcdefghij':
            setattr(self, letter, None)


def with_attribute(kind, *arguments):
    def make():
        one = kind(*arguments)
        one.attribute = None
        return one
    return make


def function():
    def inner():
        pass
    return inner


def generate():
    yield


def grown_list():
    one = []
    for _ in range(20):
        one.append(None)
    return one


def emptied_dict():
    one = dict.fromkeys(range(20))
    one.clear()
    return one


INT, LATIN, WIDE, ITEMS, LIST = 3 << 40, '\xe9' * 10, '\u65e5' * 10, tuple(range(9)), [None]
MAKERS = {
    'object': object, 'float': lambda: float('1.5'), 'complex': lambda: complex('1j'),
    'int': lambda: int('12345678'), 'big int': lambda: INT * 7, 'str': lambda: 'x'.join(('ab', 'cd')),
    'latin str': lambda: LATIN + 'x', 'wide str': lambda: WIDE + 'x', 'bytes': lambda: bytes(9),
    'bytearray': lambda: bytearray(99), 'tuple': lambda: tuple([None] * 3), 'list': lambda: [None] * 3,
    'empty list': list, 'grown list': grown_list, 'dict': lambda: {'a': None, 'b': None},
    'empty dict': dict, 'emptied dict': emptied_dict, 'dict of 9': lambda: dict.fromkeys(ITEMS),
    'dict of 200': lambda: dict.fromkeys(range(200)), 'set': lambda: {None}, 'set of 9': lambda: set(ITEMS),
    'frozenset': lambda: frozenset(ITEMS), 'deque': collections.deque,
    'deque of 200': lambda: collections.deque([None] * 200), 'defaultdict': lambda: collections.defaultdict(int),
    'OrderedDict': collections.OrderedDict, 'range': lambda: range(3), 'slice': lambda: slice(None, None),
    'partial': lambda: functools.partial(int), 'property': lambda: property(None, None, None, 'doc'),
    'function': function, 'generator': generate, 'memoryview': lambda: memoryview(b'abc'),
    'array': lambda: array.array('d', [1.0] * 9), 'SimpleNamespace': types.SimpleNamespace,
    'BytesIO': io.BytesIO, 'cell': lambda: types.CellType(None) if hasattr(types, 'CellType') else None,
    'method': lambda: LIST.append, 'list_iterator': lambda: iter(LIST), 'ValueError': ValueError,
    'Plain': Plain, 'Plain with one': with_attribute(Plain), 'Three': Three, 'Many': Many,
    'Slots': Slots, 'SlotsWeak': SlotsWeak, 'OwnInt': lambda: OwnInt(5), 'OwnInt of 2': lambda: OwnInt(INT),
    'BareInt': lambda: BareInt(INT), 'OwnFloat': lambda: OwnFloat(1.5), 'OwnStr': lambda: OwnStr('abcdefgh'),
    'BareStr': lambda: BareStr('abcdefgh'), 'wide OwnStr': lambda: OwnStr(WIDE),
    'OwnBytes': lambda: OwnBytes(b'abc'), 'OwnTuple': lambda: OwnTuple(ITEMS),
    'BareTuple': lambda: BareTuple(ITEMS), 'empty OwnTuple': lambda: OwnTuple(()),
    'OwnList': lambda: OwnList(ITEMS), 'OwnDict': lambda: OwnDict(a=1), 'OwnSet': lambda: OwnSet(ITEMS),
    'OwnDeque': OwnDeque, 'OwnDefaultDict': OwnDefaultDict, 'OwnProperty': OwnProperty,
}
if len(sys.argv) > 1:
    MAKERS = {name: MAKERS[name] for name in sys.argv[1:]}
kept, reserve = {}, []


def measure(make):
    """Returns: the bytes each takes."""
    made = [None] * N
    first = [make() for _ in range(200)]  # these use up what the interpreter has in reserve
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for i in range(N):
        made[i] = make()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    reserve.append(first)
    return made, (after - before) / N


def main():
    gc.collect()
    gc.disable()
    for name, make in MAKERS.items():
        kept[name], size = measure(make)
        print(name, round(size), *map(id, kept[name][10:N:N // 9]), sep='|')
    print('ready', os.getpid(), flush=True)
    sys.stdin.read()


main()
