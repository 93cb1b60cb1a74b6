# truth.py - is what a dump says of this heap what gc and sys say of it?
# SPDX-License-Identifier: MIT
"""truth.py [--few|--big] [DUMP]: build a heap with odd objects, dump it, compare every object.

--few imports less than the standard library, --big more.

Speaks TAP. Runs under any CPython from 3.8 on. The truth is gc.get_referents and
sys.getsizeof, before and after the dump; the names of references are looked up again by
asking the objects."""

import asyncio
import builtins
import collections
import contextvars
import functools
import gc
import io
import os
import sys
import tempfile
import threading
import types
import weakref

HERE = os.path.dirname(os.path.abspath(__file__))
CAPTURE = os.path.join(HERE, '..', '..', 'core', 'capture', 'python')
sys.path[:0] = [HERE, CAPTURE]

import hgd

FEW = 'argparse csv ctypes dataclasses datetime decimal enum json logging sqlite3 typing unittest.mock'.split()
STANDARD = ('argparse ast base64 bisect calendar codecs copy csv ctypes dataclasses datetime decimal '
            'difflib email.message enum fractions glob gzip hashlib heapq html http.client http.server '
            'inspect ipaddress json locale logging logging.config mimetypes multiprocessing numbers '
            'optparse pathlib pickle platform pprint queue random re sched secrets selectors shelve shutil '
            'socket sqlite3 ssl statistics string struct subprocess tarfile timeit tokenize trace '
            'traceback types typing unittest.mock urllib.request uuid wave xml.dom.minidom '
            'xml.etree.ElementTree xmlrpc.client zipfile zoneinfo').split()
BIG = ('django django.db.models django.forms django.contrib.auth.hashers django.template.engine '
       'sqlalchemy sqlalchemy.orm sqlalchemy.dialects.sqlite numpy numpy.random numpy.linalg').split()


def import_all(names):
    for name in names:
        try:
            __import__(name)
        except Exception:  # not every Python has every module
            pass


# --- a heap with one of everything

class Plain:
    """Attributes in the object itself, from 3.11 on."""

    def __init__(self, number):
        self.number = number
        self.text = 'text %d' % number
        self.items = [number]
        if number % 3 == 0:
            self.extra = {}


class Outside:
    pass


class Slots:
    __slots__ = ('left', 'right', '__weakref__')


class SlotsAndDict(Slots):
    def __init__(self, value):
        self.left = value
        self.value = value


class Rude:
    """Whoever asks it anything is caught."""

    calls = []

    def __init__(self):
        object.__setattr__(self, 'hidden', object())

    def trap(self, *arguments):
        Rude.calls.append(sys._getframe(1).f_code.co_name)
        raise RuntimeError('user code ran')

    __repr__ = __str__ = __len__ = __iter__ = __eq__ = __sizeof__ = __getattr__ = trap
    __getattribute__ = __setattr__ = __format__ = __bool__ = __reduce_ex__ = __dir__ = trap

    def __hash__(self):
        Rude.calls.append('hash')
        return 1

    @property
    def hidden_property(self):
        self.trap()


class Spy:
    """A descriptor without __set__, which instance attributes hide."""

    def __get__(self, owner, kind):
        Rude.calls.append('__get__')


class Meta(type):
    def __getattribute__(cls, name):
        Rude.calls.append('meta ' + name)
        return type.__getattribute__(cls, name)

    def __hash__(cls):
        Rude.calls.append('meta hash')
        return 2

    def __eq__(cls, other):
        Rude.calls.append('meta ==')
        return cls is other

    def __instancecheck__(cls, other):
        Rude.calls.append('meta isinstance')
        return False


class WithMeta(metaclass=Meta):
    spied = Spy()

    def __init__(self):
        self.one = []


class RudeDict(dict):
    __len__ = __iter__ = keys = items = values = __getitem__ = Rude.trap


class RudeList(list):
    __len__ = __iter__ = __getitem__ = __sizeof__ = Rude.trap


class RudeStr(str):
    __len__ = __str__ = __repr__ = encode = Rude.trap


class ListWithAttributes(list):
    pass


class Tuple(tuple):
    pass


Point = collections.namedtuple('Point', 'x y')


class Failure(ValueError):
    pass


class Finalized:
    def __del__(self):
        pass


def closure(data):
    def inner(more=[], *, key={'a': 1}):
        return data, more, key
    inner.attribute = data
    return inner


def annotated(one: 'int', two: list = None) -> dict:
    return {}


