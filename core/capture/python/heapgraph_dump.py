#!/usr/bin/env python3
# heapgraph_dump.py - writes what is in this process's heap to a dump file.
# SPDX-License-Identifier: MIT
"""Write a dump of the heap of this Python process, to be read by heapgraph.

One file without dependencies, for CPython 3.8 and newer on any platform: copy it to where
the program runs, and there

    import heapgraph_dump
    heapgraph_dump.dump('app.hgd')

The program is not disturbed: none of its code runs (no __repr__, no __sizeof__ written in
Python, no property), no __dict__ comes into being by being looked at, the collector does not
run unless asked. The program stands still for the time it takes, except that its other
threads may run now and then. The file is in the format of core/dump/FORMAT.md.

How it works, from the bottom to the top of this file: _Stream writes blocks, _Records turns
objects into columns, _Kind knows what there is to know of the objects of one type, _Walk goes
through the heap in batches of objects of the same type. What an object refers to is always
what gc.get_referents says; names are then found by identity. A reference without a name is
one for which there is no way to learn it without leaving something behind.

What it cannot see: what only C code holds; in CPython 3.11 and 3.12 the local variables of
running functions (what only they hold is in the dump if the collector tracks it, but no root
leads there); what other threads change while it looks. The interpreter makes a frame object
for each running function when the stack is looked at, as it does for logging; it goes when
the function returns.
"""

import array
import builtins
import collections
import functools
import gc
import itertools
import opcode
import operator
import os
import struct
import sys
import time
import types
import weakref
import zlib

try:
    import _tracemalloc  # may run without anybody having imported it
except ImportError:
    _tracemalloc = None

__all__ = ['dump']

__heapgraph_capture__ = True  # how the frames of the capture are told from the program's

VALUE_LIMIT = 80  # characters of a value
NAME_LIMIT = 250  # of each of the names in the value of code, six bytes each at most
TEXT_LIMIT = 1 << 17
BATCH = 4096  # objects looked at in one go
BLOCK_OBJECTS = 16384
BLOCK_REFERENCES = 1 << 18
BLOCK_VALUES = 4 << 20

# kinds of blocks
FACTS, TEXTS, TYPES, SITES, OBJECTS, REFERENCES, THREADS, FRAMES, ROOTS, END = range(1, 11)

# how: a kind of label, and flags
UNNAMED, ATTRIBUTE, ITEM, VALUE, KEY, ELEMENT, LOCAL, CELL, SLOT, TYPE, INTERNAL, WEAK_LABEL = range(12)
VISITED, OWNED, WEAK = 16, 32, 64

TRACKED, GENERATION_SHIFT, HAS_DEL, FINALIZED, IMMORTAL, VALUE_CUT = 1, 1, 8, 16, 32, 64
ROOT_MODULE, ROOT_FRAME, ROOT_INTERPRETER, ROOT_STATIC = range(4)

TYPE_HEAP, TYPE_GC, TYPE_HAS_DEL, TYPE_HAS_DICT, TYPE_HAS_SLOTS, TYPE_HAS_WEAKREFS = 1, 2, 4, 8, 16, 32

VERSION = sys.version_info[:2]
FLAG_INLINE_VALUES = 1 << 2 if VERSION >= (3, 13) else 0
FLAG_MANAGED_DICT = 1 << 4 if VERSION >= (3, 11) else 0
FLAG_HEAP_TYPE = 1 << 9
FLAG_READY = 1 << 12
FLAG_GC = 1 << 14
CODE_OPTIMIZED = 1
CODE_SUSPENDS = 0x20 | 0x80 | 0x200  # generators and coroutines

MemberType = types.MemberDescriptorType
FunctionType = types.FunctionType
CodeType = types.CodeType

# A type is asked through these, never by t.__name__: a metaclass may have a __getattribute__.
type_flags = type.__dict__['__flags__'].__get__
type_mro = type.__dict__['__mro__'].__get__
type_bases = type.__dict__['__bases__'].__get__
type_base = type.__dict__['__base__'].__get__
type_dict = type.__dict__['__dict__'].__get__
type_module = type.__dict__['__module__'].__get__
type_name = type.__dict__['__name__'].__get__
type_qualname = type.__dict__['__qualname__'].__get__
type_basicsize = type.__dict__['__basicsize__'].__get__
type_itemsize = type.__dict__['__itemsize__'].__get__
type_dictoffset = type.__dict__['__dictoffset__'].__get__
type_weakrefoffset = type.__dict__['__weakrefoffset__'].__get__

module_dict = types.ModuleType.__dict__['__dict__'].__get__
generic_getattribute = object.__getattribute__
MISSING = object()


def _probe_order(make):
    """Returns: whether the references of a sequence come last to first."""
    first, second = object(), object()
    return gc.get_referents(make([first, second]))[0] is second


LIST_BACKWARDS = _probe_order(list)
TUPLE_BACKWARDS = _probe_order(tuple)
PRESIZE_GC = sys.getsizeof([]) - [].__sizeof__()


def _varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


BLOCK_HEADER = struct.Struct('<BBHIII')  # struct.pack would leave its format in a cache
POINTER = struct.Struct('P')
_WIDTHS = {8: 'I', 4: 'H', 2: 'B'}


def _narrow(numbers):
    """Returns: the array in the smallest width that holds its numbers."""
    while numbers.itemsize > 1:
        halves = array.array(_WIDTHS[numbers.itemsize], numbers.tobytes())
        low, high = (0, 1) if sys.byteorder == 'little' else (1, 0)
        upper = halves[high::2].tobytes()
        if upper.count(0) != len(upper):
            break
        numbers = halves[low::2]
    return numbers


def _column(numbers):
    """Returns: the bytes of a column; [numbers] is an array of unsigned numbers."""
    if not numbers:
        return b'\0\0'
    raw = numbers.tobytes()
    width = numbers.itemsize
    if raw[width:] == raw[:-width]:
        return b'\0' + _varint(numbers[0])
    numbers = _narrow(numbers)
    if sys.byteorder == 'big':
        numbers.byteswap()
    return bytes([numbers.itemsize]) + numbers.tobytes()


class _Stream:
    """Blocks of a dump, written to anything that has a write method."""

    def __init__(self, write):
        self.write = write
        self.size = 0
        self.put(b'\x89HGD\r\n\x1a\n\1\0\0\0\0\0\0\0')

    def put(self, data):
        self.write(data)
        self.size += len(data)

    def block(self, kind, records, parts, references=0):
        raw = b''.join(parts)
        stored = zlib.compress(raw, 1)
        packed = records + references <= 1024 + 64 * len(stored)  # more is refused as too good
        if not packed:
            stored = raw
        header = BLOCK_HEADER.pack(kind, packed, 0, records, len(raw), len(stored))
        checksum = zlib.crc32(stored, zlib.crc32(header))
        self.put(header + checksum.to_bytes(4, 'little'))
        self.put(stored)


def _utf8(text):
    return text.encode('utf-8', 'backslashreplace')


