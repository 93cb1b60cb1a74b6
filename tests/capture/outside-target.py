# outside-target.py - fills its heap with everything, stops, and when it goes on tells the truth.
#
# usage: outside-target.py TRUTH ROUNDS.  It prints its pid and stops itself; once continued it
# writes with marshal what gc, sys.getsizeof and the objects themselves say, and ends.
# Runs on any CPython from 3.8 on, numpy included if it is there.
# SPDX-License-Identifier: MIT
import abc, argparse, array, ast, asyncio, collections, contextvars, copy, csv, ctypes
import dataclasses, datetime, decimal, enum, fractions, functools, gc, hashlib, io, itertools
import json, logging, marshal, operator, os, pickle, queue, random, re, signal, sqlite3, struct
import sys, tempfile, threading, time, traceback, types, typing, unittest, weakref, zlib
import xml.etree.ElementTree as ET
sys.path.append(os.path.join(os.path.dirname(__file__), '..', '..', 'core', 'capture', 'python'))
import heapgraph_dump
try:
    import numpy
except ImportError:
    numpy = None


class Plain:
    def __init__(self, i):
        self.a, self.b, self.c = i, str(i) * 2, [i, i + 1]


class Big(Plain):
    def __init__(self, i):
        Plain.__init__(self, i)
        if i % 3 == 0:
            self.extra = {i: self}
        if i % 50 == 0:
            for k in range(40):
                setattr(self, 'attr%d_%d' % (i % 7, k), k + 100000)


class Slots:
    __slots__ = ('x', 'y', 'z')

    def __init__(self, i):
        self.x, self.y = i * 1000003, (i, 'k%d' % i)


class SlotsMore(Slots):
    __slots__ = ('w', '__weakref__')


class SlotsAndDict(Slots):
    pass


class NoSlots:
    __slots__ = ()


class OwnDict(dict):
    pass


class OwnList(list):
    __slots__ = ('tag',)


class OwnTuple(tuple):
    pass


class OwnSet(set):
    pass


class OwnStr(str):
    pass


class BareStr(str):
    __slots__ = ()


class OwnBytes(bytes):
    pass


class OwnInt(int):
    pass


class OwnFloat(float):
    pass


class OwnDeque(collections.deque):
    pass


class OwnDefaultDict(collections.defaultdict):
    pass


class OwnOrdered(collections.OrderedDict):
    pass


class OwnPartial(functools.partial):
    pass


class OwnRef(weakref.ref):
    __slots__ = ('note',)


class OwnProperty(property):
    pass


class Meta(type):
    pass


class WithMeta(metaclass=Meta):
    def method(self):
        pass


class WithDel:
    def __del__(self):
        pass


class Color(enum.Enum):
    RED, GREEN = 1, 2


class Abstract(abc.ABC):
    @abc.abstractmethod
    def method(self):
        pass


@dataclasses.dataclass
class Data:
    a: int
    b: typing.List[int] = dataclasses.field(default_factory=list)


Named = collections.namedtuple('Named', 'a b c')


class Trouble(ValueError):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.info = [1]


def generate(n):
    local = [n]
    for i in range(n):
        yield (i, local)


def delegate(n):
    yield from generate(n)


async def coroutine(n):
    local = {'n': n}
    await asyncio.sleep(1000)
    return local


async def generate_async(n):
    for i in range(n):
        yield i


def make_function(i):
    x, y = [i], {}

    def inner(a, b=x, *, c=i):
        'doc'
        return x, y, a
    y['f'] = inner
    inner.attribute = i
    return inner


def annotated(a: int, b: 'str' = 'x') -> list:
    return [a, b]


def recurse(n):
    local = ['frame', n]
    if n:
        return recurse(n - 1)
    return local and sys._getframe()


def fail(i):
    try:
        try:
            raise KeyError(i)
        except KeyError as error:
            raise Trouble('x', i) from error
    except Trouble as error:
        return error


def caught(function, *arguments):
    try:
        function(*arguments)
    except Exception as error:
        return error