def generator(source):
    for item in source:
        yield item


async def coroutine(event):
    await event.wait()


def raise_failure():
    local = ['a local of a traceback']
    raise Failure(local)


def caught():
    try:
        raise_failure()
    except Failure as failure:
        return failure


@functools.lru_cache(maxsize=None)
def cached(number):
    return [number]


class Property:
    @property
    def value(self):
        return 1

    @classmethod
    def make(cls):
        return cls()

    @staticmethod
    def static():
        return None


def shared_dicts():
    made = [Outside() for _ in range(5)]
    for index, one in enumerate(made):
        one.first = [index]
        if index % 2:
            one.second = (index, [])
    made[4].__dict__['not an identifier'] = 3
    made[3].__dict__[7] = 'seven'
    return made


async def settle():
    await asyncio.sleep(0)


def suspended():
    """Returns: a loop with tasks that wait."""
    loop = asyncio.new_event_loop()

    async def start():
        event = asyncio.Event()
        tasks = [asyncio.ensure_future(coroutine(event)) for _ in range(3)]
        await settle()
        return event, tasks
    return (loop, *loop.run_until_complete(start()))


def build():
    plain = [Plain(number) for number in range(50)]
    materialised = [Plain(number) for number in range(3)]
    for one in materialised:
        one.__dict__
    slots = SlotsAndDict('slot')
    empty = Slots()
    cycle = []
    cycle.append(cycle)
    running = [generator(iter([[1], [2]])) for _ in range(4)]
    for one in running[1:]:
        next(one)
    for _ in running[3]:
        pass
    for number in range(20):
        cached(number)
    context = contextvars.ContextVar('context')
    context.set(['in the context'])
    local = threading.local()
    local.value = ['thread local']
    ordered = collections.OrderedDict((n, [n]) for n in range(4))
    nested = dict.fromkeys(range(3), ())
    general = {'text': 1, (1, 2): [3], Plain: None, 4: 'four'}
    once_general = {1: [], 'a': []}
    del once_general[1]
    return dict(locals(), outside=shared_dicts(), rude=Rude(), rude_dict=RudeDict(a=[], b={}),
                rude_list=RudeList([[], {}]), rude_text=RudeStr('secret'), meta=WithMeta(),
                named=Point([1], [2]), subclass=ListWithAttributes([[], ()]), tuples=Tuple([[], {}]),
                failure=caught(), suspended=suspended(), finalized=Finalized(), closure=closure(['kept']), annotated=annotated,
                method=plain[0].__init__, builtin=[].append, partial=functools.partial(print, [], end={}),
                weak=[weakref.ref(plain[0]), weakref.ref(plain[1], print), weakref.proxy(plain[2]),
                      weakref.WeakValueDictionary(a=plain[3]), weakref.WeakKeyDictionary({plain[4]: []}),
                      weakref.WeakSet(plain[:3]), weakref.WeakMethod(plain[0].__init__)],
                deque=collections.deque([[], {}, 'x'] * 30, 50), counter=collections.Counter('abca'),
                default=collections.defaultdict(list, {'a': [1]}), chain=collections.ChainMap({}, {'a': []}),
                sets=[{1, 'a', (2, 3)}, frozenset([(), 'b']), set()], slice=slice([], 2), range=range(10 ** 20),
                views=[general.keys(), general.values(), general.items()], memory=memoryview(bytearray(9)),
                texts=['', 'a', 'é', 'x' * 500, '\udc80', '\U0001f600' * 100], bytes=[b'', b"'\0\"", b'y' * 200],
                numbers=[0, -1, 10 ** 30, 10 ** 5000, 1.5, 2j, True, None, Ellipsis, NotImplemented],
                stream=io.StringIO('text'), binary=io.BytesIO(b'data'), super=super(SlotsAndDict, slots))


# --- the truth

def close_over(things):
    """Returns: all that is reached from [things], by identity."""
    found = {id(thing): thing for thing in things}
    new = list(found.values())
    while new:
        reached = {}
        for thing in gc.get_referents(*new):
            reached[id(thing)] = thing
        for thing in map(type, new):
            reached[id(thing)] = thing
        new = [reached[identity] for identity in reached if identity not in found]
        found.update(reached)
    return found


def not_asked(thing):
    """Returns: whether sys.getsizeof would run code in Python, or make a type ready."""
    if not type.__dict__['__flags__'].__get__(type(thing)) & 1 << 12:
        return True
    for kind in type.__dict__['__mro__'].__get__(type(thing)) or ():
        method = type.__dict__['__dict__'].__get__(kind).get('__sizeof__')
        if method is not None:
            return type(method) is not type(list.append)
    return False