class _Records:
    """Turns records into blocks; numbers texts, types and sites."""

    def __init__(self, stream):
        self.stream = stream
        self.text_numbers = {}
        self.new_texts = []
        self.new_types = []
        self.new_sites = []
        self.counts = [0] * 8  # texts, types, sites, objects, references, threads, frames, roots
        self.start_block()

    def text(self, text):
        """Returns: the number of [text], an exact str."""
        number = self.text_numbers.get(text)
        if number is None:
            number = self.text_numbers[text] = len(self.text_numbers)
            self.new_texts.append(_utf8(text[:TEXT_LIMIT]))
        return number

    def add_type(self, record):
        self.new_types.append(record)
        self.counts[1] += 1
        return self.counts[1] - 1

    def add_site(self, record):
        self.new_sites.append(record)
        self.counts[2] += 1
        return self.counts[2] - 1

    def facts(self, facts):
        parts = []
        for key, value in facts.items():
            for text in (_utf8(key), _utf8(value)):
                parts += (_varint(len(text)), text)
        self.stream.block(FACTS, len(facts), parts)

    def flush_names(self):
        if self.new_texts:
            sizes = array.array('I', map(len, self.new_texts))
            self.stream.block(TEXTS, len(sizes), [_column(sizes)] + self.new_texts)
            self.counts[0] += len(sizes)
            self.new_texts = []
        if self.new_types:
            self.stream.block(TYPES, len(self.new_types), self.new_types)
            self.new_types = []
        if self.new_sites:
            self.stream.block(SITES, len(self.new_sites), self.new_sites)
            self.new_sites = []

    def start_block(self):
        self.identity = array.array('Q')
        self.type = array.array('I')
        self.flags = array.array('H')
        self.size = array.array('Q')
        self.sizeof = array.array('Q')
        self.length = array.array('Q')
        self.value_size = array.array('H')
        self.site = array.array('I')
        self.references = array.array('I')
        self.values = []
        self.values_size = 0
        self.how = bytearray()
        self.target = array.array('Q')
        self.label = array.array('Q')

    def flush_objects(self, how=b'', target=(), label=()):
        """Write the block of objects; further references of the last one may be given."""
        self.how += how
        self.target.extend(target)
        self.label.extend(label)
        self.flush_names()
        count = len(self.identity)
        if not count:
            return
        unknown = array.array('B', bytes(count))
        parts = [_varint(len(self.how)), _column(self.identity), _column(self.type),
                 _column(self.flags), _column(self.size), _column(self.sizeof), _column(unknown),
                 _column(self.length), _column(self.value_size), _column(self.site),
                 _column(self.references)]
        parts += self.values
        parts += self.reference_columns(self.how, self.target, self.label)
        self.stream.block(OBJECTS, count, parts, len(self.how))
        self.counts[3] += count
        self.counts[4] += len(self.how)
        self.start_block()

    @staticmethod
    def reference_columns(how, target, label):
        how = b'\1' + bytes(how) if how else b'\0\0'  # at least a byte each, see block()
        return [how, _column(target), _column(label)]

    def objects(self, identity, kind, flags, size, sizeof, length, values, sites):
        """Begin the records of some objects of one type; their references follow."""
        count = len(identity)
        self.identity.extend(identity)
        self.type.extend(array.array('I', [kind]) * count)
        self.flags.extend(flags)
        self.size.extend(size)
        self.sizeof.extend(sizeof)
        self.length.extend(length)
        if values:
            try:
                self.value_size.extend(array.array('H', map((1).__add__, map(len, values))))
            except TypeError:  # some have none
                self.value_size.extend(0 if value is None else len(value) + 1 for value in values)
            self.values.append(b''.join(filter(None, values)))
            self.values_size += len(self.values[-1])
        else:
            self.value_size.extend(array.array('H', [0]) * count)
        self.site.extend(sites or array.array('I', [0]) * count)

    def add_references(self, counts, how, target, label):
        """Add the references of the objects begun last: how many each one has, then all.

        Only a single object may have more than a block should hold."""
        if len(how) > BLOCK_REFERENCES:
            self.references.append(BLOCK_REFERENCES)
            self.flush_objects(how[:BLOCK_REFERENCES], target[:BLOCK_REFERENCES], label[:BLOCK_REFERENCES])
            for start in range(BLOCK_REFERENCES, len(how), BLOCK_REFERENCES):
                part = slice(start, start + BLOCK_REFERENCES)
                self.more_references(how[part], target[part], label[part])
            return
        self.references.extend(counts)
        self.how += how
        self.target.extend(target)
        self.label.extend(label)
        if (len(self.identity) >= BLOCK_OBJECTS or len(self.how) >= BLOCK_REFERENCES
                or self.values_size >= BLOCK_VALUES):
            self.flush_objects()

    def more_references(self, how, target, label):
        """Write further references of the last object, whose block is written."""
        self.stream.block(REFERENCES, len(how), self.reference_columns(how, target, label))
        self.counts[4] += len(how)

    def write(self, kind, records, parts):
        """Write a block of threads, frames or roots."""
        self.flush_objects()
        if records:
            self.stream.block(kind, records, parts)
            self.counts[kind - THREADS + 5] += records

    def end(self):
        self.flush_objects()
        self.stream.block(END, 1, [_varint(count) for count in self.counts])


def _one_value(getter, thing):
    try:
        return getter(thing)
    except Exception:
        return MISSING


class _Field:
    """Where a reference can be found in an object, and what it is called there."""

    def __init__(self, how, label, getter):
        self.how = how
        self.label = label  # a text, or a number
        self.getter = getter

    def value(self, thing):
        return _one_value(self.getter, thing)

    def values(self, things):
        """Returns: what the field holds in each of [things]; MISSING where it holds nothing."""
        try:
            return list(map(self.getter, things))
        except Exception:
            return [_one_value(self.getter, thing) for thing in things]

    def identities(self, things, column):
        """Returns: what must stand in [column] if it holds this field of [things]."""
        return array.array('Q', map(id, self.values(things)))


class _Attribute(_Field):
    """An attribute that stands in the object itself; nothing of its class has that name."""

    def __init__(self, name):
        super().__init__(VISITED | ATTRIBUTE, name, lambda thing: generic_getattribute(thing, name))

    def values(self, things):
        try:
            return list(map(generic_getattribute, things, itertools.repeat(self.label)))
        except Exception:
            return super().values(things)


class _Checked(_Field):
    """A field that cannot be asked for, but what stands in it can be recognised."""

    def __init__(self, label, check):
        super().__init__(VISITED | INTERNAL, label, None)
        self.check = check

    def identities(self, things, column):
        return array.array('Q', (id(found) if self.check(thing, found) else 0
                                 for thing, found in zip(things, column)))


class _Dict(_Checked):
    """The __dict__ of an object, recognised without asking for it."""

    def __init__(self, kind):
        super().__init__('__dict__', None)
        del self.check  # the method, not the attribute
        self.kind = kind

    def check(self, thing, found):
        """Returns: whether the dict [found] is where the attributes of [thing] are."""
        if type(found) is not dict:
            return False
        if self.kind.plain and not self.kind.inline:
            return True
        for name, value in list(itertools.islice(found.items(), 16)):
            if type(name) is str and not self.kind.guards(name):
                return _one_value(lambda one: generic_getattribute(one, name), thing) is value
        return False


def _is(kind):
    return lambda thing, found: type(found) is kind


def argument_names(code):
    """Returns: the names of the arguments; co_varnames would leave a tuple behind from 3.11 on."""
    count = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 4) + bool(code.co_flags & 8)
    if VERSION < (3, 11):
        return code.co_varnames[:count]
    return [code._varname_from_oparg(index) for index in range(count)]


def _is_annotations(function, found):
    """Annotations are a tuple until somebody asks for them."""
    if type(found) is tuple:
        return found is not function.__closure__ and found is not function.__defaults__
    if type(found) is not dict or not found:
        return False
    names = argument_names(function.__code__)
    return all(type(key) is str and (key == 'return' or key in names) for key in list(found))


UNSETTING = {opcode.opmap[name] for name in ('DELETE_FAST', 'LOAD_FAST_AND_CLEAR') if name in opcode.opmap}


def local_names(code):
    """Returns: the names of what stands in a frame of [code], in their order."""
    if VERSION < (3, 11):  # an argument that is a cell stands only among the cells
        plain = [name for name in code.co_varnames if name not in code.co_cellvars]
        return [*plain, *code.co_cellvars, *code.co_freevars]
    names = []
    while True:
        try:
            names.append(code._varname_from_oparg(len(names)))
        except IndexError:
            return names


def sure_names(code):
    """Returns: the names of the first of them that are always set: arguments nothing unsets."""
    codes = code.co_code if VERSION < (3, 11) else code._co_code_adaptive
    if not UNSETTING.isdisjoint(codes[::2]):
        return []
    arguments = set(argument_names(code))
    return list(itertools.takewhile(arguments.__contains__, local_names(code)))


def name_locals(code, first, referents, named):
    """Name what stands in a frame, from position [first] on."""
    names = local_names(code)
    if len(referents) - first != len(names) or code.co_flags & CODE_SUSPENDS:
        names = sure_names(code)  # some are not set, or there is more than the locals
    for position, name in zip(range(first, len(referents)), names):
        if not named[position]:
            named[position] = (VISITED | LOCAL, name, referents[position])


def _last(referents, thing):
    return max((position for position, target in enumerate(referents) if target is thing), default=-1)


def _name_generator(generator, referents, named):
    """What a suspended generator holds stands after its code, the locals first."""
    kind = type(generator)
    code = getattr(generator, {types.GeneratorType: 'gi_code', types.CoroutineType: 'cr_code'}.get(kind, 'ag_code'))
    position = _last(referents, code)
    if VERSION >= (3, 11) and position >= 0:
        if not named[position]:
            named[position] = (VISITED | INTERNAL, 'f_code', code)
        name_locals(code, position + 1, referents, named)


def _name_frame(frame, referents, named):
    """A frame that is over, or (before 3.11) any."""
    code = frame.f_code
    last = _last(referents, code if VERSION >= (3, 11) else frame.f_globals)
    if last < 0:
        return  # it runs: the collector does not look into it
    if VERSION >= (3, 11) and type(referents[0]) is types.FrameType and not named[0]:
        named[0] = (VISITED | INTERNAL, 'f_back', referents[0])
    if VERSION >= (3, 13) and code.co_flags & CODE_OPTIMIZED:
        _name_by_proxy(frame, last + 1, referents, named)
    elif code.co_flags & CODE_OPTIMIZED and frame.f_trace is None:
        name_locals(code, last + 1, referents, named)