keep = []


def containers(i):
    empty = {}
    emptied = {'a': 1}
    del emptied['a']
    mixed = {'a': 1}
    mixed.get(i)
    grown = {str(j): j for j in range(i % 30)}
    for j in range(0, i % 30, 3):
        del grown[str(j)]
    own = OwnList([i, 2])
    own.tag = 'tag%d' % i
    holes = {i, i + 1, 'x%d' % i}
    holes.discard(i)
    rotated = collections.deque(range(i % 200))
    rotated.rotate(i)
    ordered = collections.OrderedDict((str(k), [k]) for k in range(i % 12))
    ordered.pop('3', None)
    factory = collections.defaultdict(list)
    factory[i].append(i)
    own_factory = OwnDefaultDict(dict)
    own_factory['x'][i] = 1
    annotated_ordered = collections.OrderedDict(a=1)
    annotated_ordered.extra = [i]
    keep.extend([empty, emptied, mixed, grown, own, holes, rotated, ordered, factory, own_factory,
                 annotated_ordered, OwnDict({i: 'v', 'k': [i]}), OwnTuple((i, [i])), OwnSet({i}),
                 frozenset(range(i % 40)), {(i, j): [j] for j in range(i % 5)}, set(), (), (i,),
                 [], [None] * (i % 7), collections.deque([i, [i], 'd'] * (i % 60)),
                 collections.deque([i, 2, 3], maxlen=2), OwnDeque([i, [i]]),
                 OwnOrdered(a=[i]), collections.Counter('hello%d' % i), collections.ChainMap({i: 1}),
                 Named(i, [i], 'c'), {1.5: i, None: i}, {OwnStr('k'): i}])


def atoms(i):
    own = OwnStr('h\xe9llo%d' % i)
    own.attr = 7
    number = OwnInt(i * 2 ** 40)
    number.z = [number] if i % 9 == 0 else None
    real = OwnFloat(i / 7)
    real.note = 'x'
    lone = '\udc80%d' % i
    used = '\xfc\u0394%d' % i
    used.encode()
    keep.extend([own, number, real, lone, used, BareStr('bare%d' % i), OwnBytes(b'own%d' % i),
                 bytearray(b'z' * (i % 77)), b'bytes%d\n\x00\'\\' % i, '\xfc%d' % i,
                 '\u65e5\u672c%d' % i, '\U0001f600%d' % i, 'x' * (i * 3), 2 ** (i % 300),
                 -(2 ** (i % 70)), -i * 3.5, i / 3, 10.0 ** (i - 20), 1e-5 * i, 2.0 ** -(i % 60),
                 i / 100, round(i * -19.99, 2), i * 0.001, i * 1e7 + 0.1, i * 1e8 + 0.0625, i * 1e9,
                 float('inf'), float('nan'), -0.0, 5e-324, complex(i, 1), complex(0, -i / 3),
                 complex(-0.0, float('nan')), object(), None, True, NotImplemented, ...,
                 range(i * 1000), slice([i], None)])


def instances(i):
    more = SlotsMore(i)
    more.w = 1.5 * i
    both = SlotsAndDict(i)
    both.q = i
    shrunk = Plain(i)
    del shrunk.b
    viewed = Plain(i)
    vars(viewed)['late'] = [i]
    looked = Big(i)
    vars(looked)
    replaced = Plain(i)
    replaced.__dict__ = {'other': [i]}
    reference = OwnRef(more)
    reference.note = [i]
    keep.extend([Plain(i), Big(i), Slots(i), more, both, shrunk, viewed, looked, replaced,
                 NoSlots(), WithMeta(), WithDel(), Data(i, [1, 2]), Color.RED, Abstract,
                 weakref.ref(more), weakref.ref(more, lambda dead: None), weakref.proxy(more),
                 weakref.proxy(make_function(i)), reference, weakref.WeakValueDictionary({1: more}),
                 types.SimpleNamespace(a=i, b=[i]), super(Big, looked)])