def size_of(thing):
    return None if not_asked(thing) else sys.getsizeof(thing)


class Tests:
    def __init__(self):
        self.number = self.failed = 0

    def check(self, name, bad, total):
        """A check passes when the list of what is wrong is empty."""
        self.number += 1
        print('%sok %d - %s (%d)' % ('not ' if bad or not total else '', self.number, name, total))
        for line in bad[:12]:
            print('#   %s' % (line,))
        if bad:
            print('#   %d in all' % len(bad))
        self.failed += bool(bad) or not total

    def end(self):
        print('1..%d' % self.number)
        return self.failed != 0


def local_is_right(thing, label, target):
    """Asking leaves things behind, which no longer matters."""
    frame = thing
    for name in ('gi_frame', 'cr_frame', 'ag_frame'):
        frame = getattr(frame, name, frame)
    value = frame.f_locals.get(label, frame)
    return value is target or type(target) is types.CellType and target.cell_contents is value


def mapping_of(thing):
    """Returns: dict or frozendict, whichever [thing] is made of; None for others."""
    for base in type.__dict__['__mro__'].__get__(type(thing)) or ():
        if base is dict or base is getattr(builtins, 'frozendict', dict):
            return base
    return None


def inside_of(thing):
    """Returns: the identities of the keys of a dict, of the elements of a set."""
    for base in type.__dict__['__mro__'].__get__(type(thing)) or ():
        if any(base is kind for kind in (mapping_of(thing), set, frozenset)):
            return set(map(id, base.__iter__(thing)))
    return ()


def label_is_right(thing, reference, target, by_identity, inside):
    """Returns: whether asking [thing] by the label gives the target; None where one cannot ask."""
    kind, label = reference.kind, reference.label
    if kind in ('attribute', 'slot'):
        return object.__getattribute__(thing, label) is target
    if kind == 'item':
        for base in (list, tuple):
            if any(one is base for one in type.__dict__['__mro__'].__get__(type(thing))):
                return base.__getitem__(thing, label) is target
        if type(thing).__name__ == 'ndarray':
            return thing.flat[label] is target
        return collections.deque.__getitem__(thing, label) is target
    if kind == 'value':
        return label not in by_identity or mapping_of(thing).__getitem__(thing, by_identity[label]) is target
    if kind in ('key', 'element'):
        return reference.target in inside
    if kind == 'local':
        return local_is_right(thing, label, target)
    if kind == 'cell':
        return thing.cell_contents is target
    if kind == 'type':
        return type(thing) is target
    if kind == 'weak':
        return weakref.ref.__call__(thing) is target
    return None


def internal_is_right(thing, label, target):
    if label == '__dict__' and type(thing) is types.FunctionType:
        return thing.__dict__ is target
    if label == '__dict__' and type(thing) is not type(sys):
        return dict in type(target).__mro__
    if label == '__annotations__' and type(target) is tuple:
        return True  # to ask would turn it into a dict
    if type(thing) is property and label == '__name__':
        return None  # what it says is not always what it holds
    for kind in type.__dict__['__mro__'].__get__(type(thing)):
        field = type.__dict__['__dict__'].__get__(kind).get(label)
        if field is not None and type(field).__name__ in ('member_descriptor', 'getset_descriptor'):
            return field.__get__(thing) is target
    return None


def shape_of(thing):
    return hash(tuple(sorted(map(id, gc.get_referents(thing))))), size_of(thing)


def shapes_of(things):
    shapes = {}
    for identity in things:
        shapes[identity] = shape_of(things[identity])
    return shapes


def without_own(before, *own):
    """Returns: what is compared: all but what the test and the import of the capture change."""
    skip = set(map(id, own)) | {id(sys.modules), id(sys.path_importer_cache), id(sys.path)}
    frame = type(sys._getframe())
    for identity in before:
        if type(before[identity]) is frame:
            skip.add(identity)
    return {identity: before[identity] for identity in before if identity not in skip}


def compare(tests, heap, path):
    before = close_over([thing for thing in gc.get_objects() if thing is not heap])
    from heapgraph_dump import dump
    before = without_own(before, heap, tests, tests.__dict__, Rude.calls)
    shapes = shapes_of(before)
    del Rude.calls[:]
    facts = dump(path)
    calls = list(Rude.calls)
    found = hgd.read(path)
    tests.check('no code of the program ran', calls, 1)
    tests.check('facts tell what was written', [] if facts['objects'] == len(found.objects) else [facts], 1)
    check_unchanged(tests, before, shapes)
    check_there(tests, before, found)
    check_truth(tests, before, found, shapes)
    check_labels(tests, before, found)
    check_flags(tests, before, found)