def _name_by_proxy(frame, first, referents, named):
    found = {id(value): name for name, value in frame.f_locals.items()}
    for position in range(first, len(referents)):
        target = referents[position]
        inside = gc.get_referents(target) if type(target) is types.CellType else [target]
        name = found.get(id(inside[0])) if inside else None
        if name is not None and not named[position]:
            named[position] = (VISITED | LOCAL, name, target)


def _name_cache(wrapper, referents, named):
    """What functools.lru_cache made: the cache is a dict before the function."""
    wrapped = [value['__wrapped__'] for how, label, value in filter(None, named)
               if label == '__dict__' and '__wrapped__' in value]
    position = _last(referents, wrapped[0]) if wrapped else -1
    if position > 0 and not named[position]:
        named[position] = (VISITED | INTERNAL, 'func', wrapped[0])
        before = referents[position - 1]
        if type(before) is dict and not named[position - 1]:
            named[position - 1] = (VISITED | INTERNAL, 'cache', before)


def _name_function(function, referents, named):
    """__dict__ stands before the closure, __annotations__ after it; neither may be asked for."""
    place = {name[1]: position for position, name in enumerate(named) if name and name[2] is not None}
    left = [position for position, target in enumerate(referents)
            if not named[position] and type(target) is dict]
    closure = place.get('__closure__', -1)
    first_after = max(closure, place.get('__dict__', -1))
    last_before = max(closure, place.get('__annotations__', -1))
    for position in left:
        if len(left) == 2 and position == left[0] or position < last_before:
            label = '__dict__'
        elif len(left) == 2 or position > first_after >= 0:
            label = '__annotations__'
        else:
            return
        named[position] = (VISITED | INTERNAL, label, referents[position])


# Types whose references are named by their order, once the others are.
ORDERED = {
    id(FunctionType): _name_function,
    id(types.FrameType): _name_frame,
    id(types.GeneratorType): _name_generator,
    id(types.CoroutineType): _name_generator,
    id(types.AsyncGeneratorType): _name_generator,
    id(type(functools.lru_cache()(len))): _name_cache,
}


# Fields of single types without a getter: what is left when all others are named.
_RECOGNISED = {
    id(FunctionType): [_Checked('__annotations__', _is_annotations)],
    id(property): [_Checked('__name__', _is(str))],
    id(type): [_Checked('ht_module', _is(types.ModuleType))],
    id(types.MethodWrapperType): [_Checked('descr', _is(types.WrapperDescriptorType))],
    id(struct.Struct): [_Checked('s_format', _is(bytes))],
    id(types.MappingProxyType): [_Checked('mapping', lambda proxy, found: True)],
}


# Getters in C that hand out what is there and make nothing. Members are found by themselves.
_GETSETS = [
    (FunctionType, '__module__ __doc__ __code__ __defaults__ __kwdefaults__ __name__ __qualname__ __type_params__'),
    (types.BuiltinFunctionType, '__self__'),
    (types.TracebackType, 'tb_next tb_frame'),
    (types.FrameType, 'f_code f_globals f_builtins f_trace' + (' f_back' if VERSION < (3, 11) else '')),
    (types.GeneratorType, 'gi_code gi_yieldfrom __name__ __qualname__'),
    (types.CoroutineType, 'cr_code cr_await __name__ __qualname__'),
    (types.AsyncGeneratorType, 'ag_code ag_await __name__ __qualname__'),
    (BaseException, 'args __traceback__ __context__ __cause__'),
    (type, '__bases__ __mro__'),
    (types.CellType, 'cell_contents'),
]

ASYNCIO_GETSETS = '_coro _loop _fut_waiter _result _exception _source_traceback'.split()

# What an object owns without telling the collector.
_OWNED = [
    (CodeType, 'co_consts co_names co_filename co_name co_qualname co_linetable co_exceptiontable'
               + (' co_code co_varnames co_freevars co_cellvars' if VERSION < (3, 11) else '')
               + (' co_lnotab' if VERSION < (3, 10) else '')),
    (range, 'start stop step'),
    (types.MethodDescriptorType, '__name__'),
    (types.MemberDescriptorType, '__name__'),
    (types.GetSetDescriptorType, '__name__'),
    (types.ClassMethodDescriptorType, '__name__'),
    (types.WrapperDescriptorType, '__name__'),
]


def _getters(table):
    found = {}
    for kind, names in table:
        fields = type_dict(kind)
        found[id(kind)] = [(name, fields[name].__get__) for name in names.split() if name in fields]
    return found


def _only_getsets(table):
    """Returns: [table] without the names that are members in this version."""
    return [(kind, ' '.join(name for name in names.split()
                            if type(type_dict(kind).get(name)) is types.GetSetDescriptorType))
            for kind, names in table]


C_DESCRIPTORS = {types.MethodDescriptorType, types.WrapperDescriptorType, types.ClassMethodDescriptorType}
GETSETS = _getters(_only_getsets(_GETSETS))
OWNED_FIELDS = _getters(_OWNED)


def is_type(thing):
    """Returns: whether [thing] is a type; isinstance() would ask its __class__."""
    return any(base is type for base in type_mro(type(thing)))


def is_descriptor(thing):
    return any(name in (type_dict(base) or {}) for base in type_mro(type(thing)) or ()
               for name in ('__get__', '__set__', '__delete__'))


def bases_of(kind):
    """Returns: the bases of a type; None for one that nobody has readied yet."""
    return type_bases(kind) if type_flags(kind) & FLAG_READY else None


def made_by_class(kind, fields):
    """Returns: whether a class statement made the type, not C: nothing in it is written in C."""
    return bool(type_flags(kind) & FLAG_HEAP_TYPE) and not any(
        type(value) in C_DESCRIPTORS and value.__objclass__ is kind for value in list(fields.values()))


def dict_of_type(kind):
    """Returns: the dict behind the __dict__ of a type."""
    return gc.get_referents(type_dict(kind))[0]


def code_names(code):
    """Add up the names a code object and those inside it use."""
    names = list(code.co_names)
    for constant in code.co_consts:
        if type(constant) is CodeType:
            names += code_names(constant)
    return names


def functions_of(value):
    """Returns: the functions in what stands in the body of a class."""
    if type(value) is FunctionType:
        return [value]
    if type(value) in (staticmethod, classmethod):
        return functions_of(value.__func__)
    if type(value) is property:
        return [one for part in (value.fget, value.fset, value.fdel) if part
                for one in functions_of(part)]
    return []


def attribute_names(dicts):
    """Returns: names that the functions in these dicts of classes may set on instances."""
    names = {}
    for fields in dicts:
        static = fields.get('__static_attributes__')
        if type(static) is tuple:
            names.update(dict.fromkeys(static))
        for value in list(fields.values()):
            for function in functions_of(value):
                names.update(dict.fromkeys(code_names(function.__code__)))
    return [name for name in names if type(name) is str]


class _ManagedDictProbe:
    pass


PRESIZE_MANAGED = sys.getsizeof(_ManagedDictProbe()) - object.__sizeof__(_ManagedDictProbe())
FLAGS_PREHEADER = FLAG_MANAGED_DICT | (1 << 3 if VERSION >= (3, 12) else 0)


def _sizeof(thing):
    try:
        return sys.getsizeof(thing)
    except Exception:
        return 0