def functions(i):
    cached = functools.lru_cache(maxsize=8)(make_function)
    for k in range(i % 12):
        cached(k)
    unbounded = functools.lru_cache(maxsize=None)(make_function)
    unbounded(i)
    keep.extend([make_function(i), annotated, keep[0].__init__ if i else print, [].append,
                 cached, unbounded, functools.partial(make_function, i, key=[i]),
                 OwnPartial(make_function, [i]), property(make_function(i)),
                 OwnProperty(make_function(i), None, None, 'doc'), classmethod(make_function(i)),
                 staticmethod(make_function(i)), operator.itemgetter(i, 2),
                 operator.attrgetter('a.b'), operator.methodcaller('x', i, k=[i]), 'x'.join,
                 (1).__add__, str.join, object.__init__, dict.fromkeys, int.real,
                 types.FunctionType.__code__, types.MappingProxyType({'a': [i]}),
                 make_function(i).__closure__[0], compile('a = %d' % i, 'file%d' % i, 'exec'),
                 types.ModuleType('module%d' % i, 'doc'), functools.cmp_to_key(make_function(i)),
                 functools.cmp_to_key(make_function(i))([i]), typing.List[int]])
    if sys.version_info >= (3, 9):
        keep.append(list[int])
    if sys.version_info >= (3, 10):
        keep.append(int | str)


def advanced(iterator):
    next(iterator, None)
    return iterator


def iterators(i):
    first, second = itertools.tee([i, 2, [3]])
    next(first)
    grouped = itertools.groupby([i, i, [2]], key=id)
    group = next(grouped)
    chained = itertools.chain([i], [2])
    next(chained)
    keep.extend([iter([i]), iter((i,)), iter({i: 1}), iter({i: 1}.items()), iter({i: 1}.values()),
                 iter({i}), iter('abc'), iter('\xfc\u0394'), iter(b'abc'), iter(bytearray(b'a')),
                 iter(range(i)), iter(range(2 ** 70)), reversed([i]), reversed((i,)),
                 reversed({i: 1}), iter(make_function(i), [i]), {i: [1]}.keys(), {i: [1]}.values(),
                 {i: [1]}.items(), collections.OrderedDict(a=1).keys(), advanced(enumerate([i])),
                 iter(collections.OrderedDict(a=[1]).items()), advanced(zip([i], (i,))),
                 map(str, [i]), filter(None, [i]), iter(collections.deque([i])),
                 reversed(collections.deque([i])), iter(array.array('i', [i])),
                 chained, itertools.count(i), itertools.count(i, [1] and 2.5),
                 advanced(itertools.cycle([[i], 2])), itertools.islice([i], 2), first, second,
                 grouped, group, advanced(itertools.accumulate([i, 2, 3])),
                 advanced(itertools.combinations([i, 2, 3], 2)),
                 advanced(itertools.combinations_with_replacement([i, 2], 2)),
                 advanced(itertools.permutations([i, 2, 3], 2)),
                 advanced(itertools.product([i], [2, 3])), itertools.repeat([i]),
                 itertools.starmap(pow, [(i, 2)]), itertools.takewhile(bool, [i]),
                 itertools.dropwhile(bool, [i]), itertools.filterfalse(bool, [i]),
                 itertools.compress([i], [1]), advanced(itertools.zip_longest([i], [], fillvalue=[]))])
    for name in ('pairwise', 'batched'):
        if hasattr(itertools, name):
            keep.append(advanced(getattr(itertools, name)(*([[i, 2, 3], 2] if name == 'batched'
                                                            else [[i, [2], 3]]))))