def check_unchanged(tests, before, shapes):
    changed = [describe(thing) for identity, thing in before.items()
               if shapes[identity][0] != shape_of(thing)[0]]
    tests.check('no object refers to anything else than before', changed, len(before))


def check_there(tests, before, found):
    missing = [describe(thing) for identity, thing in before.items() if identity not in found.objects]
    tests.check('every object is in the dump', missing, len(before))


def check_truth(tests, before, found, shapes):
    wrong, sizes, kinds, small, references = [], [], [], [], 0
    for identity, thing in before.items():
        one = found.objects[identity]
        truth = sorted(map(id, gc.get_referents(thing)))
        references += len(truth)
        if sorted(one.visited()) != truth:
            wrong.append('%s: %d, not %d' % (describe(thing), len(one.visited()), len(truth)))
        size = size_of(thing)
        if size is not None and one.sizeof not in (size, shapes[identity][1]):
            sizes.append('%s: %s, not %d' % (describe(thing), one.sizeof, size))
        if one.sizeof is None or one.size < one.sizeof:
            small.append(describe(thing))
        if one.type['identity'] != id(type(thing)):
            kinds.append(describe(thing))
    tests.check('visited references are those of gc.get_referents', wrong, references)
    tests.check('sizeof is that of sys.getsizeof', sizes, len(before))
    tests.check('size is at least sizeof', small, len(before))
    tests.check('types are right', kinds, len(before))


def check_labels(tests, before, found):
    wrong, named, unnamed = [], 0, collections.Counter()
    for identity, thing in before.items():
        one = found.objects[identity]
        inside = inside_of(thing)
        for reference in one.references:
            target = before.get(reference.target)
            if target is None:
                continue
            right = (internal_is_right(thing, reference.label, target) if reference.kind == 'internal'
                     else label_is_right(thing, reference, target, before, inside))
            named += reference.kind != 'unnamed'
            if reference.kind == 'unnamed':
                unnamed[one.type['module'] + '.' + one.type['qualname']] += 1
            if right is False:
                wrong.append('%s %r' % (describe(thing), reference))
    tests.check('labels lead to their targets', wrong, named)
    print('# %d named, %d unnamed: %s' % (named, sum(unnamed.values()), unnamed.most_common(12)))


def check_flags(tests, before, found):
    wrong = [describe(thing) for identity, thing in before.items()
             if bool(found.objects[identity].flags & 1) != gc.is_tracked(thing)]
    tests.check('flag tracked is that of gc.is_tracked', wrong, len(before))
    generations = {}
    for generation in range(3):
        generations.update((id(thing), generation) for thing in gc.get_objects(generation))
    wrong = [describe(thing) for identity, thing in before.items() if identity in generations
             and (found.objects[identity].flags >> 1 & 3) != generations[identity]]
    tests.check('generations are those of gc.get_objects', wrong, len(generations))
    texts = [describe(thing) for identity, thing in before.items() if type(thing) is str
             and found.objects[identity].value != thing[:80].encode('utf-8', 'backslashreplace')]
    tests.check('values of str are their beginnings', texts, len(before))


def describe(thing):
    return '%s at %#x' % (type.__dict__['__qualname__'].__get__(type(thing)), id(thing))


def main(arguments):
    big, few = '--big' in arguments, '--few' in arguments
    arguments = [one for one in arguments if not one.startswith('--')]
    import_all(FEW if few else STANDARD + (BIG if big else []))
    print('# CPython %s' % sys.version.split()[0])
    heap = build()
    if big and 'numpy' in sys.modules:
        import numpy
        heap['arrays'] = [numpy.arange(1000), numpy.array([[], {}, 'x'], dtype=object)]
    tests = Tests()
    gc.collect()
    gc.collect()
    folder = tempfile.mkdtemp()
    path = arguments[0] if arguments else os.path.join(folder, 'truth.hgd')
    gc.disable()
    compare(tests, heap, path)
    gc.enable()
    for task in heap['suspended'][2]:
        task.cancel()
        heap['suspended'][0].run_until_complete(asyncio.wait([task]))
    heap['suspended'][0].close()
    if not arguments:
        os.unlink(path)
    os.rmdir(folder)
    return tests.end()


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