class _Kind:
    """What the capture knows of a type, and of the objects of it."""

    def __init__(self, walk, kind):
        flags = type_flags(kind)
        self.type = kind
        self.mro = [base for base in type_mro(kind) or (kind,) if is_type(base)]
        self.dicts = [type_dict(base) or {} for base in self.mro]
        self.heap = bool(flags & FLAG_HEAP_TYPE)
        self.gc = bool(flags & FLAG_GC)
        self.preheader = bool(flags & FLAGS_PREHEADER)
        self.has_del = self.defines('__del__')
        # no base but object is written in C: references are slots, attributes, the type
        self.plain = self.heap and all(base is object or made_by_class(base, fields)
                                       for base, fields in zip(self.mro, self.dicts))
        self.inline = bool(flags & FLAG_INLINE_VALUES) if FLAG_INLINE_VALUES else bool(
            flags & FLAG_MANAGED_DICT and self.heap)
        self.embedded = bool(flags & FLAG_INLINE_VALUES)
        static = self.dicts[0].get('__static_attributes__')
        self.inline_count = len(static) if self.embedded and type(static) is tuple else 0
        self.found_fields = None
        self.other_fields = None
        self.tries = 100
        self.patterns = {}
        self.recognised = [field for base in self.mro for field in _RECOGNISED.get(id(base), ())]
        self.find_sizeof()
        self.find_base()
        self.owned = [_Field(OWNED | INTERNAL, name, getter)
                      for base in self.mro for name, getter in OWNED_FIELDS.get(id(base), ())]
        if self.base is weakref.ref:
            self.owned.append(_Field(WEAK | WEAK_LABEL, 0, weakref.ref.__call__))
        self.is_ndarray = self.full_name() == ('numpy', 'ndarray') and not self.heap
        self.number = walk.records.add_type(self.record(walk.records, flags))

    def defines(self, name):
        return any(name in fields for fields in self.dicts)

    def guards(self, name):
        """Returns: whether reading the attribute may run what stands in the class, not in the object."""
        for fields in self.dicts:
            value = fields.get(name)
            if value is not None and type(value) is not FunctionType and is_descriptor(value):
                return True
        return False

    def full_name(self):
        module, name = type_module(self.type), type_qualname(self.type)
        return module if type(module) is str else '?', name if type(name) is str else '?'

    def record(self, records, flags):
        module, name = self.full_name()
        own = self.dicts[0]
        has_slots = self.heap and '__slots__' in own
        slots = [name for name, value in list(own.items())
                 if type(value) is MemberType and type(name) is str] if has_slots else []
        bases = bases_of(self.type) or ()
        numbers = [id(self.type), records.text(module), records.text(name),
                   max(0, type_basicsize(self.type)), max(0, type_itemsize(self.type)),
                   TYPE_HEAP * self.heap | TYPE_GC * self.gc | TYPE_HAS_DEL * self.has_del
                   | TYPE_HAS_DICT * bool(type_dictoffset(self.type) or flags & FLAG_MANAGED_DICT)
                   | TYPE_HAS_SLOTS * has_slots
                   | TYPE_HAS_WEAKREFS * bool(type_weakrefoffset(self.type)),
                   len(bases), *map(id, bases), len(slots), *map(records.text, slots)]
        return b''.join(map(_varint, numbers))

    def find_base(self):
        """Which of the types written in C, whose contents are named in their own way, it is."""
        self.base = None
        for base in self.mro:
            if id(base) in CONTENTS:
                self.base = base
                return

    def find_sizeof(self):
        """How to ask for the size of an object without calling a __sizeof__ in Python."""
        self.python_sizeof = False
        self.c_sizeof = object.__sizeof__
        for fields in self.dicts:
            method = fields.get('__sizeof__')
            if type(method) is types.MethodDescriptorType:
                self.c_sizeof = method
                break
            self.python_sizeof |= method is not None
        self.constant = (self.c_sizeof is object.__dict__['__sizeof__'] and not self.python_sizeof
                         and not type_itemsize(self.type))
        self.constant_size = None

    def inline_size(self, count):
        """Returns: the bytes of the attributes that stand in or beside an object with [count] of
        them. Room is for all names instances of the class have got so far, and one more (for the
        first thirty instances more; they are few)."""
        self.inline_count = max(self.inline_count, count)
        room = min(30, self.inline_count + 1)
        if self.embedded:
            return (room + 7) // 8 * 8 + (room + 1) * 8
        return (room + 2 + 7) // 8 * 8 + room * 8

    def presize(self):
        return 0 if not self.gc else PRESIZE_MANAGED if self.preheader else PRESIZE_GC

    def c_size(self, thing):
        return _one_value(self.c_sizeof, thing) + self.presize()

    def sizes(self, things):
        """Returns: what sys.getsizeof says of each, as an array; 0 where it says nothing."""
        if self.constant:
            if self.constant_size is None:
                ready = type_flags(self.type) & FLAG_READY  # sys.getsizeof would make it so
                self.constant_size = _sizeof(things[0]) if ready else self.c_size(things[0])
            return array.array('Q', [self.constant_size]) * len(things)
        try:
            return array.array('Q', map(self.c_size if self.python_sizeof else sys.getsizeof, things))
        except Exception:
            return array.array('Q', map(_sizeof, things))

    def fields(self):
        """Returns: the fields of its objects in which the collector may find a reference."""
        if self.found_fields is None:
            # a reference to None is the docstring's: other fields say None when they are empty
            self.found_fields = sorted(self.find_fields(), key=lambda field: field.label != '__doc__')
            self.dict_field = _Dict(self)
        return self.found_fields

    @staticmethod
    def asyncio_getters(base, fields):
        if type_module(base) != '_asyncio':
            return ()
        return [(name, fields[name].__get__) for name in ASYNCIO_GETSETS if name in fields]

    def more_fields(self):
        """Returns: attributes with names that functions of the same modules use; a few times."""
        if self.tries:
            self.tries -= 1
            if self.other_fields is None:
                names = dict.fromkeys(name for module in map(sys.modules.get, self.modules())
                                      if type(module) is types.ModuleType
                                      for name in attribute_names([module_dict(module)]))
                tried = {field.label for field in self.found_fields}
                self.other_fields = [_Attribute(name) for name in names
                                     if name not in tried and not self.guards(name)]
            return self.other_fields
        return ()

    def modules(self):
        """Returns: the names of the modules where its classes and those of its class are."""
        names = map(type_module, (*self.mro, type(self.type)))
        return dict.fromkeys(name for name in names if type(name) is str and name != 'builtins')

    def find_fields(self):
        if self.heap:
            yield _Field(VISITED | TYPE, 0, type)
        if self.type is type or self.base is type:
            yield _Field(VISITED | INTERNAL, '__dict__', dict_of_type)
        for base, fields in zip(self.mro, self.dicts):
            slots = '__slots__' in fields and type_flags(base) & FLAG_HEAP_TYPE
            for name, value in list(fields.items()):
                if type(value) is MemberType and type(name) is str:
                    yield _Field(VISITED | (SLOT if slots else INTERNAL), name, value.__get__)
            for name, getter in GETSETS.get(id(base)) or self.asyncio_getters(base, fields):
                if name == 'cell_contents':
                    yield _Field(VISITED | CELL, 0, getter)
                else:
                    yield _Field(VISITED | INTERNAL, name, getter)
        if self.inline:
            for name in attribute_names(self.dicts):
                if not self.guards(name):
                    yield _Attribute(name)


def _sequence_contents(items):
    def contents(thing):
        return [(VISITED | ITEM, index, item) for index, item in enumerate(list(items(thing)))]
    return contents


def _mapping_contents(items):
    def contents(thing):
        pairs = []
        for key, value in list(items(thing)):
            pairs.append((VISITED | KEY, 0, key))
            pairs.append((VISITED | VALUE, id(key), value))
        return pairs
    return contents


def _set_contents(items):
    return lambda thing: [(VISITED | ELEMENT, 0, item) for item in list(items(thing))]


# Types whose objects hold any number of references: what they hold, by position or key.
CONTENTS = {
    id(list): _sequence_contents(list.__iter__),
    id(tuple): _sequence_contents(tuple.__iter__),
    id(dict): _mapping_contents(dict.items),
    id(set): _set_contents(set.__iter__),
    id(frozenset): _set_contents(frozenset.__iter__),
    id(collections.deque): _sequence_contents(collections.deque.__iter__),
    id(type): None,
    id(weakref.ref): None,
}

if hasattr(builtins, 'frozendict'):
    CONTENTS[id(builtins.frozendict)] = _mapping_contents(builtins.frozendict.items)

LENGTHS = {id(base): base.__len__ for base in (list, tuple, dict, set, frozenset, str, bytes,
                                               bytearray, collections.deque, array.array,
                                               getattr(builtins, 'frozendict', dict))}
LENGTHS[id(types.CodeType)] = operator.attrgetter('co_argcount')


def _str_values(things):
    """Returns: the beginning of each str, and whether any was cut."""
    if max(map(len, things)) <= VALUE_LIMIT:
        return list(map(str.encode, things)) if ''.join(things).isascii() else list(map(_utf8, things))
    return [_utf8(text[:VALUE_LIMIT]) for text in things]


def _bytes_values(things):
    return [repr(data[:VALUE_LIMIT])[2:-1].encode() for data in things]


def _int_value(number):
    """Numbers of more digits than the interpreter may be told to refuse have no value."""
    return repr(number)[:VALUE_LIMIT].encode() if number.bit_length() < BIG_INT else None


def _int_values(things):
    try:
        values = list(map(repr, things))
        if max(map(len, values)) <= VALUE_LIMIT:
            return list(map(str.encode, values))
    except ValueError:
        pass
    return list(map(_int_value, things))


def _repr_values(things):
    return [repr(thing).encode() for thing in things]


# Values of atoms; not written with values='none'.
ATOMS = {id(str): _str_values, id(bytes): _bytes_values, id(int): _int_values,
         id(float): _repr_values, id(complex): _repr_values, id(bool): _repr_values}


def _text_value(text):
    return _utf8(text[:VALUE_LIMIT]) if type(text) is str else b''