def frames(i):
    running = generate(5)
    next(running)
    deep = delegate(4)
    next(deep)
    done = generate(1)
    list(done)
    agen = generate_async(3)
    step = agen.__anext__()
    coro = coroutine(i)
    keep.extend([running, deep, done, generate(3), coro, agen, step, fail(i), recurse(5),
                 coro.__await__()])
    keep.extend([caught(open, '/nonexistent/%d' % i), caught(__import__, 'nonexistent_zz'),
                 caught(compile, 'a b', 'f', 'exec'), caught(b'\xff'.decode, 'utf8'),
                 caught('\udc80'.encode, 'utf8'), caught(getattr, [i], 'x'), StopIteration([i]),
                 SystemExit([i]), caught(eval, 'zz'), UnicodeTranslateError('a', 0, 1, 'b')])
    if sys.version_info >= (3, 11):
        group = ExceptionGroup('g', [ValueError(i), TypeError([i])])
        group.add_note('note')
        keep.append(group)


def contexts(i):
    variables = [contextvars.ContextVar('v%d' % k, default=[k]) for k in range(i % 50)]
    context = contextvars.copy_context()
    tokens = [context.run(variable.set, [k]) for k, variable in enumerate(variables)]
    keep.extend([variables, context, tokens, contextvars.ContextVar('bare')])


def buffers(i):
    view = memoryview(bytearray(i % 50))
    keep.extend([view, view[1:], view.cast('b'), array.array('d', range(i % 10)),
                 array.array('u', 'abc'), io.BytesIO(b'x' * (i % 100)), iter(view)])
    if numpy is not None:
        grid = numpy.arange(i + 10).reshape(-1, 1)
        keep.extend([grid, grid[1:], numpy.array([[i], {}, 'x'], dtype=object), numpy.zeros(i % 9),
                     numpy.array([[[i], 2], [3, {}]], dtype=object)])


def others(i):
    keep.extend([datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=3))),
                 decimal.Decimal(i) / 7, fractions.Fraction(i, 7), re.compile('a%d(b|c)*' % (i % 99)),
                 re.match('(x)(y)?', 'xy'), ctypes.c_int(i), ctypes.py_object([i]),
                 (ctypes.c_char_p * 3)(b'aa', b'bb'), threading.Lock(), threading.local(),
                 io.StringIO('abc'), struct.Struct('<iq'), queue.SimpleQueue(), hashlib.md5(),
                 zlib.compressobj(), csv.reader(['a,b']), json.JSONDecoder(), random.Random(i),
                 ET.fromstring('<a x="1"><b>%d</b></a>' % i), pickle.Pickler(io.BytesIO()),
                 ast.parse('a = b + c(%d)' % i), sqlite3.connect(':memory:'),
                 type('Made%d' % i, (Plain,), {'q': i, '__slots__': ('s1',)})])


# ---- types of extensions: C, Cython, Rust; those that are there ----------------------------------

def fill_lxml():
    from lxml import etree
    for i in range(20):
        root = etree.fromstring('<a x="1"><b>t%d</b></a>' % i)
        keep.extend([root, root[0], root.attrib, root.getroottree(), iter(root), etree.XPath('//b')])


def fill_greenlet():
    import greenlet

    def run(n):
        local = [n, 'a local of a greenlet']
        greenlet.getcurrent().parent.switch(local)
        return local
    for i in range(20):
        started = greenlet.greenlet(run)
        started.switch(i)
        keep.extend([started, greenlet.greenlet(run)])


def fill_cffi():
    import cffi
    ffi = cffi.FFI()
    ffi.cdef('typedef struct {int a; void *p;} pair; int f(int);')
    keep.extend(ffi.new('pair *') for i in range(20))
    keep.extend([ffi, ffi.callback('int(int)', len), ffi.new_handle([1]), ffi.typeof('pair'),
                 ffi.from_buffer(bytearray(b'abc')), ffi.gc(ffi.new('int *'), len)])


def fill_cython():
    import yaml
    keep.extend([yaml.load('a: [1, {b: c}]', Loader=yaml.CSafeLoader), yaml.CSafeLoader('a: 1')])
    keep.append(yaml.CSafeDumper(io.StringIO()))


def fill_rust():
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import rsa
    key = rsa.generate_private_key(65537, 2048)
    keep.extend([key, key.public_key(), x509.NameOID.COMMON_NAME, x509.Name([
        x509.NameAttribute(x509.NameOID.COMMON_NAME, 'heapgraph')])])