def _module_value(module):
    names = module_dict(module)
    return _text_value(names.get('__name__')) if type(names) is dict else b''


def _type_value(kind):
    module, name = type_module(kind), type_qualname(kind)
    return _text_value('%s.%s' % (module, name)) if type(module) is str else _text_value(name)


def _code_value(code):
    return _utf8('%s (%s:%d)' % (code.co_name[:NAME_LIMIT], code.co_filename[-NAME_LIMIT:], code.co_firstlineno))


def _frame_value(frame):
    code = frame.f_code
    return _utf8('%s (%s:%d)' % (code.co_name[:NAME_LIMIT], code.co_filename[-NAME_LIMIT:], frame.f_lineno or 0))


def _method_value(method):
    function = method.__func__
    return _text_value(function.__qualname__) if type(function) is FunctionType else b''


# What named things are called.
NAMED = {
    id(types.ModuleType): _module_value,
    id(FunctionType): lambda function: _text_value(function.__qualname__),
    id(types.BuiltinFunctionType): lambda function: _text_value(function.__name__),
    id(types.MethodType): _method_value,
    id(type): _type_value,
    id(CodeType): _code_value,
    id(types.FrameType): _frame_value,
}

DIGITS_LIMIT = 10 ** VALUE_LIMIT
BIG_INT = 2000  # bits; sys.set_int_max_str_digits takes nothing below 640 digits

IMMORTAL_COUNT = 1 << 29 if VERSION >= (3, 12) else 0


def is_tracing():
    return _tracemalloc is not None and _tracemalloc.is_tracing()


class _Walk:
    """Goes through the heap and writes the records of its objects."""

    def __init__(self, records, show_values, own):
        self.records = records
        self.show_values = show_values
        self.own = own  # identities of what belongs to the capture
        self.seen = set(own)
        self.found = []  # what was found by following references
        self.found_texts = []
        self.done = self.done_texts = 0  # how many of them have been looked at
        self.namespaces = []  # dicts whose keys name attributes, where only those are shown
        self.attribute_names = set()  # the identities of these keys
        self.kinds = {}
        self.immortals = array.array('Q')
        self.static_types = array.array('Q')
        self.found_generation = 3 if gc.get_freeze_count() else 0
        self.handlers = {id(list): self.lists, id(tuple): self.tuples, id(dict): self.dicts,
                         id(set): self.sets, id(frozenset): self.sets}
        self.traceback = _tracemalloc._get_object_traceback if is_tracing() else None
        self.sites = {}

    def run(self, listed):
        """[listed]: pairs of a generation and its objects."""
        for generation, things in listed:
            self.seen.update(map(id, things))
        for generation, things in listed:
            for start in range(0, len(things), BATCH):
                self.batch(things[start:start + BATCH], TRACKED | generation << GENERATION_SHIFT)
        self.follow()

    def follow(self):
        """Look at all that has been found meanwhile."""
        while self.done < len(self.found) or self.done_texts < len(self.found_texts):
            if self.done < len(self.found):
                things = self.found[self.done:self.done + BATCH]
                self.done += len(things)
            else:
                things = self.found_texts[self.done_texts:self.done_texts + BATCH]
                self.done_texts += len(things)
            self.batch(things, None)

    def discover(self, things):
        """Returns: the identities of [things], having noted those that are new."""
        identities = list(map(id, things))
        if len(identities) > 1 << 16:
            for start in range(0, len(things), 1 << 16):
                self.note(identities[start:start + (1 << 16)], things[start:start + (1 << 16)])
        else:
            self.note(identities, things)
        return identities

    def note(self, identities, things):
        fresh = set(identities) - self.seen
        if not fresh:
            return
        self.seen |= fresh
        by_identity = dict(zip(identities, things))
        new = list(map(by_identity.__getitem__, fresh))
        is_text = list(map(operator.is_, map(type, new), itertools.repeat(str)))
        self.found_texts.extend(itertools.compress(new, is_text))
        self.found.extend(itertools.compress(new, map(operator.not_, is_text)))

    def batch(self, things, flags):
        groups = collections.defaultdict(list)
        identities = list(map(id, things))
        if not self.own.isdisjoint(identities):
            things = [thing for thing in things if id(thing) not in self.own]
        for kind_identity, thing in zip(map(id, map(type, things)), things):
            groups[kind_identity].append(thing)
        self.batch_of_kinds(groups, flags)

    def batch_of_kinds(self, groups, flags):
        for kind_identity, group in groups.items():
            kind = self.kinds.get(kind_identity) or self.new_kind(type(group[0]))
            handler = self.handlers.get(kind_identity)
            if handler:
                handler(kind, group, flags)
            elif kind.base is type:
                self.types(kind, group, flags)
            elif kind.gc:
                self.fields(kind, group, flags)
            elif kind.is_ndarray:
                self.ndarrays(kind, group, flags)
            else:
                self.emit_owned(kind, group, flags, 0, b'', array.array('Q'), [])

    def new_kind(self, kind):
        self.discover([kind])
        found = self.kinds[id(kind)] = _Kind(self, kind)
        return found

    def let_go(self):
        """Break the cycles, or objects of the program would live until the next collection."""
        for kind in self.kinds.values():
            kind.__dict__.clear()
        self.__dict__.clear()

    def static_roots(self):
        """Returns: the identities of what is never freed."""
        static = {id(kind.type) for kind in self.kinds.values() if not kind.heap}
        static.update(self.static_types, self.immortals)
        if not IMMORTAL_COUNT:
            shared = [None, True, False, Ellipsis, NotImplemented, (), '', b'', frozenset(),
                      *range(-5, 257), *map(chr, range(256)), *(bytes([byte]) for byte in range(256))]
            static.update(self.seen.intersection(map(id, shared)))
        return sorted(static)

    # What kinds of objects refer to

    def referents(self, things):
        """Returns: what each of [things] refers to, for the collector, and all of it in a row."""
        lists = list(map(gc.get_referents, things))
        return lists, list(itertools.chain.from_iterable(lists))

    def sequences(self, kind, things, flags, backwards):
        lists = list(map(gc.get_referents, things))
        if backwards:
            for items in lists:
                items.reverse()
        target = array.array('Q', self.discover(list(itertools.chain.from_iterable(lists))))
        counts = array.array('I', map(len, lists))
        label = array.array('Q', itertools.chain.from_iterable(map(range, counts)))
        self.emit(kind, things, flags, counts, bytes([VISITED | ITEM]) * len(target), target, label)

    def lists(self, kind, things, flags):
        self.sequences(kind, things, flags, LIST_BACKWARDS)

    def tuples(self, kind, things, flags):
        self.sequences(kind, things, flags, TUPLE_BACKWARDS)

    def sets(self, kind, things, flags):
        lists, flat = self.referents(things)
        target = array.array('Q', self.discover(flat))
        label = array.array('Q', bytes(8 * len(flat)))
        counts = array.array('I', map(len, lists))
        self.emit(kind, things, flags, counts, bytes([VISITED | ELEMENT]) * len(flat), target, label)

    def dicts(self, kind, things, flags):
        """Most dicts have only str keys: the collector is told of the values, not of the keys."""
        lists, flat = self.referents(things)
        target = array.array('Q', self.discover(flat))
        keys = list(itertools.chain.from_iterable(things))
        values = list(itertools.chain.from_iterable(map(dict.values, things)))
        if array.array('Q', map(id, values)) != target or len(keys) != len(values):
            for thing, referents in zip(things, lists):
                self.one_dict(kind, thing, flags, referents)
            return
        both = array.array('Q', bytes(16 * len(flat)))
        both[0::2] = array.array('Q', self.discover(keys))
        both[1::2] = target
        counts = array.array('I', map(operator.mul, map(len, lists), itertools.repeat(2)))
        how = bytes([OWNED | KEY, VISITED | VALUE]) * len(flat)
        self.emit(kind, things, flags, counts, how, both, array.array('Q', bytes(16 * len(flat))))

    def one_dict(self, kind, thing, flags, referents):
        found = _match_dict(thing, referents)
        self.discover([target for how, label, target in found])
        self.emit_found(kind, thing, flags, found)

    def ndarrays(self, kind, things, flags):
        """Arrays of numpy tell the collector nothing."""
        fields = kind.dicts[0]
        base, dtype, flat = (fields[name].__get__ for name in ('base', 'dtype', 'flat'))
        for thing in things:
            owned = [] if base(thing) is None else [(OWNED | INTERNAL, 'base', base(thing))]
            if dtype(thing).char == 'O':
                owned += [(OWNED | ITEM, index, item) for index, item in enumerate(list(flat(thing)))]
            self.emit_found(kind, thing, flags, owned)

    def types(self, kind, things, flags):
        """Of a type written in C the collector knows nothing."""
        static = [thing for thing in things if not type_flags(thing) & FLAG_HEAP_TYPE]
        heap = [thing for thing in things if type_flags(thing) & FLAG_HEAP_TYPE]
        if static:
            self.static_types.extend(map(id, static))
            self.emit_owned(kind, static, flags, 0, b'', array.array('Q'), STATIC_TYPE_FIELDS)
        if heap:
            self.fields(kind, heap, flags, HEAP_TYPE_FIELDS)

    def fields(self, kind, things, flags, owned=()):
        """Objects whose references stand in fields."""
        by_count = collections.defaultdict(list)
        for thing, referents in zip(things, map(gc.get_referents, things)):
            by_count[len(referents)].append((thing, referents))
        for count, pairs in by_count.items():
            if not count:
                self.emit_owned(kind, [thing for thing, _ in pairs], flags, 0, b'', array.array('Q'), owned)
            else:
                self.fields_of_count(kind, count, pairs, flags, owned)

    def fields_of_count(self, kind, count, pairs, flags, owned):
        """Learn from one object where the references stand, and look whether others are alike."""
        patterns = kind.patterns.setdefault(count, [])
        for pattern in patterns:
            pairs = self.try_pattern(kind, count, pairs, flags, owned, pattern)
            if not pairs:
                return
        learned = 0
        while pairs:
            thing, referents = pairs[-1]
            found, pattern = self.match(kind, thing, referents)
            if pattern and learned < 4 and len(patterns) < 64:
                learned += 1
                patterns.append(pattern)
                rest = self.try_pattern(kind, count, pairs, flags, owned, pattern)
                if len(rest) < len(pairs):
                    pairs = rest
                    continue
            pairs.pop()
            self.emit_found(kind, thing, flags, found, owned)

    def try_pattern(self, kind, count, pairs, flags, owned, pattern):
        """Returns: the pairs that are not like [pattern]; the others are written."""
        things = [thing for thing, _ in pairs]
        flat = list(itertools.chain.from_iterable(referents for _, referents in pairs))
        target = array.array('Q', map(id, flat))
        bad = set()
        for position, field in enumerate(pattern):
            column = target[position::count]
            expected = field.identities(things, flat[position::count])
            if expected != column:
                bad.update(itertools.compress(itertools.count(), map(operator.ne, expected, column)))
                if len(bad) == len(things):
                    return pairs
        if bad:
            good = [pair for index, pair in enumerate(pairs) if index not in bad]
            things = [thing for thing, _ in good]
            flat = list(itertools.chain.from_iterable(referents for _, referents in good))
        for position, field in enumerate(pattern):
            if field.label == '__dict__':
                self.note_namespaces(flat[position::count])
        target = array.array('Q', self.discover(flat))
        self.emit_owned(kind, things, flags, count, pattern, target, owned)
        return [pairs[index] for index in sorted(bad)]

    def match(self, kind, thing, referents):
        """Name the references of one object.

        Returns: (how, label, target) of each, and the fields they stand in, if these are enough
        to recognise other objects that are alike."""
        positions = collections.defaultdict(list)
        for position in range(len(referents) - 1, -1, -1):
            positions[id(referents[position])].append(position)
        chosen = [None] * len(referents)
        left = len(referents)
        fields = kind.fields()
        for index, field in enumerate(fields):
            where = positions.get(id(field.value(thing)))
            if where:
                chosen[where.pop()] = field
                left -= 1
                if not left:
                    break
        named = [(field.how, field.label, target) if field else None
                 for field, target in zip(chosen, referents)]
        owned = self.match_rest(kind, thing, referents, chosen, named) if left else []
        found = [name or (VISITED | UNNAMED, 0, target) for name, target in zip(named, referents)]
        return found + owned, chosen if all(chosen) else None

    def match_rest(self, kind, thing, referents, chosen, named):
        owned = []
        contents = CONTENTS.get(id(kind.base))
        if contents:
            places = collections.defaultdict(list)
            for position, target in enumerate(referents):
                if not named[position]:
                    places[id(target)].append(position)
            for how, label, value in contents(thing):
                where = places.get(id(value))
                if where:
                    named[where.pop()] = (how, label, value)
                elif how == VISITED | KEY:
                    owned.append((OWNED | KEY, 0, value))
        self.recognise(thing, referents, chosen, named, [kind.dict_field, *kind.recognised])
        ordered = ORDERED.get(id(kind.type))
        if ordered:
            ordered(thing, referents, named)
        if kind.inline and not all(named):
            self.try_more_names(kind, thing, referents, chosen, named)
        return owned

    @staticmethod
    def try_more_names(kind, thing, referents, chosen, named):
        """Attributes may be set by other functions than those of the class."""
        for field in kind.more_fields():
            value = field.value(thing)
            for position, target in enumerate(referents):
                if target is value and not named[position]:
                    kind.found_fields.append(field)
                    chosen[position] = field
                    named[position] = (field.how, field.label, target)
                    break

    @staticmethod
    def recognise(thing, referents, chosen, named, fields):
        for field in fields:
            for position, target in enumerate(referents):
                if not named[position] and field.check(thing, target):
                    chosen[position] = field
                    named[position] = (field.how, field.label, target)
                    break

    # Writing

    def text_or_number(self, label):
        return self.records.text(label) if type(label) is str else label

    def emit_found(self, kind, thing, flags, found, owned=()):
        """Write one object with its references (how, label, target)."""
        found = found + [(field.how, field.label, value)
                         for field, value in ((field, field.value(thing)) for field in (*kind.owned, *owned))
                         if value is not None and value is not MISSING]
        target = array.array('Q', self.discover([target for how, label, target in found]))
        label = array.array('Q', [self.text_or_number(label) for how, label, target in found])
        self.note_namespaces(target for how, label, target in found if label == '__dict__')
        materialised = any(label == '__dict__' for how, label, target in found)
        self.emit(kind, [thing], flags, array.array('I', [len(found)]),
                  bytes([how for how, label, target in found]), target, label, materialised)

    def emit_owned(self, kind, things, flags, count, pattern, target, owned):
        """Write objects with [count] references each, in the fields of [pattern], and with what
        they own besides."""
        owned = [*kind.owned, *owned]
        columns = [field.values(things) for field in owned]
        for field, column in zip(owned, columns):
            if field.label == '__dict__':
                self.note_namespaces(column)
        if any(value is None or value is MISSING for column in columns for value in column):
            for index, thing in enumerate(things):
                self.emit_one(kind, thing, flags, pattern, target[index * count:(index + 1) * count],
                              owned, [column[index] for column in columns])
            return
        fields = [*pattern, *owned]
        width = len(fields)
        both = target
        if owned:
            both = array.array('Q', bytes(8 * width * len(things)))
            for position in range(count):
                both[position::width] = target[position::count]
            for position, column in enumerate(columns):
                both[count + position::width] = array.array('Q', self.discover(column))
        how = bytes([field.how for field in fields]) * len(things)
        label = array.array('Q', [self.text_or_number(field.label) for field in fields]) * len(things)
        materialised = kind.inline and any(field.label == '__dict__' for field in pattern)
        self.emit(kind, things, flags, array.array('I', [width]) * len(things), how, both, label, materialised)

    def emit_one(self, kind, thing, flags, pattern, target, owned, values):
        there = [(field, value) for field, value in zip(owned, values)
                 if value is not None and value is not MISSING]
        fields = [*pattern, *(field for field, value in there)]
        target = target + array.array('Q', self.discover([value for field, value in there]))
        self.emit(kind, [thing], flags, array.array('I', [len(fields)]), bytes([field.how for field in fields]),
                  target, array.array('Q', [self.text_or_number(field.label) for field in fields]))

    def emit(self, kind, things, flags, counts, how, target, label, materialised=False):
        """Write objects of one type and their references; of a kind whose attributes stand in
        the object, all have the same ones."""
        if len(how) > BLOCK_REFERENCES and len(things) > 1:
            self.emit_halves(kind, things, flags, counts, how, target, label, materialised)
            return
        identities = array.array('Q', map(id, things))
        sizeof = kind.sizes(things)
        size = sizeof
        if kind.inline and (kind.embedded or not materialised):
            one = how[:counts[0]]
            extra = kind.inline_size(one.count(VISITED | ATTRIBUTE) + kind.plain * one.count(VISITED | UNNAMED))
            size = array.array('Q', map(extra.__add__, size))
        sizeof = array.array('Q', map((1).__add__, sizeof)) if any(sizeof) else sizeof
        length = self.lengths(kind, things)
        flags = self.flags(kind, things, flags)
        values = self.values(kind, things, flags)
        sites = self.sites_of(things) if self.traceback else None
        self.records.objects(identities, kind.number, flags, size, sizeof, length, values, sites)
        self.records.add_references(counts, how, target, label)


    def emit_halves(self, kind, things, flags, counts, how, target, label, materialised):
        middle = len(things) // 2
        at = sum(counts[:middle])
        self.emit(kind, things[:middle], flags, counts[:middle], how[:at], target[:at], label[:at], materialised)
        self.emit(kind, things[middle:], flags, counts[middle:], how[at:], target[at:], label[at:], materialised)

    def lengths(self, kind, things):
        for base in kind.mro:
            measure = LENGTHS.get(id(base))
            if measure:
                return array.array('Q', map((1).__add__, map(measure, things)))
        return array.array('Q', bytes(8 * len(things)))

    def flags(self, kind, things, flags):
        if flags is None:
            found = array.array('H', bytes(2 * len(things)))
            if kind.gc:
                tracked = TRACKED | self.found_generation << GENERATION_SHIFT
                found = array.array('H', map(tracked.__mul__, map(gc.is_tracked, things)))
        else:
            found = array.array('H', [flags]) * len(things)
        if kind.has_del:
            for index, thing in enumerate(things):
                found[index] |= HAS_DEL
                if VERSION >= (3, 9) and gc.is_finalized(thing):
                    found[index] |= FINALIZED
        if IMMORTAL_COUNT and not kind.heap:
            counts = list(map(sys.getrefcount, things))
            if max(counts) >= IMMORTAL_COUNT:
                for index, count in enumerate(counts):
                    if count >= IMMORTAL_COUNT:
                        found[index] |= IMMORTAL
                        self.immortals.append(id(things[index]))
        return found

    def values(self, kind, things, flags):
        atoms = ATOMS.get(id(kind.type))
        if atoms:
            if not self.show_values:
                return self.names_only(things) if kind.type is str else None
            values = atoms(things)
            if kind.type is int:
                self.mark_cut([VALUE_LIMIT + (abs(number) >= DIGITS_LIMIT) for number in things], flags)
            elif kind.type is str or kind.type is bytes:
                self.mark_cut(list(map(len, things)), flags)
            return values
        named = NAMED.get(id(kind.type)) or (NAMED[id(type)] if kind.base is type else None)
        return list(map(named, things)) if named else None

    def names_only(self, things):
        """Returns: the values of those str that name attributes."""
        while self.namespaces:
            self.attribute_names.update(map(id, self.namespaces.pop()))
        names = self.attribute_names
        return [_utf8(text[:VALUE_LIMIT]) if id(text) in names else None for text in things]

    def note_namespaces(self, dicts):
        if not self.show_values:
            self.namespaces += (one for one in dicts if type(one) is dict)

    @staticmethod
    def mark_cut(lengths, flags):
        if max(lengths) > VALUE_LIMIT:
            for index, length in enumerate(lengths):
                if length > VALUE_LIMIT:
                    flags[index] |= VALUE_CUT

    def sites_of(self, things):
        """Returns: the numbers of where [things] were allocated, plus one."""
        return array.array('I', map(self.site, map(self.traceback, things)))

    def site(self, traceback):
        if traceback is None:
            return 0
        number = self.sites.get(traceback)
        if number is None:
            lines = traceback[0] if traceback and type(traceback[0]) is tuple and traceback[0] and type(
                traceback[0][0]) is tuple else traceback
            record = [len(lines)]
            for file, line in lines:
                record += (self.records.text(file), line)
            number = self.sites[traceback] = self.records.add_site(b''.join(map(_varint, record))) + 1
        return number