def fill_numpy():
    mixed = numpy.zeros(50, dtype=[('a', 'i4'), ('b', 'O')])
    mixed['b'][3] = [1, 2]
    keep.extend([mixed, numpy.nditer(numpy.arange(5)), numpy.random.default_rng(1), numpy.vectorize(len),
                 iter(numpy.arange(4)), numpy.broadcast([1], [2]), numpy.arange(3).flat])


def fill_extensions():
    for fill_some in (fill_lxml, fill_greenlet, fill_cffi, fill_cython, fill_rust, fill_numpy):
        try:
            fill_some()
        except (ImportError, AttributeError) as error:
            print('without', fill_some.__name__, error, file=sys.stderr)


def worker(n, ready, end):
    local_list, local_dict = [n, 'thread'], {'n': n}
    ready.release()
    end.wait()
    return local_list, local_dict


def start_threads():
    ready, end = threading.Semaphore(0), threading.Event()
    for n in range(3):
        threading.Thread(target=worker, args=(n, ready, end), daemon=True, name='worker-%d' % n).start()
    for n in range(3):
        ready.acquire()


async def start_tasks(loop):
    tasks = [loop.create_task(coroutine(k)) for k in range(20)]
    future = loop.create_future()
    future.add_done_callback(make_function(1))
    future.add_done_callback(make_function(2))
    failed = loop.create_future()
    failed.set_exception(KeyError([1]))
    failed.exception()
    cancelled = loop.create_task(coroutine(99))
    await asyncio.sleep(0.01)
    cancelled.cancel(*['why'] if sys.version_info >= (3, 9) else [])
    await asyncio.sleep(0.01)
    own = OwnFuture(loop=loop)
    own.extra = [1]
    keep.extend([tasks, future, failed, cancelled, own, iter(future)])


class OwnFuture(asyncio.Future):
    pass


def fill(rounds):
    for i in range(rounds):
        containers(i), atoms(i), instances(i), functions(i), iterators(i), buffers(i)
        if i % 10 == 0:
            frames(i), contexts(i), others(i)
    fill_extensions()
    start_threads()
    loop = asyncio.new_event_loop()
    loop.run_until_complete(start_tasks(loop))
    keep.append(loop)


# ---- the truth -----------------------------------------------------------------------------------

# Where the name of a reference is also the name of an attribute that makes nothing new.
ATTRIBUTES = {
    types.FunctionType: ('__code__', '__globals__', '__defaults__', '__kwdefaults__', '__closure__',
                         '__module__', '__doc__', '__name__', '__qualname__'),
    types.MethodType: ('__func__', '__self__'),
    types.BuiltinFunctionType: ('__self__',),
    property: ('fget', 'fset', 'fdel'),
    classmethod: ('__func__',),
    staticmethod: ('__func__',),
    slice: ('start', 'stop', 'step'),
    types.TracebackType: ('tb_next', 'tb_frame'),
    functools.partial: ('func', 'args', 'keywords'),
    types.ModuleType: ('__dict__',),
    BaseException: ('args', '__traceback__', '__context__', '__cause__'),
    OSError: ('strerror', 'filename', 'filename2'),
    type: ('__mro__', '__bases__', '__base__'),
    types.GeneratorType: ('__name__', '__qualname__'),
    types.CoroutineType: ('__name__', '__qualname__'),
}


def name_attributes(one):
    for kind in ATTRIBUTES:
        if issubclass(type(one), kind) and isinstance(type(one).__getattribute__, types.WrapperDescriptorType):
            for name in ATTRIBUTES[kind]:
                try:
                    value = getattr(one, name)
                except Exception:
                    continue
                if value is None and kind is types.BuiltinFunctionType:
                    continue  # a static method hides what it holds
                yield 'internal', name, value


def name_slots(one):
    for base in type(one).__mro__:
        if not base.__flags__ & 1 << 9:
            continue
        for name, member in list(vars(base).items()):
            if isinstance(member, types.MemberDescriptorType) and member.__objclass__ is base \
                    and base.__module__ == '__main__':
                try:
                    yield 'slot', name, member.__get__(one)
                except AttributeError:
                    pass