def _match_dict(thing, referents):
    """Returns: (how, label, target) for the keys and values of a dict."""
    left = collections.defaultdict(list)
    for target in referents:
        left[id(target)].append(target)
    found = []
    for key, value in list(dict.items(thing)):
        values = left.get(id(value))
        if not values:
            continue  # the values of an instance's dict may stand in the instance
        values.pop()
        keys = left.get(id(key))
        visited = keys.pop() is key if keys else False
        found.append(((VISITED if visited else OWNED) | KEY, 0, key))
        found.append((VISITED | VALUE, 0, value))
    found += [(VISITED | UNNAMED, 0, target) for targets in left.values() for target in targets]
    return found


STATIC_TYPE_FIELDS = [
    _Field(OWNED | INTERNAL, '__dict__', dict_of_type),
    _Field(OWNED | INTERNAL, '__mro__', type_mro),
    _Field(OWNED | INTERNAL, '__bases__', bases_of),
    _Field(OWNED | INTERNAL, '__base__', type_base),
]
HEAP_TYPE_FIELDS = [
    _Field(OWNED | INTERNAL, '__name__', type_name),
    _Field(OWNED | INTERNAL, '__qualname__', type_qualname),
]


def _temporary(path):
    """Returns: a descriptor and the name of a new file beside [path]."""
    folder, name = os.path.split(os.path.abspath(path))
    temporary = os.path.join(folder, '.%s.%d.%s' % (name, os.getpid(), os.urandom(4).hex()))
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    for extra in ('O_NOFOLLOW', 'O_CLOEXEC', 'O_BINARY'):
        flags |= getattr(os, extra, 0)
    return os.open(temporary, flags, 0o600), temporary


def _first_line(path):
    try:
        with open(path, 'rb') as file:
            return file.read(65536)
    except OSError:
        return b''


def _facts(values):
    """Returns: the facts of this process."""
    facts = {
        'runtime': 'CPython',
        'python': '.'.join(map(str, sys.version_info[:3])),
        'source': 'pure-python',
        'taken': str(int(time.time() * 1000000)),
        'pid': str(os.getpid()),
        'word-size': str(POINTER.size),
        'instant': 'no',
        'external-roots': 'no',
        'values': values,
        'gc-thresholds': ','.join(map(str, gc.get_threshold())),
        'gc-counts': ','.join(map(str, gc.get_count())),
        'gc-stats': ';'.join('%d,%d,%d' % (one['collections'], one['collected'], one['uncollectable'])
                             for one in gc.get_stats()),
        'allocated-blocks': str(sys.getallocatedblocks()),
    }
    stat = _first_line('/proc/self/stat').rpartition(b')')[2].split()
    if len(stat) > 19:
        facts['process-start'] = stat[19].decode()
        facts['boot-id'] = _first_line('/proc/sys/kernel/random/boot_id').decode().strip()
    for line in (_first_line('/proc/self/smaps_rollup') or _first_line('/proc/self/status')).splitlines():
        name, _, rest = line.partition(b':')
        key = {b'Rss': 'rss', b'VmRSS': 'rss', b'Pss': 'pss', b'Swap': 'swap', b'VmSwap': 'swap'}.get(name)
        if key:
            facts[key] = str(int(rest.split()[0]) * 1024)
    if values != 'none':
        command = [part.decode('utf-8', 'backslashreplace')
                   for part in _first_line('/proc/self/cmdline').split(b'\0')[:-1]]
        command = command or [part for part in sys.argv if type(part) is str]
        facts['argv'] = '[%s]' % ', '.join(map(repr, command))  # repr of a list leaves a trace
    if hasattr(sys, 'getunicodeinternedsize'):
        facts['interned'] = str(sys.getunicodeinternedsize())
    if is_tracing():
        facts['tracemalloc'] = '%d,%d' % _tracemalloc.get_traced_memory()
    return facts


GENERATIONS = (2, 1, 0)


def _capture(write, values, listed, own, stacks):
    walk = _Walk(_Records(_Stream(write)), values == 'short', own)
    try:
        return _write_all(walk, values, listed, stacks)
    finally:
        walk.let_go()


def _write_all(walk, values, listed, stacks):
    records = walk.records
    records.facts(_facts(values))
    walk.run(list(zip(GENERATIONS, listed)))
    roots = _module_roots() + _stack_roots(records, walk, stacks)
    walk.discover([thing for kind, thing, name, frame in roots])
    walk.follow()
    _write_roots(records, roots, walk.static_roots())
    records.end()
    return {'objects': records.counts[3], 'references': records.counts[4],
            'types': records.counts[1], 'bytes': records.stream.size}


def _module_roots():
    """Returns: (kind, thing, name, number of the frame plus one) of what modules and the interpreter hold."""
    roots = [(ROOT_MODULE, module, name, 0) for name, module in list(dict.items(sys.modules))
             if type(name) is str]
    return roots + [(ROOT_INTERPRETER, thing, name, 0) for name, thing in (
        ('modules', sys.modules), ('sysdict', module_dict(sys)), ('builtins', module_dict(builtins)),
        ('garbage', gc.garbage), ('callbacks', gc.callbacks))]


def _is_own(frame):
    return type(frame.f_globals) is dict and '__heapgraph_capture__' in frame.f_globals


def _stacks():
    """Returns: for each thread its number and its frames, the innermost first."""
    stacks = []
    for thread, frame in sys._current_frames().items():
        frames = []
        while frame is not None:
            if not _is_own(frame):
                frames.append(frame)
            frame = frame.f_back
        stacks.append((thread, frames))
    return stacks


def _thread_names():
    """Returns: the names threading knows, by number of the thread."""
    threading = sys.modules.get('threading')
    active = module_dict(threading).get('_active') if type(threading) is types.ModuleType else None
    names = {}
    for number, thread in list(dict.items(active)) if type(active) is dict else ():
        if not any(is_descriptor(type_dict(base).get('_name')) for base in type_mro(type(thread))):
            names[number] = _one_value(lambda one: generic_getattribute(one, '_name'), thread)
    return {number: name for number, name in names.items() if type(name) is str}


def _locals(frame):
    """Returns: (name, what it is) of all the frame holds, as far as looking leaves nothing behind.

    Before 3.11 a frame is an object like others, and the collector knows what it holds; from
    3.13 on f_locals looks into the frame, in between it would make a dict that stays."""
    if VERSION < (3, 11):
        return [(None, frame)]
    found = [(None, frame.f_code), (None, frame.f_globals)]
    if not frame.f_code.co_flags & CODE_OPTIMIZED:
        if frame.f_locals is not frame.f_globals:
            found.append((None, frame.f_locals))
    elif VERSION >= (3, 13):
        found += frame.f_locals.items()
    return found


def _stack_roots(records, walk, stacks):
    """Write threads and frames. Returns: what the frames hold, as _module_roots."""
    names = _thread_names()
    threads, frames, roots = [], [], []
    for number, (thread, stack) in enumerate(stacks):
        name = names.get(thread)
        threads.append((thread, records.text(name) + 1 if name else 0, 0))
        for frame in stack:
            code = frame.f_code
            frames.append((number, records.text(getattr(code, 'co_qualname', code.co_name)),
                           records.text(code.co_filename), frame.f_lineno or 0,
                           id(frame) if VERSION < (3, 11) else 0))  # before, an object like others
            roots += [(ROOT_FRAME, thing, name, len(frames)) for name, thing in _locals(frame)]
    for kind, rows in ((THREADS, threads), (FRAMES, frames)):
        records.write(kind, len(rows), [_varint(number) for row in rows for number in row])
    return roots


def _write_roots(records, roots, static):
    kinds = array.array('B', [kind for kind, thing, name, frame in roots] + [ROOT_STATIC] * len(static))
    identities = array.array('Q', [id(thing) for kind, thing, name, frame in roots])
    names = array.array('I', [records.text(name) + 1 if type(name) is str else 0
                              for kind, thing, name, frame in roots])
    frames = array.array('I', [frame for kind, thing, name, frame in roots])
    identities.extend(static)
    for column in (names, frames):
        column.extend([0] * len(static))
    records.write(ROOTS, len(kinds), [_column(kinds), _column(identities), _column(names),
                                      _column(frames), _column(array.array('B', bytes(len(kinds))))])


def _parts(thing, names):
    """Returns: what belongs to the capture if [thing] does."""
    kind = type(thing)
    if kind is tuple and not thing:
        return None  # everybody's
    if kind is dict:
        return [value for key, value in thing.items() if key != '__builtins__']
    if kind in (list, set, tuple, types.CellType) or any(kind is one for one in OWN_TYPES):
        return gc.get_referents(thing)
    if kind is types.MethodWrapperType or kind is struct.Struct:
        return []
    if kind is FunctionType and thing.__globals__ is names:
        return [part for part in (thing.__closure__, thing.__defaults__) if part]
    if kind is type and type_module(thing) == __name__ and names.get(type_name(thing)) is thing:
        return [dict_of_type(thing), type_mro(thing)]
    return None


def _own_objects(extra):
    """Returns: identities of what belongs to the capture itself, this module foremost."""
    names = globals()
    own = set(map(id, extra))
    own.update(id(module) for module in (sys.modules.get(__name__),)
               if type(module) is types.ModuleType and module_dict(module) is names)
    todo = [names]
    while todo:
        thing = todo.pop()
        if id(thing) not in own:
            parts = _parts(thing, names)
            if parts is not None:
                own.add(id(thing))
                todo += parts
    return own


OWN_TYPES = (_Field, _Attribute, _Checked, _Dict)


def dump(path, values='short', collect=False):
    """Write the heap of this process to [path], a name or a binary file.

    values: 'short' (at most 80 characters of str, numbers, ...) or 'none'.
    collect: run the collector first.
    Returns: facts about what was written, a dict."""
    if sys.implementation.name != 'cpython':
        raise NotImplementedError('only CPython has the references this needs')
    if values not in ('short', 'none'):
        raise ValueError("values must be 'short' or 'none', not %r" % (values,))
    if collect:
        gc.collect()
    enabled = gc.isenabled()
    gc.disable()
    listed = []
    try:
        generations = iter(GENERATIONS)
        listing = map(gc.get_objects, generations)
        temporary = [generations, listing, sys._getframe(),
                     *(one for one in gc.get_referents(listing) if type(one) is tuple)]
        listed += listing  # in one go: no other thread runs between the generations
        stacks = _stacks()
        own = _own_objects([*temporary, temporary, listed, *listed])
        del temporary
        return _dump_to(path, values, listed, own, stacks)
    finally:
        for things in listed:  # the youngest contain the lists themselves
            things.clear()
        if enabled:
            gc.enable()


def _dump_to(path, values, listed, own, stacks):
    if hasattr(path, 'write'):
        return _capture(path.write, values, listed, own, stacks)
    if path == '-':
        with os.fdopen(os.dup(1), 'wb') as file:
            return _capture(file.write, values, listed, own, stacks)
    if os.path.exists(path) and not os.path.isfile(path):  # a pipe stays a pipe
        with open(path, 'wb') as file:
            return _capture(file.write, values, listed, own, stacks)
    descriptor, temporary = _temporary(path)
    try:
        with os.fdopen(descriptor, 'wb') as file:
            facts = _capture(file.write, values, listed, own, stacks)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    return facts


USAGE = """usage: heapgraph_dump.py [OPTION...] SCRIPT [ARGUMENT...]

Run a Python script, and write a dump of its heap when it ends.
To write one from within a program: import heapgraph_dump; heapgraph_dump.dump('app.hgd')

  -o FILE         where to write it (heap.hgd)
  --values none   leave out the values of str, numbers, ... (default: short, 80 characters)
  --collect       run the collector before
  --signal NAME   write a dump also on each signal of that name, such as USR1;
                  the second is FILE.2 and so on
  -h, --help      this text

Look at it with: heapgraph load heap.hgd
"""


def _parse(arguments):
    """Returns: the options, and the script with its arguments."""
    options = {'-o': 'heap.hgd', '--values': 'short', '--collect': False, '--signal': None}
    arguments = list(arguments)
    while arguments and arguments[0].startswith('-'):
        name, equals, value = arguments.pop(0).partition('=')
        if name in ('-h', '--help'):
            print(USAGE, end='')
            sys.exit(0)
        elif name == '--collect' and not equals:
            options[name] = True
        elif name in options and (equals or arguments):
            options[name] = value if equals else arguments.pop(0)
        else:
            _fail_usage('unknown option %s' % name)
    if options['--values'] not in ('short', 'none'):
        _fail_usage('--values is short or none')
    if not arguments:
        _fail_usage('which script?')
    return options, arguments


def _fail_usage(message):
    print('heapgraph_dump: %s\n%s' % (message, USAGE), end='', file=sys.stderr)
    sys.exit(2)


def _run_script(arguments):
    """Run a script as python would."""
    main = types.ModuleType('__main__')
    main.__file__ = arguments[0]
    main.__builtins__ = builtins
    sys.modules['__main__'] = main
    sys.argv[:] = arguments
    sys.path[0] = os.path.dirname(os.path.abspath(arguments[0]))
    with open(arguments[0], 'rb') as file:
        code = compile(file.read(), arguments[0], 'exec', dont_inherit=True)
    exec(code, main.__dict__)


def _main(arguments):
    options, arguments = _parse(arguments)
    written = []

    def write(*ignored):
        path = options['-o'] if not written else '%s.%d' % (options['-o'], len(written) + 1)
        written.append(path)
        facts = dump(path, options['--values'], options['--collect'])
        print('heapgraph_dump: %(objects)d objects, %(references)d references' % facts
              + ' in %s' % path, file=sys.stderr)
    if options['--signal']:
        import signal
        number = getattr(signal, 'SIG' + options['--signal'].upper().replace('SIG', ''), None)
        if number is None:
            _fail_usage('there is no signal %s' % options['--signal'])
        signal.signal(number, write)
    try:
        _run_script(arguments)
    finally:
        write()


if __name__ == '__main__':
    _main(sys.argv[1:])