def name_references(one):
    """(kind, label, target) of what can be known by asking the object."""
    plain = type(one)
    if plain in (list, tuple, collections.deque):
        if len(gc.get_referents(one)) == len(one):  # a tuple may have holes while it is made
            for i, item in enumerate(one):
                yield 'item', i, item
    elif plain in (dict, collections.OrderedDict, collections.defaultdict):
        # from 3.13 on a dict may show the values of an instance, which has them
        for key, value in dict.items(one) if gc.get_referents(one) else ():
            yield 'value', id(key), value
    elif plain in (set, frozenset):
        for item in one:
            yield 'element', 0, item
    elif plain is types.CellType if hasattr(types, 'CellType') else False:
        try:
            yield 'cell', 0, one.cell_contents
        except ValueError:
            pass
    elif issubclass(plain, weakref.ref) and one() is not None:
        yield 'weak', 0, one()
    yield from name_attributes(one)
    if plain.__module__ == '__main__' and isinstance(plain, type):
        yield from name_slots(one)


def describe(one):
    if type(one) is str:
        return one
    if type(one) in (int, float, complex, bytes, bool):
        return repr(one)
    return None


def size_of(one):
    try:
        if isinstance(type(one).__sizeof__, types.FunctionType):
            return -1
        return sys.getsizeof(one)
    except Exception:
        return -1


def instance_attributes(one):
    """The attributes by name, read after everything else: this makes dicts."""
    if type(one).__module__ != '__main__' or issubclass(type(one), type):
        return []
    try:
        return [(name, id(value)) for name, value in object.__getattribute__(one, '__dict__').items()]
    except AttributeError:
        return []


def describe_others(known, rows):
    tracked = {row[0] for row in rows}
    return [(address, id(type(one)), size_of(one), describe(one))
            for address, one in known.items() if address not in tracked]


def describe_types(kinds):
    return [(address, str(vars(type)['__module__'].__get__(kind)), kind.__qualname__,
             kind.__basicsize__, kind.__flags__, [id(base) for base in kind.__mro__])
            for address, kind in kinds.items()]


def list_facts(one):
    return [(kind, label, id(target)) for kind, label, target in name_references(one)]


def list_attributes(objects):
    rows = [(id(one), instance_attributes(one)) for one in objects]
    return [row for row in rows if row[1]]


# Holds no variable of an inner scope: that would be a cell which changes after the stop.
def tell(path):
    print('ready', os.getpid(), flush=True)
    os.kill(os.getpid(), signal.SIGSTOP)
    objects = gc.get_objects()
    mine, rows, known, named = id(objects), [], {}, []
    for one in objects:
        if id(one) == mine:
            continue
        targets = gc.get_referents(one)
        rows.append((id(one), id(type(one)), size_of(one), [id(target) for target in targets]))
        for target in targets:
            known.setdefault(id(target), target)
    others = describe_others(known, rows)
    for one in objects:
        if id(one) != mine:
            named.append((id(one), list_facts(one)))
    kinds = {}
    for one in list(known.values()) + objects:
        kinds.setdefault(id(type(one)), type(one))
        if issubclass(type(one), type):
            kinds.setdefault(id(one), one)
    heapgraph_dump.dump(path + '.inside')
    truth = {'version': list(sys.version_info[:3]), 'objects': rows, 'others': others,
             'named': named, 'types': describe_types(kinds), 'attributes': list_attributes(objects)}
    with open(path, 'wb') as file:
        marshal.dump(truth, file)


def stop_and_tell(path, depth):
    witness = ['witness', depth]
    if depth:
        return stop_and_tell(path, depth - 1)
    gc.collect()
    gc.disable()
    tell(path)
    os._exit(0)
    return witness


if __name__ == '__main__':
    fill(int(sys.argv[2]))
    stop_and_tell(sys.argv[1], 3)
